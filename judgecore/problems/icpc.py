"""Read a package of the ICPC's and Kattis's format: legacy, 2023-07-draft and 2025-09.

    problem.yaml                 name, limits, validator flags, how it is judged
    data/sample/*.in, *.ans      tests, in the order of their names
    data/secret/**/*.in, *.ans
    data/**/testdata.yaml        flags and scores of groups (test_group.yaml since 2025)
    output_validator(s)/         the checkers or the interactor, where it has some of its own
    static_validator/            judges the source of submissions, since 2023-07
    graders/                     makes the scores of groups, in legacy
    input_validators/            looked at by `judgecore verify`
    .timelimit                   seconds, where the time limit is not in problem.yaml;
    domjudge-problem.ini         else `timelimit` of this one

Whatever would change a verdict and is not judged is refused. What changes none (statements,
generators) is not looked at, and what is doubtful is told in `warnings`.

Format: https://icpc.io/problem-package-format/
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from judgecore.errors import InvalidPackage, InvalidSubmission
from judgecore.kinds import (
    MAX_PROGRAM_BYTES,
    CheckerProgram,
    Included,
    Interactive,
    SubmitAnswer,
    Support,
)
from judgecore.limits import MIB, Limits
from judgecore.problem import Checker, Problem, TestCase
from judgecore.problems import inputs, submissions, testdata
from judgecore.problems import plain as plain_tests
from judgecore.problems.generated import with_generated
from judgecore.problems.grading import scored
from judgecore.problems.judges import Judges
from judgecore.problems.judges import of_package as judges_of
from judgecore.problems.loaded import Package
from judgecore.problems.reading import Source, line, plain, positive, words
from judgecore.problems.timelimit import TimeRule, given_seconds, ini, rule
from judgecore.validation import Content, as_bytes

_Found = tuple[TestCase, testdata.Flags]
_DEFAULT_SECONDS = 2.0
_DEFAULT_MEMORY_MIB = 2048  # the format's own
_LEAST_MEMORY_MIB = 4  # what a run needs to start
_LIMITS = {"memory": "memory_bytes", "output": "output_bytes"}  # both in MiB
_LIMIT_KEYS = """
    time_limit time_multipliers time_resolution time_multiplier time_safety_margin memory output
    code compilation_time compilation_memory validation_time validation_memory validation_output
    validation_passes
"""
_VERSIONS = ("legacy", "legacy-icpc", "2023-07-draft", "2023-07", "2025-09-draft", "2025-09")
_KEYS = """
    problem_format_version type name uuid version author credits source source_url license
    rights_owner embargo_until limits validation validator_flags validator_args grading keywords
    languages allow_file_writing constants libraries difficulty
"""
_LANGUAGES = {"python3": "python", "cplusplus": "cpp", "c++": "cpp"}


def looks_like_one(folder: Path) -> bool:
    """Whether it has what the format wants, and data/ is no plain folder of tests."""
    if any((folder / name).exists() for name in ("problem.yaml", "problem.yml")):
        return True
    data = folder / "data"
    if any((data / name).is_dir() for name in ("sample", "secret")):
        return True
    return data.exists() and not (data.is_dir() and plain_tests.holds_tests(data))


def load(source: Source, slug: str, *, whole: bool, version: str | None = None) -> Package:
    """The package, or `InvalidPackage`. Without `whole` what judging needs.

    `version`: the one that the package must have, or is read as where it gives none.
    """
    folder = source.root
    path = folder / "problem.yaml"
    meta = _of_version(source, path, version)
    source = with_generated(replace(source, constants=_constants(path, meta)))
    legacy = _version(meta).startswith("legacy")
    _refuse_what_is_misnamed(folder)
    _look_at_keys(source, path, meta)
    limits, time = _limits(source, path, _mapping(path, "limits", meta), legacy)
    key = "validator_flags" if meta.get("validator_flags") is not None else "validator_args"
    flags = tuple(words(path, key, meta.get(key)))
    judges = judges_of(source, path, meta, flags)
    above = testdata.Flags(
        path,
        of_problem=flags,
        static=judges.static is not None,
        scored=judges.scoring,
        may_lack_answers=judges.interactive,
    )
    found = _found(source, above)
    problem = _problem(source, path, meta, limits, judges, found, slug)
    made = Package(problem=problem, rule=time)
    if whole:
        tried = list(inputs.probes(source, above, judges.checker))
        known = (*found, *((probe.test, flags) for probe, flags in tried))
        labelled = submissions.read(source, each_test=not legacy, answers=judges.answers)
        made = replace(
            made,
            validators=tuple(inputs.validators(source, known)),
            probes=tuple(probe for probe, _ in tried),
            submissions=tuple(labelled),
        )
    return made.warned(source)


def _problem(
    source: Source,
    path: Path,
    meta: dict[str, Any],
    limits: Limits,
    judges: Judges,
    found: Sequence[_Found],
    slug: str,
) -> Problem:
    tests, checker = _judged(found, judges.checker)
    _warn_of_answers_above(source, tests, limits)
    more: dict[str, Any] = {}
    if judges.scoring:
        legacy = not _version(meta).startswith("2025")
        more["total"], tests = scored(source, tests, legacy, judges.grader)
    if judges.interactive:
        more["procedure"] = Interactive()
    elif judges.answers:
        more["procedure"] = SubmitAnswer()
    try:
        return Problem(
            slug=slug or None,
            title=_title(source, meta, slug),
            tests=tests,
            limits=limits,
            checker=checker,
            more_checkers=judges.more,
            static_validator=_static(source, judges, tests),
            passes=judges.passes,
            harness=_included(source),
            **more,
        )
    except InvalidSubmission as exc:
        raise InvalidPackage(f"{path}: {exc}") from None


def _static(source: Source, judges: Judges, tests: tuple[TestCase, ...]) -> CheckerProgram | None:
    if judges.static is None or any(test.static for test in tests):
        return judges.static
    source.warn(source.root / "static_validator", "not used: no group has static_validation_score")
    return None


def _refuse_what_is_misnamed(folder: Path) -> None:
    """A package whose settings have another name would be judged without them."""
    for path in folder.iterdir():
        name = path.name.lower()
        if name in ("problem.yml", "problem.yaml") and path.name != "problem.yaml":
            raise InvalidPackage(f"{path}: must be called problem.yaml")


def _version(meta: dict[str, Any]) -> str:
    version = meta.get("problem_format_version", "legacy")
    return str(version) if plain(version) else "unknown"


def _of_version(source: Source, path: Path, wanted: str | None) -> dict[str, Any]:
    """What problem.yaml says, which may be of the wanted version alone, where one is."""
    meta = source.settings(path)
    if wanted is None:
        return meta
    meta = {"problem_format_version": wanted, **meta}
    if not _version(meta).startswith(wanted):
        place = source.at(path, "problem_format_version")
        raise InvalidPackage(f"{place}: problem_format_version: is not {wanted} (--format)")
    return meta


def _look_at_keys(source: Source, path: Path, meta: dict[str, Any]) -> None:
    source.know(path, meta, _KEYS.split())
    if (version := _version(meta)) not in _VERSIONS:
        said = f"problem_format_version: {version!r:.60} is not known"
        if source.strict:
            raise InvalidPackage(f"{source.at(path, 'problem_format_version')}: {said}")
        source.warn(path, said)
    if meta.get("languages", "all") != "all":
        source.warn(path, "languages: not enforced; any language is judged")


def _title(source: Source, meta: dict[str, Any], slug: str) -> str:
    name = meta.get("name", ini(source).get("name") or slug)
    if isinstance(name, dict):
        name = name.get("en") or next(iter(name.values()), slug)
    return line(str(name)) or slug if plain(name) else slug


def _included(source: Source) -> Included | None:
    """What include/ puts beside submissions: each language's files, on top of those for all."""
    folder = source.root / "include"
    if not source.filled(folder.name):
        return None
    found: dict[str, dict[str, Content]] = {}
    for inner in sorted(path for path in source.inside(folder).iterdir() if path.is_dir()):
        paths = [path for path in sorted(source.inside(inner).rglob("*")) if not path.is_dir()]
        files = {path.relative_to(inner).as_posix(): path for path in paths}
        found[_LANGUAGES.get(inner.name, inner.name)] = {
            name: source.code(path, MAX_PROGRAM_BYTES)
            for name, path in files.items()
            if not path.name.startswith(".")
        }
    if not any(found.values()):
        raise InvalidPackage(f"{folder}: no files there in folders named by languages")
    common = found.get("default", {})
    try:
        made = {name: Support(files={**common, **files}) for name, files in found.items()}
        return Included(by_language=made)
    except InvalidSubmission as exc:
        raise InvalidPackage(f"{folder}: {exc}") from None


def _found(source: Source, flags: testdata.Flags) -> list[_Found]:
    """The tests with the flags of each."""
    found = []
    for one in testdata.read(source, flags):
        found.append(one)
        if len(found) > testdata.MAX_TESTS:
            raise InvalidPackage(f"{source.root / 'data'}: more than {testdata.MAX_TESTS} tests")
    if not found:
        made = "; its generators have to be run first" if source.filled("generators") else ""
        raise InvalidPackage(
            f"{source.root / 'data'}: no tests; expected sample/*.in and secret/*.in{made}"
        )
    if not any(str(test.name).startswith("secret/") for test, _ in found):
        source.warn(source.root / "data" / "secret", "no tests there, only samples")
    return found


def _judged(
    found: Sequence[_Found], program: CheckerProgram | None
) -> tuple[tuple[TestCase, ...], Checker | CheckerProgram]:
    """The tests, and the checker of most; the others carry their own, or its arguments."""
    if program is not None:
        return tuple(_with_arguments(test, flags, program) for test, flags in found), program
    checkers = {flags: flags.checker() for flags in {flags for _, flags in found}}
    common = Counter(checkers[flags] for _, flags in found).most_common(1)[0][0]
    tests = tuple(
        test
        if checkers[flags] == common or test.static
        else test.model_copy(update={"checker": checkers[flags]})
        for test, flags in found
    )
    return tests, common


def _with_arguments(test: TestCase, flags: testdata.Flags, program: CheckerProgram) -> TestCase:
    arguments = (*flags.of_problem, *flags.of_group)
    if arguments == program.arguments or test.static:
        return test
    return test.model_copy(update={"checker_arguments": arguments})


def _mapping(path: Path, key: str, meta: dict[str, Any]) -> dict[str, Any]:
    given = meta.get(key, {})
    if not isinstance(given, dict):
        raise InvalidPackage(f"{path}: {key}: not a mapping")
    return {str(name): value for name, value in given.items() if value is not None}


def _constants(path: Path, meta: dict[str, Any]) -> dict[str, str]:
    """What stands for {{name}} and {{name.variant}} in settings of groups and in programs."""
    found: dict[str, str] = {}
    for name, value in _mapping(path, "constants", meta).items():
        if not isinstance(value, dict):
            value = {"value": value}
        for variant, text in value.items():
            if plain(text):
                found[f"{name}.{variant}"] = str(text)
                if variant == "value":
                    found[name] = str(text)
    return found


def _limits(
    source: Source, path: Path, given: dict[str, Any], legacy: bool
) -> tuple[Limits, TimeRule | None]:
    """The limits, and the rule that computes the time limit where it is not given."""
    source.know(path, given, _LIMIT_KEYS.split())
    found = given_seconds(source, path, given)
    where, seconds = found or (f"{path}: limits.time_limit", _DEFAULT_SECONDS)
    said = {"cpu_ms": where}
    values = {"cpu_ms": round(seconds * 1000)}
    for name, key in _LIMITS.items():
        if name in given:
            said[key] = f"{path}: limits.{name}"
            values[key] = round(positive(path, f"limits.{name}", given[name]) * MIB)
    values["memory_bytes"] = _memory_bytes(source, path, values.get("memory_bytes"))
    try:
        limits = Limits(**values)
    except InvalidSubmission as exc:
        unit = exc.field.split("_")[-1]
        raise InvalidPackage(
            f"{said[exc.field]}: {values[exc.field]} {unit}: {exc.problem}"
        ) from None
    return limits, None if found else rule(path, given, legacy=legacy)


def _memory_bytes(source: Source, path: Path, given: int | None) -> int:
    if given is None:
        return _DEFAULT_MEMORY_MIB * MIB
    if given < _LEAST_MEMORY_MIB * MIB:
        source.warn(
            path,
            f"limits.memory: {given} bytes; raised to {_LEAST_MEMORY_MIB} MiB, less than which"
            " starts no program",
        )
    return max(given, _LEAST_MEMORY_MIB * MIB)


def _warn_of_answers_above(source: Source, tests: tuple[TestCase, ...], limits: Limits) -> None:
    for test in tests:
        if len(as_bytes(test.expected or "").rstrip()) > limits.output_bytes:
            source.warn(
                source.root / "data" / f"{test.name}.ans",
                f"larger than the output limit of {limits.output_bytes} bytes: nobody can be"
                " accepted; raise limits.output in problem.yaml",
            )
