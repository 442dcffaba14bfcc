/* attack: runs a program that is in no file system, and what it can do more than this one
 * expect: AC
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>
int main(int argc, char **argv) {
    if (argc > 1) {
        if (socket(AF_INET, SOCK_STREAM, 0) >= 0) puts("BREACH socket");
        if (setuid(0) == 0) puts("BREACH root");
        puts("held");
        return 0;
    }
    static char block[1 << 20];
    int from = open("/proc/self/exe", O_RDONLY), to = memfd_create("x", 0);
    ssize_t n = read(from, block, sizeof block);
    if (write(to, block, (size_t)n) != n) return 1;
    char *again[] = {argv[0], "again", 0}, *none[] = {0};
    fexecve(to, again, none);
    return 1;
}
