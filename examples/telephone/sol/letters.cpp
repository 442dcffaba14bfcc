#include "telephone.h"

std::vector<int> say(std::string word) {
    return std::vector<int>(word.begin(), word.end());
}

std::string hear(std::vector<int> numbers) {
    return std::string(numbers.begin(), numbers.end());
}
