"""What `judgecore doctor` says of the settings of a worker."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from consumers.config import SETTINGS
from judgecore.doctor import Finding, Level
from judgecore.settings import read


def findings(environ: Mapping[str, str]) -> Iterator[Finding]:
    """Those that decide how fast submissions come to slots.

    Raises `InvalidConfig` that names each wrong variable.
    """
    ahead = read(SETTINGS, environ).get("ahead")
    says = "off (JUDGECORE_AHEAD=0)" if ahead == 0 else f"{ahead} by a worker, always"
    if ahead is None:
        says = "one or two by a worker while the queue is backed up and submissions are short"
    yield Finding("taken ahead", Level.OK, says)
