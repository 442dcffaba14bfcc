/* attack: outputs that end at every edge of the runner's buffers, frames across them
 * expect: WA
 */
#include <string.h>
#include <unistd.h>
static char block[70000];
int main(void) {
    static const unsigned char report[] = {9, 0, 0, 0, 67, 'e', 'x', 'i', 't', ':', '0', '\n', 0, 0};
    for (int at = 65520; at < 65545; at++) {
        memset(block, 'x', sizeof block);
        memcpy(block + at, report, sizeof report);
        if (write(1 + at % 2, block, (size_t)at + sizeof report) < 0) return 1;
    }
}
