/* attack: the right answer but for what nobody sees: NUL, zero-width space, byte order mark
 * expect: WA
 */
#include <stdio.h>
int main(void) {
    fwrite("\xef\xbb\xbfheld\0\xe2\x80\x8b\n", 1, 12, stdout);
}
