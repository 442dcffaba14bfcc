/* attack: raises the limits on itself
 * expect: AC
 */
#include <stdio.h>
#include <sys/resource.h>
int main(void) {
    int all[] = {RLIMIT_CPU, RLIMIT_FSIZE, RLIMIT_NOFILE, RLIMIT_NPROC, RLIMIT_STACK, RLIMIT_CORE, RLIMIT_MSGQUEUE};
    for (int i = 0; i < 7; i++) {
        struct rlimit r = {RLIM_INFINITY, RLIM_INFINITY};
        if (setrlimit((__rlimit_resource_t)all[i], &r) == 0) printf("BREACH limit %d raised\n", all[i]);
    }
    puts("held");
}
