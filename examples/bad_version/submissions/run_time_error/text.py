class Solution:
    def firstBadVersion(self, n: int) -> int:
        return 1 if isBadVersion(str(n)) else n
