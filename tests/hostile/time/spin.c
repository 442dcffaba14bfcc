/* attack: spins
 * expect: TLE
 * limits: cpu_ms=300 wall_ms=1500
 */
int main(void) {
    for (;;) {}
}
