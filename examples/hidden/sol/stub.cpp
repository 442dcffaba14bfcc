#include <cstdio>
#include "hidden.h"

static FILE *from, *to;

int less(int x) {
    int answer = -1;
    fprintf(to, "less %d\n", x);
    fflush(to);
    return fscanf(from, "%d", &answer) == 1 ? answer : -1;
}

int main(int, char **argv) {
    from = fopen(argv[1], "r");
    to = fopen(argv[2], "w");
    fprintf(to, "answer %d\n", find());
    fclose(to);
}
