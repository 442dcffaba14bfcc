/* attack: a mark on the input for the next test: its bytes, size, modes, attributes, hints, locks
 * expect: AC
 * tests: 3
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>
enum { SET_HINT = 1036, GET_HINT = 1035 };
int main(void) {
    struct stat st;
    uint64_t hint = 0, mine = 4;
    char c;
    if (fstat(0, &st) < 0 || (st.st_mode & 07777) != 0444) puts("BREACH somebody's modes");
    if (fgetxattr(0, "user.mark", &c, 1) >= 0) puts("BREACH somebody's attribute");
    if (fcntl(0, GET_HINT, &hint) == 0 && hint) puts("BREACH somebody's hint");
    if (flock(0, LOCK_EX | LOCK_NB) < 0) puts("BREACH somebody's lock");
    fchmod(0, 0777);
    fsetxattr(0, "user.mark", "1", 1, 0);
    fcntl(0, SET_HINT, &mine);
    int fd = open("/proc/self/fd/0", O_RDWR);
    if (write(fd < 0 ? 0 : fd, "x", 1) == 1) puts("BREACH wrote it");
    if (ftruncate(fd < 0 ? 0 : fd, 100) == 0) puts("BREACH grew it");
    if (fallocate(fd < 0 ? 0 : fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, 1) == 0) puts("BREACH cut it");
    if (mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd < 0 ? 0 : fd, 0) != MAP_FAILED) puts("BREACH mapped it");
    if (fork() == 0) { /* outlives its parent, with the lock */
        setsid();
        pause();
    }
    puts("held");
}
