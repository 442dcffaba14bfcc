/* attack: System V semaphores, which outlive their makers
 * expect: AC
 */
#include <stdio.h>
#include <sys/ipc.h>
#include <sys/sem.h>
int main(void) {
    if (semget(0x4a43, 1, IPC_CREAT | 0666) >= 0) puts("BREACH semaphores");
    puts("held");
}
