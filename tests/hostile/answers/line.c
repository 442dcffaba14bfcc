/* attack: claims that its wrong line stands in the answer file, so that the compiler quotes that
 * expect: CE
 * secret: answer
 * exploit: kjudge issue 82, test data read back through compiler errors
 */
int main(void) {
# 1 "@ANSWER@"
    this is wrong;
}
