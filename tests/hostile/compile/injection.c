/* attack: compiler options by newline, quote and backslash in pragmas, file names and attributes
 * expect: CE AC
 * exploit: Judge0 issue 550, option injection by newline and backslash
 */
#line 1 "main.c\n-fplugin=/tmp/evil.so\\\" -o /box/other"
#pragma GCC optimize("O2\n-fplugin=/tmp/evil.so \\")
#pragma GCC target("arch=x86-64\n-wrapper \\'sh")
#ident "\n.incbin \"/etc/shadow\"\n\\"
#include <stdio.h>
#include <unistd.h>
int main(void) {
    if (access("/box/other", F_OK) == 0) puts("BREACH an option was injected");
    puts("held");
}
