"""Each generated page: its path in docs/, and how its text is made."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from judgecore.engine.seccomp import markdown as system_calls
from judgecore.languages import SHIPPED, Calibration, Language, Registry
from judgecore.limits import Limits
from judgecore.verdict import MEANINGS, RULES, Verdict
from scripts.docs import libraries, messages
from scripts.docs.markdown import NOTE, table


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
        " the program ended well, and the checker\ndecides by its output: AC or WA; a checker"
        " program may also say PE or PS. The compiler decides\nCE; OK means that nothing was"
        " expected. A wrong output of a program whose runtime said that its heap was full is"
        "\nMLE, too: a thread that ends so leaves exit code 0.\n\n"
        + table(("", "row", "verdict", "why it stands here"), rules)
    )


def languages() -> str:
    """Every language, with what was measured of it."""

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
        + "\n## Libraries\n\nMeasured by programs that use them:"
        " `python -m scripts.docs.libraries`. An empty cell: not there.\n\n"
        + table(("language", "library", *libraries.IMAGES), libraries.rows())
    )


PAGES: dict[str, Callable[[], str]] = {
    "verdicts.md": verdicts,
    "languages.md": languages,
    "system-calls.md": system_calls,
    "messages.md": messages.page,
    **{f"schemas/{kind}.json": partial(messages.schema, kind) for kind in messages.MODELS},
}
