/* attack: vfork in vfork, each parent stuck until its child ends
 * expect: TLE RE MLE
 * limits: cpu_ms=400 wall_ms=600
 */
#define _GNU_SOURCE
#include <unistd.h>
static void again(void) {
    if (vfork() == 0) again();
    for (;;) pause();
}
int main(void) {
    again();
}
