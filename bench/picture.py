"""A picture of the measures, as SVG: how far each is from its aim."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape

from bench.measure import Row

_ROW, _TOP, _LEFT, _WIDTH, _RIGHT = 24, 44, 430, 300, 190
_COLOURS = {True: "#2b8a3e", False: "#c92a2a"}
_MOST = math.log(8)  # what is farther from its aim is drawn as far as this


def of_aim(row: Row) -> float | None:
    """How much of the aim is used: 1 at the aim, less is better; None without figure or aim."""
    if row.ratio is None or row.aim is None or row.ratio <= 0:
        return None
    return row.aim / row.ratio if row.least else row.ratio / row.aim


def _bar(row: Row, y: int) -> str:
    used = of_aim(row)
    if used is None:
        said = row.why or f"{row.ratio:g} (for comparison)"
        return f'<text x="{_LEFT}" y="{y + 13}" fill="#868e96">{escape(said[:72])}</text>'
    middle = _LEFT + _WIDTH / 2
    length = max(-_MOST, min(_MOST, math.log(used))) / _MOST * _WIDTH / 2
    sign = "≥" if row.least else "≤"
    said = f"{row.ratio:g} {row.unit} (aim {sign} {row.aim:g})".replace("  ", " ")
    return (
        f'<rect x="{min(middle, middle + length):.1f}" y="{y + 3}" width="{abs(length):.1f}"'
        f' height="{_ROW - 8}" fill="{_COLOURS[bool(row.met)]}"/>'
        f'<text x="{_LEFT + _WIDTH + 8}" y="{y + 13}">{escape(said)}</text>'
    )


def svg(rows: Sequence[Row], title: str) -> str:
    """The picture: a line for each row; what is left of the middle is better than its aim."""
    height, width = _TOP + _ROW * len(rows) + 8, _LEFT + _WIDTH + _RIGHT
    middle = _LEFT + _WIDTH / 2
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}"'
        ' font-family="sans-serif" font-size="12">',
        f'<rect width="{width}" height="{height}" fill="white"/>',
        f'<text x="8" y="16" font-weight="bold">{escape(title)}</text>',
        f'<text x="{middle}" y="36" text-anchor="middle">better than the aim | worse</text>',
        f'<line x1="{middle}" y1="{_TOP}" x2="{middle}" y2="{height - 8}" stroke="#495057"/>',
    ]
    for n, row in enumerate(rows):
        y = _TOP + n * _ROW
        parts.append(f'<text x="8" y="{y + 13}">{escape(row.name)}</text>{_bar(row, y)}')
    return "\n".join([*parts, "</svg>\n"])
