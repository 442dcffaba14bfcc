#include <iostream>
#include <string>
#include "mirror.h"

int main() {
    std::string word;
    std::cin >> word;
    std::cout << mirrored(word) << '\n';
}
