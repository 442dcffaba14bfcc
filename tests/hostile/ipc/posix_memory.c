/* attack: POSIX shared memory and semaphores, left for the next
 * expect: AC
 * also: process RE
 * tests: 2
 * second: second/marks.py
 */
#include <fcntl.h>
#include <semaphore.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>
int main(void) {
    if (shm_open("/mark", O_RDWR, 0) >= 0) puts("BREACH an earlier mark");
    int fd = shm_open("/mark", O_CREAT | O_RDWR, 0666);
    if (ftruncate(fd, 4096) < 0) return 1;
    sem_open("/mark", O_CREAT, 0666, 7);
    puts("held");
}
