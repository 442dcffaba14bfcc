__attribute__((common)) int block[100000];

int fill(void) {
    block[0] = 4;
    block[99999] = 5;
    return block[99999];
}
