/* attack: an array of a thousand million constants, for the compiler's memory
 * expect: CE
 */
struct s { int x, y; } a[1 << 24] = {[0 ... (1 << 24) - 1] = {1, 2}};
int *p[1 << 22] = {[0 ... (1 << 22) - 1] = &a[7].y};
int b[1 << 28] = {[0 ... (1 << 28) - 1] = 3};
int main(void) {
    return b[5] + *p[3];
}
