"""`judgecore problem`: put, list, show, get and delete."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from pydantic import ValidationError

from consumers.cli.options import DatabaseOption, address
from judgecore.cli.options import FormatOption, IncludeOption, JsonFlag, LenientFlag
from judgecore.cli.show import foreign, out, print_json, table, warn
from judgecore.errors import InvalidSubmission
from judgecore.problem import Problem, TestCase
from judgecore.problems import package
from judgecore.problems.package import Format
from judgecore.validation import as_bytes, invalid

if TYPE_CHECKING:
    from consumers.postgres import PostgresStore

_SLUG = re.compile(r"[^\x00-\x1f\x7f\ud800-\udfff]{1,200}")
problem = typer.Typer(
    help="Problems: in the database, and as packages on disk.", no_args_is_help=True
)
SlugArgument = Annotated[str, typer.Argument(help="Name of the problem in the database.")]


@problem.command()
def put(
    source: Annotated[
        Path,
        typer.Argument(
            help="A problem package (a folder, or its .zip), or a .json file as `judgecore problem"
            " get` writes it."
        ),
    ],
    slug: Annotated[
        str | None,
        typer.Option(
            "--slug",
            help="Name in the database; default: that of the folder or file.",
            show_default=False,
        ),
    ] = None,
    lenient: LenientFlag = False,
    include: IncludeOption = None,
    package_format: FormatOption = Format.AUTO,
    database: DatabaseOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Store a problem, or replace the stored one with this slug; workers use it at once."""
    found = _read(source, lenient, include, package_format)
    warn(found.warnings)
    name = _referable(slug or found.slug or source.stem)
    with _store(database) as store:
        store.add_problem(name, found)
    if as_json:
        print_json({"slug": name, "title": found.title, "tests": len(found.tests)})
    else:
        out.print(f"stored {foreign(name)}: {foreign(found.title)}, {len(found.tests)} tests")


@problem.command("list")
def list_(database: DatabaseOption = None, as_json: JsonFlag = False) -> None:
    """List the problems in the database."""
    with _store(database) as store:
        found = store.problems()
    if as_json:
        print_json(
            [
                {
                    "slug": one.slug,
                    "title": one.title,
                    "tests": one.tests,
                    "size_bytes": one.size_bytes,
                    "content_hash": one.content_hash,
                    "updated_at": one.updated_at.isoformat(),
                }
                for one in found
            ]
        )
        return
    shown = table("slug", "title", "tests", "KiB", "changed", folded=("title",))
    for one in found:
        shown.add_row(
            foreign(one.slug),
            foreign(one.title),
            str(one.tests),
            str(-(-one.size_bytes // 1024)),
            one.updated_at.strftime("%Y-%m-%d %H:%M"),
        )
    out.print(shown)


@problem.command()
def show(slug: SlugArgument, database: DatabaseOption = None, as_json: JsonFlag = False) -> None:
    """Show a problem's settings and the sizes of its tests, not their contents."""
    with _store(database) as store:
        found = store.problem(slug)
    settings = found.model_dump(mode="json", exclude={"tests", "slug", "title", "warnings"})
    tests = [_summary(n, test) for n, test in enumerate(found.tests, start=1)]
    if as_json:
        named = {"slug": slug, "title": found.title, "content_hash": found.content_hash}
        print_json({**named, **settings, "tests": tests})
        return
    out.print(f"{foreign(slug)}: {foreign(found.title)}")
    for name, value in settings.items():
        out.print(f"{name}: {foreign(_in_short(value))}", soft_wrap=True)
    shown = table("test", "input", "expected", "other", folded=("test",))
    for test in tests:
        other = ", ".join(name for name in _OTHER if test[name])
        expected = "only run" if test["expected_bytes"] is None else str(test["expected_bytes"])
        shown.add_row(foreign(str(test["name"])), str(test["input_bytes"]), expected, other)
    out.print(shown)


@problem.command()
def get(
    slug: SlugArgument,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="File to write; default: stdout.")
    ] = None,
    database: DatabaseOption = None,
) -> None:
    """Write a whole problem as JSON: what `judgecore problem put` and messages accept."""
    with _store(database) as store:
        found = store.problem(slug)
    values = found.model_dump(mode="json", exclude_defaults=True)
    text = json.dumps(values, indent=2, ensure_ascii=False)
    if output is None:
        typer.echo(text)
        return
    try:
        output.write_text(text + "\n", "utf-8")
    except OSError as exc:
        raise InvalidSubmission(str(output), exc.strerror or str(exc)) from None


@problem.command()
def delete(
    slug: SlugArgument,
    force: Annotated[
        bool,
        typer.Option(
            "--force",
            help="Delete it although submissions are for it. They keep their verdicts, and can't be"
            " judged again.",
        ),
    ] = False,
    database: DatabaseOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Delete a problem with its tests. Refused when submissions are for it, unless forced."""
    with _store(database) as store:
        store.delete_problem(slug, even_if_used=force)
    if as_json:
        print_json({"deleted": slug})
    else:
        out.print(f"deleted {foreign(slug)}")


_OTHER = ("arguments", "files", "expected_files", "cpu_ms", "group", "checker")


def stored(slug: str, database: str | None) -> Problem:
    """A problem of the database, with its slug."""
    with _store(database) as store:
        return store.problem(slug).model_copy(update={"slug": slug})


@contextmanager
def _store(database: str | None) -> Iterator[PostgresStore]:
    from consumers.postgres import PostgresStore

    with closing(PostgresStore(address("DATABASE_URL", database))) as store:
        yield store


def _read(source: Path, lenient: bool, include: Path | None, package_format: Format) -> Problem:
    if source.suffix.lower() != ".json" or source.is_dir():
        return package.load(source, lenient=lenient, include=include, package_format=package_format)
    return read_json(source)


def read_json(source: Path) -> Problem:
    """A problem as `get` writes it."""
    try:
        return Problem.model_validate_json(source.read_bytes())
    except OSError as exc:
        raise InvalidSubmission(str(source), exc.strerror or str(exc)) from None
    except ValidationError as exc:
        raise invalid(exc) from None


def _referable(slug: str) -> str:
    """The slug, if a message can name it."""
    if not _SLUG.fullmatch(slug):
        raise InvalidSubmission(
            "--slug",
            f"{slug!r:.60} is no problem name: use 1 to 200 characters, no control characters",
        )
    return slug


def _summary(number: int, test: TestCase) -> dict[str, Any]:
    return {
        "name": test.name or str(number),
        "input_bytes": len(as_bytes(test.input)),
        "expected_bytes": None if test.expected is None else len(as_bytes(test.expected)),
        "arguments": list(test.arguments),
        "files": _sizes(test.files),
        "expected_files": _sizes(test.expected_files),
        "cpu_ms": test.cpu_ms,
        "group": test.group,
        "checker": test.checker and test.checker.model_dump(mode="json"),
    }


def _sizes(files: Mapping[str, str | bytes]) -> dict[str, int]:
    return {path: len(as_bytes(content)) for path, content in files.items()}


def _in_short(value: Any) -> str:
    if not isinstance(value, dict):
        return json.dumps(value)
    said = {name: item for name, item in value.items() if item is not None and name != "source"}
    return ", ".join(f"{name} {json.dumps(item)[:200]}" for name, item in said.items())
