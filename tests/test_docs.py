"""The documents: generated pages are up to date, links lead somewhere, code blocks run."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest

import consumers.config
from consumers.events import decode_event
from consumers.gateway.config import SETTINGS as GATEWAY_SETTINGS
from consumers.messages import decode
from judgecore.__main__ import COMMANDS
from judgecore.config import SETTINGS
from scripts.docs import messages
from scripts.docs import pages as generated

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
LINKED = sorted({*PAGES, *ROOT.glob("*.md"), ROOT / "judgecore" / "languages" / "README.md"})
RUN = [p for p in PAGES if p.name == "README.md" or p.name.startswith("quickstart")]
_BLOCK = re.compile(
    r"(?:^<!-- (?P<note>.*?) -->\n)?^```(?P<kind>\w*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL
)


@dataclass(frozen=True)
class Block:
    """A code block, and the bare block of output right after it, if there is one."""

    page: str
    kind: str
    text: str
    output: str | None
    note: str

    @property
    def skipped(self) -> bool:
        """Whether a comment above says that it isn't run, and why."""
        return self.note.startswith("not run: ")


def blocks(path: Path, kind: str) -> Iterator[Block]:
    """The blocks of a page in one language."""
    text = path.read_text()
    found = list(_BLOCK.finditer(text))
    for here, after in zip(found, [*found[1:], None], strict=True):
        if here["kind"] != kind:
            continue
        follows = (
            after is not None and not after["kind"] and not text[here.end() : after.start()].strip()
        )
        output = after["text"] if after is not None and follows else None
        yield Block(path.name, kind, here["text"], output, here["note"] or "")


def shown(block: Block) -> str:
    """How a block is called among the tests."""
    return f"{block.page}: {block.text.strip().splitlines()[0][:40]}"


@pytest.mark.parametrize("name", generated.PAGES)
def test_generated_pages_are_up_to_date(name: str) -> None:
    """What `make docs` writes is what is there."""
    assert generated.PAGES[name]() == (ROOT / "docs" / name).read_text(), "run `make docs`"


@pytest.mark.parametrize("sample", messages.REQUESTS)
def test_sample_requests_are_read_by_a_worker(sample: str) -> None:
    """A message of the page, copied by a publisher, is one that a worker accepts."""
    request = messages.REQUESTS[sample]

    assert request.get("kind", "submission") == decode(json.dumps(request).encode()).kind


@pytest.mark.parametrize("sample", messages.SAMPLE_EVENTS)
def test_sample_events_are_read_by_a_listener(sample: str) -> None:
    """An event of the page is one that a listener accepts."""
    event = messages.SAMPLE_EVENTS[sample]

    assert event == decode_event(event.encode())


@pytest.mark.parametrize("path", LINKED, ids=lambda p: p.name)
def test_links_lead_somewhere(path: Path) -> None:
    """Every relative link names a file that exists, and a heading of it, if any."""
    links = re.findall(r"\]\((?!https?:|mailto:)([^)#]*)(?:#([^)]+))?\)", path.read_text())
    files = {link: path.parent / link if link else path for link, _ in links}

    assert [] == [link for link, file in files.items() if not file.exists()]
    assert [] == [
        anchor for link, anchor in links if anchor and anchor not in _anchors(files[link])
    ]


def _anchors(path: Path) -> set[str]:
    """The headings of a page, as GitHub's links call them."""
    headings = re.findall(r"^#+ (.*)$", path.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_every_setting_is_documented() -> None:
    """Each variable of the tables is a row of the settings page, and the other way round."""
    page = (ROOT / "docs" / "settings.md").read_text()
    rows = set(re.findall(r"^\| `(JUDGECORE_[A-Z0-9_]+)`", page, re.MULTILINE))

    assert {
        setting.name for setting in (*SETTINGS, *consumers.config.SETTINGS, *GATEWAY_SETTINGS)
    } == rows


def test_every_command_is_documented() -> None:
    """Each command of `judgecore` occurs in the documents."""
    pages = "".join(path.read_text() for path in PAGES)

    assert set() == {name for name in COMMANDS if f"judgecore {name}" not in pages}


def environment(folder: Path) -> dict[str, str]:
    """As a user's shell, with judgecore installed, on the local engine."""
    return {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "JUDGECORE_ENGINE": "local",
        "TMPDIR": str(folder),
    }


def _trimmed(text: str) -> str:
    return "".join(f"{line.rstrip()}\n" for line in text.splitlines())


PYTHON = [b for page in RUN for b in blocks(page, "python") if not b.skipped]


@pytest.mark.local
@pytest.mark.parametrize("block", PYTHON, ids=shown)
def test_python_blocks_run(block: Block, tmp_path: Path) -> None:
    """A Python block runs as it stands, and prints what the page shows."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", block.text],
        cwd=ROOT,
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert block.output is None or block.output == _trimmed(done.stdout)


def scripts() -> Iterator[object]:
    """The shell blocks of each page, as one script a page."""
    for page in RUN:
        text = "".join(b.text for b in blocks(page, "sh") if not b.skipped)
        if text:
            needs = pytest.mark.services if "scripts/services" in text else pytest.mark.local
            yield pytest.param(text, marks=needs, id=page.name)


@pytest.mark.parametrize("script", [*scripts()])
def test_shell_blocks_run(script: str, tmp_path: Path) -> None:
    """The shell blocks of a page, one after another, end well."""
    name = f"judgecore-docs-{uuid4().hex[:8]}"
    env = environment(tmp_path) | {"JUDGECORE_TEST_SERVICES": name}
    shell = subprocess.Popen(
        ["bash", "-euc", script],
        cwd=ROOT,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        said, _ = shell.communicate(timeout=240)
    finally:
        with suppress(ProcessLookupError):  # what a failed script left in the background
            os.killpg(shell.pid, signal.SIGKILL)
        shell.wait()
        if "scripts/services" in script:
            subprocess.run(["scripts/services", "down"], cwd=ROOT, env=env, check=True)

    assert shell.returncode == 0, said


def test_the_architecture_names_every_module() -> None:
    """Each module and folder of the two packages is in a table of the page, under its own name."""
    page = (ROOT / "docs" / "architecture.md").read_text()
    here = [p for name in ("judgecore", "consumers") for p in (ROOT / name).iterdir()]
    names = {p.stem for p in here if p.suffix == ".py"} | {f"{p.name}/" for p in here if p.is_dir()}
    hidden = {"__init__", "__pycache__/"}

    assert set() == {name for name in names - hidden if f"`{name}`" not in page}


def test_the_architecture_answers_where_things_are() -> None:
    """Each file and folder in the answers is there, and each name in brackets is in its file."""
    page = (ROOT / "docs" / "architecture.md").read_text()
    answers = page.split("## Where is …?", 1)[1].split("\n## ")[0]
    paths = re.findall(r"`((?:judgecore|consumers|tests)/[\w./-]*)`(?: \(`(\w+)`\))?", answers)
    missing = [path for path, _ in paths if not (ROOT / path).exists()]
    unnamed = [
        f"{path}: {name}" for path, name in paths if name and name not in (ROOT / path).read_text()
    ]

    assert len(paths) > 40
    assert [] == missing
    assert [] == unnamed
