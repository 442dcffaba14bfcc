class Solution:
    def firstBadVersion(self, n: int) -> int:
        return next(version for version in range(1, n + 1) if isBadVersion(version))
