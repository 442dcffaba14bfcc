#include "telephone.h"

std::vector<int> say(std::string word) {
    std::vector<int> numbers;
    for (size_t at = 0, next; at < word.size(); at = next) {
        for (next = at; next < word.size() && word[next] == word[at];) next++;
        numbers.push_back(word[at]);
        numbers.push_back(next - at);
    }
    return numbers;
}

std::string hear(std::vector<int> numbers) {
    std::string word;
    for (size_t i = 0; i < numbers.size(); i += 2) word.append(numbers[i + 1], numbers[i]);
    return word;
}
