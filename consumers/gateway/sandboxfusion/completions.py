"""The code in what a model has written."""

from __future__ import annotations

import re
from collections.abc import Iterator

_FENCE = "```"
_TAG = re.compile(r"[ \t]*([A-Za-z0-9_+#.-]*)")
_TAGS = {
    "cpp": {"cpp", "c++", "cc", "cxx"},
    "python": {"python", "py", "python3"},
    "nodejs": {"javascript", "js", "nodejs", "node"},
    "csharp": {"csharp", "c#", "cs"},
    "bash": {"bash", "sh", "shell"},
    "R": {"r"},
}


def extracted(completion: str, language: str) -> tuple[str, str]:
    """The code in a completion, and how it was found: a fenced block of the language, or of any."""
    found = list(_blocks(completion))
    tags = _TAGS.get(language, {language.lower()})
    fitting = [one for one in found if one[0].lower() in tags] or found
    if fitting:
        _, code, is_whole = fitting[0]
        return code, "fenced" if is_whole else "incomplete_fenced"
    return completion, "heuristic" if completion.strip() else "empty"


def _blocks(text: str) -> Iterator[tuple[str, str, bool]]:
    """Fenced blocks: the tag, what is inside, and whether the block is closed.

    No pattern: one that looks for the next fence may look through all of the text for each.
    """
    begin = text.find(_FENCE)
    while begin >= 0 and (line_end := text.find("\n", begin)) >= 0:
        tag = _TAG.match(text, begin + len(_FENCE))
        assert tag is not None  # it matches nothing, too
        end = text.find(_FENCE, line_end + 1)
        yield tag[1], text[line_end + 1 : None if end < 0 else end], end >= 0
        begin = -1 if end < 0 else text.find(_FENCE, end + len(_FENCE))
