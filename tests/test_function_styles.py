"""Drivers take submissions as people write them for other judges and in data sets."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from engines import FULL_IMAGE, make
from function_styles import STYLES

from judgecore import Function, InvalidSubmission, Judge, Limits, Problem, Submission
from judgecore import TestCase as Case
from judgecore.evaluation import with_driver
from judgecore.execution import Program
from judgecore.functions import parse
from judgecore.languages import Registry
from judgecore.languages.driven import driven
from judgecore.languages.drivers import driver_of
from judgecore.languages.spellings import found, function_found


@pytest.fixture(scope="module")
def judge() -> Iterator[Judge]:
    """A judge with every language."""
    with Judge(engine=make("docker", FULL_IMAGE), slots=1) as a_judge:
        yield a_judge


@pytest.mark.docker
@pytest.mark.timeout(600)
@pytest.mark.parametrize("language", sorted({style[0] for style in STYLES}))
def test_a_submission_is_taken_as_it_is_written(judge: Judge, language: str) -> None:
    """Classes of any name, whole programs, modules, missing imports, values in related types."""
    limits = Limits(cpu_ms=5000, memory_bytes=512 << 20)
    failed = []
    for _, (signature, given, expected), source in (one for one in STYLES if one[0] == language):
        tests = (Case(input=given, expected=expected),)
        problem = Problem(tests=tests, harness=Function(signature=signature), limits=limits)
        result = judge.judge(Submission(language=language, source=source, problem=problem))
        if result.verdict != "AC":
            failed.append((source, result, result.compile and result.compile.output))

    assert [] == failed


def test_a_refusal_names_the_languages_that_have_the_type() -> None:
    """Whoever meets a type that the language lacks learns where it is."""
    with pytest.raises(InvalidSubmission, match=r"c: its driver has no map.*have it: .*python"):
        with_driver(
            Program("c", b"", {}, None),
            Registry()["c"],
            Function(signature="f(a: map[int, int]) -> int"),
        )


def test_a_class_in_java_may_have_any_name() -> None:
    """The last one at the left margin before the function is meant."""
    source = b"class A { }\nclass Pick {\n  static class In { }\n  static int half(int a) { }\n}\n"
    driver = driver_of(Registry()["java"])
    assert driver is not None
    made = driven(driver, parse("half(a: int) -> int"), source, None)

    assert b'CLASS = "Pick"' in made.driver


@pytest.mark.parametrize("language", ["javascript", "typescript"])
def test_many_blanks_after_an_export_take_no_quadratic_time(language: str) -> None:
    """The time that a source costs the judge is proportional to its length."""
    driver = driver_of(Registry()[language])
    assert driver is not None
    source = "export default a" + 400_000 * " "

    assert [source + "!"] * 2 == [one.into(source + "!") for one in driver.replacements]
    assert "" == driver.replacements[1].into(source)


def test_imports_that_are_missing_are_added_once() -> None:
    """Those that are there stay alone, and the lines keep their numbers."""
    source = b'package x\nimport "math"\n\nfunc f(a int) int { sort.Ints(nil); return math.Abs(1) }'
    driver = driver_of(Registry()["go"])
    assert driver is not None
    made = driven(driver, parse("f(a: int) -> int"), source, None).source

    assert made.startswith(b'package main; import "sort"\nimport "math"\n\nfunc f')
    assert made.endswith(b"\nvar _ = sort.Ints")


def test_an_unused_import_of_a_crate_is_left_out() -> None:
    """What is used stays, so that its error says what is missing; comments use nothing."""
    source = (
        b"use rand::Rng;\nuse regex::{self, Regex};\nuse md5;\nuse crate::X; // Rng\n"
        b"/* regex */\nfn half(a: i32) -> i32 { md5::f(); a }\n"
    )
    driver = driver_of(Registry()["rust"])
    assert driver is not None
    made = driven(driver, parse("half(a: int) -> int"), source, None).source

    assert source.replace(b"use rand::Rng;", b"").replace(b"use regex::{self, Regex};", b"") == made


def test_an_unused_import_is_used_at_the_end() -> None:
    """A text of a program that looks like an import is none."""
    source = b'import (\n\t"math"\n)\n\nfunc half(a int) string {\n\treturn "a" +\n"sort"\n}\n'
    driver = driver_of(Registry()["go"])
    assert driver is not None
    made = driven(driver, parse("half(a: int) -> string"), source, None).source

    assert b"package main; " + source + b"\nvar _ = math.Abs" == made


def test_a_name_may_go_on_where_the_function_s_ends() -> None:
    """Where the source has one such name alone, and not the function's own."""
    solution = "/*\nthe sum_squares of it\n*/\nfn sum_squares_142(lst: Vec<i32>) -> i32 { 0 }"

    assert "sum_squares_142" == function_found("sum_squares", "sum_squares", solution)
    assert "sum_squares" == function_found(
        "sum_squares", "sum_squares", solution + "\nfn sum_squares_of(a: i32) -> i32 { a }"
    )
    assert "sum" == function_found("sum", "sum", solution + "\nfn sum(a: i32) -> i32 { a }")


def test_a_name_is_found_in_any_case() -> None:
    """One that is spelled exactly comes first, and comments come last."""
    assert "Minsum" == found("minSum", "minSum", "// minSum\nfunc Minsum(a int) {}")
    assert "min_sum" == found("minSum", "minSum", "Minsum = 1\ndef min_sum(a): pass")
    assert "minSum" == found("minSum", "minSum", "int Minsums(int a);")
