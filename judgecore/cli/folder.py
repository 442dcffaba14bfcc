"""`judgecore judge DIR --problem P` for a folder of many people's programs."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from judgecore import Interruption, Judge, Problem, Verdict
from judgecore.cli import rows
from judgecore.cli.authors import Author, read_authors
from judgecore.cli.judged_before import JudgedBefore
from judgecore.cli.rows import Row
from judgecore.cli.show import Exit, out, print_json, progress, warn
from judgecore.errors import InfrastructureError, InvalidSubmission, LanguageUnavailable, UsageError
from judgecore.many import in_threads


def judge_folder(
    judge: Judge,
    folder: Path,
    problem: Problem,
    language: str | None,
    *,
    stop: bool,
    again: bool,
    as_json: bool,
) -> list[Row]:
    """Judge everybody's program, but those of the same content as before, unless `again`."""
    authors = read_authors(folder, judge, problem, language, stop=stop)
    if not authors:
        raise InvalidSubmission(str(folder), "the folder has no programs")
    with (
        JudgedBefore(folder) as known,
        progress(len(authors), "judging", quiet=as_json) as advance,
        closing(_rows(judge, authors, known, again=again)) as found,
    ):
        warn([f"results are not kept: {known.problem}"] if known.problem else [])
        made = []
        for one in found:
            made.append(one)
            advance()
    return made


def _rows(
    judge: Judge, authors: Sequence[Author], known: JudgedBefore, *, again: bool
) -> Generator[Row]:
    """A row for each, in order; those that are judged now are kept at once."""
    before = {} if again else _before(authors, known)
    waiting = [author for author in authors if author.submission and author.name not in before]
    with closing(in_threads(lambda a, i: _judged(judge, a, i), waiting, judge.slots)) as results:
        for author in authors:
            if author.submission is None:
                yield Row(author.name, author.path.name, why=author.why)
            elif author.name in before:
                yield before[author.name]
            else:
                made = next(results)
                if made.verdict not in ("", Verdict.IE):
                    known.add(author.key, made.as_json())
                yield made


def _before(authors: Sequence[Author], known: JudgedBefore) -> dict[str, Row]:
    found = {}
    for author in authors:
        values = known.get(author.key) if author.submission else None
        made = values and rows.stored(values, author.name, author.path.name)
        if made:
            found[author.name] = made
    return found


def _judged(judge: Judge, author: Author, interruption: Interruption) -> Row:
    """A row in any case, so that one person's program holds up no other."""
    assert author.submission is not None
    named = Row(author.name, author.path.name, author.submission.language)
    try:
        result = judge.judge(author.submission, interruption=interruption)
    except (UsageError, LanguageUnavailable) as exc:
        return replace(named, why=str(exc))
    except InfrastructureError as exc:
        return replace(named, verdict=str(Verdict.IE), why=f"the judge failed: {exc}")
    return rows.row(author.name, author.path.name, result)


def write_out(
    found: Sequence[Row],
    problem: Problem,
    *,
    as_json: bool,
    to_csv: Path | None,
    to_html: Path | None,
) -> None:
    """Print the rows, and write the files that were asked for."""
    title = problem.title or problem.slug or "Results"
    texts = ((to_csv, rows.as_csv(found)), (to_html, rows.as_html(found, title)))
    for path, text in texts:
        if path is not None:
            _write(path, text)
    if as_json:
        print_json({"problem": problem.slug, "programs": [one.as_json() for one in found]})
        return
    rows.show(found)
    for path in filter(None, (to_csv, to_html)):
        out.print(f"wrote {path}", markup=False)


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, "utf-8", newline="")
    except OSError as exc:
        raise InvalidSubmission(str(path), exc.strerror or str(exc)) from None


def exit_code(found: Sequence[Row]) -> Exit:
    """0: everybody was accepted; 1: somebody was not, or was not judged; 3: the judge failed."""
    verdicts = {one.verdict for one in found}
    if str(Verdict.IE) in verdicts:
        return Exit.INFRASTRUCTURE
    return Exit.ACCEPTED if verdicts <= {str(Verdict.AC)} else Exit.NOT_ACCEPTED
