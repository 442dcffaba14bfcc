/* attack: core scheduling, which idles the neighbour's hyper-thread while this one runs
 * expect: AC
 */
#include <stdio.h>
#include <sys/prctl.h>
int main(void) {
    for (int scope = 0; scope < 3; scope++)
        if (prctl(62, 1, 0, scope, 0) == 0) puts("BREACH core scheduling");
    puts("held");
}
