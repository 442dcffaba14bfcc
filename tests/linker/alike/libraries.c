/* The libraries that the language links. */
#include <gmp.h>
#include <math.h>
#include <stdio.h>

int main(int count, char **arguments) {
    (void)arguments;
    mpz_t large;
    mpz_init(large);
    mpz_ui_pow_ui(large, 3, 100);
    gmp_printf("%Zd %.6f\n", large, pow(count + 1, 0.5));
}
