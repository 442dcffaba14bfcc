/* attack: an output of a million tiny words, to make the checker slow or fat
 * expect: WA
 */
#include <stdio.h>
int main(void) {
    for (int i = 0; i < 300000; i++) fputs(i % 2 ? "ab " : "c\n", stdout);
}
