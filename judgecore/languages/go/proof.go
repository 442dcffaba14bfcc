package main

import "fmt"

func main() {
	var n, x, sum, squares int
	fmt.Scan(&n)
	for i := 0; i < n; i++ {
		fmt.Scan(&x)
		sum += x
		squares += x * x
	}
	fmt.Println(sum, squares)
}
