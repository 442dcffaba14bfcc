/* attack: leaves the core that it was given for all the others
 * expect: AC
 */
#define _GNU_SOURCE
#include <sched.h>
#include <stdio.h>
#include <string.h>
int main(void) {
    cpu_set_t before, all, after;
    sched_getaffinity(0, sizeof before, &before);
    memset(&all, 0xff, sizeof all);
    sched_setaffinity(0, sizeof all, &all);
    sched_getaffinity(0, sizeof after, &after);
    puts(CPU_COUNT(&after) > CPU_COUNT(&before) ? "BREACH runs on more cores" : "held");
}
