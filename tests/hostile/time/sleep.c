/* attack: sleeps without using any time
 * expect: TLE
 * limits: cpu_ms=300 wall_ms=600
 */
#include <unistd.h>
int main(void) {
    for (;;) pause();
}
