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
    if (fstat(0, &st) < 0 || !S_ISREG(st.st_mode) || st.st_nlink) puts("BREACH descriptor 0 is no file of our own");
    if ((fcntl(0, F_GETFL) & O_ACCMODE) != O_RDONLY) puts("BREACH descriptor 0 can write");
    for (int fd = 1; fd < 3; fd++)
        if (fstat(fd, &st) < 0 || !S_ISFIFO(st.st_mode)) printf("BREACH descriptor %d is no pipe\n", fd);
    puts("held");
}
