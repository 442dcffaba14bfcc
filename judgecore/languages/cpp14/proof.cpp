#include <iostream>
#include <numeric>
#include <vector>

int main() {
    int n;
    std::cin >> n;
    const auto one = [](auto x) { return x; };
    std::vector<long> xs(one(n));
    for (auto &x : xs) std::cin >> x;
    std::cout << std::accumulate(xs.begin(), xs.end(), 0L) << ' '
              << std::inner_product(xs.begin(), xs.end(), xs.begin(), 0L) << '\n';
}
