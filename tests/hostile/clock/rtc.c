/* attack: the hardware clock and the timer devices
 * expect: AC
 */
#include <fcntl.h>
#include <stdio.h>
int main(void) {
    const char *names[] = {"/dev/rtc", "/dev/rtc0", "/dev/hpet", "/dev/ptp0", "/sys/class/rtc/rtc0/wakealarm", "/proc/driver/rtc"};
    for (int i = 0; i < 6; i++)
        if (open(names[i], O_RDWR) >= 0) printf("BREACH opened %s\n", names[i]);
    puts("held");
}
