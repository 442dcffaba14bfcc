"""The attack suite: hostile programs, run for real, and whether each one was held.

A program is `hostile/<family>/<name>.<ext>`; a comment at its head says what it tries:

    attack: what it tries, in one sentence
    expect: the verdicts that may follow, e.g. `AC` or `TLE MLE`
    limits: cpu_ms=500 wall_ms=1000 memory_mb=64      (default: `LIMITS`)
    compile: wall_ms=3000 memory_mb=512                (default: `COMPILE`)
    second: second/reader.py    a program run in the same slot after the reset
    tests: 2                    judged so many times in one submission
    inputs: 0 40                megabytes of input of each test
    secret: answer              the expected answer is random and unknown to the program
    exploit: Judge0 564         the real judge that fell to it
    needs: docker               judged on engines of that tier alone

`@ANSWER@` in a source becomes the path of a file on the host that holds the expected answer. The
program prints `held` when all it tried was refused, and a line `BREACH <what>` when it was not.

An attack is held when its verdict is an expected one, nobody printed `BREACH`, no secret of the
host shows in any output, and afterwards the slot (or its replacement) judges a correct program
that finds nothing foreign around it.
"""

from __future__ import annotations

import os
import re
import secrets
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from judgecore.checkers import check
from judgecore.engine import Tier
from judgecore.errors import InfrastructureError, InvalidConfig, SlotLost
from judgecore.judge import Judge
from judgecore.languages import Language
from judgecore.limits import MIB, Limits
from judgecore.sandbox import Slot
from judgecore.submission import Checker
from judgecore.verdict import Verdict

LANGUAGES = {".c": "c", ".cpp": "cpp", ".py": "python", ".java": "java", ".sh": "bash"}
TIERS = {"docker": Tier.CONTAINER, "local": Tier.NAMESPACES}
HELD = "held"
LIMITS = Limits(
    cpu_ms=1_000,
    wall_ms=3_000,
    memory_bytes=64 * MIB,
    output_bytes=1 * MIB,
    file_bytes=16 * MIB,
    processes=32,
)
COMPILE = {"compile_cpu_ms": 4_000, "compile_wall_ms": 4_000, "compile_memory_mb": 512}

_HEADER = re.compile(
    r"^\W*(attack|expect|limits|compile|second|tests|inputs|secret|exploit|needs):\s*(.*?)[\s*/]*$"
)
_HEADER_LINES = 25
_BREACH = re.compile(rb"^BREACH.*", re.MULTILINE)
_CANARY_VARIABLE = "JUDGECORE_ATTACK_CANARY"
_SAID = 200
_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Program:
    """A hostile program's source and the language it is judged as."""

    language: str
    source: str


@dataclass(frozen=True, slots=True)
class Attack:
    """One hostile program and what must become of it; see the head of this module."""

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
    exploit: str = ""
    needs: Tier | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an attack came to. `why` says what it achieved; empty when it was held."""

    name: str
    family: str
    verdict: Verdict
    held: bool
    why: str = ""


Progress = Callable[[Outcome], None]


# ------------------------------------------------------------------ reading the programs


def folder() -> Path:
    """Where the programs are: beside the installed package, or in the checkout's tests."""
    here = Path(__file__).resolve().parent
    for place in (here / "hostile", here.parent / "tests" / "hostile"):
        if (place / "probe.py").is_file():
            return place
    raise InvalidConfig("hostile: the attack programs are not installed")


def load(top: Path | None = None) -> list[Attack]:
    """Read every attack; raises `InvalidConfig` that names the file whose header is wrong."""
    top = top or folder()
    paths = sorted(p for p in top.glob("*/*") if p.suffix in LANGUAGES)
    return [_read(top, path) for path in paths]


def _read(top: Path, path: Path) -> Attack:
    source = path.read_text()
    matches = map(_HEADER.match, source.splitlines()[:_HEADER_LINES])
    header = {m[1]: m[2] for m in matches if m is not None}
    try:
        inputs = tuple(int(n) for n in header.get("inputs", "0").split())
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
            exploit=header.get("exploit", ""),
            needs=TIERS[header["needs"]] if "needs" in header else None,
        )
    except (KeyError, ValueError, OSError) as exc:
        raise InvalidConfig(f"{path}: {exc!r}") from exc


def _second(path: Path) -> Program:
    return Program(LANGUAGES[path.suffix], path.read_text())


def _pairs(text: str) -> Iterator[tuple[str, int]]:
    for pair in text.split():
        key, _, value = pair.partition("=")
        yield key, int(value)


def _limits(text: str) -> Limits:
    changes = dict(_pairs(text))
    if "memory_mb" in changes:
        changes["memory_bytes"] = changes.pop("memory_mb") * MIB
    return Limits.model_validate({**LIMITS.model_dump(), **changes})


# ------------------------------------------------------------------ what there is to steal


@dataclass(frozen=True, slots=True)
class _Bait:
    """Secrets of the host: a variable of this process, and a file that any uid may read."""

    canary: str
    answer: str
    path: Path

    def stdin(self, megabytes: int) -> bytes:
        """What an attack is fed: where the secrets are, and padding."""
        told = f"{self.path}\n{os.getpid()}\n2 3\n".encode()
        return told + b"\n" * (megabytes * MIB)

    def stolen(self, data: bytes) -> str:
        """Which secret shows in `data`."""
        for what, value in (("the host's environment", self.canary), ("the answer", self.answer)):
            if value.encode() in data:
                return f"{what} was read"
        return ""


@contextmanager
def _bait() -> Iterator[_Bait]:
    canary, answer = (f"judgecore-{kind}-{secrets.token_hex(12)}" for kind in ("canary", "answer"))
    before = os.environ.get(_CANARY_VARIABLE)
    os.environ[_CANARY_VARIABLE] = canary
    try:
        with tempfile.TemporaryDirectory(prefix="judgecore-bait-") as made:
            path = Path(made) / "1.ans"
            path.write_text(f"{answer}\n")
            path.parent.chmod(0o755)
            path.chmod(0o644)
            yield _Bait(canary, answer, path)
    finally:
        if before is None:
            del os.environ[_CANARY_VARIABLE]
        else:
            os.environ[_CANARY_VARIABLE] = before


# ------------------------------------------------------------------ running them


def run(judge: Judge, attacks: Iterable[Attack], progress: Progress | None = None) -> list[Outcome]:
    """Run attacks one after another; those that need another tier are left out.

    `progress` is called with each outcome as it is known. Raises `EngineUnavailable` when no
    slot can be had at all; everything else that goes wrong is the outcome of the attack.
    """
    probe = Program("python", (folder() / "probe.py").read_text())
    outcomes = []
    with _bait() as bait:
        for attack in attacks:
            if attack.needs not in (None, judge.engine.tier):
                continue
            outcome = _Attempt(judge, attack, bait).made(probe)
            outcomes.append(outcome)
            if progress is not None:
                progress(outcome)
    return outcomes


class _Attempt:
    """One attack on one slot, and the look around afterwards."""

    def __init__(self, judge: Judge, attack: Attack, bait: _Bait) -> None:
        self._judge = judge
        self._attack = attack
        self._bait = bait
        self._why: list[str] = []
        self._detail = ""

    def made(self, probe: Program) -> Outcome:
        """Run the attack, then the probe: in the same slot if it lives, else in the next."""
        attack = self._attack
        verdict, detail, probed = Verdict.IE, "no report", False
        language = self._language(attack.program, attack.compile)
        try:
            with self._judge._pool.lease(language.image) as slot:
                expected = self._bait.answer if attack.secret else HELD
                verdict = self._judged(
                    slot, language, attack.program, attack.inputs_mb, attack.limits, expected
                )
                detail = self._detail
                if attack.second is not None and slot.reset():
                    self._aside(slot, attack.second, HELD)
                if slot.reset():
                    probed = True
                    self._aside(slot, probe, "clean 5")
        except SlotLost as exc:
            self._why.append(f"the slot was lost: {exc}")
        if not probed:
            self._replaced(probe)
        if verdict not in attack.expect:
            expected = " or ".join(attack.expect)
            self._why.insert(0, f"verdict {verdict} ({detail}), not {expected}")
        why = "; ".join(dict.fromkeys(self._why))
        return Outcome(attack.name, attack.family, verdict, not why, why)

    def _replaced(self, probe: Program) -> None:
        try:
            with self._judge._pool.lease(self._language(probe, {}).image) as slot:
                self._aside(slot, probe, "clean 5")
        except SlotLost as exc:
            self._why.append(f"the slot's replacement was lost: {exc}")

    def _language(self, program: Program, changes: dict[str, int]) -> Language:
        return self._judge.registry.resolve(program.language).model_copy(update=changes)

    def _aside(self, slot: Slot, program: Program, expected: str) -> None:
        """Judge a program that must be accepted: the attack's second one, or the probe."""
        limits = Limits(cpu_ms=5_000)
        language = self._language(program, {})
        if self._judged(slot, language, program, (0,), limits, expected) is not Verdict.AC:
            self._why.append(f"the program after it was not accepted: {self._detail}")

    def _judged(
        self,
        slot: Slot,
        language: Language,
        program: Program,
        inputs_mb: Sequence[int],
        limits: Limits,
        expected: str,
    ) -> Verdict:
        """As `Judge.judge` does it; every output is looked through for what must not be there."""
        source = program.source.replace("@ANSWER@", str(self._bait.path))
        compiled = self._judge._compile(slot, language, source)
        if compiled is not None and not compiled.ok:
            # The compiler quotes the source, BREACH and all: look for secrets alone.
            self._look(compiled.output.encode(), breach=False)
            return Verdict.CE
        final = Verdict.AC
        for megabytes in inputs_mb:
            stdin = self._bait.stdin(megabytes)
            report, verdict, self._detail = self._judge._execute(slot, language, stdin, limits)
            self._look(report.stdout + b"\n" + report.stderr)
            if verdict is None:
                verdict, self._detail = check(report.stdout, expected, Checker())
            final = verdict if final is Verdict.AC else final
        return final

    def _look(self, data: bytes, *, breach: bool = True) -> None:
        found = [self._bait.stolen(data)]
        if breach:
            lines = _BREACH.findall(data)[:_SHOWN]
            found += [line[:_SAID].decode("utf-8", "replace") for line in lines]
        self._why += filter(None, found)


__all__ = ["Attack", "InfrastructureError", "Outcome", "Program", "folder", "load", "run"]
