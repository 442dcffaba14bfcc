/* attack: prints the answer and crashes
 * expect: RE
 */
#include <stdio.h>
int main(void) {
    puts("held");
    fflush(stdout);
    *(volatile int *)8 = 0;
}
