// The npm package `piston-client`, which does not say that its body is JSON.
import assert from "node:assert";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const require = createRequire(`${process.argv[3]}/node_modules/`);
const { piston } = await import(pathToFileURL(require.resolve("piston-client")));
const client = piston({ server: process.argv[2] });
const ran = await client.execute("python", "import sys; print(sys.argv[1:])");
assert.equal("['1', '2', '3']\n", ran.run.output);
