int main() { while (true) {} }
