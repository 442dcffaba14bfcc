"""Whether a request brings a valid token."""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Sequence


def is_allowed(given: Iterable[str], tokens: Sequence[str]) -> bool:
    """Whether one of the given tokens is known; anybody is where there are no tokens."""
    return not tokens or any(is_one_of(one, tokens) for one in given)


def is_one_of(given: str | None, tokens: Iterable[str]) -> bool:
    """Whether a token is one of these; takes the same time whichever it is."""
    secret = (given or "").encode(errors="replace")
    found = [hmac.compare_digest(secret, token.encode()) for token in tokens]
    return given is not None and any(found)
