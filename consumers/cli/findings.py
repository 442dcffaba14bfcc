"""What `judgecore doctor` says of the settings of a worker."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from consumers.ahead import MOST_AHEAD
from consumers.config import SETTINGS
from judgecore.doctor.finding import Finding, error, fine
from judgecore.errors import InvalidConfig
from judgecore.settings import read


def findings(environ: Mapping[str, str]) -> Iterator[Finding]:
    """Those that decide how fast submissions come to slots; variables that are wrong."""
    try:
        ahead = read(SETTINGS, environ).get("ahead")
    except InvalidConfig as exc:
        remedy = "these variables, as docs/settings.md describes them: a worker does not start"
        yield error("worker's settings", str(exc), remedy)
        return
    says = "off (JUDGECORE_AHEAD=0)" if ahead == 0 else f"{ahead} by a worker, always"
    if ahead is None:
        says = (
            f"up to {MOST_AHEAD} by a worker while the queue is backed up and submissions are short"
        )
    yield fine("taken ahead", says)
