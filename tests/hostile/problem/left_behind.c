/* attack: leaves a process and files behind, to see the checker run and to be there in the next pass
 * expect: AC
 * needs: container namespaces
 * problem: checker multi-pass
 * tests: 2
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
static const char *const places[] = {"/tmp/left", "/dev/shm/left", "left", "/var/tmp/left"};
int main(void) {
    char line[100];
    if (!fgets(line, sizeof line, stdin)) return 1;
    for (int i = 0; i < 4; i++)
        if (access(places[i], F_OK) == 0) printf("BREACH %s is still there\n", places[i]);
    for (int i = 0; i < 4; i++) close(open(places[i], O_CREAT | O_WRONLY, 0666));
    if (fork() == 0) {
        setsid();
        if (fork() == 0) {
            for (int fd = 0; fd < 3; fd++) close(fd);
            for (int i = 0; i < 1000; i++) {
                if (access("test.ans", F_OK) == 0 || access("feedback", F_OK) == 0) mkdir("/tmp/left", 0777);
                usleep(10000);
            }
        }
        _exit(0);
    }
    wait(NULL);
    puts("held");
}
