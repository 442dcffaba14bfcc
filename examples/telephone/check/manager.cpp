// The first process gets a word and says at most 20 numbers; the second one hears them and says the word.
#include <cstdio>
#include <iostream>
#include <string>
#include <vector>

static int end(const char *outcome, const char *message) {
    puts(outcome);
    fprintf(stderr, "%s\n", message);
    return 0;
}

int main(int, char **argv) {
    FILE *from_first = fopen(argv[1], "r"), *to_first = fopen(argv[2], "w");
    FILE *from_second = fopen(argv[3], "r"), *to_second = fopen(argv[4], "w");
    std::string word;
    std::vector<int> numbers;
    int count, number;
    std::cin >> word;
    fprintf(to_first, "%s\n", word.c_str());
    fflush(to_first);
    if (fscanf(from_first, "%d", &count) != 1 || count < 0) return end("0.0", "no message");
    if (count > 20) return end("0.0", "more than 20 numbers");
    for (int i = 0; i < count; i++) {
        if (fscanf(from_first, "%d", &number) != 1) return end("0.0", "no message");
        if (number < 0 || number > 999) return end("0.0", "a number that is not from 0 to 999");
        numbers.push_back(number);
    }
    fprintf(to_second, "%d\n", count);
    for (int one : numbers) fprintf(to_second, "%d\n", one);
    fflush(to_second);
    static char heard[20000];
    if (fscanf(from_second, "%19999s", heard) != 1) return end("0.0", "no word");
    return word == heard ? end("1.0", "translate:success") : end("0.0", "translate:wrong");
}
