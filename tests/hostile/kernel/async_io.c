/* attack: all of the machine's asynchronous requests, of which there is one number for everybody
 * expect: AC
 */
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>
int main(void) {
    unsigned long context = 0;
    long taken = 0;
    for (; taken < 40 && syscall(SYS_io_setup, 1600, &context) == 0; taken++) context = 0;
    puts(taken > 30 ? "BREACH took most of fs.aio-max-nr" : "held");
}
