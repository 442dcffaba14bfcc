// Fetches a package without a package manager: get-package.mjs NAME VERSION FOLDER INTEGRITY
// Exit code 3: the registry has not given it.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";

const [name, version, folder, integrity] = process.argv.slice(2);
const registry = process.env.NPM_CONFIG_REGISTRY.replace(/\/$/, "");
const address = `${registry}/${name}/-/${name}-${version}.tgz`;
const refuse = (why) => {
  console.error(`${address}: ${why}`);
  process.exit(3);
};
const answer = await fetch(address).catch((error) => refuse(error.cause ?? error));
if (!answer.ok) refuse(answer.status);
const archive = Buffer.from(await answer.arrayBuffer());

const found = "sha512-" + createHash("sha512").update(archive).digest("base64");
if (found !== integrity) throw new Error(`${name} ${version} has ${found}, not ${integrity}`);
mkdirSync(folder, { recursive: true });
writeFileSync(`${folder}/${name}.tgz`, archive);
execFileSync("tar", ["-xzf", `${folder}/${name}.tgz`, "-C", folder]);
