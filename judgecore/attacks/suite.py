"""Running attacks.

An attack is blocked when its verdict is an expected one, nobody printed `BREACH`, no secret of the
host shows in any output, and afterwards the slot (or its replacement) judges a correct program
that finds nothing foreign around it. One that only ran out of time says nothing: it is repeated
with more time (more wall time alone where it must use up its CPU time). What a tier cannot stop is
told apart from what broke a promise.
"""

from __future__ import annotations

import math
import os
import re
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from judgecore import execution
from judgecore.attacks.bait import Bait, bait_out
from judgecore.attacks.problems import judged
from judgecore.attacks.programs import Attack, Kind, Program, probe
from judgecore.checkers import check
from judgecore.engine import Tier, cgroups
from judgecore.errors import MachineBusy, SlotLost
from judgecore.execution import Executor, Sandbox
from judgecore.judge import Judge
from judgecore.languages import Language
from judgecore.limits import Limits
from judgecore.problem import Checker
from judgecore.report import Limit
from judgecore.verdict import Verdict

HELD = "held"

_BREACH = re.compile(rb"^BREACH.*", re.MULTILINE)
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


# ------------------------------------------------------------------ running them


def run(judge: Judge, attacks: Iterable[Attack], progress: Progress | None = None) -> list[Outcome]:
    """Run attacks, as many at one time as the judge has slots; those of other tiers are skipped.

    `progress` is called with each outcome as it is known. Raises `EngineUnavailable` when no
    slot can be had at all; everything else that goes wrong is the outcome of the attack.
    """
    told = threading.Lock()
    lacking = judge.missing_tools()

    def attempt(attack: Attack) -> Outcome:
        outcome = _left_out(attack, lacking) or _repeated(judge, attack, bait)
        if progress is not None:
            with told:
                progress(outcome)
        return outcome

    tier = judge.engine.tier
    with bait_out() as bait, ThreadPoolExecutor(judge.slots) as crowd:
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


def _repeated(judge: Judge, attack: Attack, bait: Bait) -> Outcome:
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


@dataclass(frozen=True, slots=True)
class _Source:
    """A program of the suite. `compile_limits`: None for its language's own."""

    program: Program
    compile_limits: Limits | None = None


@dataclass(frozen=True, slots=True)
class _Runs:
    """The runs of one program: one for each size of padding on stdin, MiB."""

    limits: Limits
    inputs_mb: Sequence[int] = (0,)


class _Attempt:
    """One attack on one slot, and the look around afterwards.

    `times`: the limits on time are multiplied by it.
    """

    def __init__(self, judge: Judge, attack: Attack, bait: Bait, times: int) -> None:
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
        try:
            with self._judge.executors.sandbox(self._language(attack.program)) as sandbox:
                if sandbox.features.get("uids") == "shared":
                    self._grounds = (self._judge.engine.tier, Tier.PROCESS)
                if not attack.problems:
                    verdict = self._attacked(sandbox)
                if attack.second is not None and sandbox.reset():
                    self._aside(sandbox, attack.second, HELD)
                if sandbox.reset():
                    probed = True
                    self._aside(sandbox, probe(), "clean 5")
            for kind in attack.problems:
                verdict = self._against_a_problem(kind)
                self._replaced()
        except SlotLost as exc:
            self._why.append(f"the slot was lost: {exc}")
        except MachineBusy as exc:
            self._slow.append(str(exc))
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

    def _attacked(self, sandbox: Sandbox) -> Verdict:
        attack = self._attack
        secret = self._bait.answer if attack.secret else HELD
        source = _Source(attack.program, self._compile_limits(attack))
        run = _Runs(self._run_limits(), attack.inputs_mb)
        verdict = self._judged(sandbox, source, run, secret)
        self._require_expected(verdict)
        return verdict

    def _run_limits(self) -> Limits:
        """The attack's limits with more time; with no more CPU time where it must use that up."""
        limits = _longer(self._attack.limits, self._times)
        wanted = self._attack.expected(*self._grounds)
        if Verdict.TLE not in wanted or Verdict.AC in wanted:
            return limits
        return limits.model_copy(update={"cpu_ms": self._attack.limits.cpu_ms})

    def _against_a_problem(self, kind: Kind) -> Verdict:
        """Judge it in the slots that the judge chooses; its checker repeats what it printed."""
        limits = _longer(self._attack.limits, self._times)
        for test in judged(self._judge, self._attack, kind, self._bait.answer, limits):
            self._look("\n".join((test.stdout, test.stderr, test.message)).encode())
            self._limit, self._detail = test.limit, f"{kind}: {test.detail}"
            self._require_expected(test.verdict)
        return test.verdict

    def _require_expected(self, verdict: Verdict) -> None:
        if verdict not in (wanted := self._attack.expected(*self._grounds)):
            self._object(f"verdict {verdict} ({self._detail}), not {' or '.join(wanted)}")

    def _object(self, what: str) -> None:
        """Note a wrong verdict; one that a clock brought about proves nothing."""
        (self._slow if self._limit in _CLOCKS else self._why).append(what)

    def _replaced(self) -> None:
        try:
            with self._judge.executors.sandbox(self._language(probe())) as sandbox:
                self._aside(sandbox, probe(), "clean 5")
        except SlotLost as exc:
            self._why.append(f"the slot's replacement was lost: {exc}")
        except MachineBusy as exc:
            self._slow.append(str(exc))

    def _language(self, program: Program) -> Language:
        return self._judge.registry.resolve(program.language)

    def _compile_limits(self, attack: Attack) -> Limits:
        """The limits of compiling it, with more time."""
        longer = {k: v * self._times if k.endswith("_ms") else v for k, v in attack.compile.items()}
        return self._language(attack.program).model_copy(update=longer).compile_limits()

    def _aside(self, sandbox: Sandbox, program: Program, expected: str) -> None:
        """Judge a program that must be accepted: the attack's second one, or the probe."""
        runs = _Runs(_longer(Limits(cpu_ms=5_000), self._times))
        if self._judged(sandbox, _Source(program), runs, expected) is not Verdict.AC:
            self._object(f"the program after it was not accepted: {self._detail}")

    def _judged(self, sandbox: Sandbox, given: _Source, runs: _Runs, expected: str) -> Verdict:
        """As a submission is; every output is looked through for what must not be there."""
        executor = self._compiled(sandbox, given)
        self._limit, self._detail = Limit.NONE, ""
        if executor.compiled is not None and not executor.ready:
            self._limit, self._detail = executor.compiled.limit, executor.compiled.detail
            # The compiler quotes the source, BREACH and all: look for secrets alone.
            self._look(executor.compiled.output.encode(), breach=False)
            return Verdict.CE
        final = Verdict.AC
        for megabytes in runs.inputs_mb:
            ran = executor.run(execution.Run(runs.limits, self._bait.stdin(megabytes)))
            self._look(ran.report.stdout + b"\n" + ran.report.stderr)
            verdict, detail = ran.verdict, ran.detail
            if verdict is None:
                verdict, detail = check(ran.report.stdout, expected, Checker())
            if final is Verdict.AC:
                final, self._detail, self._limit = verdict, detail, ran.report.limit
        return final

    def _compiled(self, sandbox: Sandbox, given: _Source) -> Executor:
        text = sandbox.located(given.program.source).replace("@ANSWER@", str(self._bait.path))
        text = text.replace("@TIMES@", str(math.ceil(self._times / sandbox.speed)))
        program = execution.Program(
            given.program.language, text.encode(), compile_limits=given.compile_limits
        )
        return sandbox.start(self._judge.executors.prepare(program))

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
