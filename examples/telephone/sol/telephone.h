#include <string>
#include <vector>

std::vector<int> say(std::string word);
std::string hear(std::vector<int> numbers);
