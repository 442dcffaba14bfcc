"""Every language in the full image: its proof, and the verdicts of programs that go wrong.

tests/programs/<language>/ce.*   does not compile       re.*   exits with a code, or throws
tests/programs/<language>/tle.*  never ends             mle.*  takes memory without end
tests/programs/<language>/ac_*   an honest program of another shape; ce_*, re_*, mle_* likewise

All are judged in a few slots side by side; each test waits for its own result.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from engines import FULL_IMAGE, make, settings

from judgecore import Judge, Limits, Result, Submission, TestCase, Verdict
from judgecore.languages import Registry

PROGRAMS = Path(__file__).parent / "programs"
REGISTRY = Registry()
SLOTS = 3
WRONG = ("ce", "re", "tle", "mle")
MORE = ("ac_*", "ce_*", "re_*", "mle_*")

# Languages without a step that could fail: they read a program as they run it, and a mistake in it
# ends the run.
NO_COMPILE_ERROR = {
    "clojure": "forms are read, compiled and run one by one",
    "common-lisp": "sbcl --script reads and runs form by form",
    "octave": "no option only parses",
    "prolog": "a clause that can't be read is a warning, and the rest is run",
    "rexx": "regina parses as it runs",
    "sqlite": "statements are prepared and run one by one, on tables that earlier ones made",
    "tcl": "commands are parsed as they are run",
}

Case = tuple[str, str]

# Runtimes that go on after an error or after the program's end, where a judge must not.
ONE_LINERS: dict[Case, str] = {
    ("abcl", "re"): '(error "boo")',
    ("bc", "ac_input_is_no_program"): "5",
    ("bc", "re"): "5; 1/0",
    ("dc", "re"): "5 p 1 0 / p",
    ("gap", "re"): 'Print(5, "\\n"); foo(3);',
    ("gprolog", "re"): ":- initialization(main). main :- write(5), nl, fail.",
    ("newlisp", "ac_input_is_no_program"): "(println 5)",
    ("newlisp", "re"): "(foo)",
    ("pari", "ac_input_is_no_program"): "print(5)",
    ("pari", "re"): "print(5); 1/0",
    ("squirrel", "re"): 'print(5); throw "boo"',
}

# What a judge elsewhere promises too.
CONVENTIONS: dict[Case, str] = {
    **{
        (name, "ac_online_judge"): "#ifndef ONLINE_JUDGE\n#error\n#endif\nint puts(const char *);\n"
        'int main(void) { puts("5"); return 0; }'
        for name in ("c", "c11", "c23", "c89", "c-clang", "c-tcc", "objective-c")
    },
    **{
        (name, "ac_online_judge"): "#ifndef ONLINE_JUDGE\n#error\n#endif\n#include <cstdio>\n"
        'int main() { std::puts("5"); }'
        for name in ("cpp", "cpp11", "cpp14", "cpp17", "cpp23", "cpp-clang", "objective-cpp")
    },
    ("csharp", "ac_online_judge"): "#if ONLINE_JUDGE\nclass P { static void Main() {"
    " System.Console.WriteLine(5); } }\n#endif",
    ("d", "ac_online_judge"): "import std.stdio;\n"
    "version (ONLINE_JUDGE) { void main() { writeln(5); } }",
    ("haskell", "ac_online_judge"): "{-# LANGUAGE CPP #-}\n#ifdef ONLINE_JUDGE\nmain :: IO ()\n"
    "main = print 5\n#endif",
    ("java", "ac_online_judge"): "class A { public static void main(String[] a) {"
    ' System.out.println(Boolean.getBoolean("ONLINE_JUDGE") ? 5 : 0); } }',
    ("pascal", "ac_online_judge"): "begin {$ifdef ONLINE_JUDGE} writeln(5) {$endif} end.",
    ("rust", "ac_online_judge"): '#[cfg(ONLINE_JUDGE)] fn main() { println!("5"); }',
    ("python", "ac_online_judge"): "import os; print(5 if os.environ['ONLINE_JUDGE'] else 0)",
    ("python", "ac_big_integers"): "print(5 if len(str(int('1' * 9999))) == 9999 else 0)",
    ("pypy", "ac_big_integers"): "print(5 if len(str(int('1' * 9999))) == 9999 else 0)",
    ("python", "ac_user"): "import getpass, os, pwd\n"
    "print(5 if getpass.getuser() == pwd.getpwuid(os.getuid()).pw_name == 'program' else 0)",
    ("python", "ac_locale"): "import locale; locale.setlocale(locale.LC_ALL, 'de_DE.UTF-8')\n"
    "print(5 if locale.str(0.5) == '0,5' else 0)",
    ("java", "ac_user"): "class A { public static void main(String[] a) {"
    ' System.out.println(System.getProperty("user.name").equals("program") ? 5 : 0); } }',
    ("cpp", "ac_libraries"): "#include <boost/multiprecision/cpp_int.hpp>\n#include <Eigen/Dense>\n"
    "#include <gmpxx.h>\n#include <iostream>\nint main() { boost::multiprecision::cpp_int two = 2;"
    " std::cout << two.convert_to<int>() + Eigen::Vector2d(1, 0).sum() + mpz_class(2).get_si();"
    " }",
    (
        "php",
        "ac_libraries",
    ): "<?php echo mb_strlen('é') + bcadd('1', '1') + gmp_intval(gmp_add(1, 1));",
    ("python", "ac_libraries"): "import numpy, sympy, networkx, sortedcontainers\n"
    "print(numpy.array([2, 3]).sum())",
    **{
        (name, "ac_exit"): "process.stdout.write('5' + ' '.repeat(1 << 20)); process.exit(0);"
        for name in ("typescript", "civet")
    },
    ("javascript", "ac_libraries"): "console.log(require('lodash').sum([2, 3]))",
    ("objective-c", "ac_foundation"): "#import <Foundation/Foundation.h>\n#include <stdio.h>\n"
    "int main(void) { NSAutoreleasePool *pool = [NSAutoreleasePool new];"
    ' printf("%s\\n", [[NSString stringWithFormat: @"%d", 2 + 3] UTF8String]); [pool drain]; }',
    ("octave", "ac_functions_first"): "function r = f(x)\n  r = x + 3;\nend\nprintf('%d', f(2))",
    ("octave", "ac_functions_last"): "x = f(2);\nprintf('%d', x)\n% last\nfunction r = f(x)\n"
    "  r = g(x);\nend\n\nfunction r = g(x)\n  r = x + 3;\nend\n",
    ("octave", "ac_functions_between"): "x = 2;\nfunction r = f(x)\n  r = x + 3;\nend\n"
    "printf('%d', f(x))",
    ("c", "ce_empty"): "",
    ("python", "ce_empty"): " \n",
    ("sed", "wa_empty"): "",  # it copies its input
}
SOURCES = ONE_LINERS | CONVENTIONS
ROOMY = {("python", "ac_libraries"): 256}  # MiB


def cases() -> Iterator[Case]:
    """Language and program: the proof under a name of its own, or a file's stem.

    `judgecore languages --check` proves each language under the name that it prefers.
    """
    for name in REGISTRY:
        yield name, "named"
        for stem in WRONG:
            if any((PROGRAMS / name).glob(f"{stem}.*")):
                yield name, stem
        for pattern in MORE:
            for path in sorted((PROGRAMS / name).glob(pattern)):
                yield name, path.stem
    yield from SOURCES


def submission(case: Case) -> Submission:
    """What is judged; runaway programs get little time, the others plenty."""
    name, stem = case
    if stem == "named":
        source, given, expected = REGISTRY[name].proof()
        limits = Limits(cpu_ms=10_000)
    else:
        source = (
            SOURCES[case]
            if case in SOURCES
            else next((PROGRAMS / name).glob(f"{stem}.*")).read_text()
        )
        given, expected = "2 3\n", "5\n"
        limits = Limits(
            cpu_ms=300 if stem == "tle" else 10_000, memory_bytes=ROOMY.get(case, 64) << 20
        )
    test = TestCase(input=given, expected=expected)
    beside: dict[str, Any] = {}
    if stem == "named":  # and as an editor on Windows saves it
        source = "\ufeff" + source.replace("\n", "\r\n")
        entry = f"solution{Path(REGISTRY[name].file).suffix}"
        beside = {"entry": entry, "files": {"notes.txt": "no program", "main/notes.md": "# none"}}
    return Submission(language=name, source=source, tests=(test,), limits=limits, **beside)


@pytest.fixture(scope="module")
def results(request: pytest.FixtureRequest) -> Iterator[dict[Case, Future[Result]]]:
    """The results to be, of the cases that were asked for."""
    chosen = [
        item.callspec.params["case"]
        for item in request.session.items
        if isinstance(item, pytest.Function)
        and item.path == request.path
        and "case" in item.fixturenames
    ]
    with (
        Judge(settings(), engine=make("docker", FULL_IMAGE), slots=SLOTS) as judge,
        ThreadPoolExecutor(SLOTS) as pool,
    ):
        yield {case: pool.submit(judge.judge, submission(case)) for case in chosen}
        pool.shutdown(cancel_futures=True)


@pytest.mark.docker
@pytest.mark.parametrize("case", list(cases()), ids="-".join)
def test_every_language(results: dict[Case, Future[Result]], case: Case) -> None:
    """The proof is accepted under another name; a program that goes wrong gets its verdict."""
    result = results[case].result()

    expected = "AC" if case[1] == "named" else case[1].partition("_")[0].upper()

    assert Verdict(expected) is result.verdict, result


@pytest.mark.parametrize("name", sorted(p.name for p in PROGRAMS.iterdir() if p.is_dir()))
def test_programs_that_go_wrong_are_complete(name: str) -> None:
    """A language has all four, or a reason for having no compile error."""
    missing = {stem for stem in WRONG if not any((PROGRAMS / name).glob(f"{stem}.*"))}

    assert missing == ({"ce"} if name in NO_COMPILE_ERROR else set())
