"""Running attacks.

An attack is blocked when its verdict is an expected one, nobody printed `BREACH`, no secret of the
host shows in any output, and afterwards the slot (or its replacement) judges a correct program
that finds nothing foreign around it. One that only ran out of time says nothing: it is repeated
with more time. What a tier cannot stop is told apart from what broke a promise.
"""

from __future__ import annotations

import os
import re
import secrets
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from judgecore.attacks.programs import Attack, Program, probe
from judgecore.checkers import check
from judgecore.engine import Tier, cgroups
from judgecore.errors import SlotLost
from judgecore.judge import Judge
from judgecore.languages import Language, Sources
from judgecore.limits import MIB, Limits
from judgecore.report import Limit
from judgecore.slot import Slot
from judgecore.submission import Checker
from judgecore.verdict import Verdict

HELD = "held"

_BREACH = re.compile(rb"^BREACH.*", re.MULTILINE)
_CANARY_VARIABLE = "JUDGECORE_ATTACK_CANARY"
_SAID = 200
_SHOWN = 3
_TIMES = (1, 3, 9)  # the limits on time of the first attempt and its repetitions
_CLOCKS = frozenset({Limit.CPU, Limit.WALL, Limit.IDLE})


class Ending(StrEnum):
    """How an attack ended; only `SUCCEEDED` breaks a promise of the tier."""

    BLOCKED = "blocked"
    SUCCEEDED = "succeeded"
    KNOWN_LIMITATION = "known limitation"
    NOT_JUDGED = "not judged"
    LEFT_OUT = "left out"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an attack came to.

    `why`: what it achieved; for a known limitation why this tier cannot stop it; for one that was
    not judged what took too long; for one that was left out what is missing; empty when it was
    blocked. `verdict` is None when it did not run.
    """

    name: str
    family: str
    ending: Ending
    verdict: Verdict | None = None
    why: str = ""


Progress = Callable[[Outcome], None]


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
    """Run attacks, as many at one time as the judge has slots; those of other tiers are skipped.

    `progress` is called with each outcome as it is known. Raises `EngineUnavailable` when no
    slot can be had at all; everything else that goes wrong is the outcome of the attack.
    """
    told = threading.Lock()
    lacking = judge.available()

    def attempt(attack: Attack) -> Outcome:
        outcome = _left_out(attack, lacking) or _repeated(judge, attack, bait)
        if progress is not None:
            with told:
                progress(outcome)
        return outcome

    tier = judge.engine.tier
    with _bait() as bait, ThreadPoolExecutor(judge.slots) as crowd:
        pending = [crowd.submit(attempt, a) for a in attacks if a.concerns(tier)]
        try:
            return [future.result() for future in pending]
        except BaseException:
            crowd.shutdown(cancel_futures=True)
            raise


def _left_out(attack: Attack, lacking: Mapping[str, tuple[str, ...]]) -> Outcome | None:
    """The outcome of an attack in a language that is not there."""
    programs = (attack.program, attack.second)
    for language in (program.language for program in programs if program is not None):
        if tools := lacking.get(language):
            why = f"{language}: {', '.join(tools)} not installed where programs run"
            return Outcome(attack.name, attack.family, Ending.LEFT_OUT, why=why)
    return None


def _repeated(judge: Judge, attack: Attack, bait: _Bait) -> Outcome:
    """Run the attack, again and with more time as long as only time was short."""
    for times in _TIMES:
        outcome = _Attempt(judge, attack, bait, times).made()
        if outcome.ending is not Ending.NOT_JUDGED:
            break
    return outcome


def left_behind() -> list[str]:
    """What slots of this process still hold, once its judges are closed: groups and processes."""
    groups = [f"control group {path}" for path in cgroups.owned()]
    return groups + [f"process {pid}" for pid in _processes_of(cgroups.owner())]


def _processes_of(owner: str) -> Iterator[int]:
    """Processes in a group of ours, and runners that are children of ours."""
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            group = (entry / "cgroup").read_text()
            name, _, rest = (entry / "stat").read_text().partition("(")[2].rpartition(")")
        except OSError:
            continue
        child = int(rest.split()[1]) == os.getpid() and name.startswith("runner-")
        if child or f"judgecore-{owner}-" in group:
            yield int(entry.name)


class _Attempt:
    """One attack on one slot, and the look around afterwards.

    `times`: the limits on time are multiplied by it.
    """

    def __init__(self, judge: Judge, attack: Attack, bait: _Bait, times: int) -> None:
        self._judge = judge
        self._attack = attack
        self._bait = bait
        self._times = times
        self._why: list[str] = []
        self._slow: list[str] = []
        self._detail = ""
        self._limit = Limit.NONE
        # The tiers by whose measure it counts. Where a program has the runner's own uid, as in
        # namespaces that an ordinary user made, the limitations of the process tier hold too.
        self._grounds: tuple[Tier, ...] = (judge.engine.tier,)

    def made(self) -> Outcome:
        """Run the attack, then the probe: in the same slot if it lives, else in the next."""
        attack = self._attack
        verdict: Verdict | None = None
        probed = False
        language = self._language(attack.program, self._compiling(attack.compile))
        try:
            with self._judge._pool.lease(language.image) as slot:
                if slot.features.get("uids") == "shared":
                    self._grounds = (self._judge.engine.tier, Tier.PROCESS)
                verdict = self._attacked(slot, language)
                if attack.second is not None and slot.reset():
                    self._aside(slot, attack.second, HELD)
                if slot.reset():
                    probed = True
                    self._aside(slot, probe(), "clean 5")
        except SlotLost as exc:
            self._why.append(f"the slot was lost: {exc}")
        if not probed:
            self._replaced()
        return self._outcome(verdict)

    def _outcome(self, verdict: Verdict | None) -> Outcome:
        attack = self._attack
        known = next((attack.concedes[t] for t in self._grounds if t in attack.concedes), "")
        why = "; ".join(dict.fromkeys(self._why))
        if why and known:
            ending, why = Ending.KNOWN_LIMITATION, known
        elif why:
            ending = Ending.SUCCEEDED
        elif self._slow:
            ending, why = Ending.NOT_JUDGED, "; ".join(dict.fromkeys(self._slow))
        else:
            ending = Ending.BLOCKED
        return Outcome(attack.name, attack.family, ending, verdict, why)

    def _attacked(self, slot: Slot, language: Language) -> Verdict:
        attack = self._attack
        secret = self._bait.answer if attack.secret else HELD
        limits = _longer(attack.limits, self._times)
        verdict = self._judged(slot, language, attack.program, attack.inputs_mb, limits, secret)
        if verdict not in (wanted := attack.expected(*self._grounds)):
            self._object(f"verdict {verdict} ({self._detail}), not {' or '.join(wanted)}")
        return verdict

    def _object(self, what: str) -> None:
        """Note a wrong verdict; one that a clock brought about proves nothing."""
        (self._slow if self._limit in _CLOCKS else self._why).append(what)

    def _replaced(self) -> None:
        try:
            with self._judge._pool.lease(self._language(probe(), {}).image) as slot:
                self._aside(slot, probe(), "clean 5")
        except SlotLost as exc:
            self._why.append(f"the slot's replacement was lost: {exc}")

    def _compiling(self, limits: dict[str, int]) -> dict[str, int]:
        """Changes to a language: limits on compiling, with more time."""
        return {k: v * self._times if k.endswith("_ms") else v for k, v in limits.items()}

    def _language(self, program: Program, changes: dict[str, int]) -> Language:
        return self._judge.registry.resolve(program.language).model_copy(update=changes)

    def _aside(self, slot: Slot, program: Program, expected: str) -> None:
        """Judge a program that must be accepted: the attack's second one, or the probe."""
        limits = _longer(Limits(cpu_ms=5_000), self._times)
        language = self._language(program, {})
        if self._judged(slot, language, program, (0,), limits, expected) is not Verdict.AC:
            self._object(f"the program after it was not accepted: {self._detail}")

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
        source = slot.place(program.source).replace("@ANSWER@", str(self._bait.path))
        staged = language.stage(Sources(source))
        compiled = self._judge._compile(slot, language, staged)
        self._limit, self._detail = Limit.NONE, ""
        if compiled is not None and not compiled.ok:
            self._limit, self._detail = compiled.limit, compiled.detail
            # The compiler quotes the source, BREACH and all: look for secrets alone.
            self._look(compiled.output.encode(), breach=False)
            return Verdict.CE
        final = Verdict.AC
        for megabytes in inputs_mb:
            stdin = self._bait.stdin(megabytes)
            report, verdict, detail = self._judge._execute(slot, language, staged, stdin, limits)
            self._look(report.stdout + b"\n" + report.stderr)
            if verdict is None:
                verdict, detail = check(report.stdout, expected, Checker())
            if final is Verdict.AC:
                final, self._detail, self._limit = verdict, detail, report.limit
        return final

    def _look(self, data: bytes, *, breach: bool = True) -> None:
        found = [self._bait.stolen(data)]
        if breach:
            lines = _BREACH.findall(data)[:_SHOWN]
            found += [line[:_SAID].decode("utf-8", "replace") for line in lines]
        self._why += filter(None, found)


def _longer(limits: Limits, times: int) -> Limits:
    """The same limits with more time."""
    clocks = ("cpu_ms", "wall_ms", "idle_ms")
    given = {key: getattr(limits, key, None) for key in clocks}
    return limits.model_copy(update={k: v * times for k, v in given.items() if v})
