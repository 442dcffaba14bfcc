/* attack: a tiny limit, then a test whose input is larger: the runner is starved in between
 * expect: AC
 * inputs: 0 40 40
 * limits: memory_mb=16 cpu_ms=2000 wall_ms=6000
 */
#include <stdio.h>
int main(void) {
    puts("held");
}
