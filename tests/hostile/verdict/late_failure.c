/* attack: the first thread prints the answer and ends well, the program fails a moment later
 * expect: RE
 */
#include <pthread.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>
static void *fail(void *p) {
    (void)p;
    usleep(30000);
    _exit(3);
}
int main(void) {
    pthread_t t;
    puts("held");
    fflush(stdout);
    pthread_create(&t, 0, fail, 0);
    syscall(SYS_exit, 0);
}
