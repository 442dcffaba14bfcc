/* attack: more open files than allowed
 * expect: AC
 * limits: open_files=64
 */
#include <fcntl.h>
#include <stdio.h>
int main(void) {
    int n = 3;
    while (n < 5000 && open("/dev/null", O_RDONLY) >= 0) n++;
    puts(n > 64 ? "BREACH more open files than allowed" : "held");
}
