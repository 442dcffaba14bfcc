int same(void) { return 1; }

int main(void) { return same(); }
