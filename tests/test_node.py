"""Programs are run by Node's own build as by the distribution's, which starts more slowly."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from engines import IMAGE, SPEED, make, missing

from judgecore import Judge, Program, Run
from judgecore.config import Config
from judgecore.languages import Registry
from judgecore.languages.probe import ToolchainProbe
from judgecore.limits import MIB, Limits
from judgecore.report import Report
from judgecore.runner.protocol import Command

NODE = "/opt/prebuilt/node/bin/node"
DONE = Report(exit_code=0, signal=None, cpu_ms=1.0, wall_ms=1.0, memory_bytes=1)
LIMITS = Limits(cpu_ms=10_000, wall_ms=60_000)
USERS = {
    *("assemblyscript", "civet", "clojurescript", "coffeescript", "dogescript", "imba"),
    *("javascript", "livescript", "rapydscript", "rescript", "squint", "typescript", "webassembly"),
}

PROGRAMS = {
    "version": "console.log(process.version, process.arch, process.argv.length)",
    "numbers": "console.log(0.1 + 0.2, 2n ** 200n, 1e21, -0, parseInt('08'), (25).toString(36))",
    "locale": """console.log((1234567.891).toLocaleString('de-DE'), 'ä'.localeCompare('z', 'sv'));
console.log(new Date(0).toLocaleString('fr-FR', { timeZone: 'Asia/Tokyo', dateStyle: 'full' }));
console.log(Intl.Collator.supportedLocalesOf(['de', 'ja', 'ar']), new Date(0).toString());""",
    "text": "console.log('ﬁ'.normalize('NFKC'), [...'e\\u0301👍'].length, /\\p{Lu}/u.test('Ä'))",
    "hash": """const crypto = require('crypto');
for (const name of ['md5', 'sha1', 'sha256', 'sha512'])
  console.log(crypto.createHash(name).update('x').digest('hex'));""",
    "modules": """process.on('warning', () => {}).removeAllListeners('warning');
for (const name of require('module').builtinModules)
  try { require(name) } catch (e) { console.log(name, e.code) }
console.log(typeof fetch, typeof structuredClone, typeof WebAssembly, typeof AbortSignal);""",
    "distributed": "console.log(typeof require('undici').request, require('acorn').version)",
    "deep": """let depth = 0;
function down(n) { depth = n; return n < 11000 ? 1 + down(n + 1) : 0 }
console.log(down(0), depth);
try { (function f() { f() })() } catch (e) { console.log(e.name, e.message) }""",
    "error": "null.x",
    "thrown": "process.on('exit', (code) => console.log('exit', code)); throw new TypeError('no')",
    "rejected": "Promise.reject(new Error('rejected'))",
    "code": "process.exitCode = 7; setTimeout(() => console.log('late'), 5)",
    "signal": "process.kill(process.pid, 'SIGTERM')",
    "syntax": "let x = = 1",
    "worker": """const { Worker, isMainThread, parentPort } = require('worker_threads');
if (isMainThread) new Worker(__filename).on('message', (m) => console.log('from', m));
else parentPort.postMessage(6 * 7);""",
    "workers": """const { Worker } = require('worker_threads');
let sum = 0, left = 8;
for (let i = 0; i < 8; i++)
  new Worker(`require('worker_threads').parentPort.postMessage(${i})`, { eval: true })
    .on('message', (n) => { sum += n; if (!--left) console.log(sum) });""",
    "math": """const all = require('crypto').createHash('sha256');
const { sin, tan, pow, cbrt, expm1 } = Math;
for (let x = 0.1; x < 2000; x += 0.37)
  all.update([sin(x), tan(x), pow(x, 1.7), cbrt(x), expm1(x / 9), x.toPrecision(12)].join());
console.log(all.digest('hex'));""",
    "packed": "console.log(String(require('zlib').gunzipSync(require('zlib').gzipSync('abc'))))",
    "child": """const { execFileSync } = require('child_process');
console.log(String(execFileSync('node', ['-p', 'process.version'])).trim());""",
    "stdin": """process.stdin
  .on('data', (d) => console.log(d.length)).on('end', () => console.log('end'))""",
    "lines": """require('readline').createInterface({ input: process.stdin })
  .on('line', (l) => console.log(l.length)).on('close', () => console.log('closed'));""",
    "order": """setTimeout(() => console.log('timeout'));
setImmediate(() => console.log('immediate'));
process.nextTick(() => console.log('tick'));
Promise.resolve().then(() => console.log('promise'));""",
    "sorted": """const many = Array.from({ length: 200000 }, (_, i) => (i * 7919) % 100003);
console.log(many.sort((a, b) => a - b).slice(0, 5), new Set(many).size);""",
}


def test_all_that_node_runs_use_it() -> None:
    """Their commands begin with it, and what they start by its name is found there first."""
    used, unused = Registry.of(Config()), Registry.of(Config(prebuilt=False))
    named = {one.id for one in used.values() if "node" in (one.run[0], *one.version[:1])}
    staged = {one.id for one in used.values() if one.prebuilt.programs == {"node": NODE}}

    assert USERS == staged
    assert named - staged == set()
    for name in USERS:
        assert dict(used[name].environment())["PATH"].startswith(f"{NODE.removesuffix('/node')}:")
        assert NODE not in str(unused[name].environment())


def test_modules_of_the_distribution_are_found() -> None:
    """Its own build looks there by itself, and Node's own where a variable names the folder."""
    registry = Registry()

    for name in USERS - {"assemblyscript", "webassembly"}:
        assert "/usr/share/nodejs" in registry[name].env["NODE_PATH"].split(":"), name


def test_it_may_be_missing() -> None:
    """Where the image has none, the language is as if it had never been mentioned."""
    registry = Registry()
    javascript = registry["javascript"]

    def look(found: bytes) -> tuple[str, ...]:
        def run(command: Command) -> Report:
            return DONE.changed(stdout=found)

        there = ToolchainProbe(registry).as_there(javascript, run)
        return tuple(there.prebuilt.programs)

    assert ((), ("node",)) == (look(f"{NODE}\n".encode()), look(b""))


@pytest.fixture(scope="module")
def judges() -> Iterator[tuple[Judge, Judge]]:
    """One with it, and one with the distribution's."""
    settings = {"speed": SPEED, "image": IMAGE}
    with (
        Judge(Config(**settings), engine=make("docker"), slots=1) as fast,
        Judge(Config(prebuilt=False, **settings), engine=make("docker"), slots=1) as plain,
    ):
        with fast.executors.sandbox() as sandbox:
            if sandbox.command(("test", "-x", NODE), LIMITS).exit_code:
                missing(f"{IMAGE} has no {NODE}: images/prebuilt/node knows none of its version")
        yield fast, plain


def _ran(judge: Judge, source: str, **limits: int) -> tuple[object, ...]:
    with judge.executors.open(Program("javascript", source.encode())) as (executor,):
        if executor.compiled is not None and not executor.compiled.ok:
            return (executor.compiled.output,)
        ran = executor.run(Run(LIMITS.model_copy(update=limits), b"12 34\n5\n"))
        report = ran.report
        return ran.verdict, report.exit_code, report.signal, report.stdout, report.stderr


@pytest.mark.docker
@pytest.mark.parametrize("name", PROGRAMS)
def test_programs_do_the_same(judges: tuple[Judge, Judge], name: str) -> None:
    """What they write, also to stderr, and how they end."""
    fast, plain = (_ran(judge, PROGRAMS[name]) for judge in judges)

    assert fast == plain


@pytest.mark.docker
@pytest.mark.parametrize("memory_mb", [16, 64])
def test_memory_that_is_enough_for_one_is_enough_for_both(
    judges: tuple[Judge, Judge], memory_mb: int
) -> None:
    """A program that fills most of a small limit."""
    source = f"console.log(Buffer.alloc({memory_mb * 3 // 4} << 20, 1).length)"
    fast, plain = (_ran(judge, source, memory_bytes=memory_mb * MIB) for judge in judges)

    assert fast == plain
    assert fast[1] == 0


@pytest.mark.docker
def test_which_node_runs_them(judges: tuple[Judge, Judge]) -> None:
    """The program sees it by the path of its interpreter, and the build by what it is made of."""
    source = "console.log(process.execPath, process.config.variables.node_use_node_snapshot)"

    assert f"{NODE} true\n".encode() == _ran(judges[0], source)[3]
    assert b"/usr/bin/node false\n" == _ran(judges[1], source)[3]


@pytest.mark.docker
@pytest.mark.parametrize(
    "source",
    [
        "const all = []; for (;;) all.push(new Array(1000).fill({}))",
        "const all = []; for (;;) all.push(Buffer.alloc(1 << 20, 1))",
        "let s = 'x'; for (;;) s += s",
    ],
    ids=["heap", "buffers", "text"],
)
def test_too_much_memory_is_seen_alike(judges: tuple[Judge, Judge], source: str) -> None:
    """The heap's own limit, the kernel's, and a text that is longer than any may be."""
    fast, plain = (_ran(judge, source, memory_bytes=128 * MIB) for judge in judges)

    assert fast[0] == plain[0]
