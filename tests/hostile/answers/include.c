/* attack: includes the answer file, whose text the compiler then shows
 * expect: CE
 * secret: answer
 * exploit: kjudge issue 82, test data read back through compiler errors
 */
#include "@ANSWER@"
int main(void) {
    return 0;
}
