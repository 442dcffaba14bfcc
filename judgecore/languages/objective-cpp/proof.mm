#import <objc/objc.h>
#import <objc/runtime.h>
#include <iostream>

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
- (void)show { std::cout << sum << ' ' << squares << std::endl; }
@end

int main(void) {
    int n;
    long x;
    Totals *totals = [Totals make];
    if (!(std::cin >> n)) return 1;
    while (n-- > 0 && std::cin >> x) [totals take:x];
    [totals show];
    return 0;
}
