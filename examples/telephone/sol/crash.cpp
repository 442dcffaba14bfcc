#include <cstdlib>

#include "telephone.h"

std::vector<int> say(std::string) {
    return {1};
}

std::string hear(std::vector<int>) {
    abort();
}
