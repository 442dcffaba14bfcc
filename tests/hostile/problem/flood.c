/* attack: writes to the interactor without end and reads nothing
 * expect: WA
 * needs: container namespaces
 * problem: interactive
 * limits: cpu_ms=4000 wall_ms=8000
 */
#include <string.h>
#include <unistd.h>
int main(void) {
    static char data[1 << 16];
    memset(data, 'x', sizeof data);
    while (write(1, data, sizeof data) > 0) {}
    return 0;
}
