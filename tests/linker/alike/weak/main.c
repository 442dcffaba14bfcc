/* Weak symbols: one that another file has, one that nobody has, one that is weaker than another. */
#include <stdio.h>

extern int found(void) __attribute__((weak));
extern int missing(void) __attribute__((weak));
__attribute__((weak)) int which(void) { return 1; }
extern const char *text;

int main(void) {
    printf("%d %d %d\n", found ? found() : -1, missing ? 1 : 0, which());
    printf("%s\n", text);
}
