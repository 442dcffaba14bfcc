"""Imports go one way, each foreign library has one home, and what is private stays so."""

from __future__ import annotations

import ast
import functools
import shutil
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
# Lower numbers know nothing of higher ones. `consumers` may import anything of `judgecore`, which
# knows nothing of `consumers`.
LADDERS = {
    "judgecore": {
        "errors": 0,
        "interruption": 1,
        "many": 1,
        "validation": 1,
        "texts": 1,
        "paths": 1,
        "limits": 2,
        "report": 2,
        "settings": 1,
        "sizing": 2,
        "verdict": 3,
        "kinds": 3,
        "groups": 3,
        "functions": 3,
        "problem": 4,
        "result": 4,
        "submission": 5,
        "config": 5,
        "runner": 3,
        "engine": 4,
        "languages": 7,
        "checkers": 7,
        "problems": 7,
        "wire": 8,
        "running": 8,
        "slot": 8,
        "connecting": 9,
        "speed": 9,
        "tally": 0,
        "cores": 8,
        "replacement": 9,
        "starter": 9,
        "partners": 10,
        "leases": 10,
        "occupancy": 11,
        "pool": 12,
        "execution": 13,
        "evaluation": 14,
        "judge": 15,
        "__init__": 16,
        "doctor": 17,
        "proving": 17,
        "verifying": 17,
        "attacks": 18,
        "page": 18,
        "cli": 19,
        "__main__": 20,
    },
    "consumers": {
        "__init__": 0,
        "ahead": 1,
        "logs": 0,
        "names": 0,
        "policy": 0,
        "shutdown": 0,
        "steps": 0,
        "trace": 0,
        "waiting": 0,
        "config": 1,
        "messages": 1,
        "buffer": 1,
        "events": 2,
        "kept": 3,
        "large": 0,
        "pending": 4,
        "missed": 6,
        "contracts": 3,
        "deliveries": 3,
        "progress": 3,
        "memory": 4,
        "postgres": 4,
        "rabbit": 4,
        "answers": 5,
        "cases": 5,
        "judging": 5,
        "runs": 5,
        "metrics": 5,
        "publishing": 4,
        "outbox": 5,
        "engine_watch": 6,
        "refusals": 6,
        "handler": 7,
        "activity": 8,
        "client": 8,
        "health": 8,
        "worker": 8,
        "gateway": 9,
        "cli": 10,
        "__main__": 11,
    },
}
HOMES = {
    "docker": "judgecore/engine/docker.py",
    "pika": "consumers/rabbit/",
    "psycopg2": "consumers/postgres/",
    "python_multipart": "consumers/gateway/forms.py",
    "starlette": "consumers/gateway/web/",
    "uvicorn": "consumers/gateway/web/",
}
# Packages in which no class uses another one's private names.
PRIVATE = ("consumers", "judgecore")
# pika has no public way to read a frame in parts, or to choose the connection's class.
FOREIGN_PRIVATE = {"consumers/rabbit/tolerant_headers.py"}


@functools.cache
def parsed(path: Path) -> ast.Module:
    """A file's syntax tree, read once."""
    return ast.parse(path.read_text())


def modules(root: Path, packages: tuple[str, ...] = tuple(LADDERS)) -> list[Path]:
    """Every module of the packages below a folder."""
    found = [path for name in packages for path in sorted((root / name).rglob("*.py"))]
    return [path for path in found if path.name != "proof.py"]


def named(path: Path, root: Path) -> str:
    """The dotted name of a module."""
    parts = path.relative_to(root).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imported(tree: ast.AST) -> Iterator[str]:
    """The dotted names that a module, or a part of one, imports."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def rung(name: str) -> int | None:
    """The rung of a dotted name within its package; None when it is no module of ours."""
    package, _, rest = name.partition(".")
    if package not in LADDERS:
        return None
    return LADDERS[package].get(rest.split(".")[0] or "__init__")


def upward(path: Path, root: Path) -> set[str]:
    """What a module imports from above its own rung."""
    package, top, *_ = (*path.relative_to(root).parts, "")
    own = LADDERS[package][top.removesuffix(".py")]
    names = set(imported(parsed(path)))
    if package == "judgecore":
        climbing = {name for name in names if name.split(".")[0] == "consumers"}
    else:
        climbing = set()
    within = {name for name in names if name.split(".")[0] == package}
    return climbing | {name for name in within if (found := rung(name)) is not None and found > own}


def at_import(tree: ast.AST) -> Iterator[ast.stmt]:
    """What is imported when the module is: by no function's body, nothing for type checkers."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield node
        elif not (isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) or is_for_types(node)):
            yield from at_import(node)


def is_for_types(node: ast.AST) -> bool:
    """Whether it is `if TYPE_CHECKING`."""
    test = node.test if isinstance(node, ast.If) else None
    return isinstance(test, ast.Name) and test.id == "TYPE_CHECKING"


def cycle(root: Path, package: str) -> list[str]:
    """Modules of a package that import each other in a circle, when they are imported."""
    names = {named(path, root): path for path in modules(root, (package,))}
    graph = {
        name: set(imported(ast.Module([*at_import(parsed(path))], []))) & (names.keys() - {name})
        for name, path in names.items()
    }
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as exc:
        return list(exc.args[1])
    return []


OF_TUPLES = {"_asdict", "_fields", "_make", "_replace"}  # what every NamedTuple has for all


class _Private(ast.NodeVisitor):
    """Collects uses of private names that the class around them does not define itself."""

    def __init__(self) -> None:
        self.own: list[set[str]] = [set()]
        self.found: list[str] = []

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self.own.append(self.own[-1] | set(_defined(node)))
        self.generic_visit(node)
        self.own.pop()

    def visit_Attribute(self, node: ast.Attribute) -> None:
        is_private = node.attr.startswith("_") and not node.attr.endswith("__")
        is_private = is_private and node.attr not in OF_TUPLES
        if is_private and not _is_self(node.value) and node.attr not in self.own[-1]:
            self.found.append(f"{node.lineno}: {ast.unparse(node)}")
        self.generic_visit(node)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        private = [a.name for a in node.names if a.name.startswith("_") and a.name[1:2] != "_"]
        self.found += [f"{node.lineno}: {name} of {node.module}" for name in private]


def _defined(node: ast.ClassDef) -> Iterator[str]:
    for part in ast.walk(node):
        if isinstance(part, ast.FunctionDef):
            yield part.name
        elif isinstance(part, ast.AnnAssign) and isinstance(part.target, ast.Name):
            yield part.target.id
        elif isinstance(part, ast.Attribute) and _is_self(part.value):
            yield part.attr


def _is_self(node: ast.expr) -> bool:
    if isinstance(node, ast.Call):  # super()
        node = node.func
    return isinstance(node, ast.Name) and node.id in ("self", "cls", "super")


def private_uses(path: Path) -> list[str]:
    """Where a module uses a private name of somebody else."""
    visitor = _Private()
    visitor.visit(parsed(path))
    return visitor.found


def shown(path: Path) -> str:
    """How a module is called among the tests."""
    return str(path.relative_to(ROOT))


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """A folder with both packages' modules, to plant something in."""
    for path in modules(ROOT):
        target = tmp_path / path.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, target)
    return tmp_path


def plant(path: Path, text: str) -> None:
    """Append a line to a module."""
    path.write_text(f"{path.read_text()}\n{text}\n")


@pytest.mark.parametrize("path", modules(ROOT), ids=shown)
def test_imports_go_down(path: Path) -> None:
    """No module imports from a rung above its own, not even within a function."""
    assert set() == upward(path, ROOT)


@pytest.mark.parametrize(
    ("module", "line", "climbs"),
    [
        ("judgecore/verdict.py", "import judgecore.pool", "judgecore.pool"),
        ("judgecore/cli/show.py", "from consumers import events", "consumers.events"),
        ("consumers/messages.py", "from consumers.worker import Worker", "consumers.worker"),
        ("consumers/rabbit/topology.py", "def f(): import consumers.cli", "consumers.cli"),
    ],
)
def test_a_planted_upward_import_is_found(
    module: str, line: str, climbs: str, copied: Path
) -> None:
    """The test above fails when somebody imports upward."""
    plant(copied / module, line)

    assert climbs in upward(copied / module, copied)


@pytest.mark.parametrize("package", LADDERS)
def test_there_is_no_circle_of_imports(package: str) -> None:
    """No module needs itself to be imported."""
    assert [] == cycle(ROOT, package)


def test_a_planted_circle_is_found(copied: Path) -> None:
    """The test above fails when two modules import each other."""
    plant(copied / "consumers" / "messages.py", "import consumers.events")

    assert {"consumers.events", "consumers.messages"} == set(cycle(copied, "consumers"))


@pytest.mark.parametrize("path", modules(ROOT, PRIVATE), ids=shown)
def test_private_names_stay_with_their_class(path: Path) -> None:
    """Nobody uses a private name of another class or module."""
    found = [] if shown(path) in FOREIGN_PRIVATE else private_uses(path)

    assert [] == found


def test_a_planted_private_use_is_found(copied: Path) -> None:
    """The test above fails when somebody reaches into another class."""
    module = copied / "consumers" / "worker.py"
    plant(module, "def peek(worker: Worker) -> object: return worker._running")

    assert 1 == len(private_uses(module))


@pytest.mark.parametrize("package", LADDERS)
def test_the_architecture_lists_modules_from_the_top(package: str) -> None:
    """In the page's table of a package nothing stands above a module that imports it."""
    page = (ROOT / "docs" / "architecture.md").read_text()
    section = page.split(f"## {package}, from the top\n", 1)[1].split("\n## ")[0]
    cells = [row.split("|")[1] for row in section.splitlines() if row.startswith("| `")]
    rows = [[name.strip("`/ ") for name in cell.split(",")] for cell in cells]
    rungs = [[LADDERS[package][name] for name in row if name != "sql"] for row in rows]
    climbing = [
        row
        for row, above, own in zip(rows[1:], rungs, rungs[1:], strict=False)
        if max(own) > min(above)
    ]

    assert [] == climbing


@pytest.mark.parametrize("package", LADDERS)
def test_contributing_shows_the_ladder(package: str) -> None:
    """In the short ladder of CONTRIBUTING.md every name stands above what it may import."""
    page = (ROOT / "CONTRIBUTING.md").read_text()
    line = next(line for line in page.splitlines() if line.startswith(f"{package}: "))
    steps = [step.split(", ") for step in line.removeprefix(f"{package}: ").split(" → ")]
    rungs = [[LADDERS[package][name] for name in step] for step in steps]

    assert len(rungs) > 8
    assert all(min(left) > max(right) for left, right in pairwise(rungs))


@pytest.mark.parametrize("library", HOMES)
def test_foreign_libraries_have_one_home(library: str) -> None:
    """One module imports docker; one package, or module, pika and psycopg2."""
    trees = {path: parsed(path) for path in modules(ROOT)}
    users = {
        shown(path)
        for path, tree in trees.items()
        if path.stem != "__init__" and any(n.split(".")[0] == library for n in imported(tree))
    }

    assert users
    assert [] == [user for user in users if not user.startswith(HOMES[library])]
