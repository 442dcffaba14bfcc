"""How programs of a problem are called, and what their exit codes and files mean: pure.

Each convention is two functions: one makes the run, the other reads what came of it. What a
convention does not name is a fault of the program, and never a verdict on the submission.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation

from judgecore.evaluation.checked import Checked
from judgecore.execution import Program, Ran, Run
from judgecore.kinds import CheckerProgram, Convention
from judgecore.languages import Language, Staged
from judgecore.limits import Limits
from judgecore.problem import TestCase
from judgecore.report import Report
from judgecore.runner.protocol import FURTHER
from judgecore.texts import shown
from judgecore.validation import as_bytes
from judgecore.verdict import Verdict

INPUT, OUTPUT, ANSWER = "test.in", "test.out", "test.ans"
OUTPUTS = "outputs/"  # of a program that writes several files
FIFOS = ("/proc/self/fd/0", "/proc/self/fd/1")  # a solution's streams, as names
WRITTEN = "interaction.out"  # by an interactor of testlib, for the checker
_STATE, _NEXT_STATE = "state.tar", "next-state.tar"
_FEEDBACK = "feedback/"
_REJECTS = 43
_MANAGER_INPUT, _OUTCOME = "input.txt", "outcome.txt"
_FILES = ("judgemessage.txt", "teammessage.txt", "score.txt", "score_multiplier.txt", "nextpass.in")
# What the format 2025-09 calls languages whose ids are others.
_LANGUAGES = {"python": "python3", "pypy": "python3", "common-lisp": "lisp"}
_SILENT = "checker: rejected without a message"
_SHOWN = 4096
# Between passes the checker's own files stay, all but nextpass.in. Its ends of the pipes are closed
# before they are packed, and a rejection packs nothing.
_AGAIN = (
    "/bin/sh",
    "-c",
    f"mkdir feedback; [ ! -f {_STATE} ] || tar -xmf {_STATE} || exit 1\n"
    '"$@"; code=$?; exec </dev/null >/dev/null\n'
    f"[ $code != 42 ] || tar --exclude=nextpass.in -cf {_NEXT_STATE} feedback || exit 1\n"
    "exit $code",
    "sh",
)
# A static validator works in a folder with the submission's files and with links to its own. Of two
# with one name the submission's is there. So what the command line names is taken from where the
# validator lies, and any other file with the name of one of the validator's is refused: it could be
# run in that one's place.
_GIVEN, _SEEN = ".given", ".seen"
_ON_SOURCE = f"""
top=$PWD own=$(($# - $1 - 2)) feedback=$2 started=/; shift 2
mkdir {_SEEN} && cd {_SEEN} && mkdir "$feedback" && cp -R ../{_GIVEN}/. . || exit 1
for word do
    shift; own=$((own - 1))
    case $own:$word in
    -*|*:[/-]*) ;;
    *) [ ! -e "$top/$word" ] || {{ started=$started${{word#./}}/; word=$top/$word; }};;
    esac
    set -- "$@" "$word"
done
for file in "$top"/* "$top"/.[!.]*; do
    name=${{file##*/}}
    case $name in {_GIVEN}|{_SEEN}|"$feedback") continue;; esac
    [ -e "$file" ] || continue
    if [ ! -e "$name" ]; then ln -s "$file" . || exit 1; continue; fi
    case $started in */"$name"/*) continue;; esac
    echo "the validator has a file of the name $name, too" >"$feedback/judgemessage.txt"
    exit {_REJECTS}
done
exec "$@"
"""
# A manager of CMS reads the test on stdin or from input.txt, writes the outcome to stdout, and gets
# the names of the streams to the solution: from each process, and to it.
_MANAGER = ("/bin/sh", "-c", f'exec 3<&0 4>&1 <{_MANAGER_INPUT} >{_OUTCOME}; exec "$@"', "sh")
_FIRST_PIPE = 3  # of the manager; those to further processes of the solution follow
# testlib's results have these exit codes by definition here: by default several share one.
TESTLIB_CODES = {
    "OK_EXIT_CODE": 101,
    "WA_EXIT_CODE": 102,
    "PE_EXIT_CODE": 103,
    "FAIL_EXIT_CODE": 104,
    "DIRT_EXIT_CODE": 105,
    "POINTS_EXIT_CODE": 106,
    "UNEXPECTED_EOF_EXIT_CODE": 107,
    "PC_BASE_EXIT_CODE": 120,
}
_TESTLIB = {
    101: Verdict.AC,
    102: Verdict.WA,
    103: Verdict.PE,
    105: Verdict.PE,
    107: Verdict.PE,
}
_MOST_PARTIAL = 255 - TESTLIB_CODES["PC_BASE_EXIT_CODE"]
_POINTS = re.compile(r"points\s+([-+]?[0-9.]+(?:[eE][-+]?\d+)?)\s*(.*)", re.S)
_CMS_MESSAGES = {
    "translate:success": "correct",
    "translate:wrong": "not correct",
    "translate:partial": "partially correct",
}
_TRACEBACK = b"Traceback (most recent call last)"


@dataclass(frozen=True, slots=True)
class Given:
    """What one pass of one test is judged on. `output`: None while an interactor talks.

    `more_outputs`: contents by name, of a problem that has such. `processes`: how many of the
    solution an interactor talks to.
    """

    test: TestCase
    input: bytes
    output: bytes | None = None
    more_outputs: Mapping[str, bytes] = field(default_factory=dict)
    state: bytes | None = None
    several_passes: bool = False
    processes: int = 1


def as_program(helper: CheckerProgram) -> Program:
    """The checker or interactor as what executors open."""
    source = as_bytes(helper.source)
    if helper.convention is Convention.TESTLIB:
        codes = "".join(f"#define {name} {code}\n" for name, code in TESTLIB_CODES.items())
        source = codes.encode() + b"#line 1\n" + source
    files = {path: as_bytes(content) for path, content in helper.files.items()}
    return Program(helper.language, source, files, helper.entry, reused=True)


def call(helper: CheckerProgram, limits: Limits, given: Given) -> Run:
    """One run of a checker on an output, or of an interactor where there is none yet."""
    test = given.test
    more = helper.arguments if test.checker_arguments is None else test.checker_arguments
    files = {path: as_bytes(content) for path, content in test.files.items()}
    files |= {INPUT: given.input, ANSWER: as_bytes(test.expected or "")}
    files |= {OUTPUTS + path: content for path, content in given.more_outputs.items()}
    if helper.convention is Convention.KATTIS:
        return _kattis(limits, given, files, more)
    if given.output is None and helper.convention is Convention.CMS:
        return _manager(limits, given)
    if given.output is None:
        arguments = (INPUT, WRITTEN, ANSWER)
        return Run(limits, arguments=arguments, writable=True, files=files, collect=(WRITTEN,))
    files[OUTPUT] = given.output
    order = (INPUT, ANSWER, OUTPUT)
    if helper.convention is Convention.TESTLIB:
        order = (INPUT, OUTPUT, ANSWER)
    return Run(limits, arguments=(*order, *more), writable=True, files=files)


def call_on_source(
    limits: Limits, language: Language, staged: Staged, arguments: tuple[str, ...]
) -> Run:
    """One run of a static validator, in a folder with the submission's files."""
    folder = _FEEDBACK.rstrip("/")
    while any(path.partition("/")[0] == folder for path in staged.files):
        folder += "-"
    own = language.extends or language.id
    entry = staged.main_class or staged.entry
    arguments = (_LANGUAGES.get(own, own), entry, f"{folder}/", *arguments)
    return Run(
        limits,
        arguments=arguments,
        writable=True,
        files={f"{_GIVEN}/{path}": content for path, content in staged.files.items()},
        collect=tuple(f"{_SEEN}/{folder}/{name}" for name in _FILES),
        wrapper=("/bin/sh", "-c", _ON_SOURCE, "sh", str(len(arguments)), folder),
    )


def _kattis(limits: Limits, given: Given, files: dict[str, bytes], more: tuple[str, ...]) -> Run:
    collect = tuple(_FEEDBACK + name for name in _FILES)
    if given.several_passes:
        collect += (_NEXT_STATE,)
        files |= {} if given.state is None else {_STATE: given.state}
    else:
        files[_FEEDBACK] = b""
    return Run(
        limits,
        stdin=given.output or b"",
        arguments=(INPUT, ANSWER, _FEEDBACK, *more),
        writable=True,
        files=files,
        collect=collect,
        wrapper=_AGAIN if given.several_passes else (),
    )


def _manager(limits: Limits, given: Given) -> Run:
    pipes = range(_FIRST_PIPE, FURTHER + 2 * (given.processes - 1))
    return Run(
        limits,
        arguments=tuple(f"/proc/self/fd/{pipe}" for pipe in pipes),
        writable=True,
        files={_MANAGER_INPUT: given.input},
        collect=(_OUTCOME,),
        wrapper=_MANAGER,
    )


def rejects(convention: Convention, report: Report) -> bool:
    """Whether an interactor's exit code says that the solution cannot be accepted any more."""
    code = report.exit_code
    if convention is Convention.TESTLIB:
        return code is not None and code in _TESTLIB and _TESTLIB[code] is not Verdict.AC
    return convention is Convention.KATTIS and code == _REJECTS


def read(convention: Convention, ran: Ran) -> Checked:
    """What a run of a checker says."""
    if ran.verdict not in (None, Verdict.RE):
        return Checked.fault(f"checker: {ran.detail}", _said(ran))
    if ran.report.signal is not None or ran.report.collect_truncated:
        too_much = "it wrote more than its output limit into its files"
        return Checked.fault(
            f"checker: {ran.detail or too_much}" if ran.report.signal else f"checker: {too_much}",
            _said(ran),
        )
    found = _READ[convention](ran)
    if found.verdict in (Verdict.WA, Verdict.PE) and not (found.message or found.staff_message):
        return replace(found, detail=_SILENT)
    return found


def _said(ran: Ran) -> str:
    return shown(ran.report.stderr, _SHOWN).strip()


def _unknown(ran: Ran, what: str) -> Checked:
    return Checked.fault(f"checker: {what}", _said(ran))


def _read_kattis(ran: Ran) -> Checked:
    found = {path.rpartition("/")[2]: data for path, data in ran.report.collected.items()}
    code = ran.report.exit_code
    if code not in (42, _REJECTS):
        return _unknown(ran, f"exit code {code}, which is neither 42 nor 43")
    message = shown(found.get("teammessage.txt", b""), _SHOWN).strip()
    staff_message = shown(found.get("judgemessage.txt", b""), _SHOWN).strip() or _said(ran)
    scores = {name: found[name] for name in ("score.txt", "score_multiplier.txt") if name in found}
    next_input = found.get("nextpass.in")
    if code == _REJECTS:
        if scores or next_input is not None:
            name = next(iter(scores), "nextpass.in")
            return _unknown(ran, f"it rejected the output and wrote {name}")
        return Checked(Verdict.WA, message=message, staff_message=staff_message)
    if len(scores) > 1:
        return _unknown(ran, f"it wrote both {' and '.join(scores)}")
    try:
        numbers = {name: _number(data.decode()) for name, data in scores.items()}
    except ValueError:
        return _unknown(ran, f"{next(iter(scores))} is not a number that is allowed there")
    share = numbers.get("score_multiplier.txt")
    if share is not None and not 0 <= share <= 1:
        return _unknown(ran, f"score_multiplier.txt is {share}, which is not from 0 to 1")
    return Checked(
        Verdict.AC,
        points=numbers.get("score.txt"),
        share=share,
        next_input=next_input,
        state=ran.report.collected.get(_NEXT_STATE),
        message=message,
        staff_message=staff_message,
    )


def _number(text: str) -> Decimal:
    """A number as people write it, exactly; `ValueError` for anything else."""
    text = text.strip()
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise ValueError(text) from None
    odd = "_" in text or not text.isascii() or len(text) > 40
    if odd or not number.is_finite() or abs(number.adjusted()) > 30:
        raise ValueError(text)
    return number


def _read_testlib(ran: Ran) -> Checked:
    code, said = ran.report.exit_code, _said(ran)
    if code in _TESTLIB:
        return Checked(_TESTLIB[code], staff_message=said)
    if code == TESTLIB_CODES["POINTS_EXIT_CODE"]:
        found = _POINTS.match(said)
        try:
            points = _number(found[1] if found else "")
        except ValueError:
            return _unknown(ran, "it gave points and named no number")
        verdict = Verdict.AC if points > 0 else Verdict.WA
        return Checked(verdict, points=points, staff_message=said)
    partial = (code or 0) - TESTLIB_CODES["PC_BASE_EXIT_CODE"]
    if 0 <= partial <= _MOST_PARTIAL:
        return Checked(Verdict.PS, points=Decimal(partial), staff_message=said)
    if code == TESTLIB_CODES["FAIL_EXIT_CODE"]:
        return _unknown(ran, "it failed")
    return _unknown(ran, f"exit code {code}, which none of testlib's results has")


def _read_cms(ran: Ran) -> Checked:
    if ran.report.exit_code != 0:
        return _unknown(ran, f"exit code {ran.report.exit_code}")
    printed = ran.report.collected.get(_OUTCOME, ran.report.stdout)
    first = shown(printed, _SHOWN).strip().partition("\n")[0]
    try:
        share = _number(first)
    except ValueError:
        share = Decimal(-1)
    if not 0 <= share <= 1:
        return _unknown(ran, f"stdout begins with {first!r:.60}, not with a number from 0 to 1")
    verdict = {Decimal(0): Verdict.WA, Decimal(1): Verdict.AC}.get(share, Verdict.PS)
    said = _said(ran).partition("\n")[0]
    message = _CMS_MESSAGES.get(said, said)
    return Checked(verdict, share=share, message=message)


def _read_exit(ran: Ran) -> Checked:
    code = ran.report.exit_code
    if code == 0:
        return Checked(Verdict.AC, staff_message=_said(ran))
    if code == 1 and _TRACEBACK not in ran.report.stderr:
        return Checked(Verdict.WA, staff_message=_said(ran))
    return _unknown(ran, f"exit code {code}" + (" after an exception" if code == 1 else ""))


_READ: dict[Convention, Callable[[Ran], Checked]] = {
    Convention.KATTIS: _read_kattis,
    Convention.TESTLIB: _read_testlib,
    Convention.CMS: _read_cms,
    Convention.EXIT: _read_exit,
}
