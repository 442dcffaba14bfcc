/* attack: includes itself twice, again and again
 * expect: CE
 */
#include __FILE__
#include __FILE__
int main(void) {
    return 0;
}
