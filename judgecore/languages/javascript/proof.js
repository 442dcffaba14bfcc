const [n, ...xs] = require("fs").readFileSync(0, "utf8").split(/\s+/).filter(Boolean).map(Number);
const kept = xs.slice(0, n);
console.log(kept.reduce((a, x) => a + x, 0), kept.reduce((a, x) => a + x * x, 0));
