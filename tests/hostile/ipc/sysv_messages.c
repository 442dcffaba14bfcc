/* attack: System V message queues, which outlive their makers
 * expect: AC
 */
#include <stdio.h>
#include <sys/ipc.h>
#include <sys/msg.h>
int main(void) {
    if (msgget(0x4a43, IPC_CREAT | 0666) >= 0) puts("BREACH message queue");
    puts("held");
}
