"""W3C Trace Context: https://www.w3.org/TR/trace-context/#traceparent-header

A publisher that traces sends `traceparent` in the headers of its message. The worker goes on
with it: same trace, a span of its own, told in the events and in each line of the log.
"""

from __future__ import annotations

import re
import secrets

_FORM = re.compile(r"(?!ff)[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?")


def continued(traceparent: str | None) -> str | None:
    """The context to pass on: the same trace, a new span; None when there is no valid one."""
    found = None if traceparent is None else _FORM.fullmatch(traceparent)
    # Version 00 has exactly four parts; a later one may have more, which 00 may not repeat.
    if found is None or (found[4] and traceparent and traceparent.startswith("00")):
        return None
    trace, span, flags = found[1], found[2], found[3]
    if not (trace.strip("0") and span.strip("0")):
        return None
    return f"00-{trace}-{secrets.token_hex(8)}-{flags}"


def trace_id(traceparent: str | None) -> str | None:
    """The trace of a context that `continued` has made."""
    return None if traceparent is None else traceparent.split("-")[1]
