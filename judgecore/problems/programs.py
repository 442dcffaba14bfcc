"""Programs in a package, a validator or a submission: a file, or a folder of files."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from pathlib import Path

from judgecore.errors import InvalidPackage
from judgecore.kinds import ANSWERS, MAX_PROGRAM_BYTES
from judgecore.problems.reading import Source

# The endings of the ICPC's format, and what authors use beyond.
LANGUAGES = {
    **dict.fromkeys((".cpp", ".cc", ".cxx", ".c++", ".C"), "cpp"),
    **dict.fromkeys((".py", ".py3"), "python"),
    **dict.fromkeys((".js", ".mjs"), "javascript"),
    **dict.fromkeys((".pas", ".pp"), "pascal"),
    **dict.fromkeys((".sh", ".bash"), "bash"),
    **dict.fromkeys((".lisp", ".cl"), "common-lisp"),
    **dict.fromkeys((".adb", ".ada"), "ada"),
    **dict.fromkeys((".f90", ".f95", ".f"), "fortran"),
    **dict.fromkeys((".r", ".R"), "r"),
    ".awk": "awk",
    ".c": "c",
    ".clj": "clojure",
    ".cob": "cobol",
    ".cr": "crystal",
    ".erl": "erlang",
    ".exs": "elixir",
    ".groovy": "groovy",
    ".nim": "nim",
    ".rkt": "racket",
    ".scm": "scheme",
    ".tcl": "tcl",
    ".zig": "zig",
    ".cs": "csharp",
    ".d": "d",
    ".go": "go",
    ".hs": "haskell",
    ".java": "java",
    ".kt": "kotlin",
    ".lua": "lua",
    ".ml": "ocaml",
    ".php": "php",
    ".pl": "perl",
    ".plg": "prolog",
    ".py2": "python2",
    ".rb": "ruby",
    ".rs": "rust",
    ".scala": "scala",
    ".ts": "typescript",
}
SCRIPTS = "scripts"  # the language of programs that have such
_SCRIPTS = ("run", "build")
TESTLIB = "testlib.h"
_TESTLIB = re.compile(rb'^[ \t]*#[ \t]*include[ \t]*["<]testlib\.h[">]', re.M)
_HEADER = re.compile(rb'^[ \t]*#[ \t]*include[ \t]*"([\w.+-]+)"', re.M)
_MAIN = re.compile(rb"\bmain\b")
_WITH_MAIN = ("c", "cpp", "java")  # a file without it is a part of another program
_NAMED = re.compile(
    rb"""^[ \t]*(?:from[ \t]+(\w+)|import[ \t]+([\w, \t]+)|\#[ \t]*include[ \t]*"([^"\n]+)")""",
    re.M,
)
_PYTHON_2 = re.compile(rb"#![^\n]*python2")
# A bounded head: each line that opens one would otherwise be looked through to the end.
_PROLOG = re.compile(rb"^[ \t]*:-|^[a-z]\w*(?:\([^)]{0,500}\))?\s*:-", re.M)


@dataclass(frozen=True, slots=True)
class Code:
    """A program as it lies in a package; `path` is where, `entry` the file that is started."""

    path: Path
    language: str
    source: bytes
    files: dict[str, bytes] = field(default_factory=dict)
    entry: str | None = None


def read(
    source: Source,
    path: Path,
    language: str | None = None,
    entry: str | None = None,
) -> Code:
    """Read a program, or raise `InvalidPackage`; the language follows from the entry's ending.

    In a folder that has them, scripts `build` and `run` make and start the program.
    """
    if not path.is_dir():
        data = source.code(path, MAX_PROGRAM_BYTES)
        return _with_headers(source, Code(path, language or _language(path, data), data))
    contents = _contents(source, path)
    if language is None and (script := next((one for one in _SCRIPTS if one in contents), None)):
        return Code(path, SCRIPTS, contents.pop(script), contents, script)
    chosen = entry if entry in contents else _entry(path, list(contents))
    main = contents.pop(chosen)
    code = Code(path, language or _language(path / chosen, main), main, contents, chosen)
    return _with_testlib(source, code)


def _with_headers(source: Source, code: Code) -> Code:
    """A program of one file, with the headers beside it that it includes."""
    files: dict[str, bytes] = {}
    left = MAX_PROGRAM_BYTES - len(code.source)
    texts = [code.source] if code.language in ("c", "cpp") else []
    while texts:
        for name in map(bytes.decode, _HEADER.findall(texts.pop())):
            path = code.path.parent / name
            if name not in files and path.suffix not in LANGUAGES and path.is_file():
                files[name] = source.code(path, left)
                left -= len(files[name])
                texts.append(files[name])
    return _with_testlib(source, replace(code, files=files))


def _with_testlib(source: Source, code: Code) -> Code:
    """The program, with testlib.h where it includes it and does not bring it along."""
    if code.language != "cpp" or TESTLIB in code.files or not _TESTLIB.search(code.source):
        return code
    folder = code.path if code.path.is_dir() else code.path.parent
    found = source.header(TESTLIB, folder, source.root / "files", source.root)
    return code if found is None else replace(code, files={**code.files, TESTLIB: found})


def answers(source: Source, path: Path) -> Code:
    """Answers to tests in place of a program: a zip, or a folder of files."""
    if path.is_dir():
        return Code(path, ANSWERS, b"", _contents(source, path))
    return Code(path, ANSWERS, source.data(path, MAX_PROGRAM_BYTES))


def _contents(source: Source, folder: Path) -> dict[str, bytes]:
    """The files of a folder, all of them together no larger than a program may be."""
    found: dict[str, bytes] = {}
    left = MAX_PROGRAM_BYTES
    for path in sorted(source.inside(folder).rglob("*")):
        if not path.is_dir() and not path.name.startswith("."):
            data = source.code(path, left)
            left -= len(data)
            found[path.relative_to(folder).as_posix()] = data
    return found


def lacks_testlib(code: Code) -> bool:
    """Whether it cannot be compiled because testlib.h is nowhere."""
    return _TESTLIB.search(code.source) is not None and TESTLIB not in code.files


def is_program(path: Path) -> bool:
    """Whether it looks like a program rather than like a file beside one."""
    return not path.name.startswith(".") and (path.is_dir() or path.suffix in LANGUAGES)


def has_script(folder: Path) -> bool:
    """Whether a script in the folder makes or starts the program that it is."""
    return any((folder / name).is_file() for name in _SCRIPTS)


def holds_one(source: Source, folder: Path) -> bool:
    """Whether there is something in the folder from which a program could be made."""
    inner = source.inside(folder).rglob("*")
    return has_script(folder) or any(one.suffix in LANGUAGES for one in inner)


def parts(source: Source, files: list[Path]) -> list[Path]:
    """Those of the files that are parts of another one: it names them, or they have no main."""
    contents = {path: source.code(path, MAX_PROGRAM_BYTES) for path in files}
    found = []
    for path, data in contents.items():
        names = {path.name, path.stem} if path.suffix == ".py" else {path.name}
        others = (content for other, content in contents.items() if other != path)
        named = any(names & _names(content) for content in others)
        if named or (LANGUAGES[path.suffix] in _WITH_MAIN and not _MAIN.search(data)):
            found.append(path)
    return found


def _names(data: bytes) -> set[str]:
    """What a program imports and includes."""
    found = (word for match in _NAMED.findall(data) for word in b",".join(match).split(b","))
    return {word.split()[0].decode(errors="replace") for word in found if word.strip()}


def _language(path: Path, data: bytes) -> str:
    if path.suffix not in LANGUAGES:
        raise InvalidPackage(f"{path}: a program in an unknown language: {path.suffix!r:.20}")
    if path.suffix == ".py" and _PYTHON_2.match(data):
        return "python2"
    if path.suffix == ".pl" and not data.startswith(b"#!") and _PROLOG.search(data):
        return "prolog"
    return LANGUAGES[path.suffix]


def _entry(folder: Path, names: list[str]) -> str:
    known = [name for name in names if Path(name).suffix in LANGUAGES]
    if not known:
        there = ", ".join(sorted(names))[:100] or "no file"
        raise InvalidPackage(f"{folder}: holds no program in a known language: {there}")
    main = [name for name in known if Path(name).stem.lower() in ("main", "__main__", folder.name)]
    return (main or known)[0]
