"""Reading the files of a package with distrust: it may come from anybody.

A link may lead to another file of the package, never out of it: what it leads to is shown to
programs. Every complaint starts with the path at fault.
"""

from __future__ import annotations

import re
import shlex
import stat
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import yaml

from judgecore.errors import InvalidPackage
from judgecore.groups import MOST_DIGITS, MOST_POINTS
from judgecore.limits import KIB
from judgecore.problem import MAX_TEST_BYTES

_MAX_SETTINGS_BYTES = 256 * KIB
_MAX_NUMBER = 1 << 64
# PyYAML's on the 13th month, on an empty !!int, on brackets by the thousand.
_CRASHES = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)
_CONSTANT = re.compile(r"\{\{([A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)?)\}\}")
_COMPLAINT = re.compile(r"(?P<path>.+?\.(?:yaml|ini)): (?P<key>[\w-]+(?:\.[\w-]+)*):? ")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


class _Loader(yaml.SafeLoader):
    """Without merge keys (`<<`), of which thirty lines can make a thousand million entries.

    As in YAML 1.2, `010`, `1:30` and `2025-01-31` are neither octal, sexagesimal nor dates, but
    text. `twice`: lines with keys that their mapping has already.
    """

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.twice: list[tuple[int, str]] = []

    def flatten_mapping(self, node: yaml.MappingNode) -> None:
        keys: set[str] = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode):
                if key.value in keys:
                    self.twice.append((key.start_mark.line + 1, key.value))
                keys.add(key.value)


_NOT_TEXT = {"tag:yaml.org,2002:int", "tag:yaml.org,2002:float", "tag:yaml.org,2002:timestamp"}
_Loader.yaml_implicit_resolvers = {
    first: [one for one in found if one[0] not in _NOT_TEXT]
    for first, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:int",
    re.compile(r"[-+]?(?:0|[1-9][0-9_]*|0x[0-9a-fA-F_]+)$"),
    list("-+0123456789"),
)
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:float",
    re.compile(
        r"[-+]?(?:[0-9][0-9_]*\.[0-9_]*|\.[0-9][0-9_]*|[0-9][0-9_]*(?=[eE]))(?:[eE][-+]?[0-9]+)?$"
        r"|[-+]?\.(?:inf|Inf|INF)$|\.(?:nan|NaN|NAN)$"
    ),
    list("-+0123456789."),
)


@dataclass(frozen=True, slots=True)
class Source:
    """A package's folder, and what is worth telling about what was read there.

    `strict`: keys that the format does not know are errors, not warnings. `include`: a folder of
    the operator's with headers that packages may leave out (testlib.h). `generated`: the content of
    settings that are not there. `beside`: a file beside the folder that belongs to the package.
    """

    root: Path
    constants: Mapping[str, str] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    strict: bool = False
    include: Path | None = None
    generated: Mapping[Path, dict[str, Any]] = field(default_factory=dict)
    beside: Path | None = None

    def header(self, name: str, *beside: Path) -> bytes | None:
        """A header from one of these folders of the package, else from the operator's."""
        for folder in beside:
            if (folder / name).exists():
                return self.data(folder / name)
        if self.include is None or not (self.include / name).is_file():
            return None
        return (self.include / name).read_bytes()

    def warn(self, path: Path, said: str) -> None:
        """Note what changes nothing, or what the format leaves open; once."""
        if (line := f"{path}: {said}") not in self.warnings:
            self.warnings.append(line)

    def know(self, path: Path, given: Iterable[str], known: Iterable[str]) -> None:
        """Warn of keys that are not known; where strict, refuse them with file and line."""
        strange = sorted(set(given) - set(known))
        if strange and self.strict:
            raise InvalidPackage(f"{self.at(path, strange[0])}: {strange[0]}: not known")
        if strange:
            self.warn(path, f"{', '.join(strange)[:200]}: not known, ignored")

    def at(self, path: Path, key: str) -> str:
        """The file and the line in which a key is, for complaints; only the file if unknown."""
        if not path.exists():
            return str(path)
        pattern = re.compile(rf"^[ \t{{,-]*[\"']?{re.escape(key)}[\"']?[ \t]*[:=]")
        lines = self.text(path, _MAX_SETTINGS_BYTES).splitlines()
        found = (n for n, line in enumerate(lines, 1) if pattern.match(line))
        inside = (n for n, line in enumerate(lines, 1) if f"{key}:" in line)
        number = next(found, None) or next(inside, None)
        return f"{path}:{number}" if number else str(path)

    def with_line(self, said: str) -> str:
        """A complaint about a key of a file (`file: key: …`) with the line in which the key is."""
        found = _COMPLAINT.match(said)
        if found is None or not (path := Path(found["path"])).is_file():
            return said
        key = found["key"].rpartition(".")[2]
        try:
            return f"{self.at(path, key)}{said[found.end('path') :]}"
        except InvalidPackage:  # a file that cannot be read has no lines either
            return said

    def inside(self, path: Path) -> Path:
        """The path, unless it leads out of the package by a link."""
        if path == self.beside and not path.is_symlink():
            return path
        try:
            found = path.resolve()
        except (OSError, RuntimeError) as exc:  # RuntimeError: links in a ring, before 3.13
            raise InvalidPackage(f"{path}: a link that leads nowhere: {exc}") from None
        if not found.is_relative_to(self.root.resolve()):
            raise InvalidPackage(f"{path}: a link out of the package; copy the file into it")
        return path

    def filled(self, name: str) -> bool:
        """Whether the package has a folder of that name with something in it."""
        folder = self.root / name
        return folder.is_dir() and any(not p.name.startswith(".") for p in folder.iterdir())

    def text(self, path: Path, limit_bytes: int = MAX_TEST_BYTES) -> str:
        """A file's text as it is, line ends and all."""
        try:
            return self.data(path, limit_bytes).decode()
        except UnicodeDecodeError as exc:
            raise InvalidPackage(
                f"{path}: not valid UTF-8 at byte {exc.start}; the format wants UTF-8 text"
            ) from None

    def data(self, path: Path, limit_bytes: int = MAX_TEST_BYTES) -> bytes:
        """A file's bytes."""
        try:
            found = self.inside(path).stat()
            if not stat.S_ISREG(found.st_mode):
                raise InvalidPackage(f"{path}: not a file")
            if found.st_size > limit_bytes:
                raise InvalidPackage(
                    f"{path}: {found.st_size} bytes; at most {limit_bytes} are accepted"
                )
            return path.read_bytes()
        except OSError as exc:
            raise InvalidPackage(f"{path}: {exc.strerror or exc}") from None

    def filled_in(self, text: str) -> str:
        """The text with the values of the package's constants in place of their names."""
        if not self.constants:
            return text
        return _CONSTANT.sub(lambda found: self.constants.get(found[1], found[0]), text)

    def code(self, path: Path, limit_bytes: int) -> bytes:
        """A program's file, with the package's constants filled in."""
        data = self.data(path, limit_bytes)
        if not self.constants or b"{{" not in data:
            return data
        return self.filled_in(data.decode("utf-8", "surrogateescape")).encode(
            "utf-8", "surrogateescape"
        )

    def settings(self, path: Path) -> dict[str, Any]:
        """A YAML file's keys and values; a file that isn't there has none."""
        if not path.is_symlink() and not path.exists():
            return dict(self.generated.get(path, {}))
        text = self.filled_in(self.text(path, _MAX_SETTINGS_BYTES))
        try:
            loader = _Loader(text)
            data = loader.get_single_data()
        except yaml.YAMLError as exc:
            raise InvalidPackage(_not_yaml(path, exc)) from None
        except _CRASHES as exc:
            raise InvalidPackage(f"{path}: not YAML that can be read: {exc}") from None
        for number, key in loader.twice:
            self.warn(path, f"line {number}: {key:.60}: given twice; the last one counts")
        if data is None:
            return {}
        if not isinstance(data, dict):
            raise InvalidPackage(f"{path}: not a mapping of keys to values")
        return {str(key): value for key, value in data.items() if value is not None}


def words(path: Path, key: str, value: Any) -> list[str]:
    """Flags as they may be written: a string of words, a list, or a map whose `flags` they are."""
    if isinstance(value, dict):
        value = value.get("flags")
    if value is None:
        return []
    parts = value if isinstance(value, list) else _split(str(value)) if plain(value) else [value]
    if not all(plain(part) for part in parts):
        raise InvalidPackage(f"{path}: {key}: must be words, or a list of words")
    return [str(part) for part in parts]


def _split(text: str) -> list[str]:
    """The words of a line, which may be quoted as in a shell."""
    try:
        return shlex.split(text)
    except ValueError:  # a quote that nothing closes is a letter
        return text.split()


def _not_yaml(path: Path, exc: yaml.YAMLError) -> str:
    """What is wrong, with the file and, where it is known, the line."""
    mark, said = getattr(exc, "problem_mark", None), getattr(exc, "problem", None)
    if mark is None or said is None:
        return f"{path}: not YAML: {' '.join(str(exc).split())}"
    return f"{path}:{mark.line + 1}: not YAML: {said}"


def plain(value: Any) -> bool:
    """Whether it is one word or number, of a size that can be looked at."""
    return isinstance(value, str | float) or (isinstance(value, int) and abs(value) < _MAX_NUMBER)


def shown(value: Any) -> str:
    """A value as a complaint quotes it: aliases make lists that are far longer than their file."""
    if isinstance(value, int):
        return f"{value!r:.60}" if plain(value) else "a number of more than 19 digits"
    return f"{value!r:.60}" if plain(value) else f"a {type(value).__name__}"


def points_of(path: Path, key: str, value: Any) -> Decimal:
    """A value as points, exactly: a finite number, 0 or more, of not too many digits."""
    try:
        points = Decimal(str(value)) if plain(value) else Decimal("nan")
    except InvalidOperation:
        points = Decimal("nan")
    if not points.is_finite() or not 0 <= points <= MOST_POINTS:
        raise InvalidPackage(f"{path}: {key}: {shown(value)} is not a number of points")
    if points.adjusted() < -MOST_DIGITS or len(points.as_tuple().digits) > MOST_DIGITS:
        raise InvalidPackage(f"{path}: {key}: {shown(value)}: at most {MOST_DIGITS} digits")
    return points


def positive(path: Path, key: str, value: Any) -> float:
    """A number above zero."""
    try:
        number = float(value) if plain(value) and not isinstance(value, bool) else -1.0
    except ValueError:
        number = -1.0
    if not 0 < number < 1e9:
        raise InvalidPackage(f"{path}: {key}: {shown(value)} is not a positive number")
    return number


def printable(text: str) -> str:
    """As a database and a terminal want it."""
    return _CONTROL.sub(" ", text).encode("utf-8", "replace").decode()


def line(text: str) -> str:
    """A line of text, with single blanks."""
    return " ".join(printable(text).split())
