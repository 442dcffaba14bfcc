"""`judgecore run` and `judgecore judge`."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from judgecore import Judge, Submission, TestCase, Verdict
from judgecore.cli.authors import answers, are_many
from judgecore.cli.folder import exit_code, judge_folder, write_out
from judgecore.cli.options import (
    EngineOption,
    FormatOption,
    IncludeOption,
    JsonFlag,
    LanguageOption,
    LenientFlag,
    MemoryOption,
    PipesOption,
    TimeOption,
    configured,
    limits_from,
    read_data,
)
from judgecore.cli.packages import completed
from judgecore.cli.program import EntryOption, ProgramArgument, read_program
from judgecore.cli.show import (
    Exit,
    err,
    foreign,
    pass_on,
    print_json,
    progress,
    show_result,
)
from judgecore.errors import InvalidSubmission
from judgecore.kinds import SubmitAnswer
from judgecore.limits import MIB, Limits
from judgecore.problem import Checker, CheckerKind, Problem
from judgecore.problems.package import Format
from judgecore.result import RunStatus


def run(
    file: ProgramArgument,
    stdin: Annotated[
        Path | None,
        typer.Option("--input", "-i", help="File for the program's stdin; - for this command's."),
    ] = None,
    language: LanguageOption = None,
    entry: EntryOption = None,
    time: TimeOption = None,
    memory: MemoryOption = None,
    engine: EngineOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Run a program once in a sandbox and print its output, without judging it."""
    _require_one_stdin(file, stdin)
    given = b"" if stdin is None else read_data(stdin)
    program = read_program(file, entry)
    with Judge(configured(engine), slots=1) as judge:
        chosen = program.language(judge, language)
        result = judge.run(
            chosen.id,
            stdin=given,
            limits=limits_from(Limits(), time, memory),
            **program.fields(chosen),
        )
    if as_json:
        print_json(result.model_dump(mode="json"))
    else:
        if result.compile is not None and not result.compile.ok:
            err.print(foreign(result.compile.output.strip()))
        pass_on(sys.stdout, result.stdout)
        pass_on(sys.stderr, result.stderr)
        err.print(
            f"{' '.join(filter(None, (result.status, result.detail)))} · cpu {result.cpu_ms:.1f} ms"
            f" · wall {result.wall_ms:.1f} ms · memory {result.memory_bytes / MIB:.1f} MiB",
            style="dim",
        )
    raise typer.Exit(Exit.ACCEPTED if result.status is RunStatus.OK else Exit.NOT_ACCEPTED)


def judge(
    file: ProgramArgument,
    problem: Annotated[
        Path | None,
        typer.Option("--problem", "-p", help="A problem package: a folder, or its .zip."),
    ] = None,
    stdin: Annotated[
        Path | None, typer.Option("--input", "-i", help="Input of a single test.")
    ] = None,
    expected: Annotated[
        Path | None, typer.Option("--expected", "-e", help="Expected output of that test.")
    ] = None,
    language: LanguageOption = None,
    entry: EntryOption = None,
    time: TimeOption = None,
    memory: MemoryOption = None,
    checker: Annotated[
        CheckerKind | None, typer.Option("--checker", help="How to compare outputs.")
    ] = None,
    stop: Annotated[bool, typer.Option("--stop", help="Stop at the first failing test.")] = False,
    transcript: Annotated[
        bool,
        typer.Option(
            "--transcript", help="Show what the program and the interactor wrote to each other."
        ),
    ] = False,
    each: Annotated[
        bool | None,
        typer.Option(
            "--each/--one",
            help="FILE is a folder of many people's programs, or of one program's files; default:"
            " by what is in it.",
            show_default=False,
        ),
    ] = None,
    again: Annotated[
        bool, typer.Option("--again", help="Of many, judge those too that were judged before.")
    ] = False,
    to_csv: Annotated[
        Path | None, typer.Option("--csv", help="Of many, write the table to this file.")
    ] = None,
    to_html: Annotated[
        Path | None, typer.Option("--html", help="Of many, write an HTML page to this file.")
    ] = None,
    lenient: LenientFlag = False,
    include: IncludeOption = None,
    package_format: FormatOption = Format.AUTO,
    pipes: PipesOption = None,
    engine: EngineOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Judge a program against the tests of a problem package, or against one test.

    A folder of many people's programs, a file or a folder for each, gives a table. Exit code 0:
    all were accepted; 1: one was not, or cannot be judged; 3: the judge failed on one.
    """
    _require_one_stdin(file, stdin, expected)
    limited = time is not None
    read = partial(
        completed,
        lenient=lenient,
        limited=limited,
        include=include,
        package_format=package_format,
        engine=engine,
        pipes=pipes,
    )
    against = _against(problem, read, stdin, expected, time, memory, checker)
    many = Many(again, to_csv, to_html)
    with Judge(configured(engine)) as a_judge:
        if each or (
            each is None and problem is not None and entry is None and _many(file, a_judge)
        ):
            raise typer.Exit(_judge_many(a_judge, file, against, language, stop, many, as_json))
        many.require_none()
        submission = _submission(a_judge, file, entry, language, against, stop)
        submission = submission.model_copy(update={"transcript": transcript})
        with progress(len(against.tests), "judging", quiet=as_json) as advance:
            result = a_judge.judge(submission, advance)
    if as_json:
        print_json({**result.model_dump(mode="json"), "reproduce": result.reproduce})
    else:
        show_result(result)
    raise typer.Exit(_exit_code(result.verdict))


def _exit_code(verdict: Verdict) -> Exit:
    if verdict is Verdict.IE:
        return Exit.INFRASTRUCTURE
    return Exit.ACCEPTED if verdict is Verdict.AC else Exit.NOT_ACCEPTED


@dataclass(frozen=True, slots=True)
class Many:
    """Options that only a folder of many people's programs has."""

    again: bool
    to_csv: Path | None
    to_html: Path | None

    def require_none(self) -> None:
        """Raise `InvalidSubmission` where one is given for a single program."""
        for name, given in (
            ("--again", self.again),
            ("--csv", self.to_csv),
            ("--html", self.to_html),
        ):
            if given:
                raise InvalidSubmission(name, "FILE is one program; --each says that it is many")


def _many(file: Path, a_judge: Judge) -> bool:
    return file.is_dir() and are_many(file, a_judge)


def _judge_many(
    a_judge: Judge,
    folder: Path,
    problem: Problem,
    language: str | None,
    stop: bool,
    many: Many,
    as_json: bool,
) -> Exit:
    if not folder.is_dir():
        raise InvalidSubmission("--each", f"{folder} is not a folder")
    found = judge_folder(
        a_judge, folder, problem, language, stop=stop, again=many.again, as_json=as_json
    )
    write_out(found, problem, as_json=as_json, to_csv=many.to_csv, to_html=many.to_html)
    return exit_code(found)


def _submission(
    a_judge: Judge,
    file: Path,
    entry: str | None,
    language: str | None,
    problem: Problem,
    stop: bool,
) -> Submission:
    if isinstance(problem.procedure, SubmitAnswer):
        return answers(file, problem, stop=stop)
    program = read_program(file, entry)
    chosen = program.language(a_judge, language)
    return Submission(
        language=chosen.id, **program.fields(chosen), problem=problem, stop_at_first_failure=stop
    )


def _against(
    problem: Path | None,
    read: Callable[[Path], Problem],
    stdin: Path | None,
    expected: Path | None,
    time: float | None,
    memory: int | None,
    checker: CheckerKind | None,
) -> Problem:
    """The problem that the options give."""
    if problem is not None and (stdin is not None or expected is not None):
        raise InvalidSubmission(
            "--problem", "a package has its own tests; leave out --input and --expected"
        )
    if problem is not None:
        found = read(problem)
    elif expected is not None:
        given = read_data(stdin) if stdin else b""
        found = Problem(
            tests=(TestCase(name=expected.stem, input=given, expected=read_data(expected)),)
        )
    else:
        raise InvalidSubmission("--problem", "give a problem package, or --input and --expected")
    return _replacing(found, time, memory, checker)


def _replacing(
    problem: Problem, time_s: float | None, memory_mb: int | None, checker: CheckerKind | None
) -> Problem:
    """The problem with what the options say in place of its own."""
    limits = None
    if time_s is not None or memory_mb is not None:
        limits = limits_from(problem.limits, time_s, memory_mb)
    if checker is None:
        return problem.replacing(limits, None)
    if problem.judged_by_program:
        raise InvalidSubmission("--checker", "the problem's own program judges, no comparison")
    own = problem.checker if isinstance(problem.checker, Checker) else Checker()
    return problem.replacing(limits, own.model_copy(update={"kind": checker}))


def _require_one_stdin(*paths: Path | None) -> None:
    if [str(path) for path in paths].count("-") > 1:
        raise InvalidSubmission("-", "only one of FILE, --input and --expected can be stdin")
