/* attack: a computation for the compiler rather than for the program
 * expect: CE
 */
constexpr long slow(long n) {
    long s = 0;
    for (long i = 0; i < n; i++)
        for (long k = 0; k < n; k++) s += i ^ k;
    return s;
}
static_assert(slow(1 << 20) != 0);
int main() {}
