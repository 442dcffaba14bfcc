int same(void) { return 2; }
