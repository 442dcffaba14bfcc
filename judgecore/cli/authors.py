"""A folder of many people's programs: a file or a folder for each of them."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from judgecore import Judge, Problem, Submission, __version__
from judgecore.cli.options import guess_language, read_source
from judgecore.cli.program import Program, folder_entries, may_be_main, read_program
from judgecore.errors import UsageError
from judgecore.kinds import ANSWERS, SubmitAnswer
from judgecore.validation import as_bytes

_MAIN_DECIDES = {"c", "cpp", "java", "csharp"}  # a file without `main` is no program there


@dataclass(frozen=True, slots=True)
class Author:
    """One person, and what they handed in. `submission`: None where it cannot be judged: `why`."""

    name: str
    path: Path
    submission: Submission | None = None
    why: str = ""

    @property
    def key(self) -> str:
        """What changes when the program, the problem or judgecore does."""
        if self.submission is None:
            return ""
        sent = self.submission
        files = {path: _digest(content) for path, content in sent.files.items()}
        parts = [
            __version__,
            sent.judged_against.content_hash,
            sent.language,
            sent.entry,
            sent.stop_at_first_failure,
            _digest(sent.source),
            files,
        ]
        return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def _digest(content: str | bytes) -> str:
    return hashlib.sha256(as_bytes(content)).hexdigest()


def are_many(folder: Path, judge: Judge) -> bool:
    """Whether the folder holds many programs, rather than the files of one.

    It is one program that has a `main.*`, a single file in a known language, or a single file with
    a `main` where languages need one.
    """
    program = read_program(folder, None)
    found = {
        name: language for name in program.files if (language := _language(program, name, judge))
    }
    if len(found) < 2 or any(may_be_main(name) for name in found if "/" not in name):
        return False
    starting = [name for name in found if program.has_main(name)]
    return not (set(found.values()) <= _MAIN_DECIDES and len(starting) == 1)


def _language(program: Program, name: str, judge: Judge) -> str | None:
    try:
        return guess_language(Path(name), judge, None, program.files[name])
    except UsageError:
        return None


def read_authors(
    folder: Path, judge: Judge, problem: Problem, language: str | None, *, stop: bool
) -> list[Author]:
    """Everybody in the folder, by name; what cannot be judged is there with the reason."""
    paths = folder_entries(folder)
    stems = Counter(path.stem for path in paths if not path.is_dir())
    stems.update(path.name for path in paths if path.is_dir())
    found = []
    for path in paths:
        name = path.name if path.is_dir() or stems[path.stem] > 1 else path.stem
        try:
            made = _submission(path, judge, problem, language, stop=stop)
        except UsageError as exc:
            found.append(Author(name, path, why=str(exc)))
        else:
            found.append(Author(name, path, made))
    return found


def _submission(
    path: Path, judge: Judge, problem: Problem, language: str | None, *, stop: bool
) -> Submission:
    if isinstance(problem.procedure, SubmitAnswer):
        return answers(path, problem, stop=stop)
    program = read_program(path, None)
    chosen = program.language(judge, language)
    fields = program.fields(chosen)
    if problem.harness is not None and fields["entry"] is None:
        fields["entry"] = path.name
    return Submission(language=chosen.id, problem=problem, stop_at_first_failure=stop, **fields)


def answers(path: Path, problem: Problem, *, stop: bool) -> Submission:
    """Answers as they lie on disk: a folder, a zip, or one file."""
    if path.is_dir():
        return Submission(
            language=ANSWERS,
            source="",
            files=read_program(path, None).files,
            problem=problem,
            stop_at_first_failure=stop,
        )
    source = read_source(path)
    return Submission(language=ANSWERS, source=source, problem=problem, stop_at_first_failure=stop)
