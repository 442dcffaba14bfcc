"""Which class a JVM source begins in, as far as its outline shows it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

# Comments and strings of C's descendants: a class named in one of them is none.
_NOT_CODE = re.compile(
    r"""//[^\n]* | /\*.*?(?:\*/|\Z)
      | "{3}.*?(?:"{3}|\Z) | "(?:\\.|[^"\\\n])*"? | '(?:\\.|[^'\\\n])*'?""",
    re.DOTALL | re.VERBOSE,
)
_TOKEN = re.compile(
    r"(?P<brace>[{}])|(?P<public>\bpublic\b)|\bpackage\s+(?P<package>\w+(?:\.\w+)*)"
    r"|(?P<main>\bvoid\s+main\s*\(\s*(?:(?:final\s+)?(?:java\.lang\.)?String\b|\))"
    r"|\b(?:fun|def)\s+main\b)|(?P<app>\b(?:extends|with)\s+App\b)"
    r"|\b(?:class|interface|enum|record|object)\s+(?P<name>\w+)"
)


@dataclass(frozen=True, slots=True)
class Outline:
    """What a source declares at its top level.

    `public`: the first public type. `with_main`: the first type that holds a `main`. `free_main`:
    whether a `main` stands outside of all types.
    """

    package: str | None = None
    public: str | None = None
    with_main: str | None = None
    free_main: bool = False

    def qualified(self, name: str) -> str:
        """The name with its package."""
        return f"{self.package}.{name}" if self.package else name


def outline(source: str) -> Outline:
    """Read a source of Java, Kotlin or Scala roughly, and in linear time."""
    depth, is_public, free_main = 0, False, False
    package = public = current = with_main = None
    for token in _TOKEN.finditer(_NOT_CODE.sub(" ", source)):
        if token["brace"]:
            depth += 1 if token["brace"] == "{" else -1
            is_public = False
        elif token["main"]:
            with_main = with_main or (current if depth > 0 else None)
            free_main = free_main or depth == 0
        elif depth > 0:
            continue
        elif token["app"]:
            with_main = with_main or current
        elif token["public"]:
            is_public = True
        elif token["package"]:
            package = package or token["package"]
        else:
            current = token["name"]
            public = public or (current if is_public else None)
    return Outline(package, public, with_main, free_main)


def public_class(source: str) -> str | None:
    """The class that names a Java file: the public one, else the one that holds `main`."""
    found = outline(source)
    return found.public or found.with_main


def _java(source: str, stem: str) -> str:
    found = outline(source)
    own = None if found.free_main else found.with_main or found.public
    return found.qualified(own or stem)


def _kotlin(source: str, stem: str) -> str:
    found = outline(source)
    own = None if found.free_main else found.with_main
    return found.qualified(own or re.sub(r"\W", "_", stem[:1].upper() + stem[1:]) + "Kt")


# The class to begin in, by the language's rule: source and the entry's bare name to its full name.
BEGINS_IN: dict[str, Callable[[str, str], str]] = {"java": _java, "kotlin": _kotlin, "scala": _java}
