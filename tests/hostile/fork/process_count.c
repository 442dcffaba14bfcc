/* attack: more processes than the limit allows
 * expect: AC
 * concedes: process the kernel counts all processes of the uid, those of the other slots too
 */
#include <stdio.h>
#include <unistd.h>
int main(void) {
    int n = 0;
    for (pid_t pid; n < 5000 && (pid = fork()) >= 0; n++)
        if (pid == 0) {
            pause();
            _exit(0);
        }
    puts(n > 32 ? "BREACH more processes than allowed" : "held");
}
