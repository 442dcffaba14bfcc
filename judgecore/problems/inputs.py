"""Input validators of a package, and the inputs and outputs with which its validators are tried."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from judgecore.kinds import CheckerProgram
from judgecore.problem import TestCase
from judgecore.problems import programs, testdata
from judgecore.problems.loaded import InputValidator, Probe
from judgecore.problems.reading import Source

_FOLDERS = ("input_validators", "input_validator", "input_format_validators")
_GRAMMARS = (".ctd", ".viva")
# Folders of data, and whether the output in them must be accepted; None: the input is no good.
_PROBES = {"invalid_input": None, "invalid_output": False, "valid_output": True}


def validators(
    source: Source, tests: Iterable[tuple[TestCase, testdata.Flags]]
) -> Iterator[InputValidator]:
    """The input validators, with the arguments that each gets for each test."""
    known = list(tests)
    for folder in (source.root / name for name in _FOLDERS):
        if not folder.is_dir():
            continue
        for path in sorted(source.inside(folder).iterdir()):
            if path.suffix in _GRAMMARS:
                source.warn(path, "not run: only validators that are programs are")
            elif programs.is_program(path):
                names = (path.name, path.stem)
                arguments = {str(test.name): flags.for_inputs(names) for test, flags in known}
                code = programs.read(source, path)
                given = {name: words for name, words in arguments.items() if words}
                yield InputValidator(path.name, code, arguments=given)
            elif not path.name.startswith("."):
                source.warn(path, "not run: no program in a known language")


def probes(
    source: Source, top: testdata.Flags, program: CheckerProgram | None
) -> Iterator[tuple[Probe, testdata.Flags]]:
    """What must be rejected, or accepted, with the flags that hold for it."""
    for name, accepted in _PROBES.items():
        folder = source.root / "data" / name
        if not folder.is_dir():
            continue
        lenient = replace(top, may_lack_answers=top.may_lack_answers or accepted is None)
        for test, flags in testdata.below(source, folder, lenient):
            if program is None:
                test = test.model_copy(update={"checker": flags.checker()})
            else:
                arguments = (*flags.of_problem, *flags.of_group)
                test = test.model_copy(update={"checker_arguments": arguments})
            path = source.root / "data" / f"{test.name}.out"
            output = None if accepted is None else source.data(path)
            yield Probe(test, output, bool(accepted)), flags
