#include <cstdio>
#include <cstdlib>

#include "telephone.h"

int main(int, char **argv) {
    FILE *from = fopen(argv[1], "r"), *to = fopen(argv[2], "w");
    if (atoi(argv[3]) == 0) {
        static char word[20000];
        if (fscanf(from, "%19999s", word) != 1) return 1;
        std::vector<int> numbers = say(word);
        fprintf(to, "%d\n", (int)numbers.size());
        for (int number : numbers) fprintf(to, "%d\n", number);
    } else {
        int count;
        if (fscanf(from, "%d", &count) != 1) return 0;  // the manager has heard enough
        std::vector<int> numbers(count);
        for (int &number : numbers) if (fscanf(from, "%d", &number) != 1) return 1;
        fprintf(to, "%s\n", hear(numbers).c_str());
    }
    fclose(to);
}
