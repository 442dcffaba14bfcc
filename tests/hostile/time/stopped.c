/* attack: stops itself
 * expect: TLE
 * limits: cpu_ms=300 wall_ms=600
 */
#include <signal.h>
int main(void) {
    for (;;) raise(SIGSTOP);
}
