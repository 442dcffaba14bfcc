#include "mirror.h"

std::string mirrored(std::string word) {
    return word;
}
