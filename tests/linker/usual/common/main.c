/* Of common blocks the largest is taken. */
#include <stdio.h>

__attribute__((common)) int block[2];
int fill(void);

int main(void) { printf("%d %d\n", fill(), block[0]); }
