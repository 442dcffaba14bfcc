/* attack: changes the limits of the runner, so that it starves
 * expect: AC
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/resource.h>
int main(void) {
    struct rlimit none = {0, 0}, old;
    for (int i = 0; i < 16; i++) {
        if (prlimit(1, (__rlimit_resource_t)i, &none, &old) == 0) puts("BREACH limits of the runner set");
        if (prlimit(1, (__rlimit_resource_t)i, 0, &old) == 0) puts("BREACH limits of the runner read");
    }
    puts("held");
}
