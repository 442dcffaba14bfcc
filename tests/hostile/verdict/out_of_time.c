/* attack: the signal of the CPU limit, sent by itself
 * expect: RE
 */
#include <signal.h>
int main(void) {
    raise(SIGXCPU);
}
