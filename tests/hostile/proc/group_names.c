/* attack: the worker's process number in the name of the control group that /proc/self/cgroup tells, or in a mount's
 * expect: AC
 */
#include <stdio.h>
#include <string.h>
static int has_number(const char *line, const char *number) {
    size_t size = strlen(number);
    for (const char *at = line; (at = strstr(at, number)); at++) {
        int before = at > line && at[-1] >= '0' && at[-1] <= '9';
        int after = at[size] >= '0' && at[size] <= '9';
        int of_words = at > line && strchr("-_", at[-1]) && strchr("-_", at[size]);
        if (!before && !after && of_words) return 1;
    }
    return 0;
}
int main(void) {
    char answer[4096], worker[32], line[4096];
    if (scanf("%4095s %31s", answer, worker) != 2) return 1;
    const char *files[] = {"/proc/self/cgroup", "/proc/self/mountinfo"};
    for (int i = 0; i < 2; i++) {
        FILE *f = fopen(files[i], "r");
        while (f && fgets(line, sizeof line, f))
            if (has_number(line, worker)) printf("BREACH the worker is process %s: %s", worker, line);
    }
    puts("held");
}
