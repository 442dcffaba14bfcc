/* reference.c: a fixed amount of work, by which the speed of machines is compared (speed.py).
 *
 * A change of it changes what every measured speed means: measure the reference machine again.
 */
#include "runner.h"

#define ROUNDS 16000000
#define TABLE 65536u

int reference_work(void) {
    static uint32_t table[TABLE];
    uint64_t x = 88172645463325252ull; /* xorshift64 */
    double y = 1;
    for (int i = 0; i < ROUNDS; i++) {
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        uint32_t *at = &table[x % TABLE];
        if (*at & 1) *at += (uint32_t)(x >> 40);
        else *at ^= (uint32_t)(x >> 20);
        y = y * 0.999 + (double)(*at & 7);
    }
    return y < 0; /* never: but the compiler must not know */
}
