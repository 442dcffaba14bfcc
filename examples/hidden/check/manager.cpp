// Knows a number from 1 to 1000, and answers ten questions: is it less than x?
#include <cstdio>
#include <cstring>

static void end(const char *outcome, const char *message) {
    puts(outcome);
    fprintf(stderr, "%s\n", message);
}

int main(int, char **argv) {
    FILE *from = fopen(argv[1], "r"), *to = fopen(argv[2], "w");
    int hidden, x, asked = 0;
    char word[20];
    if (scanf("%d", &hidden) != 1) return 1;
    while (fscanf(from, "%19s %d", word, &x) == 2) {
        if (strcmp(word, "answer") == 0) {
            if (x != hidden) end("0.0", "translate:wrong");
            else if (asked > 10) end("0.5", "more than ten questions");
            else end("1.0", "translate:success");
            return 0;
        }
        fprintf(to, "%d\n", hidden < x);
        fflush(to);
        if (++asked > 2000) break;
    }
    end("0.0", "no answer");
    return 0;
}
