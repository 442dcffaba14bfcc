#include <stdio.h>
#if __has_include("/tmp/left.h") || __has_include("/dev/shm/left.h") || __has_include("left.h") || \
    __has_include("/box/left.h") || __has_include("/var/tmp/left.h") || __has_include("/tmp/stdio.h")
#define FOUND 1
#endif
int main(void) {
#ifdef FOUND
    puts("BREACH a header of the submission before");
#endif
    puts("held");
}
