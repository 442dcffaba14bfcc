"""Names in the source of a submission: how it spells them, and the class that holds a function."""

from __future__ import annotations

import re

from judgecore.functions.names import spellings

# Lines of a comment, in most languages; they mention functions in other spellings.
_COMMENTS = re.compile(r"^[ \t]*(?://|/\*|\*|#(?![ \t]*(?:include|define))|--|>>>).*$", re.M)
_BLOCKS = re.compile(r"/\*(?s:.*?)(?:\*/|\Z)")
_CALLED = re.compile(r"(?<![\w-])([A-Za-z_]\w*)[ \t]*+[(=]")


def found(name: str, default: str, source: str) -> str:
    """The name as the source spells it, in whatever case and with `_` or not, or the default."""
    ways = (default, *spellings(name))
    code = without_comments(source)
    made = next((way for way in ways if occurs(way, code)), None) or _in_any_case(name, code)
    return made or next((way for way in ways if occurs(way, source)), default)


def function_found(name: str, default: str, source: str) -> str:
    """As `found`; or the one name of the source that goes on where the function's ends.

    Collections that put all their functions into one file number them: `sum_squares_142`.
    """
    made = found(name, default, source)
    code = without_comments(_BLOCKS.sub("", source))
    if occurs(made, code):
        return made
    begin = name.replace("_", "").lower()
    words = set(_CALLED.findall(code))
    longer = [word for word in words if word.replace("_", "").lower().startswith(begin)]
    return longer[0] if len(longer) == 1 else made


def _in_any_case(name: str, code: str) -> str | None:
    """The first word before a `(` or `=` that is the name but for its case and `_`."""
    wanted = name.replace("_", "").lower()
    words = _CALLED.findall(code)
    return next((word for word in words if word.replace("_", "").lower() == wanted), None)


def without_comments(source: str) -> str:
    """The source without the lines that hold nothing else."""
    return _COMMENTS.sub("", source)


def enclosing(pattern: str, name: str, source: str) -> str | None:
    """The last class, as the pattern finds them, that begins before the function of that name."""
    at = re.search(rf"[\w>\]][ \t]+{re.escape(name)}[ \t]*\(", source)
    before = source[: at.start()] if at else source
    classes = re.findall(pattern, before, re.M)
    return str(classes[-1]) if classes else None


def occurs(name: str, source: str) -> bool:
    """Whether the word is somewhere in the source."""
    if name not in source:  # which is found out much faster
        return False
    return re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", source) is not None
