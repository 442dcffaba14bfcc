/* attack: a program that becomes itself again and again
 * expect: TLE
 * limits: cpu_ms=400 wall_ms=1500
 */
#include <unistd.h>
int main(int argc, char **argv) {
    (void)argc;
    fork();
    execv("/proc/self/exe", argv);
    for (;;) {}
}
