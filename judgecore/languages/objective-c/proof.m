#import <objc/objc.h>
#import <objc/runtime.h>
#include <stdio.h>

__attribute__((objc_root_class)) @interface Totals {
    Class isa;
    long sum, squares;
}
+ (id)make;
- (void)take:(long)x;
- (void)show;
@end

@implementation Totals
+ (id)make { return class_createInstance(self, 0); }
- (void)take:(long)x { sum += x; squares += x * x; }
- (void)show { printf("%ld %ld\n", sum, squares); }
@end

int main(void) {
    int n;
    long x;
    Totals *totals = [Totals make];
    if (scanf("%d", &n) != 1) return 1;
    while (n-- > 0 && scanf("%ld", &x) == 1) [totals take:x];
    [totals show];
    return 0;
}
