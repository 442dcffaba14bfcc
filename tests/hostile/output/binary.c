/* attack: bytes that are no text, terminal escapes, byte order marks, NULs
 * expect: WA
 */
#include <stdio.h>
int main(void) {
    for (int i = 0; i < 65536; i++) putchar(i * 7 % 256), fputc(i % 256, stderr);
    fputs("\xef\xbb\xbf\x1b]0;owned\a\x1b[2J\xed\xa0\x80\xf4\x90\x80\x80", stdout);
}
