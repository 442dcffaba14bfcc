"""Files of a submission: their names in the box, and what is refused."""

from __future__ import annotations

import pytest

from judgecore import InvalidSubmission, Judge, TestCase
from judgecore.engine.fake import FakeEngine
from judgecore.languages import Registry, Sources
from judgecore.languages.classes import MAIN_CLASS, java_file_name
from judgecore.languages.sources import readable
from judgecore.limits import Limits
from judgecore.submission import parse_submission

JAVA = Registry()["java"]
BAD_FILES = {
    "/etc/passwd": "a path is relative",
    "../main.c": "a path is relative",
    "a/../b": "a path is relative",
    "a//b": "a path is relative",
    ".": "a path is relative",
    "a/..": "a path is relative",
    ".main": "a path is relative",
    "a/.classes/B.class": "a path is relative",
    "-o": "a path is relative",
    "": "a path is relative",
    " a": "a path is relative",
    "~a": "a path is relative",
    "a\nb": "a path is relative",
    "x" * 201: "a path is relative",
    "ä" * 101: "a path is relative",
    "1/2/3/4/5/6/7/8/9/0": "at most 8 deep",
}


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("public class Foo { }", "Foo"),
        ("// public class Bar\npublic final class Foo { public static class In {} }", "Foo"),
        ("class Main { public static class In {} public static void main(String[] a) {} }", "Main"),
        ("class A {}\nclass B { class In {} static void main(String[] a) {} }\nclass C {}", "B"),
        ('class A { String s = "} public class B {"; }\npublic record C(int x) { }', "C"),
        ("/* public class A", None),
        ("nothing like Java", None),
        ("public class Größe { }", "Größe"),
    ],
)
def test_a_java_source_names_its_file(source: str, expected: str | None) -> None:
    """The public class, else the one with main, seen through comments, strings and nesting."""
    assert expected == java_file_name(source)


@pytest.mark.parametrize(
    ("rule", "source", "expected"),
    [
        ("java", "package a.b;\nimport x.y;\npublic class Foo { }", "a.b.Foo"),
        ("java", "public class N {}\nclass M { static void main(final String[] a) {} }", "M"),
        ("java", "class A { void main(int n) {} }\nclass B { void main(String... a) {} }", "B"),
        (
            "java",
            "class H { static void main(String[] a) {} }"
            " public class M { public static void main(String[] a) {} }",
            "M",
        ),
        ("java", "record P(int x) {}\nvoid main() {}", "Main"),
        ("kotlin", "package p.q\nobject O { val x = 1 }\nfun main() {}", "p.q.MainKt"),
        ("kotlin", '@file:JvmName("Foo")\npackage p\nfun main() {}', "p.Foo"),
        ("kotlin", "class A { companion object { @JvmStatic fun main() {} } }", "A"),
        ("scala", "package p\nobject H { }\nobject S extends T with App { }", "p.S"),
        ("scala", "object S { def main(args: Array[String]): Unit = {} }", "S"),
        ("scala", "object `odd` { }", "Main"),
        ("erlang", "% -module(no).\n-module(sum).", "sum"),
        ("erlang", "#!/usr/bin/env escript\nmain(_) -> ok.", "script"),
    ],
)
def test_a_source_tells_where_it_begins(rule: str, source: str, expected: str) -> None:
    """The class that holds main, with its package, whatever else is declared around it."""
    assert expected == MAIN_CLASS[rule](source, "main" if rule == "kotlin" else "Main")


@pytest.mark.parametrize(
    "source", ["class a " * 20_000, '"\\' * 80_000, "{public " * 20_000, "package a" * 20_000]
)
def test_naming_takes_no_time_to_speak_of(source: str) -> None:
    """A source cannot keep the host busy by what its name is looked for in."""
    assert JAVA.stage(Sources(source.encode())).entry.endswith(".java")


def test_an_absurd_name_is_not_taken() -> None:
    """The name of a file stays one that every file system takes."""
    assert "Main.java" == JAVA.stage(Sources(b"public class %s {}" % (b"x" * 300))).entry


def test_arguments_name_the_files() -> None:
    """The entry comes first among the files of its kind; of others it is asked by name."""
    sources = Sources(b"", {"b.java": b"", "a/c.java": b"", "notes.txt": b""}, "Z.java")
    staged = JAVA.stage(sources)

    assert ("x", "Z.java", "a/c.java", "b.java", "-cpZ") == JAVA.argv(
        ("x", "{files}", "-cp{stem}"), Limits(), staged
    )
    assert ("a/c.java", "b.java", "Z") == JAVA.argv(("{others}", "{class}"), Limits(), staged)


def test_files_of_the_language_are_compiled_together() -> None:
    """C++ has several endings, C files are compiled as C, and no file is compiled twice."""
    cpp = Registry()["cpp"]
    files = dict.fromkeys(("a.cc", "lib/b.cpp", "c.c", "d.h", "e.txt"), b"")
    staged = cpp.stage(Sources(b"", files, "x.cxx"))

    assert ("x.cxx", "a.cc", "lib/b.cpp", "-x", "c", "c.c") == cpp.argv(
        ("{files}", "{c_files}"), Limits(), staged
    )
    assert () == cpp.argv(("{c_files}",), Limits(), cpp.stage(Sources(b"")))


def test_no_name_is_taken_for_an_option_or_a_placeholder() -> None:
    """Compilers read `@list` and `+option`; a file may be called like a placeholder."""
    staged = JAVA.stage(Sources(b"", {"@b.java": b""}, "+{stem}.java"))

    assert ("./+{stem}.java", "./@b.java") == JAVA.argv(("{file}", "{others}"), Limits(), staged)


def test_what_a_compiler_insists_on_names_the_file() -> None:
    """A public class, an Erlang module: in the folder of the name that was given."""
    java = JAVA.stage(Sources(b"public class Sum {}", {}, "src/solution.java"))
    erlang = Registry()["erlang"].stage(Sources(b"-module(sum).", {}, "solution.erl"))

    assert ("src/Sum.java", "sum.erl") == (java.entry, erlang.entry)


def test_what_editors_add_is_removed() -> None:
    """Byte order marks, with them UTF-16, and carriage returns where a tool takes them for text."""
    bash = Registry()["bash"].stage(Sources(b"\xef\xbb\xbfecho 1\r\n", {"a.sh": b"#\r\n"}))
    java = JAVA.stage(Sources(b"\xef\xbb\xbfclass A {}\r\n", {"a.txt": b"\xef\xbb\xbf"}))

    wide = JAVA.stage(Sources("class A {}".encode("utf-16")))

    assert {"Main.java": b"class A {}"} == wide.files
    assert {"main.sh": b"echo 1\n", "a.sh": b"#\n"} == bash.files
    assert {"Main.java": b"class A {}\r\n", "a.txt": b"\xef\xbb\xbf"} == java.files


def test_a_compiler_tells_paths_as_the_submitter_knows_them() -> None:
    """Where the box lies is nobody's business; words that look like it stay."""
    assert "main.c:1: in /inbox/box/x" == readable(
        "\x1b[1;31m/box/main.c\x1b[0m:1: in /inbox/box/x"
    )


@pytest.mark.parametrize("path", BAD_FILES, ids=repr)
@pytest.mark.parametrize("field", ["files", "entry"])
def test_an_unsafe_path_is_refused(path: str, field: str) -> None:
    """Whether it is that of the entry file or of another."""
    data = {"language": "c", "source": "x", "tests": [{"expected": ""}]}
    value = {path: ""} if field == "files" else path
    with pytest.raises(InvalidSubmission, match=rf"{field}: .*{BAD_FILES[path]}"):
        parse_submission({**data, field: value})


@pytest.mark.parametrize(
    ("files", "entry", "problem"),
    [
        ({"a": "", "a/b": ""}, None, "both as a file and as a folder"),
        ({"m.c": ""}, "m.c", "own path"),
        ({"a.c": "x" * (16 << 20)}, None, "at most 16777216"),
        ({f"f{n}": "" for n in range(1001)}, None, "at most 1000"),
    ],
)
def test_files_that_cannot_be_are_refused(
    files: dict[str, str], entry: str | None, problem: str
) -> None:
    """Two things of one name, and too much of it."""
    data = {"language": "c", "source": "x", "tests": [{"expected": ""}]}
    with pytest.raises(InvalidSubmission, match=problem):
        parse_submission({**data, "files": files, "entry": entry})


def test_the_languages_own_name_for_the_entry_counts_too() -> None:
    """A file can't take the place of the entry file under the name that the language gives it."""
    engine = FakeEngine()
    with (
        Judge(engine=engine, slots=1) as judge,
        pytest.raises(InvalidSubmission, match=r"main\.py"),
    ):
        judge.run("python", "print(1)", files={"main.py": ""})


FILES = {
    "c": (
        '#include <stdio.h>\n#include "sum.h"\n'
        'int main(void) { int a, b; scanf("%d%d", &a, &b); printf("%d", sum(a, b)); }',
        {"sum.h": "int sum(int, int);", "sum.c": "int sum(int a, int b) { return a + b; }"},
        None,
    ),
    "python": (
        "from lib.sums import total\nprint(total(input().split()))",
        {"lib/sums.py": "def total(words): return sum(map(int, words))"},
        "app.py",
    ),
    "bash": (". ./sum.sh\nread a b; sum $a $b", {"sum.sh": "sum() { echo $(($1 + $2)); }"}, None),
}


@pytest.mark.parametrize("language", FILES)
def test_several_files_make_one_program(judge: Judge, language: str) -> None:
    """Headers, modules and scripts lie beside the entry file, which may be named."""
    source, files, entry = FILES[language]
    data = {"language": language, "source": source, "files": files, "entry": entry}
    submission = parse_submission({**data, "tests": [TestCase(input="2 3\n", expected="5")]})

    assert "AC" == judge.judge(submission).verdict


def test_a_public_class_needs_no_main_java(judge: Judge) -> None:
    """A Java program may be called what it likes."""
    source = "public class Sum { public static void main(String[] a) { System.out.print(7); } }"
    if str(judge.engine.tier) != "container":
        pytest.skip("the host may have no Java; the image has")

    assert "7" == judge.run("java", source).stdout
