int firstBadVersion(int n) {
    volatile int i = 0;
    while (isBadVersion(n)) while (i >= 0) i = i == 0;
    return n;
}
