/* attack: a fork bomb that never stops
 * expect: TLE MLE
 * limits: cpu_ms=400 wall_ms=1000
 */
#include <unistd.h>
int main(void) {
    for (;;) fork();
}
