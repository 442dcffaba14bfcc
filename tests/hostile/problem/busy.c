/* attack: takes the core that it shares with the interactor, to make that one fail
 * expect: TLE
 * needs: container namespaces
 * problem: interactive
 * limits: cpu_ms=500 wall_ms=6000
 */
#include <stdio.h>
#include <unistd.h>
int main(void) {
    char line[100];
    if (!fgets(line, sizeof line, stdin)) return 1;
    for (int i = 0; i < 20; i++)
        if (fork() == 0) break;
    for (;;) {}
}
