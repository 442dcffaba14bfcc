// Neither process takes longer than allowed; both together do.
#include <ctime>

#include "telephone.h"

static void work() {
    while (clock() < CLOCKS_PER_SEC * 7 / 10);
}

std::vector<int> say(std::string word) {
    work();
    return {word[0], (int)word.size()};
}

std::string hear(std::vector<int> numbers) {
    work();
    return std::string(numbers[1], numbers[0]);
}
