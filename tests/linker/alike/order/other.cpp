#include "said.h"

Said other("other's");
__attribute__((init_priority(101))) Said early("101");
__attribute__((constructor)) static void before() { std::puts("a constructor function"); }
template <> Said Of<int>::value("a template's");
