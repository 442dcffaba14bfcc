// The numbers, which another validator has looked at, add up to n, and no more of them could.
#include <fstream>
#include <iostream>
#include <string>

#include "codes.h"

int main(int, char **argv) {
    std::ifstream input(argv[1]), answer(argv[2]);
    std::ofstream message(std::string(argv[3]) + "teammessage.txt");
    long long n, most, number, sum = 0, count = 0;
    input >> n;
    answer >> most;
    while (std::cin >> number && sum <= n) sum += number, count++;
    if (sum != n) return message << "the sum is not n", REJECT;
    if (count < most) return message << "there could be more numbers", REJECT;
    return ACCEPT;
}
