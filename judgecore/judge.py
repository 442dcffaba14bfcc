"""The library's front door: settings, lifecycle, `judge` and `run`."""

from __future__ import annotations

import weakref
from collections.abc import Generator, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Self

from judgecore.config import Config
from judgecore.engine import Engine, SlotSpec, Tier
from judgecore.engine.kinds import make_engine, require_tier
from judgecore.errors import UsageError
from judgecore.evaluation import (
    Answers,
    Check,
    Helper,
    Opened,
    Progress,
    Role,
    UnreadableAnswers,
    as_program,
    evaluate,
    explained,
    helpers_of,
    order_seed,
    total,
    with_driver,
    with_included,
)
from judgecore.execution import Builds, Executor, Executors, Program, Run, environment
from judgecore.functions import Function
from judgecore.interruption import Interruption
from judgecore.kinds import ANSWERS, CheckerProgram, SubmitAnswer
from judgecore.languages import Language, Registry
from judgecore.limits import Limits
from judgecore.many import in_threads
from judgecore.pool import Pool
from judgecore.problem import Problem, TestCase
from judgecore.replacement import Policy
from judgecore.result import CompileResult, Environment, Result, RunResult, RunStatus
from judgecore.submission import Submission
from judgecore.tally import FastPaths
from judgecore.texts import shown
from judgecore.validation import as_bytes
from judgecore.verdict import Verdict

_SHOWN_CAUSE = 2000

Roles = Sequence[tuple[Role, CheckerProgram]]
Helpers = Sequence[tuple[Role, Helper]]


class Judge:
    """Judges submissions; safe to use from several threads, each of which takes a slot.

    A context manager: leaving it destroys the slots, and an exception (Ctrl-C is one) ends what
    runs in them. Settings come from `config` (default: all
    defaults; `Judge.from_env` reads `JUDGECORE_*`), and keyword arguments override them.
    `engine` may also be an engine object. `executors` runs programs that are no submissions, a
    checker of one's own for example, in sandboxes of the same kind.

    Raises `EngineUnavailable` when no engine can work here, and `InvalidConfig` when the one at
    hand is below the minimum tier; the message says what to do.
    """

    def __init__(
        self,
        config: Config | None = None,
        *,
        engine: str | Engine | None = None,
        slots: int | None = None,
        registry: Registry | None = None,
    ) -> None:
        config = config or Config()
        if isinstance(engine, str):
            config = replace(config, engine=engine)
        if slots is not None:
            config = replace(config, slots=slots)
        self.config = config
        self.registry = registry or Registry.of(config)
        made = engine if engine is not None and not isinstance(engine, str) else make_engine(config)
        require_tier(made.tier, config)
        self.engine: Engine = made
        self.engine.protect()
        self.engine.sweep()
        self.slots = min(config.effective_slots, made.most_slots or config.effective_slots)
        spec = SlotSpec(None, config.slot_memory_bytes, config.scratch_bytes, config.scratch_files)
        policy = Policy(config.reuse, config.replace_after)
        self._pool = Pool(self.engine, self.slots, spec, policy=policy)
        self.executors = Executors(
            self._pool,
            self.registry,
            config.slot_memory_bytes,
            config.speed,
            *_builds(config, made),
            config.spread and self.slots <= (len(made.cores) or self.slots),
            config.warm_starts,
        )
        # For whoever forgets to close it; at the interpreter's end, too.
        weakref.finalize(self, self._pool.close)

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> Self:
        """A judge as `JUDGECORE_*` in `environ` say."""
        return cls(Config.from_env(environ))

    def __repr__(self) -> str:
        return f"<Judge {self.engine!r} {self._pool!r}>"

    def __reduce__(self) -> str:
        raise UsageError("a Judge cannot be sent to another process; make one in each")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self.close(now=kind is not None)

    @property
    def busy(self) -> int:
        """How many slots are at work now."""
        return self._pool.busy

    @property
    def fast_paths(self) -> FastPaths:
        """How often each faster way of judging was taken, since the start."""
        return self.executors.fast_paths

    def check(self) -> None:
        """Return when the engine can make slots now, or raise `EngineUnavailable`."""
        self.engine.check()

    def warm(self, count: int | None = None) -> None:
        """Start slots now (default: all) rather than on first use."""
        self._pool.warm(count)

    def close(self, *, now: bool = False) -> None:
        """Destroy every slot. What runs may come to its end; with `now` it gets `PoolClosed`."""
        self._pool.close(now=now)
        self.engine.close()

    def resolve_language(self, name: str) -> str:
        """The id of a language, given that or an alias; raises `UnknownLanguage`.

        `answers`, which is no language, stands for a submission of answers.
        """
        return name if name == ANSWERS else self.registry.resolve(name).id

    def missing_tools(self) -> dict[str, tuple[str, ...]]:
        """Every language's id, with the tools that it lacks where programs run."""
        return self.executors.missing_tools()

    def version(self, language: Language) -> str:
        """What the language's version command says, in a line; empty where there is none."""
        return self.executors.with_retries(lambda: self.executors.version(language))

    def judge(
        self,
        submission: Submission,
        progress: Progress | None = None,
        *,
        timeout_s: float | None = None,
        check: Check | None = None,
        interruption: Interruption | None = None,
    ) -> Result:
        """Judge a submission.

        `progress` is called with each test's result as it is known. `timeout_s` bounds all of it,
        waiting for a slot included; another thread ends it by `interruption`. `check`, a function
        of the test and the output, judges in this process in place of the problem's comparison: it
        is given what nobody trusts. Raises `UsageError`
        when the submission cannot be judged as it stands, `InfrastructureError` when the judge
        failed, after retries, `JudgingTimeout` and `Interrupted` when it was ended; none of these
        is ever a verdict.
        """
        if not isinstance(submission, Submission):
            raise UsageError(
                f"judge() takes a Submission, not a {type(submission).__name__};"
                " Submission(language=…, source=…, tests=[…]) makes one"
            )
        if isinstance(submission.judged_against.procedure, SubmitAnswer):
            with (interruption or Interruption()).covering(timeout_s):
                return self.executors.with_retries(
                    lambda: self._judge_answers(submission, progress, check)
                )
        program = Program.of(submission)
        language = self.executors.prepare(program).language
        program = self._harnessed(program, language, submission.judged_against)
        for limits in submission.judged_against.every_limits:
            self.executors.require_memory(language, limits)
        with (interruption or Interruption()).covering(timeout_s):
            return self.executors.with_retries(
                lambda: self._judge(program, language, submission, progress, check)
            )

    def _harnessed(self, program: Program, language: Language, problem: Problem) -> Program:
        if problem.harness is None:
            return program
        if isinstance(problem.harness, Function):
            program = with_driver(program, language, problem.harness)
        else:
            program = with_included(program, language, problem.harness, self.registry)
        self.executors.prepare(program)
        return program

    def judge_many(
        self, submissions: Iterable[Submission], *, timeout_s: float | None = None
    ) -> Generator[Result]:
        """Judge submissions in all slots at once; yields their results in the same order.

        Raises what `judge` raises, at the place of the result. `timeout_s` is for each. What runs
        is ended when the iterator is closed, or an exception (Ctrl-C is one) ends it.
        """

        def judged(submission: Submission, interruption: Interruption) -> Result:
            return self.judge(submission, timeout_s=timeout_s, interruption=interruption)

        return in_threads(judged, submissions, self.slots)

    def run(
        self,
        language: str,
        source: str | bytes,
        stdin: str | bytes = "",
        limits: Limits | None = None,
        *,
        files: Mapping[str, str | bytes] | None = None,
        entry: str | None = None,
        arguments: tuple[str, ...] = (),
        timeout_s: float | None = None,
        interruption: Interruption | None = None,
    ) -> RunResult:
        """Compile and run a program once, without judging its output.

        It is ended, and raises, as `judge`.
        """
        given = Submission(
            language=language,
            source=source,
            files=dict(files or {}),
            entry=entry,
            tests=(TestCase(input=stdin, arguments=arguments),),
            limits=limits or Limits(),
        )
        program = Program.of(given)
        self.executors.require_memory(self.executors.prepare(program).language, given.limits)
        with (interruption or Interruption()).covering(timeout_s):
            return self.executors.with_retries(lambda: self._run(program, given))

    def _judge(
        self,
        program: Program,
        language: Language,
        submission: Submission,
        progress: Progress | None,
        check: Check | None,
    ) -> Result:
        problem = submission.judged_against
        roles = helpers_of(problem)
        programs = (as_program(helper) for _, helper in roles)
        count = problem.processes
        with self.executors.open(*[program] * count, *programs) as opened_all:
            (solution, *beside), others = opened_all[:count], opened_all[count:]
            made = Result(
                submission_id=submission.id,
                language=language.id,
                verdict=Verdict.CE,
                compile=explained(solution.compiled, submission, language),
                tier=str(self.engine.tier),
                environment=self._environment(solution, submission),
            )
            if not solution.ready:
                return made
            helpers = self._helpers(roles, others)
            opened = Opened(
                problem,
                submission,
                solution,
                check=check,
                executors=self.executors,
                beside=tuple(beside),
            )
            return _evaluated(made, opened, helpers, progress)

    def _environment(self, solution: Executor, submission: Submission) -> Environment:
        problem = submission.judged_against
        made = environment(solution, problem.limits, self.engine.tier, self.config.reuse)
        if not isinstance(problem.harness, Function):
            return made
        return made.model_copy(update={"order_seed": order_seed(submission)})

    def _judge_answers(
        self, submission: Submission, progress: Progress | None, check: Check | None
    ) -> Result:
        problem = submission.judged_against
        made = Result(
            submission_id=submission.id,
            language=ANSWERS,
            verdict=Verdict.CE,
            tier=str(self.engine.tier),
        )
        try:
            answers = Answers(submission, problem)
        except UnreadableAnswers as exc:
            refused = CompileResult(ok=False, output=str(exc))
            return made.model_copy(update={"compile": refused})
        opened = Opened(problem, submission, None, check=check, answers=answers)
        roles = helpers_of(problem)
        if not roles:
            return _evaluated(made, opened, (), progress)
        with self.executors.open(*(as_program(helper) for _, helper in roles)) as others:
            return _evaluated(made, opened, self._helpers(roles, others), progress)

    def _helpers(self, roles: Roles, executors: Sequence[Executor]) -> Helpers:
        """The problem's own programs, with no more memory than their sandboxes have."""
        return tuple(
            (role, Helper(program, executor, self.executors.bounded(program.limits)))
            for (role, program), executor in zip(roles, executors, strict=True)
        )

    def _run(self, program: Program, given: Submission) -> RunResult:
        (test,) = given.judged_against.tests
        with self.executors.open(program) as (executor,):
            compiled = executor.compiled
            if compiled is not None and not compiled.ok:
                return RunResult(status=RunStatus.CE, detail=compiled.detail, compile=compiled)
            run = Run(limits=given.limits, stdin=as_bytes(test.input), arguments=test.arguments)
            ran = executor.run(run)
        return RunResult(
            status=RunStatus.OK if ran.verdict is None else RunStatus(ran.verdict),
            detail=ran.detail,
            stdout=shown(ran.report.stdout),
            stderr=shown(ran.report.stderr),
            output=ran.report.stdout,
            compile=compiled,
            **ran.measurements,
        )


def _builds(config: Config, engine: Engine) -> tuple[Builds | None, bool]:
    """What is compiled is kept here; and whether that is wanted.

    On disk only where an image says which compiler it was, and where judged programs do not have
    the uid of this process.
    """
    if not config.compile_cache_bytes:
        return None, False
    folder = config.compile_cache_dir if engine.tier is Tier.CONTAINER else None
    return Builds(config.compile_cache_bytes, folder, config.compile_cache_dir_bytes), True


def _evaluated(made: Result, opened: Opened, helpers: Helpers, progress: Progress | None) -> Result:
    """The result with its tests, once everything that takes part is ready."""
    for role, helper in helpers:
        if not helper.executor.ready:
            return made.model_copy(update=_does_not_compile(role, helper))
    by_role = dict(helpers)
    opened = replace(
        opened,
        checkers=tuple(helper for role, helper in helpers if role is Role.CHECKER),
        interactor=by_role.get(Role.INTERACTOR),
        static_validator=by_role.get(Role.STATIC_VALIDATOR),
        grader=by_role.get(Role.GRADER),
        answering=by_role.get(Role.ANSWERING),
    )
    found = evaluate(opened, progress)
    if found.fault:
        failed = {"tests": found.tests, "verdict": Verdict.IE, "cause": found.fault}
        return made.model_copy(update=failed)
    run_only = opened.problem.run_only and opened.check is None
    summed = total(found.tests, run_only=run_only, score=found.score)
    scored: dict[str, object] = {"score": found.score, "scores": dict(found.scores)}
    if found.verdict is not None and summed["verdict"] is not Verdict.IE:
        scored["verdict"] = found.verdict
    return made.model_copy(update={"tests": found.tests, **summed, **scored})


def _does_not_compile(role: Role, helper: Helper) -> dict[str, object]:
    compiled = helper.executor.compiled
    said = (compiled.output.strip() or compiled.detail) if compiled is not None else ""
    cause = f"the problem's {role} does not compile: {said[:_SHOWN_CAUSE]}"
    return {"verdict": Verdict.IE, "cause": cause}
