"""Read a problem package of any format: the ICPC's, Polygon's, CMS's, or a plain folder; a
function problem's.

The folder may be a ZIP archive, and it may lie in another that holds nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from judgecore.errors import InvalidPackage, InvalidSubmission
from judgecore.problem import Problem
from judgecore.problems import cms, function_package, icpc, polygon, submissions
from judgecore.problems import plain as plain_tests
from judgecore.problems.archive import ENDINGS, unpacked
from judgecore.problems.labels import Labelled
from judgecore.problems.loaded import Package
from judgecore.problems.reading import Source, printable


class Format(StrEnum):
    """Whose packages are read: `auto` is the first that fits, `icpc` any version of its format.

    The other ones of the ICPC's say which version: a package that gives none is read as that one.
    """

    AUTO = "auto"
    FUNCTION = "function"
    ICPC = "icpc"
    LEGACY = "legacy"
    DRAFT = "2023-07"
    CURRENT = "2025-09"
    DOMJUDGE = "domjudge"
    POLYGON = "polygon"
    CMS = "cms"
    PLAIN = "plain"


def load(
    path: Path,
    *,
    lenient: bool = False,
    include: Path | None = None,
    package_format: Format = Format.AUTO,
) -> Problem:
    """Read a package; its slug is the folder's name, or the archive's without the ending.

    Keys that the format does not know are errors; `lenient`: warnings. `include`: a folder with a
    testlib.h, for packages that have none. `package_format`: for a folder that holds packages of
    several formats. A time limit that is not given is 2 s, with a warning: to compute it, programs
    have to run (`judgecore verify`).
    Raises `InvalidPackage`, whose message starts with the path at fault.
    """
    found = read(path, lenient=lenient, whole=False, include=include, package_format=package_format)
    if found.recipes:
        raise InvalidPackage(
            f"{path}: its tests have to be generated; `judgecore judge` and `judgecore verify` do"
            " so, or download the package that holds them"
        )
    return with_default(found)


def with_default(found: Package) -> Problem:
    """The problem; where no time limit is given, with 2 s and a warning that says so."""
    if found.rule is None:
        return found.problem
    said = (
        f"{found.rule.path}: limits.time_limit: not given; {found.problem.limits.cpu_ms / 1000:g} s"
        " are used (`judgecore verify` computes it from the submissions)"
    )
    return found.problem.model_copy(update={"warnings": (*found.problem.warnings, said)})


def load_all(path: Path, *, strict: bool) -> tuple[Problem, list[Labelled]]:
    """Read a package with its submissions. `strict`: keys that are not known are errors."""
    return load(path, lenient=not strict), list(read(path, lenient=not strict).submissions)


def read(
    path: Path,
    *,
    lenient: bool = False,
    whole: bool = True,
    include: Path | None = None,
    package_format: Format = Format.AUTO,
) -> Package:
    """Read a package, or raise `InvalidPackage`.

    Without `whole` neither submissions nor what inputs are validated with.
    """
    wanted = _Wanted(not lenient, whole, include, package_format)
    try:
        if path.is_dir():
            return _load(_innermost(path), path.resolve().name, wanted)
        if path.is_file() and path.suffix.lower() in ENDINGS:
            with unpacked(path) as folder:
                found = _load(_innermost(folder), path.stem, wanted)
            return _renamed(found, str(folder), str(path))
    except OSError as exc:  # a folder that may not be looked into, a name that is too long
        raise InvalidPackage(f"{exc.filename or path}: {exc.strerror or exc}") from None
    if path.exists():
        raise InvalidPackage(f"{path}: neither a directory nor a .zip or .kpp archive")
    raise InvalidPackage(f"{path}: no such directory")


def _renamed(found: Package, folder: str, archive: str) -> Package:
    """The package, with the archive's name where it says the folder's, which goes away."""
    warnings = tuple(line.replace(folder, archive) for line in found.problem.warnings)
    problem = found.problem.model_copy(update={"warnings": warnings})
    rule = found.rule
    if rule is not None:
        rule = replace(rule, path=Path(str(rule.path).replace(folder, archive)))
    return replace(found, problem=problem, rule=rule)


def is_package(path: Path) -> bool:
    """Whether it is there and looks like a package, rather than like the name of a problem."""
    return path.is_dir() or (path.suffix.lower() in ENDINGS and path.is_file())


def _innermost(folder: Path) -> Path:
    """Where the package is: here, or in the only folder here, as archives have it."""
    outer = folder
    while not _looks_like_one(folder, plain=folder in (outer, *outer.iterdir())):
        inner = [path for path in folder.iterdir() if not path.name.startswith(".")]
        if len(inner) == 2:  # a task of CMS with its settings beside it
            inner = [path for path in inner if cms.beside(path) in inner] or inner
        if len(inner) != 1 or inner[0].is_symlink() or not inner[0].is_dir():
            return outer
        folder = inner[0]
    return folder


def _looks_like_one(folder: Path, *, plain: bool) -> bool:
    return any(fits(folder) for one, fits in _FITS.items() if plain or one is not Format.PLAIN)


def _load(folder: Path, name: str, wanted: _Wanted) -> Package:
    slug = printable(name)[:200]
    source = Source(folder, strict=wanted.strict, include=wanted.include, beside=cms.beside(folder))
    try:
        return _loaded(source, folder, slug, wanted)
    except InvalidPackage as exc:
        raise InvalidPackage(source.with_line(str(exc))) from None
    except InvalidSubmission as exc:  # a value that no problem may have
        raise InvalidPackage(f"{folder}: {exc}") from None


def _loaded(source: Source, folder: Path, slug: str, wanted: _Wanted) -> Package:
    match _format(source, folder, wanted.package_format):
        case Format.FUNCTION:
            return function_package.load(source, slug, whole=wanted.whole)
        case Format.ICPC:
            version = _VERSIONS.get(wanted.package_format)
            return icpc.load(source, slug, whole=wanted.whole, version=version)
        case Format.POLYGON:
            return polygon.load(source, slug)
        case Format.CMS:
            return cms.load(source, slug)
    problem = plain_tests.load(source, slug)
    found = submissions.read(source, each_test=False) if wanted.whole else []
    return Package(problem, tuple(found)).warned(source)


def _format(source: Source, folder: Path, wanted: Format) -> Format:
    """The format of the package: the one that is wanted, or the first that fits."""
    fitting = [one for one, fits in _FITS.items() if fits(folder)]
    chosen = Format.ICPC if wanted in _VERSIONS else wanted
    if chosen is not Format.AUTO and chosen not in fitting:
        raise InvalidPackage(f"{folder}: no package of the format {wanted}")
    if not fitting:
        raise InvalidPackage(f"{folder}: {_unknown(folder)}")
    others = [one for one in fitting[1:] if one is not Format.PLAIN]
    # A problem.yaml beside function.toml belongs to it.
    if chosen is Format.AUTO and others and fitting[0] is not Format.FUNCTION:
        source.warn(
            folder,
            f"read as a package of the format {fitting[0]}; it is one of the format"
            f" {' and '.join(others)}, too: choose with --format",
        )
    return fitting[0] if chosen is Format.AUTO else chosen


def _unknown(folder: Path) -> str:
    """Why a folder is no package of any format; a file whose name is nearly right is named."""
    if (folder / "task.yml").exists():
        return "task.yml: must be called task.yaml"
    if inner := sorted(
        path.name for path in folder.iterdir() if _looks_like_one(path, plain=False)
    ):
        return f"several problems, {', '.join(inner)[:200]}: one has to be named"
    return (
        "no package of a known format: neither problem.yaml and data/, problem.xml, task.yaml and"
        f" input/, nor function.toml, nor tests, such as {plain_tests.FORMS}"
    )


@dataclass(frozen=True, slots=True)
class _Wanted:
    """How a package is read, and what of it."""

    strict: bool
    whole: bool
    include: Path | None
    package_format: Format


# DOMjudge's own are those of the format legacy, with a domjudge-problem.ini.
_VERSIONS: Mapping[Format, str] = {
    Format.LEGACY: "legacy",
    Format.DRAFT: "2023-07",
    Format.CURRENT: "2025-09",
    Format.DOMJUDGE: "legacy",
}

# A package may hold files of other formats; the first that fits counts.
_FITS: Mapping[Format, Callable[[Path], bool]] = {
    Format.FUNCTION: function_package.looks_like_one,
    Format.ICPC: icpc.looks_like_one,
    Format.POLYGON: polygon.looks_like_one,
    Format.CMS: cms.looks_like_one,
    Format.PLAIN: plain_tests.looks_like_one,
}
