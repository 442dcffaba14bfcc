/* attack: ignores the signal that says its time is up
 * expect: TLE
 * limits: cpu_ms=300 wall_ms=1500
 */
#include <signal.h>
int main(void) {
    for (int i = 1; i < 65; i++) signal(i, SIG_IGN);
    for (;;) {}
}
