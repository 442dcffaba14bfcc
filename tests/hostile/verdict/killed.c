/* attack: kills itself as an OOM killer would, to be judged MLE
 * expect: RE
 */
#include <signal.h>
int main(void) {
    raise(SIGKILL);
}
