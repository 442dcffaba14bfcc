/* attack: closes the input while it is being sent
 * expect: AC
 * inputs: 8
 */
#include <stdio.h>
#include <unistd.h>
int main(void) {
    char c;
    if (read(0, &c, 1) != 1) return 1;
    close(0);
    usleep(50000);
    puts("held");
}
