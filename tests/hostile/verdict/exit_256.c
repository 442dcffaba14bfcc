/* attack: an exit code that is nought modulo 256, without an answer
 * expect: WA
 */
#include <unistd.h>
int main(void) {
    _exit(256);
}
