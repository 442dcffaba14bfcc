#include <unistd.h>
#include <sys/wait.h>
/* Four children, none of which alone reaches the limit. */
int main(void) {
    for (int i = 0; i < 4; i++)
        if (fork() == 0) for (volatile int j = 0;; j++) {}
    while (wait(0) > 0) {}
    return 0;
}
