"""The generated pages of docs/: `python -m judgecore.reference` writes them, a test compares."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from pathlib import Path

from judgecore.limits import Limits
from judgecore.verdict import MEANINGS, RULES, Verdict

NOTE = "<!-- made by `make docs` from {source}; don't edit -->\n\n"


def table(head: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """A Markdown table."""
    lines = [tuple(head)]
    lines.append(("---",) * len(lines[0]))
    lines += [tuple(str(cell).replace("|", "\\|") for cell in row) for row in rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def verdicts() -> str:
    """Every verdict, and the ordered table by which a run's facts become one."""
    states = {Verdict.PENDING, Verdict.JUDGING, Verdict.SKIPPED, Verdict.CANCELLED}
    rules = (
        (number, rule.name, rule.verdict, rule.reason) for number, rule in enumerate(RULES, start=1)
    )
    return (
        "# Verdicts\n\n"
        + NOTE.format(source="judgecore/verdict.py")
        + table(("verdict", "means"), ((v, MEANINGS[v]) for v in Verdict if v not in states))
        + "\nA submission's verdict is that of the first test that failed, else AC. States, which"
        " are no verdicts:\n\n"
        + table(("state", "means"), ((v, MEANINGS[v]) for v in Verdict if v in states))
        + "\n## How a run gets its verdict\n\nThe first row that applies decides. When none does,"
        " the program ended well, and the checker\ndecides by its output.\n\n"
        + table(("", "row", "verdict", "why it stands here"), rules)
    )


def messages() -> str:
    """What travels over the broker; its models are those of the worker."""
    from consumers.schema import page

    return page()


def languages() -> str:
    """Every language, with what was measured of it."""
    from judgecore.languages import SHIPPED, Calibration, Language, Registry

    def row(language: Language) -> tuple[object, ...]:
        found = language.measured
        names = ", ".join(f"`{alias}`" for alias in language.aliases)
        figures = (f"{found.start_ms:.0f}", f"{found.memory_floor_bytes / 2**20:.1f}")
        figures = figures if found.start_ms else ("", "")
        extra = language.run_limits(Limits())
        return (
            f"`{language.id}`",
            language.name,
            found.version,
            language.where,
            *figures,
            found.processes or "",
            f"{(extra.memory_bytes - Limits().memory_bytes) // 2**20}",
            extra.cpu_ms - Limits().cpu_ms,
            names,
        )

    known = Registry()
    slim = sum(language.where == "slim" for language in known.values())
    head = ("id", "name", "version", "flavour", "start ms", "floor MiB", "threads")
    return (
        "# Languages\n\n"
        + NOTE.format(source="judgecore/languages/")
        + f"{len(known)} languages, each proved by a program of its own in the full image"
        f" (`{Calibration.load(SHIPPED).image}`), {slim} of them in the slim one.\nHow to add one,"
        " in whatever image: [judgecore/languages/README.md](../judgecore/languages/README.md);"
        "\nwhere a language wants its input in a way of its own:"
        " [language-notes.md](language-notes.md).\n\n"
        "Version, start-up (wall time of the proof), memory floor and the limit on threads and"
        " processes that it\nneeds are measured: `judgecore languages --calibrate FILE`. Memory,"
        " CPU time\nand processes on top of a program's limits follow from them, unless the"
        " language declares more.\n\n"
        + table((*head, "+ MiB", "+ cpu ms", "also"), map(row, known.values()))
    )


def system_calls() -> str:
    """What no program gets; the table is the runner's."""
    from judgecore.engine.seccomp import markdown

    return markdown()


PAGES: dict[str, Callable[[], str]] = {
    "verdicts.md": verdicts,
    "messages.md": messages,
    "languages.md": languages,
    "system-calls.md": system_calls,
}


def write(folder: Path) -> None:
    """Write every generated page into `folder`."""
    for name, made in PAGES.items():
        (folder / name).write_text(made())


if __name__ == "__main__":
    write(Path(sys.argv[1] if len(sys.argv) > 1 else "docs"))
