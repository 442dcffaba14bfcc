// Fetches npm itself, without a package manager: get-npm.mjs VERSION FOLDER INTEGRITY
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";

const [version, folder, integrity] = process.argv.slice(2);
const registry = process.env.NPM_CONFIG_REGISTRY.replace(/\/$/, "");
const answer = await fetch(`${registry}/npm/-/npm-${version}.tgz`);
if (!answer.ok) throw new Error(`${answer.url}: ${answer.status}`);
const archive = Buffer.from(await answer.arrayBuffer());

const found = "sha512-" + createHash("sha512").update(archive).digest("base64");
if (found !== integrity) throw new Error(`npm ${version} has ${found}, not ${integrity}`);
mkdirSync(folder, { recursive: true });
writeFileSync(`${folder}/npm.tgz`, archive);
execFileSync("tar", ["-xzf", `${folder}/npm.tgz`, "-C", folder]);
