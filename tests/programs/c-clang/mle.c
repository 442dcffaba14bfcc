#include <stdlib.h>
int main(void) {
    for (;;) {
        volatile char *more = malloc(1 << 20);
        int i;
        for (i = 0; i < 1 << 20; i += 4096) more[i] = 1;
    }
}
