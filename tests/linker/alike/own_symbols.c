/* What a program finds by name: what libraries have, and nothing of its own. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>

int own(void) { return 5; }

int main(void) {
    void *self = dlopen(NULL, RTLD_NOW);
    int (*say)(const char *) = (int (*)(const char *))dlsym(RTLD_DEFAULT, "puts");
    Dl_info where;
    say("found");
    printf("%d %d %d\n", say == puts, !!dlsym(self, "own"), !!dlsym(self, "main"));
    printf("%d\n", dladdr((void *)own, &where) && where.dli_sname);
}
