/* warm_library.c: the bytes of the library that warm_wait.c begins; none where the runner was built without it. */
#include "warm.h"

#ifdef WARM_LIBRARY
#define INCLUDED ".incbin \"" WARM_LIBRARY "\"\n"
#else
#define INCLUDED
#endif

__asm__(".section .rodata\n"
        ".balign 16\n"
        ".global warm_library\n"
        ".global warm_library_end\n"
        "warm_library:\n" INCLUDED
        "warm_library_end:\n"
        ".previous\n");

size_t warm_library_size(void) {
    return (size_t)((uintptr_t)warm_library_end - (uintptr_t)warm_library);
}
