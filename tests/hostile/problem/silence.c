/* attack: closes its ends of the pipes and stays, so that the interactor waits for its end
 * expect: TLE
 * needs: container namespaces
 * problem: interactive
 * limits: cpu_ms=500 wall_ms=1000
 */
#include <unistd.h>
int main(void) {
    close(0), close(1), close(2);
    for (;;) pause();
}
