int main(void) { return [nothing here]; }
