#include <math.h>
#include <stdio.h>
int main(void) { double r; scanf("%lf", &r); printf("%.9f\n", acos(-1) * r * r); }
