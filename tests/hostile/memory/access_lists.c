/* attack: one default access list on a directory, copied by every file made in it: kernel memory that no group counts
 * expect: AC
 */
#include <stdint.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>
struct entry { uint16_t tag, perm; uint32_t id; };
static struct { uint32_t version; struct entry e[8191]; } list = {.version = 2};
int main(void) {
    int n = 0;
    list.e[n++] = (struct entry){1, 7, ~0u};
    while (n < 8188) list.e[n++] = (struct entry){2, 7, getuid()};
    list.e[n++] = (struct entry){4, 7, ~0u};
    list.e[n++] = (struct entry){16, 7, ~0u};
    list.e[n++] = (struct entry){32, 7, ~0u};
    size_t size = 4 + 8 * (size_t)n;
    mkdir("/tmp/d", 0777);
    const char *names[] = {"system.posix_acl_default", "system.posix_acl_access", "user.x"};
    for (int i = 0; i < 3; i++) {
        if (setxattr("/tmp/d", names[i], &list, size, 0) == 0) printf("BREACH %s is set\n", names[i]);
        if (lsetxattr("/tmp/d", names[i], &list, size, 0) == 0) printf("BREACH %s is set on the link\n", names[i]);
        struct { uint64_t value; uint32_t size, flags; } how = {(uintptr_t)&list, (uint32_t)size, 0};
        if (syscall(463, -100, "/tmp/d", 0, names[i], &how, sizeof how) == 0) printf("BREACH %s is set at\n", names[i]);
    }
    puts("held");
}
