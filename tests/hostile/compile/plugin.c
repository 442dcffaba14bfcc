/* attack: a compiler plugin, asked for from within the source
 * expect: CE AC
 */
#pragma GCC plugin "/tmp/evil.so"
#pragma GCC optimize("-fplugin=/tmp/evil.so")
#pragma GCC pch_preprocess "/etc/passwd"
#include <stdio.h>
__attribute__((optimize("-fplugin=/tmp/evil.so", "-wrapper,sh"))) int main(void) {
    puts("held");
}
