/* attack: replaces its own program file, so that the next test runs another
 * expect: AC
 * tests: 2
 */
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>
int main(void) {
    if (unlink("/box/.main") == 0) puts("BREACH unlinked");
    if (rename("/box/.main", "/box/old") == 0) puts("BREACH renamed");
    if (symlink("/bin/true", "/box/new") == 0) puts("BREACH linked");
    if (open("/box/.main", O_WRONLY) >= 0) puts("BREACH opened");
    if (open("/proc/self/exe", O_WRONLY) >= 0) puts("BREACH opened by /proc");
    if (chmod("/box/.main", 0777) == 0) puts("BREACH chmod");
    if (truncate("/box/.main", 0) == 0) puts("BREACH truncated");
    puts("held");
}
