/* attack: no stdin, no stdout, no stderr
 * expect: WA
 */
#include <stdio.h>
#include <unistd.h>
int main(void) {
    close(0);
    close(1);
    close(2);
    puts("held");
}
