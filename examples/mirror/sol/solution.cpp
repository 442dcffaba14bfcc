#include "mirror.h"

std::string mirrored(std::string word) {
    return std::string(word.rbegin(), word.rend());
}
