package main

import "sort"

func firstBadVersion(n int) int {
	return 1 + sort.Search(n-1, func(i int) bool { return isBadVersion(i + 1) })
}
