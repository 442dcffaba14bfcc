/* attack: have the kernel look for pages like its own, and see by the time of a write which there are
 * expect: AC
 */
#include <stdio.h>
#include <sys/prctl.h>
int main(void) {
    if (prctl(67, 1, 0, 0, 0) == 0) puts("BREACH memory is merged");
    puts("held");
}
