/* attack: waits through a thousand tests for the uid that compiled, which owns the program file
 * expect: AC
 * tests: 1040
 * concedes: process there is one uid; what a program owns, it cannot change
 */
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>
int main(void) {
    struct stat st;
    if (stat("/box/.main", &st) == 0 && st.st_uid == getuid()) puts("BREACH owns its program file");
    if (chmod("/box/.main", 0777) == 0) puts("BREACH changed its program file");
    puts("held");
}
