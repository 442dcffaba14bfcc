/* Large and aligned arrays, with and without contents; a thread-local one. */
#include <stdint.h>
#include <stdio.h>

static int zeros[5000000];
static int filled[1000000] = {1, 2, 3};
_Alignas(1 << 16) static char aligned[100] = "aligned";
static _Thread_local _Alignas(64) int local[1000] = {4};

int main(void) {
    zeros[4999999] = filled[2];
    printf("%d %d %d %s\n", zeros[4999999], filled[999999], local[0] + local[999], aligned);
    printf("%d %d\n", (int)((uintptr_t)aligned % (1 << 16)), (int)((uintptr_t)local % 64));
}
