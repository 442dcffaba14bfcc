/* attack: macros that double a thousand million times
 * expect: CE
 */
#define A(x) x x x x x x x x x x
#define B(x) A(A(A(x)))
#define C(x) B(B(B(x)))
int main(void) {
    C(;)
}
