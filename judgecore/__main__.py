"""The command line: parses, wires, prints.

Exit codes: 0 accepted (or done) · 1 judged, and not accepted · 2 the request is wrong
· 3 the judge failed (nothing is known about the program).
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from enum import IntEnum
from pathlib import Path
from typing import Annotated, Any
from uuid import uuid4

import typer
from pydantic import ValidationError
from rich.console import Console
from rich.markup import escape
from rich.progress import Progress
from rich.table import Table

from judgecore import Judge, Submission, TestCase, Verdict, __version__
from judgecore.config import Config
from judgecore.doctor import Level, examine
from judgecore.errors import InfrastructureError, InvalidConfig, InvalidSubmission, UsageError
from judgecore.languages import Language
from judgecore.limits import MIB, Limits
from judgecore.problems import package
from judgecore.submission import Checker, CheckerKind, Result, RunStatus, decode_source, invalid


class Exit(IntEnum):
    """What the exit code says."""

    ACCEPTED = 0
    NOT_ACCEPTED = 1
    USAGE = 2
    INFRASTRUCTURE = 3


app = typer.Typer(
    name="judgecore",
    help="Run and judge code nobody trusts.",
    epilog=(
        "Exit codes: 0 accepted or done, 1 judged and not accepted,"
        " 2 the request is wrong, 3 the judge failed."
    ),
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)
out = Console()
err = Console(stderr=True)

COLOURS = {Verdict.AC: "green", Verdict.SKIPPED: "dim", Verdict.IE: "magenta"}

JsonFlag = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]
EngineOption = Annotated[
    str | None, typer.Option("--engine", help="auto, docker or local. [env: JUDGECORE_ENGINE]")
]
LanguageOption = Annotated[
    str | None, typer.Option("--language", "-l", help="Default: guessed from the file's ending.")
]
TimeOption = Annotated[
    float | None, typer.Option("--time", help="CPU time limit, seconds.", show_default="2")
]
MemoryOption = Annotated[
    int | None, typer.Option("--memory", help="Memory limit, MiB.", show_default="256")
]


def _config(engine: str | None) -> Config:
    config = Config.from_env(os.environ)
    return replace(config, engine=engine) if engine else config


def _read(path: Path) -> str:
    try:
        return decode_source(path.read_bytes(), str(path))
    except OSError as exc:
        raise InvalidSubmission(str(path), exc.strerror or str(exc)) from None


def _guess(path: Path, judge: Judge, given: str | None) -> str:
    if given:
        return judge.resolve_language(given)
    for language in judge.registry.values():
        if Path(language.file).suffix == path.suffix and path.suffix:
            return language.id
    raise InvalidSubmission("language", f"cannot be guessed from {path.name!r}; give --language")


def _limits(base: Limits, time_s: float | None, memory_mb: int | None) -> Limits:
    changes: dict[str, Any] = {}
    if time_s is not None:
        changes["cpu_ms"] = round(time_s * 1000)
    if memory_mb is not None:
        changes["memory_bytes"] = memory_mb * MIB
    try:
        return Limits.model_validate({**base.model_dump(), **changes})
    except ValidationError as exc:
        problem = invalid(exc)
        raise InvalidSubmission(f"limits.{problem.field}", problem.problem) from None


@contextmanager
def _progress(total: int, what: str, *, quiet: bool) -> Iterator[Any]:
    with Progress(console=err, transient=True, disable=quiet or not err.is_terminal) as bar:
        task = bar.add_task(what, total=total)
        yield lambda *_: bar.advance(task)


def _print_json(data: Any) -> None:
    sys.stdout.write(json.dumps(data, indent=2, ensure_ascii=False) + "\n")


def _coloured(verdict: Verdict) -> str:
    return f"[{COLOURS.get(verdict, 'red')}]{verdict}[/]"


def show_result(result: Result) -> None:
    """Print a verdict and its table of tests."""
    if result.compile is not None and not result.compile.ok:
        out.print(escape(result.compile.output.strip()))
    if result.tests:
        table = Table("test", "verdict", "cpu ms", "wall ms", "memory KiB", "detail", box=None)
        for test in result.tests:
            table.add_row(
                escape(test.name),
                _coloured(test.verdict),
                f"{test.cpu_ms:.1f}",
                f"{test.wall_ms:.1f}",
                f"{test.memory_bytes // 1024}",
                escape(test.detail),
            )
        out.print(table)
    out.print(f"{_coloured(result.verdict)} {result.verdict.meaning} · {result.tier} tier")


@app.command()
def run(
    file: Annotated[Path, typer.Argument(help="The program.")],
    stdin: Annotated[
        Path | None, typer.Option("--input", "-i", help="What it reads; - for our own stdin.")
    ] = None,
    language: LanguageOption = None,
    time: TimeOption = None,
    memory: MemoryOption = None,
    engine: EngineOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Run a program once in the sandbox; its output is passed on, not judged."""
    given = ""
    if stdin is not None:
        given = sys.stdin.read() if str(stdin) == "-" else _text(stdin)
    source = _read(file)
    with Judge(_config(engine), slots=1) as judge:
        chosen = _guess(file, judge, language)
        result = judge.run(chosen, source, given, _limits(Limits(), time, memory))
    if as_json:
        _print_json(result.model_dump(mode="json"))
    else:
        if result.compile is not None and not result.compile.ok:
            err.print(escape(result.compile.output.strip()))
        sys.stdout.write(result.stdout)
        sys.stderr.write(result.stderr)
        err.print(
            f"{result.status} {result.detail} · cpu {result.cpu_ms:.1f} ms"
            f" · wall {result.wall_ms:.1f} ms · memory {result.memory_bytes // 1024} KiB",
            style="dim",
        )
    raise typer.Exit(Exit.ACCEPTED if result.status is RunStatus.OK else Exit.NOT_ACCEPTED)


def _text(path: Path) -> str:
    try:
        return path.read_text()
    except (OSError, UnicodeDecodeError) as exc:
        raise InvalidSubmission(str(path), str(exc)) from None


@app.command()
def judge(
    file: Annotated[Path, typer.Argument(help="The program.")],
    problem: Annotated[
        Path | None, typer.Option("--problem", "-p", help="An ICPC/Kattis problem package.")
    ] = None,
    stdin: Annotated[
        Path | None, typer.Option("--input", "-i", help="One test's input, without a package.")
    ] = None,
    expected: Annotated[
        Path | None, typer.Option("--expected", "-e", help="That test's expected output.")
    ] = None,
    language: LanguageOption = None,
    time: TimeOption = None,
    memory: MemoryOption = None,
    checker: Annotated[
        CheckerKind | None, typer.Option("--checker", help="How outputs are compared.")
    ] = None,
    stop: Annotated[bool, typer.Option("--stop", help="Stop at the first failing test.")] = False,
    engine: EngineOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Judge a program against the tests of a problem package, or against one test."""
    source = _read(file)
    if problem is not None:
        found = package.load(problem)
        tests, limits, compare = found.tests, found.limits, found.checker
    elif expected is not None:
        given = _text(stdin) if stdin else ""
        tests = (TestCase(name=expected.stem, input=given, expected=_text(expected)),)
        limits, compare = Limits(), Checker()
    else:
        raise InvalidSubmission("--problem", "give a problem package, or --input and --expected")
    if checker is not None:
        compare = compare.model_copy(update={"kind": checker})
    with Judge(_config(engine), slots=1) as a_judge:
        try:
            submission = Submission(
                language=_guess(file, a_judge, language),
                source=source,
                tests=tests,
                limits=_limits(limits, time, memory),
                checker=compare,
                stop_at_first_failure=stop,
            )
        except ValidationError as exc:
            raise invalid(exc) from None
        with _progress(len(tests), "judging", quiet=as_json) as advance:
            result = a_judge.judge(submission, advance)
    if as_json:
        _print_json(result.model_dump(mode="json"))
    else:
        show_result(result)
    raise typer.Exit(Exit.ACCEPTED if result.verdict is Verdict.AC else Exit.NOT_ACCEPTED)


@app.command()
def languages(
    ids: Annotated[list[str] | None, typer.Argument(help="Only these.")] = None,
    check: Annotated[bool, typer.Option("--check", help="Run each one's proving program.")] = False,
    engine: EngineOption = None,
    as_json: JsonFlag = False,
) -> None:
    """List the languages; with --check prove that each one works here."""
    config = _config(engine)
    if not check:
        from judgecore.languages import Registry

        registry = Registry(config.languages)
        chosen = [registry.resolve(i) for i in ids] if ids else list(registry.values())
        rows = [language.model_dump(mode="json") for language in chosen]
    else:
        with Judge(config, slots=1) as a_judge:
            wanted = (
                [a_judge.registry.resolve(i) for i in ids]
                if ids
                else list(a_judge.registry.values())
            )
            with _progress(len(wanted), "proving", quiet=as_json) as advance:
                rows = []
                for language in wanted:
                    rows.append(_prove(a_judge, language))
                    advance()
    if as_json:
        _print_json({"languages": rows})
    else:
        _show_languages(rows, check)
    if check and not all(row["proved"] for row in rows):
        raise typer.Exit(Exit.NOT_ACCEPTED)


def _prove(a_judge: Judge, language: Language) -> dict[str, Any]:
    source, given, wanted = language.proof()
    row: dict[str, Any] = {"id": language.id, "name": language.name, "proved": False}
    submission = Submission(
        language=language.id,
        source=source,
        tests=(TestCase(input=given, expected=wanted),),
        limits=Limits(cpu_ms=10_000),
    )
    try:
        result = a_judge.judge(submission)
    except InfrastructureError as exc:
        return {**row, "problem": str(exc)}
    row |= {
        "proved": result.verdict is Verdict.AC,
        "start_ms": round(result.wall_ms, 1),
        "memory_bytes": result.memory_bytes,
    }
    if not row["proved"]:
        said = result.compile.output if result.compile else ""
        row["problem"] = f"{result.verdict} {said or result.tests[0].detail}".strip()
    return row


def _show_languages(rows: list[dict[str, Any]], check: bool) -> None:
    columns = (
        ("id", "name", "proved", "start_ms", "problem") if check else ("id", "name", "aliases")
    )
    table = Table(*columns, box=None)
    for row in rows:
        cells = (row.get(c, "") for c in columns)
        table.add_row(*(escape(", ".join(c) if isinstance(c, list) else str(c)) for c in cells))
    out.print(table)


@app.command()
def doctor(engine: EngineOption = None, as_json: JsonFlag = False) -> None:
    """Examine this host: what works, what does not, and what to do about it."""
    findings = list(examine(_config(engine)))
    if as_json:
        _print_json({"findings": [asdict(f) for f in findings]})
    else:
        marks = {
            Level.OK: "[green]ok[/]",
            Level.WARNING: "[yellow]warning[/]",
            Level.ERROR: "[red]error[/]",
        }
        table = Table("subject", "", "finding", "remedy", box=None)
        for finding in findings:
            table.add_row(
                finding.subject, marks[finding.level], escape(finding.says), escape(finding.remedy)
            )
        out.print(table)
    if any(f.level is Level.ERROR for f in findings):
        raise typer.Exit(Exit.INFRASTRUCTURE)


def _url(name: str, given: str | None, *fallbacks: str) -> str:
    for value in (given, *(os.environ.get(n) for n in (name, *fallbacks))):
        if value:
            return value
    raise InvalidConfig(f"{name}: not set; give it in the environment or as an option")


@app.command()
def migrate(
    database: Annotated[
        str | None, typer.Option("--database", help="[env: DATABASE_URL]", show_default=False)
    ] = None,
) -> None:
    """Bring the database's schema up to date; safe to run twice, or from two places at once."""
    from consumers.postgres import migrate as apply

    applied = apply(_url("DATABASE_URL", database))
    out.print("\n".join(f"applied {name}" for name in applied) or "nothing to apply")


@app.command()
def publish(
    file: Annotated[Path, typer.Argument(help="The program.")],
    problem: Annotated[
        str, typer.Option("--problem", "-p", help="A package, or a problem's slug in the database.")
    ],
    language: Annotated[str, typer.Option("--language", "-l", help="Its id or an alias.")],
    broker: Annotated[
        str | None, typer.Option("--broker", help="[env: RABBITMQ_URL]", show_default=False)
    ] = None,
    batch: Annotated[bool, typer.Option("--batch", help="Behind everything that is not.")] = False,
    wait_s: Annotated[
        float | None, typer.Option("--wait", help="Wait this many seconds for the verdict.")
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Publish a submission to RabbitMQ for a worker to judge."""
    from consumers.messages import SubmissionMessage
    from consumers.publish import Publisher

    data: dict[str, Any] = {
        "submission_id": uuid4(),
        "language": language,
        "source": _read(file),
    }
    if Path(problem).is_dir():
        found = package.load(Path(problem))
        data |= {"tests": found.tests, "limits": found.limits, "checker": found.checker}
    else:
        data["problem"] = problem
    try:
        message = SubmissionMessage(**data)
    except ValidationError as exc:
        raise invalid(exc) from None
    queue = "batch" if batch else "default"
    event = None
    prefix = os.environ.get("JUDGECORE_QUEUE_PREFIX") or "judgecore"
    with Publisher(_url("RABBITMQ_URL", broker, "CLOUDAMQP_URL"), prefix=prefix) as publisher:
        if wait_s is None:
            publisher.publish(message, queue=queue)
        else:
            event = publisher.publish_and_wait(message, queue=queue, timeout_s=wait_s)
    if as_json:
        _print_json(
            event.model_dump(mode="json")
            if event
            else {"submission_id": str(message.submission_id)}
        )
    elif event is None:
        waited = "" if wait_s is None else f"; no verdict within {wait_s:g} s"
        out.print(f"published {message.submission_id}{waited}")
    else:
        show_result(event.result)
    if event is not None and event.verdict is not Verdict.AC:
        raise typer.Exit(Exit.NOT_ACCEPTED)


@app.callback(invoke_without_command=True)
def root(
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    if version:
        out.print(__version__)
        raise typer.Exit


def main() -> None:
    """Run the command line; turn every error of ours into one clear line and an exit code."""
    try:
        app()
    except UsageError as exc:
        err.print(f"[red]error:[/] {escape(str(exc))}")
        sys.exit(Exit.USAGE)
    except InfrastructureError as exc:
        err.print(f"[magenta]the judge failed:[/] {escape(str(exc))}")
        sys.exit(Exit.INFRASTRUCTURE)


if __name__ == "__main__":
    main()
