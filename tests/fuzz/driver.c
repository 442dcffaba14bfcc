/* A fuzzer for where there is no libFuzzer: mutates the seeds, by a fixed sequence of numbers.
 *
 *   driver SECONDS SEED-FILE...
 *
 * It has no feedback and so finds less; what it runs is built with the address and undefined
 * behaviour sanitizers, and it takes seconds.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size);

enum { MOST = 1 << 16, SEEDS = 256 };
static uint8_t seeds[SEEDS][4096], input[MOST];
static size_t sizes[SEEDS];
static uint64_t state = 88172645463325252u;

static uint64_t below(uint64_t n) { /* xorshift64, Marsaglia 2003 */
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return n ? state % n : 0;
}

static size_t mutated(size_t size) {
    static const uint8_t edges[] = {0, 1, 4, 5, 0x7f, 0x80, 0xff};
    for (uint64_t n = 1 + below(6); n && size; n--) {
        size_t at = below(size), other = below(size), length = below(size - at) + 1;
        switch (below(6)) {
        case 0: input[at] ^= (uint8_t)(1u << below(8)); break;
        case 1: input[at] = edges[below(sizeof edges)]; break;
        case 2: size = at; break; /* the stream ends in the middle */
        case 3: memmove(input + at, input + other, size - (at > other ? at : other)); break;
        case 4: memset(input + at, (int)below(256), length < 32 ? length : 32); break;
        default: /* a piece twice: the rest moves on */
            if (size + length > MOST) break;
            memmove(input + at + length, input + at, size - at);
            size += length;
        }
    }
    return size;
}

int main(int argc, char **argv) {
    int count = 0;
    for (int i = 2; i < argc && count < SEEDS; i++) {
        FILE *f = fopen(argv[i], "rb");
        if (!f) return perror(argv[i]), 2;
        sizes[count] = fread(seeds[count], 1, sizeof seeds[count], f);
        if (sizes[count]) count++;
        fclose(f);
    }
    if (!count) return fputs("driver: no seeds\n", stderr), 2;
    unsigned long runs = 0;
    for (time_t until = time(NULL) + atoi(argv[1]); time(NULL) < until;) {
        for (int i = 0; i < 256; i++, runs++) {
            size_t size = 0;
            for (uint64_t frames = 1 + below(4); frames; frames--) {
                uint64_t seed = below((uint64_t)count);
                if (size + sizes[seed] > MOST) break;
                memcpy(input + size, seeds[seed], sizes[seed]);
                size += sizes[seed];
            }
            LLVMFuzzerTestOneInput(input, below(8) ? mutated(size) : size);
        }
    }
    printf("%lu inputs\n", runs);
    return 0;
}
