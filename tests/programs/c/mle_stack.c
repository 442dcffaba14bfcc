/* Infinite recursion ends where the memory limit is, since the stack may grow that far. */
int f(volatile int n) { volatile char pad[16]; pad[0] = 1; return n == 1 << 30 ? 0 : f(n + 1) + pad[0]; }
int main(void) { return f(0); }
