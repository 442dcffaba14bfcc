int main() {
    string[] hoard = {};
    while (true) hoard += string.nfill(1 << 20, 'x');
}
