"""The attack suite: every hostile program is blocked on every real engine, and nothing is left."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from engines import IMAGE, SPEED, make, settings

from judgecore import Judge, Limits
from judgecore.attacks import Ending, Outcome, choose, load, run
from judgecore.attacks.programs import LANGUAGES
from judgecore.engine import SlotSpec
from judgecore.engine.fake import Answer, FakeEngine
from judgecore.errors import InvalidConfig
from judgecore.report import Limit, Report
from judgecore.runner.protocol import Command
from judgecore.slot import Slot

ROOT = Path(__file__).parent.parent
ATTACKS = load()
FAMILIES = sorted({a.family for a in ATTACKS})
# What real judges suffered: each has a program that tries it here.
SUFFERED = (
    "CVE-2024-28185",
    "CVE-2024-28189",
    "CMS issue 376",
    "ejudge issue 98",
    "DOMjudge",
    "QingdaoU OnlineJudge issue 165",
    "DMOJ issue 318",
    "kjudge issue 82",
    "HUSTOJ issue 429",
    "reached through /proc",
    "Judge0 issue 564",
    "walking the directory",
    "Judge0 issue 550",
)
CONCEDED_AT_MOST = 9
UNWANTED = (Ending.SUCCEEDED, Ending.NOT_JUDGED)
ENGINES = [
    pytest.param("local", marks=pytest.mark.local),
    pytest.param("process", marks=pytest.mark.local),
    pytest.param("docker", marks=pytest.mark.docker),
]


@pytest.fixture(params=ENGINES, scope="module")
def attacked(request: pytest.FixtureRequest) -> Iterator[Judge]:
    """A judge with two slots, on one engine after the other."""
    with Judge(settings(), engine=make(request.param), slots=2) as judge:
        yield judge


def test_the_suite_is_as_large_as_it_says() -> None:
    """At least 120 distinct attacks in C, Python, Java and shell, over all families."""
    assert len({a.program.source for a in ATTACKS}) == len(ATTACKS) >= 120
    assert set(LANGUAGES.values()) == {a.program.language for a in ATTACKS}
    assert len(FAMILIES) >= 20


@pytest.mark.parametrize("exploit", SUFFERED)
def test_what_others_suffered_is_tried_here(exploit: str) -> None:
    """Each exploit of another judge has its program."""
    assert [a.name for a in ATTACKS if exploit in a.exploit]


def test_a_tier_concedes_few_and_says_why() -> None:
    """Fewer than ten attacks are beyond a tier, each with its reason."""
    reasons = [(tier, why) for a in ATTACKS for tier, why in a.concedes.items()]

    assert all(why for _, why in reasons)
    assert len(reasons) <= CONCEDED_AT_MOST


def test_what_is_conceded_is_documented() -> None:
    """docs/tiers.md names each attack that a tier cannot stop, and no other."""
    listed = re.search(
        r"(?s)Known limitations, among.*?\n\n(.*?)\n\n", (ROOT / "docs/tiers.md").read_text()
    )
    assert listed

    assert {a.name for a in ATTACKS if a.concedes} == set(
        re.findall(r"`(\w+/\w+\.\w+)`", listed[1])
    )


def test_choosing_nothing_is_an_error() -> None:
    """A word that means no attack is refused and the families are named."""
    with pytest.raises(InvalidConfig, match="families: answers, cgroup"):
        choose(ATTACKS, ["fork", "nonsense"])


def of_fake(attack: str, answer: Answer) -> Outcome:
    """What one attack comes to where every run gets the same answer."""
    with Judge(engine=FakeEngine(answer), slots=1) as judge:
        return run(judge, choose(ATTACKS, [attack]))[0]


def test_too_slow_is_not_judged() -> None:
    """A program that only ran out of time is tried again, and then proves nothing."""
    ran = []

    def slowly(argv: tuple[str, ...], stdin: bytes) -> Report:
        ran.append(argv)
        return Report(None, 9, 1.0, 60_000.0, 0, limit=Limit.WALL)

    outcome = of_fake("answers/walk.py", slowly)

    assert Ending.NOT_JUDGED == outcome.ending
    assert "time" in outcome.why
    assert len(ran) > 3


def test_a_busy_machine_is_not_judged() -> None:
    """A program that got no core proves nothing, and the other attacks go on."""
    starved = Report(None, 9, 1.0, 800.0, 0, limit=Limit.WALL, starved=True, waiting_ms=400)
    outcome = of_fake("answers/walk.py", lambda *_: starved)

    assert Ending.NOT_JUDGED == outcome.ending
    assert "too busy" in outcome.why


def test_a_repetition_has_no_more_cpu_time_to_use_up() -> None:
    """An attack that must get TLE gets it in a repetition, too, by the CPU time that it has."""
    ran = []

    def busy_at_first(argv: tuple[str, ...], stdin: bytes) -> Report:
        ran.append(argv)
        ended = Report(0, None, 500.0, 900.0, 0, stdout=b"clean 5")
        return ended.changed(starved=ran.count(argv) == 1 and argv[0] == "./.main")

    assert Ending.BLOCKED == of_fake("fork/bomb.c", busy_at_first).ending


def test_a_wrong_verdict_is_a_success() -> None:
    """A program whose verdict no clock explains has broken a promise."""
    outcome = of_fake("answers/walk.py", lambda *_: Report(1, None, 1.0, 1.0, 0))

    assert Ending.SUCCEEDED == outcome.ending


def test_a_missing_language_leaves_out_its_attacks() -> None:
    """An attack in a language that is not installed is left out by name; the others go on."""

    def without_java(argv: tuple[str, ...], stdin: bytes) -> Report:
        return Report(0, None, 1.0, 1.0, 0, stdout=b"javac\n")

    outcome = of_fake("answers/Walk.java", without_java)

    assert Ending.LEFT_OUT == outcome.ending
    assert "java: javac not installed where programs run" == outcome.why


@pytest.mark.timeout(900)
@pytest.mark.parametrize("family", FAMILIES)
def test_every_attack_is_blocked(
    attacked: Judge, family: str, record_property: Callable[[str, object], None]
) -> None:
    """No attack of the family succeeds, unless it is a known limitation of the tier."""
    outcomes = run(attacked, choose(ATTACKS, [family]))
    for ending, number in Counter(o.ending for o in outcomes).items():
        record_property(f"attacks {ending}", number)

    assert [] == [(o.name, o.ending, o.why) for o in outcomes if o.ending in UNWANTED]


@pytest.mark.timeout(900)
@pytest.mark.parametrize("engine", ENGINES)
def test_the_command_tells_and_leaves_nothing(engine: str, tmp_path: Path) -> None:
    """`judgecore attack --json` names every attack; no process, file, container or group stays."""
    words = ["fork", "ipc/socket_cycle.c", "symlinks", "disk/fill.c"]
    command = [sys.executable, "-m", "judgecore", "attack", *words, "--engine", engine, "--json"]
    for folder in (tmp_path, *tmp_path.parents):  # a slot's uid must get there
        if folder == tmp_path or folder.name.startswith(("pytest-", "popen-")):
            folder.chmod(0o755)
    env = os.environ | {"TMPDIR": str(tmp_path), "JUDGECORE_IMAGE": IMAGE}
    env |= {"JUDGECORE_MIN_TIER": "process", "JUDGECORE_SPEED": str(SPEED)}
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=env, check=False)
    told = json.loads(done.stdout)
    unblocked = [row for row in told["attacks"] if row["ending"] != Ending.BLOCKED]

    assert done.returncode == 0, unblocked
    assert set(told) == {"tier", "attacks", "left_behind"}
    assert len(choose(ATTACKS, words)) == len(told["attacks"])
    assert {row["ending"] for row in told["attacks"]} <= {str(each) for each in Ending}
    assert [] == told["left_behind"]
    assert [] == list(tmp_path.iterdir())


@pytest.fixture(params=[*ENGINES, pytest.param("local-user", marks=pytest.mark.local)])
def slot(request: pytest.FixtureRequest) -> Iterator[Slot]:
    """A slot of each real engine."""
    engine = make(request.param)
    made = Slot(engine.start(SlotSpec(), "compiling"))
    yield made
    made.destroy()
    engine.close()


def said(slot: Slot, code: str, *, compiling: bool = False) -> str:
    """Run Python in the slot, as a compiler that executes what it compiles would."""
    argv = ("/usr/bin/python3", "-c", f"import os\n{code}")
    report = slot.run(Command(argv, Limits(), writable_box=compiling))
    return report.stdout.decode()


def test_attributes_of_the_box_do_not_survive(slot: Slot) -> None:
    """What a compiler writes on the box itself is gone for the next submission."""
    said(slot, "os.setxattr('.', 'user.message', b'1')", compiling=True)

    assert slot.reset()
    assert said(slot, "print([n for n in os.listxattr('.') if 'security' not in n])") == "[]\n"


def test_digging_in_the_box_costs_no_slot(slot: Slot) -> None:
    """Artefacts deeper than any honest ones are removed, and the slot lives on."""
    said(slot, "for _ in range(400): os.mkdir('d'); os.chdir('d')", compiling=True)
    dug = "n = 0\nwhile os.path.isdir('d'): os.chdir('d'); n += 1\nprint(0 < n < 100)"

    assert said(slot, dug) == "True\n"
    assert slot.reset()
