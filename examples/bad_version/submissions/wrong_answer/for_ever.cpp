class Solution {
public:
    int firstBadVersion(int n) {
        while (isBadVersion(n) || !isBadVersion(n)) n = n / 2 + 1;
        return n;
    }
};
