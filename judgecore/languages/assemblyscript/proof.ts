@external("env", "readLine")
declare function readLine(): string;

const n = i32.parse(readLine());
const xs = readLine().split(" ").slice(0, n).map<i64>((word) => i64.parse(word));
const sum = xs.reduce<i64>((a, x) => a + x, 0);
const squares = xs.reduce<i64>((a, x) => a + x * x, 0);
console.log(`${sum} ${squares}`);
