/* attack: knows the path of the answer on the host and opens it, by every root there is
 * expect: WA
 * secret: answer
 */
#include <stdio.h>
#include <string.h>
int main(void) {
    char path[512], full[600], text[256];
    const char *roots[] = {"", "/proc/1/root", "/proc/self/root/..", "/proc/1/cwd/../..", "/../..", "/host", "/mnt",
                           "/proc/2/root", "/rootfs", "/proc/1/task/1/root"};
    if (!fgets(path, sizeof path, stdin)) return 1;
    path[strcspn(path, "\n")] = 0;
    for (int i = 0; i < 10; i++) {
        snprintf(full, sizeof full, "%s%s", roots[i], path);
        FILE *f = fopen(full, "r");
        if (f && fgets(text, sizeof text, f)) fputs(text, stdout);
    }
}
