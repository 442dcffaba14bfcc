/* attack: learns about the runner by kcmp, process_madvise, move_pages, get_robust_list
 * expect: AC
 */
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>
int main(void) {
    void *head, *page = (void *)0x400000;
    size_t size;
    int status;
    if (syscall(SYS_kcmp, getpid(), 1, 0, 1, 1) >= 0) puts("BREACH kcmp");
    if (syscall(SYS_move_pages, 1, 1, &page, 0, &status, 0) >= 0) puts("BREACH move_pages");
    if (syscall(SYS_migrate_pages, 1, 0, 0, 0) >= 0) puts("BREACH migrate_pages");
    if (syscall(SYS_get_robust_list, 1, &head, &size) == 0) puts("BREACH robust list of the runner");
    struct { void *p; size_t n; } v = {page, 4096};
    int fd = (int)syscall(SYS_pidfd_open, 1, 0);
    if (syscall(440 /* process_madvise */, fd, &v, 1, 20, 0) >= 0) puts("BREACH process_madvise");
    puts("held");
}
