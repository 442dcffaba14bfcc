/* attack: watches what others do with files: fanotify, inotify on the runner's places
 * expect: AC
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <sys/fanotify.h>
#include <sys/inotify.h>
int main(void) {
    if (fanotify_init(0, 0) >= 0) puts("BREACH fanotify");
    if (fanotify_init(FAN_CLASS_NOTIF | FAN_REPORT_FID, 0) >= 0) puts("BREACH fanotify by fid");
    int fd = inotify_init();
    if (fd >= 0 && inotify_add_watch(fd, "/run/judgecore", IN_ALL_EVENTS) >= 0) puts("BREACH watches the socket's folder");
    puts("held");
}
