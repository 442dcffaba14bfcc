#include <iostream>
#include <vector>

struct Totals {
    long sum = 0, squares = 0;
};

int main() {
    auto n = 0uz;
    std::cin >> n;
    std::vector<long> xs(n);
    for (auto &x : xs) std::cin >> x;
    Totals totals;
    for (auto x : xs) totals.sum += x, totals.squares += x * x;
    std::cout << totals.sum << ' ' << totals.squares << '\n';
}
