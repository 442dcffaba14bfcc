"""Submissions that are answers: one to each test, and no program.

They come from anybody. Of a zip no more than an answer may have is unpacked, one at a time.
"""

from __future__ import annotations

import io
import lzma
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import PurePosixPath

from judgecore.execution import Ran
from judgecore.limits import Limits
from judgecore.problem import MAX_TESTS, Problem
from judgecore.report import Report
from judgecore.submission import Submission
from judgecore.validation import as_bytes
from judgecore.verdict import Verdict

_Read = Callable[[int], bytes]  # an answer, or as much of it as is asked for
_ENDINGS = (".out", ".ans", ".txt", "")
_ZIP = b"PK\x03\x04"
_MAX_ENTRIES = 2 * MAX_TESTS
_BROKEN = (
    OSError,
    RuntimeError,  # it is encrypted, or compressed in a way that is not known
    EOFError,
    ValueError,
    lzma.LZMAError,
    zipfile.BadZipFile,
    zlib.error,
)


class UnreadableAnswers(Exception):
    """The submission's archive cannot be read: it counts as one that does not compile."""


class Answers:
    """The answers of a submission by their paths; one is unpacked when it is asked for."""

    def __init__(self, submission: Submission, problem: Problem) -> None:
        self._of = {path: _whole(as_bytes(data)) for path, data in submission.files.items()}
        source = as_bytes(submission.source)
        if source.startswith(_ZIP):
            self._of |= _of_archive(source)
        elif source.strip() and submission.entry is not None:
            self._of[submission.entry] = _whole(source)
        elif source.strip() and len(problem.tests) == 1:
            self._of[_names(problem)[0]] = _whole(source)
        short = Counter(PurePosixPath(name).name for name in _names(problem))
        self._unique = {name for name, count in short.items() if count == 1}

    def ran(self, name: str, limits: Limits) -> Ran | None:
        """The answer to a test in place of what a program printed; None where there is none."""
        read = next((self._of[path] for path in self._paths(name) if path in self._of), None)
        if read is None:
            return None
        most = limits.output_bytes
        try:
            answer = read(most + 1)
        except _BROKEN as exc:
            return _ran(b"", limits, Verdict.RE, f"the answer cannot be unpacked: {exc}")
        if len(answer) > most:
            return _ran(answer[:most], limits, Verdict.OLE, f"more than {most} bytes")
        return _ran(answer, limits)

    def _paths(self, name: str) -> list[str]:
        short = PurePosixPath(name).name
        known = [name, short] if short in self._unique else [name]
        paths = [stem + ending for stem in known for ending in _ENDINGS]
        return [*paths, f"output_{short}.txt"] if short in self._unique else paths


def _whole(content: bytes) -> _Read:
    return lambda most: content[:most]


def _names(problem: Problem) -> list[str]:
    return [test.name or str(number) for number, test in enumerate(problem.tests, start=1)]


def _ran(answer: bytes, limits: Limits, verdict: Verdict | None = None, detail: str = "") -> Ran:
    report = Report(0, None, 0.0, 0.0, 0, stdout=answer)
    return Ran(report, verdict, detail, limits)


def _of_archive(data: bytes) -> Mapping[str, _Read]:
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    except _BROKEN as exc:
        raise UnreadableAnswers(f"the archive cannot be read: {exc}") from None
    if len(entries) > _MAX_ENTRIES:
        raise UnreadableAnswers(
            f"the archive holds {len(entries)} files; at most {_MAX_ENTRIES} are accepted"
        )
    paths = {entry.filename.replace("\\", "/"): entry for entry in entries}
    paths = {path: entry for path, entry in paths.items() if not path.startswith("__MACOSX/")}
    tops = {path.partition("/")[0] if "/" in path else "" for path in paths}
    if len(tops) == 1 and (top := tops.pop()):  # the folder that was packed
        paths |= {path.removeprefix(f"{top}/"): entry for path, entry in paths.items()}

    def reader(entry: zipfile.ZipInfo) -> _Read:
        def read(most: int) -> bytes:
            with archive.open(entry) as file:
                return file.read(most)

        return read

    return {path: reader(entry) for path, entry in paths.items()}
