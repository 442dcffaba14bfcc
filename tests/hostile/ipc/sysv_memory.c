/* attack: System V shared memory, which outlives its makers
 * expect: AC
 */
#include <stdio.h>
#include <sys/ipc.h>
#include <sys/shm.h>
int main(void) {
    if (shmget(0x4a43, 4096, IPC_CREAT | 0666) >= 0 || shmget(IPC_PRIVATE, 4096, IPC_CREAT | 0666) >= 0)
        puts("BREACH shared memory");
    puts("held");
}
