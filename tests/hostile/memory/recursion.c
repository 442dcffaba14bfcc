/* attack: recursion without end
 * expect: MLE RE
 */
#include <stdio.h>
static volatile int depth;
static int down(int n) {
    volatile char frame[4096];
    frame[0] = (char)n;
    depth++;
    return down(n + 1) + frame[0];
}
int main(void) {
    printf("%d\n", down(0));
}
