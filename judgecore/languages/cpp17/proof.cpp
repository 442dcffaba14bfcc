#include <iostream>
#include <utility>

int main() {
    int n;
    std::cin >> n;
    std::pair<long, long> totals;
    auto &[sum, squares] = totals;
    for (long x; n-- > 0 && std::cin >> x;) sum += x, squares += x * x;
    std::cout << sum << ' ' << squares << '\n';
}
