/* attack: POSIX message queues, which outlive their makers
 * expect: AC
 */
#include <fcntl.h>
#include <mqueue.h>
#include <stdio.h>
int main(void) {
    if (mq_open("/judgecore", O_CREAT | O_RDWR, 0666, 0) != (mqd_t)-1) puts("BREACH message queue");
    puts("held");
}
