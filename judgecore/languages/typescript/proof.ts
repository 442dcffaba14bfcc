import { readFileSync } from "node:fs";

const [n, ...rest]: number[] = readFileSync(0, "utf8").trim().split(/\s+/).map(Number);
const xs: number[] = rest.slice(0, n);
const total = (f: (x: number) => number): number => xs.reduce((a, x) => a + f(x), 0);
console.log(`${total((x) => x)} ${total((x) => x * x)}`);
