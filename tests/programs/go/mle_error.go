package main

import "fmt"

func main() {
	n := 1 << 45
	fmt.Println(len(make([]byte, n)))
}
