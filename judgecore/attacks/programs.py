"""The hostile programs, as they lie on disk.

A program is `hostile/<family>/<name>.<ext>`; a comment at its head says what it tries:

    attack: what it tries, in one sentence
    expect: the verdicts that may follow, e.g. `AC` or `TLE MLE`
    limits: cpu_ms=500 wall_ms=1000 memory_mb=64      (default: `LIMITS`)
    compile: wall_ms=3000 memory_mb=512                (default: `COMPILE`)
    second: second/reader.py    a program run in the same slot after the reset
    tests: 2                    judged so many times in one submission
    inputs: 0 40                megabytes of input of each test
    secret: answer              the expected answer is random and unknown to the program
    problem: interactive        judged by a program that has a secret, in each of these ways:
                                `checker`, `interactive`, `multi-pass`; `writable`: files, too
    exploit: Judge0 564         the real judge that fell to it
    needs: container            tiers whose engines it is judged on; elsewhere it means nothing
    also: process RE TLE        more verdicts allowed on a tier, where the attack is blocked earlier
    concedes: process why       a tier that cannot stop it, and the reason

`@ANSWER@` in a source becomes the path of a file on the host that holds the expected answer.
`@TIMES@` becomes how often the time limits above fit into those in force: a repetition and a slow
machine have more, so what a program burns on purpose must grow with them.

The program prints `held` when all it tried was refused, and a line `BREACH <what>` when it was not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from fnmatch import fnmatchcase
from pathlib import Path

from judgecore.engine import Tier
from judgecore.errors import InvalidConfig
from judgecore.limits import MIB, Limits
from judgecore.verdict import Verdict

LANGUAGES = {".c": "c", ".cpp": "cpp", ".py": "python", ".java": "java", ".sh": "bash"}
LIMITS = Limits(
    cpu_ms=1_000,
    wall_ms=3_000,
    memory_bytes=64 * MIB,
    output_bytes=1 * MIB,
    file_bytes=16 * MIB,
    processes=32,
)
COMPILE = {"compile_cpu_ms": 4_000, "compile_wall_ms": 8_000, "compile_memory_mb": 512}

_KEYS = (
    "attack|expect|limits|compile|second|tests|inputs|secret|exploit|needs|also|concedes|problem"
)
_HEADER = re.compile(rf"^\W*({_KEYS}):\s*(.*?)[\s*/]*$")
_HEADER_LINES = 25


class Kind(StrEnum):
    """Which program of a problem judges an attack on it, and how often."""

    CHECKER = "checker"
    INTERACTIVE = "interactive"
    MULTI_PASS = "multi-pass"


@dataclass(frozen=True, slots=True)
class Program:
    """A hostile program's source and the language it is judged as."""

    language: str
    source: str


@dataclass(frozen=True, slots=True)
class Attack:
    """One hostile program and what must become of it; see the head of this module.

    `needs`: the tiers it says something about; empty: all. `concedes`: why a tier cannot stop it.
    `problems`: it attacks a problem's own program, once in each of these ways. `writable`: it may
    write files there.
    """

    name: str
    family: str
    tries: str
    program: Program
    expect: tuple[Verdict, ...]
    limits: Limits = LIMITS
    compile: dict[str, int] = field(default_factory=lambda: dict(COMPILE))
    second: Program | None = None
    inputs_mb: tuple[int, ...] = (0,)
    secret: bool = False
    problems: tuple[Kind, ...] = ()
    writable: bool = False
    exploit: str = ""
    needs: tuple[Tier, ...] = ()
    concedes: dict[Tier, str] = field(default_factory=dict)
    also: dict[Tier, tuple[Verdict, ...]] = field(default_factory=dict)

    def expected(self, *tiers: Tier) -> tuple[Verdict, ...]:
        """The verdicts that may follow by the measure of any of `tiers`."""
        return self.expect + tuple(v for tier in tiers for v in self.also.get(tier, ()))

    def concerns(self, tier: Tier) -> bool:
        """Whether it means anything where `tier` is in force."""
        return not self.needs or tier in self.needs


def folder() -> Path:
    """Where the programs are: beside the installed package, or in the checkout's tests."""
    here = Path(__file__).resolve().parent.parent
    for place in (here / "hostile", here.parent / "tests" / "hostile"):
        if (place / "probe.py").is_file():
            return place
    raise InvalidConfig("hostile: the attack programs are not installed")


def load(top: Path | None = None) -> list[Attack]:
    """Read every attack; raises `InvalidConfig` that names the file whose header is wrong."""
    top = top or folder()
    paths = sorted(p for p in top.glob("*/*") if p.suffix in LANGUAGES)
    return [_read(top, path) for path in paths]


def choose(attacks: Sequence[Attack], wanted: Sequence[str]) -> list[Attack]:
    """Those whose family, name or pattern of a name is `wanted`; all, when nothing is.

    Raises `InvalidConfig` for a word that means none of them.
    """
    chosen = [a for a in attacks if not wanted or any(_means(word, a) for word in wanted)]
    for word in wanted:
        if not any(_means(word, a) for a in chosen):
            families = ", ".join(sorted({a.family for a in attacks}))
            raise InvalidConfig(f"{word!r} is no attack and no family; families: {families}")
    return chosen


def _means(word: str, attack: Attack) -> bool:
    return word in (attack.family, attack.name) or fnmatchcase(attack.name, word)


def probe() -> Program:
    """The correct program that looks around after every attack."""
    return Program("python", (folder() / "probe.py").read_text("utf-8"))


# ------------------------------------------------------------------ headers


def _read(top: Path, path: Path) -> Attack:
    source = path.read_text("utf-8")
    matches = map(_HEADER.match, source.splitlines()[:_HEADER_LINES])
    header = {m[1]: m[2] for m in matches if m is not None}
    try:
        inputs = tuple(int(n) for n in header.get("inputs", "0").split())
        problem = header.get("problem", "").split()
        return Attack(
            name=path.relative_to(top).as_posix(),
            family=path.parent.name,
            tries=header["attack"],
            program=Program(LANGUAGES[path.suffix], source),
            expect=tuple(Verdict(v) for v in header["expect"].split()),
            limits=_limits(header.get("limits", "")),
            compile=COMPILE | {f"compile_{k}": v for k, v in _pairs(header.get("compile", ""))},
            second=_second(path.parent / header["second"]) if "second" in header else None,
            inputs_mb=inputs * int(header.get("tests", "1")),
            secret="secret" in header,
            problems=tuple(Kind(word) for word in problem if word != "writable"),
            writable="writable" in problem,
            exploit=header.get("exploit", ""),
            needs=tuple(Tier(word) for word in header.get("needs", "").split()),
            concedes=dict(_conceded(header.get("concedes", ""))),
            also=dict(_also(header.get("also", ""))),
        )
    except (KeyError, ValueError, OSError) as exc:
        raise InvalidConfig(f"{path}: {exc!r}") from exc


def _second(path: Path) -> Program:
    return Program(LANGUAGES[path.suffix], path.read_text("utf-8"))


def _conceded(text: str) -> Iterator[tuple[Tier, str]]:
    if text:
        tier, _, why = text.partition(" ")
        yield Tier(tier), why


def _pairs(text: str) -> Iterator[tuple[str, int]]:
    for pair in text.split():
        key, _, value = pair.partition("=")
        yield key, int(value)


def _limits(text: str) -> Limits:
    changes = dict(_pairs(text))
    if "memory_mb" in changes:
        changes["memory_bytes"] = changes.pop("memory_mb") * MIB
    return Limits.model_validate({**LIMITS.model_dump(), **changes})


def _also(text: str) -> Iterator[tuple[Tier, tuple[Verdict, ...]]]:
    if text:
        tier, *verdicts = text.split()
        yield Tier(tier), tuple(map(Verdict, verdicts))
