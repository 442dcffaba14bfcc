/* attack: includes a file of endless zeros
 * expect: CE
 */
#include "/dev/zero"
int main(void) {
    return 0;
}
