// More than a pipe holds, and an exit that does not wait.
const [a, b] = require("fs").readFileSync(0, "utf8").split(" ").map(Number);
process.stdout.write(a + b + "\n".repeat(200_000) + "\n");
process.exit(0);
