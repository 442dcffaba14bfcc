/* attack: kernel memory for names that do not exist, and for locks and watches on those that do
 * expect: AC MLE TLE
 * tests: 2
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>
int main(void) {
    struct stat st;
    char name[64];
    for (int i = 0; i < 300000; i++) {
        snprintf(name, sizeof name, "/tmp/%020d-not-there", i);
        stat(name, &st);
    }
    int lock = open("/tmp", O_RDONLY | O_TMPFILE, 0600), watch = inotify_init1(0);
    if (lock < 0) lock = open("/tmp", O_RDWR | O_TMPFILE, 0600);
    for (int i = 0; lock >= 0 && i < 20000; i++) {
        struct flock l = {.l_type = F_WRLCK, .l_start = 2 * i, .l_len = 1};
        fcntl(lock, F_SETLK, &l);
    }
    inotify_add_watch(watch, "/tmp", IN_ALL_EVENTS);
    for (int i = 0; i < 5000; i++) close(epoll_create1(0));
    puts("held");
}
