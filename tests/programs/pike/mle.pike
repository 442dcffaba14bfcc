int main() { array hoard = ({}); while (1) hoard += ({ "x" * (1 << 20) + sizeof(hoard) }); }
