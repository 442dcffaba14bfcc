/* attack: both outputs flooded by turns, a byte at a time, by many
 * expect: OLE
 * limits: output_bytes=100000
 */
#include <unistd.h>
int main(void) {
    for (int i = 0; i < 8; i++)
        if (fork() == 0)
            for (;;)
                if (write(1 + (i & 1), "x", 1) < 0) _exit(1);
    for (;;)
        if (write(1, "y", 1) < 0 || write(2, "z", 1) < 0) return 1;
}
