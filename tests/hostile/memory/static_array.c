/* attack: a static array larger than the limit; must be MLE and not a crash
 * expect: MLE
 */
#include <stdio.h>
static char a[1 << 30];
int main(void) {
    for (size_t i = 0; i < sizeof a; i += 4096) a[i] = (char)i;
    printf("%d\n", a[12345]);
}
