/* attack: half a frame that announces four gigabytes, then silence
 * expect: TLE
 * limits: cpu_ms=300 wall_ms=600
 */
#include <unistd.h>
int main(void) {
    if (write(1, "\xff\xff\xff\xff\x43", 5) < 0) return 1;
    pause();
}
