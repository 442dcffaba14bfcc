/* attack: a child keeps stdout open long after the end, so that nobody sees the end of file
 * expect: AC
 */
#include <stdio.h>
#include <unistd.h>
int main(void) {
    if (fork() == 0) {
        setsid();
        sleep(1000);
    }
    puts("held");
}
