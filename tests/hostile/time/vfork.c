/* attack: sleeps uninterruptibly, waiting for a vforked child that never ends
 * expect: TLE
 * limits: cpu_ms=300 wall_ms=600
 */
#define _GNU_SOURCE
#include <unistd.h>
int main(void) {
    if (vfork() == 0)
        for (;;) pause();
}
