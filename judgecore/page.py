"""A result as one HTML page: a table and two plots, nothing loaded from anywhere."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape

from judgecore.limits import MIB
from judgecore.result import Result, TestResult
from judgecore.verdict import Verdict

_WIDTH, _HEIGHT, _LEFT, _BOTTOM = 860, 180, 56, 18
STYLE = """
:root { --ink:#1f2328; --dim:#656d76; --line:#d8dee4; --page:#fff;
  --good:#1a7f37; --bad:#cf222e; --late:#9a6700; --other:#8250df }
@media (prefers-color-scheme: dark) { :root { --ink:#e6edf3; --dim:#8d96a0; --line:#30363d;
  --page:#0d1117; --good:#3fb950; --bad:#f85149; --late:#d29922; --other:#a371f7 } }
body { font:15px/1.5 system-ui, sans-serif; color:var(--ink); background:var(--page);
  max-width:900px; margin:2rem auto; padding:0 1rem }
h1 { font-size:1.4rem; margin-bottom:.2rem } h2 { font-size:1rem; margin:1.6rem 0 .4rem }
p, figcaption { color:var(--dim); margin:.2rem 0 } figure { margin:0 }
table { border-collapse:collapse; width:100%; font-variant-numeric:tabular-nums }
th, td { text-align:left; padding:.25rem .6rem; border-bottom:1px solid var(--line) }
th { color:var(--dim); font-weight:500 } td.n, th.n { text-align:right }
td.d { white-space:pre-wrap; overflow-wrap:anywhere }
pre { white-space:pre-wrap; border:1px solid var(--line); padding:.6rem; border-radius:6px }
svg { width:100%; height:auto } svg text { fill:var(--dim); font-size:11px }
.grid { stroke:var(--line) } .good { color:var(--good); fill:var(--good) }
.bad { color:var(--bad); fill:var(--bad) } .late { color:var(--late); fill:var(--late) }
.other { color:var(--other); fill:var(--other) }
"""
_COLOUR = {
    Verdict.AC: "good",
    Verdict.WA: "bad",
    Verdict.PE: "bad",
    Verdict.RE: "bad",
    Verdict.CE: "bad",
    Verdict.TLE: "late",
    Verdict.MLE: "late",
    Verdict.OLE: "late",
}


def _colour(verdict: Verdict) -> str:
    return _COLOUR.get(verdict, "other")


def badge(verdict: Verdict) -> str:
    """The verdict in its colour."""
    return f'<strong class="{_colour(verdict)}">{verdict}</strong>'


def _nice(top: float) -> float:
    """The next of 1, 2, 5, 10, 20, … that is not below `top`."""
    step = 1.0
    while True:
        for factor in (1, 2, 5):
            if factor * step >= top:
                return factor * step
        step *= 10


def _plot(
    title: str, unit: str, tests: Sequence[TestResult], value: Callable[[TestResult], float]
) -> str:
    """A bar per test. Widths share the page, so that a thousand tests still fit."""
    top = _nice(max((value(t) for t in tests), default=1.0) or 1.0)
    room, tall = _WIDTH - _LEFT, _HEIGHT - _BOTTOM - 8
    step = room / max(1, len(tests))
    parts = []
    for share in (0.0, 0.5, 1.0):
        y = 8 + tall * (1 - share)
        parts.append(f'<line class="grid" x1="{_LEFT}" x2="{_WIDTH}" y1="{y:.1f}" y2="{y:.1f}"/>')
        parts.append(
            f'<text x="{_LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{top * share:g}</text>'
        )
    for place, test in enumerate(tests):
        high = tall * value(test) / top
        parts.append(
            f'<rect class="{_colour(test.verdict)}" x="{_LEFT + place * step:.2f}"'
            f' y="{8 + tall - high:.2f}" width="{step * (0.8 if step > 3 else 1):.2f}"'
            f' height="{max(high, 0.5):.2f}"><title>{escape(test.name)}: {value(test):.1f} {unit},'
            f" {test.verdict}</title></rect>"
        )
    parts.append(f'<text x="{_LEFT}" y="{_HEIGHT - 2}">{escape(tests[0].name)}</text>')
    parts.append(
        f'<text x="{_WIDTH}" y="{_HEIGHT - 2}" text-anchor="end">{escape(tests[-1].name)}</text>'
    )
    return (
        f"<h2>{title}</h2><figure>"
        f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{title}">{"".join(parts)}'
        f"</svg><figcaption>{unit}, a bar per test, in order</figcaption></figure>"
    )


def _row(test: TestResult) -> str:
    return (
        f"<tr><td>{escape(test.name)}<td>{badge(test.verdict)}"
        f'<td class="n">{test.cpu_ms:.1f}<td class="n">{test.wall_ms:.1f}'
        f'<td class="n">{test.memory_bytes / MIB:.1f}<td class="d">{escape(test.detail)}'
    )


def _table(tests: Sequence[TestResult]) -> str:
    head = '<tr><th>test<th>verdict<th class="n">CPU ms<th class="n">wall ms<th class="n">MiB<th>'
    return f"<h2>Tests</h2><table>{head}{''.join(map(_row, tests))}</table>"


def _failure(tests: Sequence[TestResult]) -> str:
    """What the first test that failed printed."""
    passed = (Verdict.AC, Verdict.OK, Verdict.SKIPPED)
    test = next((test for test in tests if test.verdict not in passed), None)
    if test is None:
        return ""
    parts = [f"<h2>First failure: {escape(test.name)}</h2>"]
    if test.detail:
        parts.append(f"<p>{escape(test.detail)}")
    for stream, text, cut in (
        ("stdout", test.stdout, test.stdout_truncated),
        ("stderr", test.stderr, test.stderr_truncated),
    ):
        if text:
            parts.append(
                f"<p>{stream}{', the first of it' if cut else ''}<pre>{escape(text)}</pre>"
            )
    if test.transcript:
        parts.append(f"<p>transcript<pre>{escape(test.transcript)}</pre>")
    return "".join(parts)


def _sources(tests: Sequence[TestResult]) -> str:
    cpu = sorted({t.cpu_source for t in tests})
    memory = sorted({t.memory_source for t in tests})
    return f"CPU time read from {', '.join(cpu)}; memory from {', '.join(memory)}."


def _environment(result: Result) -> str:
    made = result.environment
    rows = {
        "Toolchain": made.toolchain,
        "judgecore": made.judgecore,
        "Engine": made.engine,
        "Image": f"{made.image} {made.image_digest}".strip(),
        "Reuse of slots": made.reuse,
        "Speed of the machine": f"{made.speed:g}",
        "Limits in force": ", ".join(f"{name} {value}" for name, value in made.limits.items()),
        "Reproduce": result.reproduce,
    }
    shown = (
        f'<tr><td>{name}<td class="d">{escape(value or "unknown")}' for name, value in rows.items()
    )
    return f"<h2>Environment</h2><table>{''.join(shown)}</table>"


def html(result: Result) -> str:
    """The page. Whatever a program or a compiler said is escaped; there is no script."""
    ran = [t for t in result.tests if t.verdict is not Verdict.SKIPPED]
    passed = sum(t.verdict is Verdict.AC for t in result.tests)
    parts = [
        '<!doctype html><html lang="en"><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width">',
        f"<title>{result.verdict} · {result.submission_id}</title><style>{STYLE}</style>",
        f"<h1>{badge(result.verdict)} {result.verdict.meaning}</h1>",
        f"<p>Submission {result.submission_id} · {escape(result.language)} ·"
        f" {passed} of {len(result.tests)} tests passed · {escape(result.tier)} tier",
    ]
    if result.cause:
        parts.append(f"<h2>Cause</h2><pre>{escape(result.cause)}</pre>")
    if result.compile is not None and result.compile.output.strip():
        parts.append(f"<h2>Compiler</h2><pre>{escape(result.compile.output.strip())}</pre>")
    if ran:
        parts.append(_plot("CPU time", "milliseconds", ran, lambda t: t.cpu_ms))
        parts.append(_plot("Memory", "MiB", ran, lambda t: t.memory_bytes / MIB))
        parts.append(f"<p>{escape(_sources(ran))}")
    parts.append(_failure(result.tests))
    if result.tests:
        parts.append(_table(result.tests))
    parts.append(_environment(result))
    return "\n".join(parts) + "\n"
