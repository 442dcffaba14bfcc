NR == 1 { n = $1 }
NR == 2 {
    for (i = 1; i <= n; i++) {
        sum += $i
        squares += $i * $i
    }
    print sum, squares
}
