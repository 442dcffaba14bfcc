"""Problem packages: what is read, and how a broken one is refused."""

from __future__ import annotations

import os
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from laid_out import write

from judgecore import Checker, CheckerKind, InvalidPackage, Judge, Submission, Verdict
from judgecore.problems.package import is_package, load

EXAMPLE = Path(__file__).parent.parent / "examples" / "sum"


TESTS = {"data/sample/1.in": "1", "data/sample/1.ans": "1", "data/secret/g/2.in": "2"}


def test_the_example_is_read() -> None:
    """Title, limits and tests come from where the format says."""
    found = load(EXAMPLE)

    assert found.title == "Sum and squares"
    assert [t.name for t in found.tests] == ["sample/1", "secret/01-one", "secret/02-many"]
    assert (found.limits.cpu_ms, found.limits.memory_bytes) == (1000, 64 << 20)


def test_flags_choose_the_checker(tmp_path: Path) -> None:
    """Float tolerances make a float checker."""
    write(
        tmp_path,
        {
            **TESTS,
            "data/secret/g/2.ans": "2",
            "problem.yaml": "validator_flags: float_tolerance 1e-4",
        },
    )
    found = load(tmp_path)

    assert found.checker.kind is CheckerKind.FLOATS
    assert (found.checker.absolute, found.checker.relative) == (1e-4, 1e-4)


DATA = {"data/sample/1.in": "", "data/sample/1.ans": ""}
PAIR = DATA | {"data/secret/a/1.in": "", "data/secret/a/1.ans": ""}
LOOSE = Checker(case_sensitive=False)
EXACTLY = Checker(case_sensitive=True)
NEAR = Checker(kind=CheckerKind.FLOATS, case_sensitive=False, absolute=1e-4, relative=1e-4)
SPACES = Checker(case_sensitive=False, space_sensitive=True)
ABSOLUTE = NEAR.model_copy(update={"relative": 0.0})
FLAGS = [
    ({}, LOOSE, LOOSE),
    ({"problem.yaml": "validator_flags: case_sensitive"}, EXACTLY, EXACTLY),
    ({"problem.yaml": "validator_flags: space_change_sensitive"}, SPACES, SPACES),
    ({"problem.yaml": "validator_flags: float_absolute_tolerance 1e-4"}, ABSOLUTE, ABSOLUTE),
    ({"problem.yaml": "validator_flags: [float_tolerance, 1.0E-4]\r\n"}, NEAR, NEAR),
    ({"problem.yaml": "\ufeffvalidator_flags: float_tolerance  1e-4 # near"}, NEAR, NEAR),
    ({"data/testdata.yaml": "output_validator_flags: float_tolerance 1e-4"}, NEAR, NEAR),
    ({"data/test_group.yaml": "output_validator_args: [float_tolerance, '1e-4']"}, NEAR, NEAR),
    ({"data/secret/testdata.yaml": "output_validator_flags: float_tolerance 1e-4"}, LOOSE, NEAR),
    ({"data/secret/a/1.yaml": "output_validator_args: [case_sensitive]"}, LOOSE, EXACTLY),
    (
        {"data/testdata.yaml": "output_validator_flags: {name: default, flags: case_sensitive}"},
        EXACTLY,
        EXACTLY,
    ),
    (  # nearer counts, key by key
        {
            "data/testdata.yaml": "{output_validator_flags: float_tolerance 1, on_reject: break}",
            "data/secret/testdata.yaml": "output_validator_flags: float_tolerance 1e-4",
            "data/secret/a/testdata.yaml": "grading: default",
            "data/sample/testdata.yaml": "output_validator_flags: ''",
        },
        LOOSE,
        NEAR,
    ),
    (  # the group's come after the problem's
        {
            "problem.yaml": "validator_flags: case_sensitive",
            "data/testdata.yaml": "output_validator_flags: float_tolerance 1e-4",
        },
        NEAR.model_copy(update={"case_sensitive": True}),
        NEAR.model_copy(update={"case_sensitive": True}),
    ),
    (
        {
            "problem.yaml": "constants: {near: 1e-4, other: 1}",
            "data/test_group.yaml": "output_validator_args: [float_tolerance, '{{near}}']",
        },
        NEAR,
        NEAR,
    ),
    (  # neither belongs to the tests
        {
            "data/invalid_output/testdata.yaml": "output_validator_flags: case_sensitive",
            "data/invalid_input/1.args": "x",
        },
        LOOSE,
        LOOSE,
    ),
]


@pytest.mark.parametrize(("files", "sample", "secret"), FLAGS)
def test_flags_hold_where_they_are_given(
    tmp_path: Path, files: dict[str, str], sample: Checker, secret: Checker
) -> None:
    """Flags of the problem, of groups and of tests make the checker of each test."""
    found = load(write(tmp_path, PAIR | files))

    assert [sample, secret] == [test.checker or found.checker for test in found.tests]


TIMES = [
    ({".timelimit": "3\n"}, 3000),
    ({".timelimit": "\ufeff 0.5 \r\n"}, 500),
    ({"domjudge-problem.ini": "timelimit='1.5'\n"}, 1500),
    ({"domjudge-problem.ini": 'name = "x"\r\ntimelimit = 4 ; seconds\r\n'}, 4000),
    ({"problem.yaml": "limits: {time_limit: '2.5'}", ".timelimit": "3"}, 2500),
    ({"problem.yaml": "limits:\n  memory: 512\n"}, 2000),
    ({"problem.yaml": "limits:\n"}, 2000),
]


@pytest.mark.parametrize(("files", "cpu_ms"), TIMES)
def test_the_time_limit_may_stand_elsewhere(
    tmp_path: Path, files: dict[str, str], cpu_ms: int
) -> None:
    """Where problem.yaml has no time limit, the files of the field's tools are asked."""
    write(tmp_path, DATA | files)

    assert cpu_ms == load(tmp_path).limits.cpu_ms


@pytest.mark.parametrize(
    ("limits", "memory_mb", "said"),
    [
        ("", 2048, ""),
        ("{memory: 1}", 4, "raised to 4 MiB"),
        ("{memory: 512}", 512, ""),
    ],
)
def test_memory_is_as_the_format_has_it(
    tmp_path: Path, limits: str, memory_mb: int, said: str
) -> None:
    """Without a limit 2048 MiB hold; one with which nothing starts is raised."""
    write(tmp_path, DATA | {"problem.yaml": f"limits: {limits}"})
    found = load(tmp_path)

    assert memory_mb << 20 == found.limits.memory_bytes
    assert bool(said) == any("limits.memory" in line for line in found.warnings)
    assert said in " ".join(found.warnings)


def test_tests_come_in_the_order_of_their_names(tmp_path: Path) -> None:
    """Names without endings decide, groups among tests; what begins with a dot is nothing."""
    names = ["1", "1-a", "10", "2/1", "2/2/1", "3"]
    files = {f"data/secret/{name}{end}": "" for name in names for end in (".in", ".ans")}
    write(tmp_path, files | {"data/secret/._1.in": "", "data/secret/.git/x.in": ""})

    assert [f"secret/{name}" for name in names] == [t.name for t in load(tmp_path).tests]


def test_tests_are_read_byte_for_byte(tmp_path: Path) -> None:
    """Line ends, byte order marks, NULs, missing last newlines, Latin-1 stay as they are."""
    odd = "\ufeff1\r\n\0\t\x0c2"
    found = load(write(tmp_path, {"data/secret/ä b.in": odd, "data/secret/ä b.ans": "\udce4"}))

    assert ("secret/ä b", odd, b"\xe4") == (
        found.tests[0].name,
        found.tests[0].input,
        found.tests[0].expected,
    )


HARMLESS = {
    "problem.yaml": """
        problem_format_version: legacy
        name: 'Größe'
        author: Somebody
        source: A contest
        license: cc by-sa
        rights_owner: Somebody
        keywords: easy math
        validation: default
        limits: {memory: 1024, output: 8, code: 128, compilation_time: 60, time_multiplier: 5}
        grading: {objective: max, show_test_data_groups: false}
        validator_flags:
    """,
    "problem_statement/problem.en.tex": "\\problemname{x}",
    "problem_statement/problem.sv.tex": "\\problemname{y}",
    "input_validators/check.ctd": "",
    "output_validators/.gitkeep": "",
    "submissions/accepted/a.py": "",
    "submissions/submissions.yaml": "",
    "attachments/x.bin": "\udcff",
    "data/sample/1.hint": "",
    "data/sample/1.desc": "",
    "data/sample/1.png": "\udcff",
    "data/sample/1.in.statement": "",
    "data/sample/2.interaction": "",
    "data/sample/1.yaml": "{hint: think, description: x, full_feedback: true, args: []}",
    "data/testdata.yaml": "{on_reject: break, grading: default, grader_flags: first_error}",
    "data/invalid_input/1.in": "",
    ".timelimit": "1",
    "domjudge-problem.ini": "short-name = A\ncolor = '#f00'\nspecial_compare = compare\n",
}
NEWER = {
    "problem.yaml": """
        problem_format_version: 2023-07-draft
        type: [pass-fail]
        name: {sv: Storlek, en: Size}
        uuid: 5ca6ba5b-36d5-4eff-8aa7-d967cbc4375e
        credits: {authors: [A <a@b.example>], translators: {sv: B}}
        source: [{name: C, url: "https://c.example"}, D]
        license: cc by
        embargo_until: 2024-02-29
        limits: {time_limit: 1.5, time_multipliers: {ac_to_time_limit: 2}, validation_time: 9}
        keywords: [easy]
        languages: all
        allow_file_writing: true
        constants: {n: 1}
    """,
    "statement/problem.en.md": "",
    "data/sample/1.files/.keep": "",
}


def test_carriage_returns_in_inputs_are_pointed_out(tmp_path: Path) -> None:
    """An input with CR LF stays as it is, and a warning tells what programs read."""
    found = load(write(tmp_path, DATA | {"data/secret/c.in": "1\r\n", "data/secret/c.ans": "1"}))

    assert "1\r\n" in [test.input for test in found.tests]
    assert any("CR LF" in line for line in found.warnings)


@pytest.mark.parametrize(("files", "title"), [(HARMLESS, "Größe"), (NEWER, "Size")])
def test_what_changes_no_verdict_is_passed_over(
    tmp_path: Path, files: dict[str, str], title: str
) -> None:
    """A full package of either edition is read without a word, whatever else lies in it."""
    files = {k: v for k, v in files.items() if k != "data/sample/1.files/.keep"}
    found = load(write(tmp_path, PAIR | files))

    assert (title, (), 2) == (found.title, found.warnings, len(found.tests))


NAMES = [
    ("name: 7", "7"),
    ("name:", "p"),
    ("name: ''", "p"),
    ("name: [a]", "p"),
    ("name: {}", "p"),
    ("name: {de: Zahl, en: Number}", "Number"),
    ("name: {de: Zahl}", "Zahl"),
    ('name: " a\\0b\\ud800\\x1b\\n c "', "a b? c"),
]


@pytest.mark.parametrize(("text", "title"), NAMES)
def test_a_title_is_a_line_of_text(tmp_path: Path, text: str, title: str) -> None:
    """English where there is a choice, else any; the folder's name where there is none."""
    assert title == load(write(tmp_path / "p", PAIR | {"problem.yaml": text})).title


WARNED = [
    ({}, "time_limit"),
    ({"problem.yaml": "wall_colour: red"}, "wall_colour"),
    ({"problem.yaml": "problem_format_version: '2049'"}, "2049"),
    ({"problem.yaml": "languages: [c]"}, "languages"),
    ({"problem.yaml": "limits: {time_limit: 1}", ".timelimit": "2"}, ".timelimit"),
    ({"data/secret/2.ans": ""}, "2.ans"),
    ({"data/3.in": ""}, "3.in"),
    ({"data/testdata.yaml": "output_validator_flag: case_sensitive"}, "output_validator_flag"),
    ({"data/testdata.yaml": "on_reject: continue"}, "on_reject"),
    ({"output_validators/check.py": ""}, "output_validators"),
    ({"problem.yaml": "limits: {output: 1}", "data/secret/a/1.ans": "x" * (2 << 20)}, "1.ans"),
]


@pytest.mark.parametrize(("files", "said"), WARNED)
def test_what_is_doubtful_is_told(tmp_path: Path, files: dict[str, str], said: str) -> None:
    """What is ignored or assumed is a line that begins with the path it is about."""
    warnings = load(write(tmp_path, PAIR | files), lenient=True).warnings

    assert any(said in line for line in warnings), warnings
    assert all(line.startswith(str(tmp_path)) for line in warnings)


# Thirty lines that are a thousand million entries, by merging and by naming.
BOMB = "a0: &a0 {x: 1}\n" + "".join(
    f"a{n + 1}: &a{n + 1} {{<<: [*a{n}, *a{n}]}}\n" for n in range(30)
)
BRANCHES = "a0: &a0 [x]\n" + "".join(f"a{n + 1}: &a{n + 1} [*a{n}, *a{n}]\n" for n in range(30))
BAD = [
    (DATA | {"output_validator/v.xyz": ""}, "output_validator: holds no program"),
    (DATA | {"problem.yaml": "type: multi-pass"}, "multi-pass: the package has no output"),
    (DATA | {"domjudge-problem.ini": "timelimit=soon"}, "timelimit"),
    (TESTS, "2.ans: missing"),
    ({}, "no package of a known format"),
    ({"problem.yaml": "validation: custom"}, "validation"),
    ({"problem.yaml": "a: [b"}, "problem.yaml"),
    ({"problem.yaml": "- a"}, "not a mapping"),
    (
        {
            "data/sample/1.in": "",
            "data/sample/1.ans": "",
            "problem.yaml": "limits: {time_limit: -1}",
        },
        "time_limit",
    ),
    (
        {"data/sample/1.in": "", "data/sample/1.ans": "", "problem.yaml": "validator_flags: magic"},
        "magic",
    ),
    (PAIR | {"data/testdata.yaml": "grading: custom"}, "testdata.yaml:1: grading"),
    (PAIR | {"data/testdata.yaml": "grader_flags: always_accept"}, "grader_flags"),
    (PAIR | {"data/testdata.yaml": "output_validator_flags: [[a]]"}, "output_validator_flags"),
    (PAIR | {"data/testdata.yaml": "output_validator_flags: float_tolerance"}, "needs a number"),
    (PAIR | {"problem.yaml": "validator_flags: float_tolerance x"}, "float_tolerance: 'x'"),
    (PAIR | {"problem.yaml": "validator_flags: float_tolerance nan"}, "float_tolerance: 'nan'"),
    (PAIR | {"problem.yaml": "validator_flags: float_tolerance -1"}, "float_tolerance: '-1'"),
    (PAIR | {"problem.yaml": "type: [pass-fail, interactive]"}, "interactive"),
    (PAIR | {"problem.yaml": "validation: custom score"}, "validation: custom"),
    (PAIR | {"problem.yaml": "limits: 5"}, "limits: not a mapping"),
    (PAIR | {"problem.yaml": "limits: {time_limit: yes}"}, "limits.time_limit: True"),
    (PAIR | {"problem.yaml": "limits: {time_limit: .nan}"}, "limits.time_limit: nan"),
    (PAIR | {"problem.yaml": "limits: {time_limit: 1e-5}"}, "limits.time_limit"),
    (PAIR | {"problem.yaml": "limits: {memory: 512MB}"}, "limits.memory: '512MB'"),
    (PAIR | {"problem.yaml": "limits: {memory: 1e8}"}, "limits.memory"),
    (PAIR | {"problem.yaml": "limits: {output: 1024}"}, "limits.output"),
    (PAIR | {"problem.yaml": "[" * 999}, "problem.yaml: not YAML"),
    (PAIR | {"problem.yaml": "a:\n\tb: 1\n"}, "problem.yaml:2: not YAML: found character"),
    (PAIR | {"problem.yaml": "a: !!int ''"}, "problem.yaml: not YAML"),
    (PAIR | {"problem.yaml": "a: !!timestamp x"}, "problem.yaml: not YAML"),
    (PAIR | {"problem.yaml": BOMB}, "problem.yaml:2: not YAML"),
    (PAIR | {"problem.yaml": BRANCHES + "type: *a30"}, "type: must be words"),
    (PAIR | {"problem.yaml": BRANCHES + "limits: {memory: *a30}"}, "limits.memory: a list"),
    (
        PAIR | {"problem.yaml": f"limits: {{memory: 0x{'f' * 9999}}}"},
        "limits.memory: a number of more than 19 digits",
    ),
    (PAIR | {"problem.yaml": "#" * (1 << 20)}, "problem.yaml: 1048576 bytes"),
    (PAIR | {"problem.yaml": "a: !!python/object:os.system x"}, "problem.yaml:1: not YAML"),
    (PAIR | {"problem.yaml": "name: \udcff"}, "problem.yaml: not valid UTF-8 at byte 6"),
    (PAIR | {"problem.yml": "validator_flags: case_sensitive"}, "must be called problem.yaml"),
    (PAIR | {"domjudge-problem.ini": "special_run = 'x_run'"}, "special_run: 'x_run'"),
    (PAIR | {"data/secret/" + "x" * 199 + end: "" for end in (".in", ".ans")}, "name"),
    ({"data/sample": ""}, "sample: not a folder"),
    ({"secret/g/1.in": "", "secret/g/1.ans": ""}, "neither problem.yaml and data/"),
]


@pytest.mark.parametrize(("files", "said"), BAD)
def test_a_broken_package_is_refused(tmp_path: Path, files: dict[str, str], said: str) -> None:
    """The refusal begins with the path at fault and names what is wrong there."""
    write(tmp_path, files)
    with pytest.raises(InvalidPackage, match=said) as caught:
        load(tmp_path, lenient=True)

    assert str(caught.value).startswith(str(tmp_path))


def link(folder: Path, name: str, target: str) -> None:
    """Make a link in a package."""
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).symlink_to(target)


def test_links_within_a_package_are_followed(tmp_path: Path) -> None:
    """Files and whole groups may be links to others of the package."""
    write(tmp_path, PAIR)
    link(tmp_path, "data/secret/b", "a")
    link(tmp_path, "data/secret/c.in", "a/1.in")
    link(tmp_path, "data/secret/c.ans", "../sample/1.ans")

    assert ["sample/1", "secret/a/1", "secret/b/1", "secret/c"] == [
        test.name for test in load(tmp_path).tests
    ]


LINKS = [
    ("data/secret/x.in", "/etc/passwd", "x.in: a link out of"),
    ("data/secret/x.in", "nowhere", "x.in"),
    ("data/secret/x.in", "x.in", "x.in"),
    ("data/secret/x", "/etc", "x: a link out of"),
    ("data/secret/x", "..", "x"),
    ("data/secret/a/1.yaml", "/etc/passwd", "1.yaml: a link out of"),
    ("data/testdata.yaml", "/etc/passwd", "testdata.yaml: a link out of"),
    ("problem.yaml", "/etc/passwd", "problem.yaml: a link out of"),
    ("data/secret/x.in", "/dev/zero", "x.in: a link out of"),
]


@pytest.mark.parametrize(("name", "target", "said"), LINKS)
def test_other_links_are_refused(tmp_path: Path, name: str, target: str, said: str) -> None:
    """What a link leads to is shown to programs, so it leads nowhere else, nor in a ring."""
    write(tmp_path, PAIR | {"data/secret/x.ans": ""})
    link(tmp_path, name, target)
    with pytest.raises(InvalidPackage, match=said) as caught:
        load(tmp_path)

    assert str(caught.value).startswith(str(tmp_path))


def test_a_pipe_is_no_test(tmp_path: Path) -> None:
    """What would be waited for, or never ends, is refused."""
    write(tmp_path, {"data/sample/1.ans": ""})
    os.mkfifo(tmp_path / "data/sample/1.in")
    with pytest.raises(InvalidPackage, match=r"1\.in: not a file"):
        load(tmp_path)


def test_a_package_may_lie_one_folder_deeper(tmp_path: Path) -> None:
    """As archives are unpacked: a folder that holds nothing but the package."""
    write(tmp_path, {f"a/sum/{name}": text for name, text in PAIR.items()})
    write(tmp_path, {".DS_Store": ""})

    assert 2 == len(load(tmp_path).tests)


def zipped(path: Path, files: dict[str, str], *links: tuple[str, str]) -> Path:
    """Lay out a package as an archive."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
        for name, target in links:
            entry = zipfile.ZipInfo(name)
            entry.external_attr = (stat.S_IFLNK | 0o777) << 16
            archive.writestr(entry, target)
    return path


def inner(name: str) -> str:
    """As most archives have it: all in one folder."""
    return f"sum/{name}"


LAYOUTS: list[Callable[[str], str]] = [str, inner, lambda name: name.replace("/", "\\")]


def test_an_entry_that_is_there_twice_is_refused(tmp_path: Path) -> None:
    """Programs that unpack archives differ in which of the two they take."""
    path = zipped(tmp_path / "x.zip", DATA)
    with (
        zipfile.ZipFile(path, "a") as archive,
        pytest.warns(UserWarning, match="Duplicate"),
    ):
        archive.writestr(next(iter(DATA)), "2")

    with pytest.raises(InvalidPackage, match="there twice"):
        load(path)


@pytest.mark.parametrize("ending", [".zip", ".kpp", ".ZIP"])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_archives_are_packages(tmp_path: Path, ending: str, layout: Callable[[str], str]) -> None:
    """A package may be a ZIP archive, with or without its folder, with links inside it."""
    files = {layout(name): text for name, text in PAIR.items()}
    files |= {"__MACOSX/x/._1.in": "", "./": ""}
    links = [(layout("data/secret/b.in"), "a/1.in"), (layout("data/secret/b.ans"), "a/1.ans")]
    path = zipped(tmp_path / f"sum{ending}", files, *links)
    found = load(path)

    assert is_package(path)
    assert ("sum", ["sample/1", "secret/a/1", "secret/b"]) == (
        found.slug,
        [test.name for test in found.tests],
    )
    assert found.warnings[0].startswith(str(path))


BAD_ARCHIVES = [
    ({"../x": ""}, (), "outside"),
    ({"/x": ""}, (), "outside"),
    ({"a": "", "a/b": ""}, (), "cannot be unpacked"),
    (
        PAIR | {"data/secret/x.ans": ""},
        [("data/secret/x.in", "/etc/passwd")],
        "x.in: a link out of",
    ),
    (PAIR | {"x/passwd": "mine"}, [("x", "/etc")], "cannot be unpacked"),
    ({"problem.yaml": "validation: custom"}, (), "validation"),
]


@pytest.mark.parametrize(("files", "links", "said"), BAD_ARCHIVES)
def test_a_bad_archive_is_refused(
    tmp_path: Path, files: dict[str, str], links: list[tuple[str, str]], said: str
) -> None:
    """The refusal begins with the archive's path, and nothing is written elsewhere."""
    path = zipped(tmp_path / "x.zip", files, *links)
    with pytest.raises(InvalidPackage, match=said) as caught:
        load(path)

    assert str(caught.value).startswith(str(path))
    assert [path] == list(tmp_path.iterdir())


@pytest.mark.parametrize("megabytes", [200, 1_100])
def test_a_small_archive_of_a_large_package_is_refused(tmp_path: Path, megabytes: int) -> None:
    """What an archive grows to is bounded by its own size, before anything is unpacked."""
    path = tmp_path / "bomb.zip"
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as opened,
        opened.open("data/secret/1.in", "w", force_zip64=True) as entry,
    ):
        for _ in range(megabytes):
            entry.write(bytes(1 << 20))

    with pytest.raises(InvalidPackage, match=r"bomb\.zip: of an archive of \d+ bytes at most"):
        load(path)


def test_what_is_no_package_is_refused(tmp_path: Path) -> None:
    """A file of another kind, a torn archive, and nothing at all."""
    write(tmp_path, {"a.zip": "PK", "a.txt": ""})
    for name, said in (("a.zip", "unpacked"), ("a.txt", "neither"), ("a", "no such directory")):
        with pytest.raises(InvalidPackage, match=said):
            load(tmp_path / name)


GROUPS = {
    "problem.yaml": "{validator_flags: case_sensitive, limits: {time_limit: 5}}",
    "data/sample/1.in": "a",
    "data/sample/1.ans": "Yes 1",
    "data/secret/near/testdata.yaml": "output_validator_flags: float_tolerance 1e-2",
    "data/secret/near/1.in": "b",
    "data/secret/near/1.ans": "Yes 1",
}
JUDGED = [
    ("read x; [ $x = a ] && echo Yes 1 || echo Yes 1.001", [Verdict.AC, Verdict.AC]),
    ("echo Yes 1.001", [Verdict.WA, Verdict.AC]),
    ("echo yes 1", [Verdict.WA, Verdict.WA]),
]


@pytest.mark.parametrize(("source", "verdicts"), JUDGED)
def test_groups_are_judged_by_their_own_flags(
    judge: Judge, tmp_path: Path, source: str, verdicts: list[Verdict]
) -> None:
    """A program is right by the flags of the group that a test is in."""
    found = load(write(tmp_path, GROUPS))
    result = judge.judge(
        Submission(
            language="bash",
            source=source,
            tests=found.tests,
            limits=found.limits,
            checker=found.checker,
        )
    )

    assert verdicts == [test.verdict for test in result.tests], result
