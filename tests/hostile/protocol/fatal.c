/* attack: frames of every type that would end the slot or the conversation
 * expect: WA
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>
int main(void) {
    for (int type = 0; type < 256; type++) {
        unsigned char f[] = {16, 0, 0, 0, (unsigned char)type, 's', 't', 'e', 'p', ':', 'k', 'i', 'l', 'l', '\n', 'e', 'r', 'r', 'n', 'o', '\n'};
        if (write(1 + type % 2, f, sizeof f) < 0) return 1;
    }
}
