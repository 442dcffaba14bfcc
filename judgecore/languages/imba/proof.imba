const numbers = require("fs").readFileSync(0, "utf8").trim().split(" ").join("\n").split("\n").map(Number)
const xs = numbers.slice(1, numbers[0] + 1)
let sum = 0
let squares = 0
for x in xs
	sum += x
	squares += x * x
console.log(sum, squares)
