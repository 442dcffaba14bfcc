"""A result as a page and as a table."""

from __future__ import annotations

import json
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from uuid import UUID

from judgecore import CompileResult, Result, TestResult, Verdict, page

ID = UUID(int=7)


def rows(count: int) -> tuple[TestResult, ...]:
    """Results of `count` tests, every fifth of them too slow, the last one skipped."""
    made = [
        TestResult(
            name=f"secret/{n:02}",
            verdict=Verdict.TLE if n % 5 == 4 else Verdict.AC,
            cpu_ms=3.0 + 40 * n,
            wall_ms=5.0 + 41 * n,
            memory_bytes=(1 + n) << 20,
            detail="cpu time over 100 ms" if n % 5 == 4 else "",
        )
        for n in range(count)
    ]
    return (*made, TestResult(name="last", verdict=Verdict.SKIPPED))


def result(**changes: object) -> Result:
    """A result with twelve tests."""
    base = {"submission_id": ID, "language": "c", "verdict": Verdict.TLE, "tests": rows(12)}
    return Result.model_validate(base | changes)


class Tags(HTMLParser):
    """Counts the tags of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.seen: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append(tag)


def test_every_test_has_its_bars_and_its_row() -> None:
    """Time and memory are plotted for all that ran; the table lists the skipped one too."""
    text = page.html(result())
    table = text.partition("<h2>Tests</h2>")[2].partition("</table>")[0]

    assert 2 * 12 == Tags(text).seen.count("rect")
    assert 13 + 1 == Tags(table).seen.count("tr")


def test_the_page_loads_nothing_and_trusts_nothing() -> None:
    """What programs and compilers say is escaped; no script, no link, no address."""
    evil = "</pre><script>alert(1)</script>"
    bad = TestResult(name=evil, verdict=Verdict.RE, detail=evil, stdout=evil, stderr=evil)
    compiled = CompileResult(ok=False, output=evil)
    text = page.html(result(tests=(bad,), compile=compiled, cause=evil))

    assert {"script", "link", "img", "iframe"}.isdisjoint(Tags(text).seen)
    assert "http" not in text


def test_the_first_failure_shows_what_was_printed() -> None:
    """Streams of the first test that failed, and that they were cut."""
    good = TestResult(name="1", verdict=Verdict.AC, stdout="fine")
    bad = TestResult(name="2", verdict=Verdict.WA, stdout="<3", stdout_truncated=True)
    text = page.html(result(tests=(good, bad), verdict=Verdict.WA))

    assert "<h2>First failure: 2</h2>" in text
    assert "stdout, the first of it<pre>&lt;3</pre>" in text
    assert "fine" not in text


def test_a_result_without_tests_is_a_page() -> None:
    """A compile error has no tests to plot."""
    text = page.html(result(tests=(), verdict=Verdict.CE, compile=CompileResult(ok=False)))

    assert "compile error" in text


def test_report_reads_what_judge_wrote(tmp_path: Path) -> None:
    """`judgecore report FILE` takes the JSON of `judgecore judge --json`."""
    (tmp_path / "r.json").write_text(result().model_dump_json())
    command = [sys.executable, "-m", "judgecore", "report", "r.json"]
    env = {"PYTHONPATH": str(Path(__file__).parent.parent), "COLUMNS": "120"}
    shown = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True)
    as_json = subprocess.run([*command, "--json"], cwd=tmp_path, env=env, capture_output=True)
    made = subprocess.run([*command, "--html", "r.html"], cwd=tmp_path, env=env, check=False)

    assert "secret/04" in shown.stdout
    assert json.loads(as_json.stdout)["verdict"] == "TLE"
    assert made.returncode == 0
    assert (tmp_path / "r.html").read_text() == page.html(result())
