/* attack: descriptors inherited from the runner or the host
 * expect: AC
 * exploit: ejudge issue 98 and DOMjudge, descriptors that reached the result pipe
 */
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
int main(void) {
    struct stat st;
    for (int fd = 3; fd < 70000; fd++)
        if (fcntl(fd, F_GETFD) >= 0) printf("BREACH descriptor %d\n", fd);
    for (int fd = 0; fd < 3; fd++)
        if (fstat(fd, &st) < 0 || !S_ISFIFO(st.st_mode)) printf("BREACH descriptor %d is no pipe\n", fd);
    puts("held");
}
