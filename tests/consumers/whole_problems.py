"""Problems with anything in them, for hypothesis."""

from __future__ import annotations

from decimal import Decimal

from anything import CHARACTERS, NO_NUL
from hypothesis import strategies as st

from judgecore.functions import Comparison, Function
from judgecore.groups import Aggregate, Group, Scoring
from judgecore.kinds import (
    Batch,
    CheckerProgram,
    Convention,
    Included,
    Interactive,
    SubmitAnswer,
    Support,
    TwoSteps,
)
from judgecore.limits import Limits
from judgecore.problem import Checker, CheckerKind, Problem, TestCase

BYTES = st.one_of(
    st.text(CHARACTERS, max_size=20),
    st.binary(max_size=20),
    st.sampled_from(["\0", "a\0ü", b"\xff\0", '{"base64": "AA=="}', "\\u0000"]),
)
LABELS = st.text(NO_NUL, min_size=1, max_size=200)
PATHS = st.sampled_from(["a", "b.txt", "folder/c", "ü"])
NUMBERS = st.floats(0, allow_infinity=False, allow_nan=False)
MILLISECONDS = st.integers(1, 3_600_000)

LIMITS = st.builds(
    Limits,
    cpu_ms=MILLISECONDS,
    wall_ms=st.none() | MILLISECONDS,
    idle_ms=st.none() | MILLISECONDS,
    memory_bytes=st.integers(4 << 20, 64 << 30),
    stack_bytes=st.none() | st.integers(64 << 10, 64 << 30),
    output_bytes=st.integers(1, 256 << 20),
    file_bytes=st.integers(1, 16 << 30),
    processes=st.integers(1, 4096),
    open_files=st.integers(8, 65_536),
)
CHECKERS = st.builds(
    Checker,
    kind=st.sampled_from(CheckerKind),
    case_sensitive=st.booleans(),
    space_sensitive=st.booleans(),
    absolute=NUMBERS,
    relative=NUMBERS,
)
PROGRAM_FIELDS = {
    "convention": st.sampled_from(Convention),
    "language": st.sampled_from(["python", "cpp"]),
    "source": BYTES,
    "files": st.dictionaries(PATHS, BYTES, max_size=2),
    "entry": st.none() | st.just("main.py"),
    "arguments": st.lists(LABELS, max_size=2).map(tuple),
    "limits": LIMITS,
}
PROGRAMS = st.builds(CheckerProgram, **PROGRAM_FIELDS)
KATTIS = PROGRAMS.map(lambda program: program.model_copy(update={"convention": Convention.KATTIS}))
MANAGERS = PROGRAMS.map(lambda program: program.model_copy(update={"convention": Convention.CMS}))
TESTLIB = KATTIS.map(lambda program: program.model_copy(update={"convention": Convention.TESTLIB}))

POINTS = st.integers(0, 10**18).map(lambda thousandths: Decimal(thousandths).scaleb(-3))
GROUP_FIELDS = {
    "name": LABELS,
    "aggregate": st.sampled_from(Aggregate),
    "points": st.none() | POINTS,
    "threshold": POINTS,
    "requires": st.just(()),
    "stops": st.booleans(),
    "arguments": st.lists(LABELS, max_size=2).map(tuple),
    "groups": st.just(()),
}
GROUPS = st.lists(st.builds(Group, **GROUP_FIELDS), max_size=3, unique_by=lambda group: group.name)
UNGRADED = st.sampled_from([each for each in Aggregate if each is not Aggregate.CUSTOM])
NESTED = (Group(name="a"), Group(name="b", requires=("a",), groups=(Group(name="c"),)))
SCORING_FIELDS = {
    "aggregate": st.sampled_from(Aggregate),
    "groups": GROUPS.map(tuple) | st.just(NESTED),
    "grader": PROGRAMS,
    "arguments": st.lists(LABELS, max_size=2).map(tuple),
}
SCORINGS = st.builds(Scoring, **SCORING_FIELDS) | st.builds(
    Scoring, aggregate=UNGRADED, groups=st.just(NESTED)
)

TEST_FIELDS = {
    "name": st.none() | LABELS,
    "input": BYTES,
    "expected": BYTES,
    "arguments": st.lists(LABELS, max_size=3).map(tuple),
    "files": st.dictionaries(PATHS, BYTES, max_size=3),
    "cpu_ms": st.none() | MILLISECONDS,
    "group": st.none() | LABELS,
    "points": st.none() | POINTS,
    "checker": st.none() | CHECKERS,
    "checker_arguments": st.none() | st.lists(LABELS, max_size=2).map(tuple),
    "expected_files": st.just({}),
    "static": st.just(False),
}
TESTS = st.lists(st.builds(TestCase, **TEST_FIELDS), min_size=1, max_size=3).map(tuple)
IN_NO_GROUP = TESTS.map(lambda tests: tuple(t.model_copy(update={"group": None}) for t in tests))
RUN_ONLY = TESTS.map(lambda tests: tuple(t.model_copy(update={"expected": None}) for t in tests))
WITH_PROGRAMS = st.lists(
    st.builds(TestCase, **{**TEST_FIELDS, "expected": st.none() | BYTES, "checker": st.none()}),
    min_size=1,
    max_size=3,
).map(tuple)
STATIC = st.builds(TestCase, name=st.none() | LABELS, static=st.just(True))
WITH_STATIC = st.tuples(STATIC, TESTS).map(lambda both: (both[0], *both[1]))
BOUNDED = LIMITS.map(lambda limits: limits.model_copy(update={"output_bytes": 1 << 20}))
PASSES = st.integers(1, 1_000)
FILES = st.dictionaries(PATHS, BYTES, max_size=2)
INCLUDED = st.builds(
    Included,
    by_language=st.dictionaries(
        st.sampled_from(["c", "default"]), st.builds(Support, files=FILES), min_size=1
    ),
    source_name=st.none() | st.just("sum"),
)

COMMON = {
    "slug": st.none() | LABELS,
    "title": st.just("") | LABELS,
    "writable": st.booleans(),
    "harness": st.none() | INCLUDED,
}
NAMED = st.builds(
    Batch, input_file=st.none() | st.just("in.txt"), output_file=st.none() | st.just("out.txt")
)
OUTPUTS = st.just(Batch(input_file="in.txt", more_outputs=("a", "b.txt")))
WITH_OUTPUTS = st.lists(
    st.builds(
        TestCase,
        **{**TEST_FIELDS, "expected_files": st.fixed_dictionaries({"a": BYTES, "b.txt": BYTES})},
    ),
    min_size=1,
    max_size=2,
).map(tuple)
COMPARED = {**COMMON, "tests": TESTS | RUN_ONLY, "limits": LIMITS, "checker": CHECKERS}
CHECKED = {**COMMON, "tests": WITH_PROGRAMS, "limits": BOUNDED}
CALLS = st.lists(
    st.builds(TestCase, input=st.just("[1, [2]]"), expected=st.just("[3]")), min_size=1, max_size=2
).map(tuple)
FUNCTIONS = st.builds(
    Function,
    signature=st.just("f(a: int, b: list[int]) -> list[int]"),
    compare=st.sampled_from([Comparison(kind="unordered"), Comparison(absolute=0.5)]),
    mode=st.sampled_from(["batch", "isolated"]),
    total_cpu_ms=st.none() | st.just(9),
    restarts=st.integers(0, 9),
)
# One of each kind, all of whose fields may have any value that is allowed there.
PROBLEMS = st.one_of(
    st.builds(Problem, **COMPARED, procedure=NAMED),
    st.builds(Problem, **{**COMPARED, "tests": WITH_OUTPUTS}, procedure=OUTPUTS),
    st.builds(Problem, **{**COMPARED, "tests": IN_NO_GROUP}, total=SCORINGS),
    st.builds(Problem, **CHECKED, checker=PROGRAMS),
    st.builds(
        Problem, **CHECKED, checker=KATTIS, more_checkers=st.lists(KATTIS, max_size=2).map(tuple)
    ),
    st.builds(Problem, **{**COMPARED, "tests": WITH_STATIC}, static_validator=KATTIS),
    st.builds(Problem, **{**COMPARED, "harness": st.none()}, procedure=st.just(SubmitAnswer())),
    st.builds(Problem, **{**COMPARED, "harness": st.none()}, procedure=st.just(TwoSteps())),
    st.builds(Problem, tests=CALLS, limits=LIMITS, harness=FUNCTIONS),
    st.builds(Problem, **CHECKED, checker=KATTIS, passes=PASSES),
    st.builds(Problem, **CHECKED, checker=KATTIS, procedure=st.just(Interactive()), passes=PASSES),
    st.builds(
        Problem,
        **CHECKED,
        checker=CHECKERS | PROGRAMS,
        procedure=st.builds(Interactive, interactor=TESTLIB),
    ),
    st.builds(
        Problem,
        **CHECKED,
        procedure=st.builds(Interactive, interactor=MANAGERS, processes=st.integers(1, 16)),
    ),
)
# Each field that can change a verdict.
FIELDS = {
    **COMPARED,
    "checker": CHECKERS | PROGRAMS,
    "procedure": st.builds(
        Interactive, interactor=st.none() | PROGRAMS, processes=st.integers(1, 16)
    ),
    "passes": PASSES,
    "total": SCORINGS,
    "static_validator": st.none() | KATTIS,
    "more_checkers": st.lists(KATTIS, max_size=2).map(tuple),
}
# These are not stored.
FIXED = {"warnings"}
