class Solution extends VersionControl {
    int firstBadVersion(int n) {
        return isBadVersion(n / 2) ? n / 4 : n;
    }
}
