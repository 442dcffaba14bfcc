"""Imports go one way, and each foreign library has one home."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
# Lower numbers know nothing of higher ones.
LADDER = {
    "errors": 0,
    "model": 1,
    "limits": 1,
    "report": 1,
    "verdict": 2,
    "submission": 3,
    "machine": 2,
    "config": 3,
    "runner": 4,
    "engine": 5,
    "languages": 5,
    "checkers": 5,
    "problems": 5,
    "slot": 6,
    "cores": 6,
    "replacement": 7,
    "starter": 7,
    "partners": 8,
    "pool": 9,
    "judge": 10,
    "__init__": 11,
    "doctor": 11,
    "proving": 11,
    "attacks": 12,
    "page": 12,
    "cli": 13,
    "__main__": 14,
}
HOMES = {
    "docker": "judgecore/engine/docker.py",
    "pika": "consumers/rabbit/",
    "psycopg2": "consumers/postgres/",
}


def modules() -> list[Path]:
    """Every module of the two packages."""
    found = [p for name in ("judgecore", "consumers") for p in sorted((ROOT / name).rglob("*.py"))]
    return [p for p in found if p.name != "proof.py"]


def imported(path: Path) -> set[str]:
    """The dotted names that a module imports."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def place(name: str) -> int | None:
    """The rung of a dotted name, None when it is not ours."""
    parts = name.split(".")
    if parts[0] != "judgecore":
        return None
    return LADDER.get(parts[1]) if len(parts) > 1 else LADDER["__init__"]


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_go_down(path: Path) -> None:
    """No module imports from a rung above its own."""
    relative = path.relative_to(ROOT)
    if relative.parts[0] == "consumers":
        pytest.skip("may import any public part of judgecore")
    own = LADDER[relative.parts[1].removesuffix(".py")]
    above = {name for name in imported(path) if (rung := place(name)) is not None and rung > own}

    assert set() == above


@pytest.mark.parametrize("library", HOMES)
def test_foreign_libraries_have_one_home(library: str) -> None:
    """One module imports docker; one package, or module, pika and psycopg2."""
    users = {
        str(path.relative_to(ROOT))
        for path in modules()
        if any(name.split(".")[0] == library for name in imported(path)) and path.stem != "__init__"
    }

    assert users
    assert [] == [user for user in users if not user.startswith(HOMES[library])]
