/* attack: does not read the input that it is sent, so that the sender blocks
 * expect: AC
 * inputs: 8
 */
#include <stdio.h>
int main(void) {
    for (int i = 0; i < 60000; i++) fputs("0123456789", stderr);
    puts("held");
}
