/* attack: becomes another program from a second thread while others fork, so that numbers change hands
 * expect: AC
 * limits: processes=256
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
static void *spawn(void *p) {
    for (;; usleep(500))
        if (fork() == 0) {
            setsid();
            usleep(1000);
            _exit(7);
        }
    return p;
}
static void *become(void *p) {
    usleep(3000);
    execv("/proc/self/exe", p);
    return p;
}
int main(int argc, char **argv) {
    int round = argc > 1 ? atoi(argv[1]) : 0;
    char next[12];
    char *words[] = {argv[0], next, 0};
    pthread_t t;
    if (round == 10) {
        puts("held");
        return 0;
    }
    snprintf(next, sizeof next, "%d", round + 1);
    pthread_create(&t, 0, spawn, 0);
    pthread_create(&t, 0, become, words);
    pause();
}
