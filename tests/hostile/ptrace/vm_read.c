/* attack: reads the runner's memory by process_vm_readv
 * expect: AC
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/uio.h>
int main(void) {
    char data[64];
    struct iovec here = {data, 64}, there = {(void *)0x400000, 64};
    if (process_vm_readv(1, &here, 1, &there, 1, 0) > 0) puts("BREACH read");
    puts("held");
}
