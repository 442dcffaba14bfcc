/* attack: writes the runner's memory by process_vm_writev
 * expect: AC
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/uio.h>
int main(void) {
    char data[64] = {0};
    struct iovec here = {data, 64}, there = {(void *)0x4c0000, 64};
    if (process_vm_writev(1, &here, 1, &there, 1, 0) > 0) puts("BREACH wrote");
    puts("held");
}
