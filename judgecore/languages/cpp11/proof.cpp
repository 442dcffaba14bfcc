#include <iostream>
#include <numeric>
#include <vector>

int main() {
    int n;
    std::cin >> n;
    std::vector<long> xs(n);
    for (auto &x : xs) std::cin >> x;
    std::cout << std::accumulate(xs.begin(), xs.end(), 0L) << ' '
              << std::inner_product(xs.begin(), xs.end(), xs.begin(), 0L) << '\n';
}
