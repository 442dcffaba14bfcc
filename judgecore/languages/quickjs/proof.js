const n = Number(std.in.getline());
const xs = std.in.getline().split(" ").slice(0, n).map(Number);
console.log(xs.reduce((a, x) => a + x, 0), xs.reduce((a, x) => a + x * x, 0));
