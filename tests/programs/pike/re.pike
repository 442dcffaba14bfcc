int main() { error("no"); }
