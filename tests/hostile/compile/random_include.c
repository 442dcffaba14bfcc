/* attack: includes a file that never ends
 * expect: CE
 */
#include "/dev/urandom"
int main(void) {
    return 0;
}
