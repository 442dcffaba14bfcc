/* attack: device nodes of its own for the host's disks and memory
 * expect: AC
 */
#include <stdio.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
int main(void) {
    int majors[] = {1, 7, 8, 253, 254, 259};
    for (int i = 0; i < 6; i++)
        for (int minor = 0; minor < 4; minor++) {
            dev_t dev = makedev(majors[i], minor);
            if (mknod("/tmp/b", S_IFBLK | 0666, dev) == 0) puts("BREACH block device");
            if (i < 1 && mknod("/tmp/c", S_IFCHR | 0666, dev) == 0) puts("BREACH character device");
        }
    puts("held");
}
