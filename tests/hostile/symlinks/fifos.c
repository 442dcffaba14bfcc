/* attack: FIFOs, sockets and loops of links, for whoever opens what it wipes
 * expect: AC
 * tests: 2
 */
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
int main(void) {
    for (int i = 0; i < 50; i++) {
        char name[64];
        snprintf(name, sizeof name, "/tmp/fifo%d", i);
        mkfifo(name, 0666);
        snprintf(name, sizeof name, "/dev/shm/sock%d", i);
        struct sockaddr_un to = {.sun_family = AF_UNIX};
        strcpy(to.sun_path, name);
        int s = socket(AF_UNIX, SOCK_STREAM, 0);
        if (bind(s, (struct sockaddr *)&to, sizeof to) == 0) listen(s, 9);
    }
    if (symlink("/tmp/b", "/tmp/a") < 0 || symlink("/tmp/a", "/tmp/b") < 0 || symlink(".", "/tmp/c") < 0) return 1;
    puts("held");
}
