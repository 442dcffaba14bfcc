// Constructors and destructors of several files, with and without priorities.
#include "said.h"

Said first("main's first");
__attribute__((init_priority(200))) Said late("200");
Said second("main's second");
__attribute__((destructor)) static void after() { std::puts("a destructor function"); }

int main() { std::puts("main"); }
