/* attack: a message queue made as a file of its file system, past the system call that is denied
 * expect: AC
 * second: second/marks.py
 */
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
int main(void) {
    if (open("/dev/mqueue/mark", O_CREAT | O_RDWR, 0666) >= 0) puts("BREACH queue by open");
    if (mknod("/dev/mqueue/mark2", S_IFREG | 0666, 0) == 0) puts("BREACH queue by mknod");
    puts("held");
}
