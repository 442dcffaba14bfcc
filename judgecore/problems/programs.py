"""Programs in a package, a validator or a submission: a file, or a folder of files."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from judgecore.errors import InvalidPackage
from judgecore.kinds import MAX_PROGRAM_BYTES
from judgecore.problems.reading import Source

# The endings of the ICPC's format, and what authors use beyond.
LANGUAGES = {
    **dict.fromkeys((".cpp", ".cc", ".cxx", ".c++", ".C"), "cpp"),
    **dict.fromkeys((".py", ".py3"), "python"),
    **dict.fromkeys((".js", ".mjs"), "javascript"),
    **dict.fromkeys((".pas", ".pp"), "pascal"),
    **dict.fromkeys((".sh", ".bash"), "bash"),
    ".c": "c",
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
    ".py2": "python2",
    ".rb": "ruby",
    ".rs": "rust",
    ".scala": "scala",
    ".ts": "typescript",
}
_SCRIPTS = ("build", "run")


@dataclass(frozen=True, slots=True)
class Code:
    """A program as it lies in a package; `path` is where, `entry` the file that is started."""

    path: Path
    language: str
    source: bytes
    files: dict[str, bytes] = field(default_factory=dict)
    entry: str | None = None


def read(source: Source, path: Path, language: str | None = None, entry: str | None = None) -> Code:
    """Read a program, or raise `InvalidPackage`; the language follows from the entry's ending."""
    if not path.is_dir():
        return Code(path, language or _language(path), source.data(path, MAX_PROGRAM_BYTES))
    files = {
        one.relative_to(path).as_posix(): one
        for one in sorted(path.rglob("*"))
        if not one.is_dir() and not one.name.startswith(".")
    }
    if scripts := [name for name in _SCRIPTS if name in files]:
        raise InvalidPackage(f"{path / scripts[0]}: {scripts[0]} scripts are not supported")
    chosen = entry if entry in files else _entry(path, list(files))
    contents = {name: source.data(one, MAX_PROGRAM_BYTES) for name, one in files.items()}
    main = contents.pop(chosen)
    return Code(path, language or _language(files[chosen]), main, contents, chosen)


def is_program(path: Path) -> bool:
    """Whether it looks like a program rather than like a file beside one."""
    return not path.name.startswith(".") and (path.is_dir() or path.suffix in LANGUAGES)


def _language(path: Path) -> str:
    if path.suffix not in LANGUAGES:
        raise InvalidPackage(f"{path}: a program in an unknown language: {path.suffix!r:.20}")
    return LANGUAGES[path.suffix]


def _entry(folder: Path, names: list[str]) -> str:
    known = [name for name in names if Path(name).suffix in LANGUAGES]
    if not known:
        raise InvalidPackage(f"{folder}: holds no program in a known language")
    main = [name for name in known if Path(name).stem.lower() in ("main", "__main__", folder.name)]
    return (main or known)[0]
