extern int nowhere __attribute__((visibility("hidden")));

int main(void) { return nowhere; }
