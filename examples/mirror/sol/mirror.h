#pragma once
#include <string>

std::string mirrored(std::string word);
