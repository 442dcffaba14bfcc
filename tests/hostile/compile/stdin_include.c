/* attack: includes the compiler's own input and terminal
 * expect: CE
 */
#include "/dev/stdin"
#include "/dev/tty"
#include "/proc/self/fd/0"
int main(void) {
    return 0;
}
