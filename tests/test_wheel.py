"""The wheel, installed into an empty environment with the source out of the way."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

import judgecore
from judgecore.runner import recipe

ROOT = Path(__file__).parent.parent
SUM = ROOT / "examples" / "sum"


def call(*command: str | Path, cwd: Path, env: dict[str, str] | None = None) -> str:
    """Run a command; its output, or a failure that shows it."""
    done = subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the sdist, as `python -m build` does it."""
    made = tmp_path_factory.mktemp("dist")
    call(sys.executable, "-m", "build", "--outdir", made, ROOT, cwd=made)
    assert len(list(made.glob("*.tar.gz"))) == 1
    (found,) = made.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of commands of an environment that holds nothing but the wheel and its needs."""
    place = tmp_path_factory.mktemp("installed")
    venv.create(place, with_pip=True)
    call(place / "bin" / "python", "-m", "pip", "install", "--quiet", wheel, cwd=place)
    return place / "bin"


@pytest.mark.local
def test_the_wheel_names_the_machines_whose_runners_it_holds(wheel: Path) -> None:
    """The static runner is in it, executable, and the tag says for which machines."""
    held = [i for i in zipfile.ZipFile(wheel).infolist() if "/runner/bin/" in i.filename]
    machines = {i.filename.rpartition("/")[2].split("-")[1] for i in held}

    assert platform.machine() in machines
    assert machines == {m for m in ("x86_64", "aarch64") if f"manylinux2014_{m}" in wheel.name}
    assert all(i.external_attr >> 16 & 0o111 for i in held)
    assert {recipe.file_name(m) for m in machines} == {Path(i.filename).name for i in held}


@pytest.mark.local
def test_the_wheel_judges_without_a_compiler(installed: Path, tmp_path: Path) -> None:
    """`pip install`, then `judgecore judge` with the local engine; nothing is built on the way."""
    program = SUM / "submissions" / "accepted" / "sum.py"
    out = call(
        installed / "judgecore", "judge", program, "-p", SUM, "--engine", "local", "--json",
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path)},
    )  # fmt: skip

    assert json.loads(out)["verdict"] == "AC"
    assert not (tmp_path / ".cache").exists()


@pytest.mark.local
def test_the_wheel_is_light_and_its_extras_are_asked_for(installed: Path, tmp_path: Path) -> None:
    """Neither docker nor pika nor psycopg2 comes along, and whoever needs one is told the extra."""
    code = (
        "from importlib.util import find_spec as has\n"
        "print([n for n in ('docker', 'pika', 'psycopg2') if has(n)])"
    )

    assert call(installed / "python", "-c", code, cwd=tmp_path).strip() == "[]"
    for arguments, extra in (
        (("judge", SUM / "submissions/accepted/sum.py", "-p", SUM, "--engine", "docker"), "docker"),
        (("migrate", "--database", "postgres://localhost/none"), "worker"),
        (("problem", "list", "--database", "postgres://localhost/none"), "worker"),
    ):
        done = subprocess.run(
            [installed / "judgecore", *arguments], capture_output=True, text=True, check=False
        )
        assert f"its extra '{extra}'" in " ".join(done.stderr.split()), done.stderr
        assert "Traceback" not in done.stderr
    done = subprocess.run(
        [installed / "python", "-m", "consumers"], capture_output=True, text=True, check=False
    )
    assert (2, "") == (done.returncode, done.stdout)
    assert "its extra 'worker'" in done.stderr.splitlines()[0]


@pytest.mark.local
def test_the_wheel_has_the_public_names_and_their_types(installed: Path, tmp_path: Path) -> None:
    """Every public name is there, and a type checker believes what it says."""
    (tmp_path / "use.py").write_text(
        "from judgecore import Judge, Result, Submission, TestCase\n"
        "def use(judge: Judge) -> Result:\n"
        "    test = TestCase(expected='')\n"
        "    return judge.judge(Submission(language='c', source=' ', tests=(test,)))\n"
    )
    names = (
        "import judgecore; print(*sorted(n for n in judgecore.__all__ if hasattr(judgecore, n)))"
    )
    mypy = (sys.executable, "-m", "mypy", "--strict", "--python-executable", installed / "python")
    said = call(*mypy, "use.py", cwd=tmp_path)

    assert (
        sorted(judgecore.__all__) == call(installed / "python", "-c", names, cwd=tmp_path).split()
    )
    assert "Success" in said
