/* attack: the exit code of a killed container
 * expect: RE
 */
int main(void) {
    return 137;
}
