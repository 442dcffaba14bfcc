"""Which class or module a source starts in, as far as its outline shows it."""

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
_FILE_CLASS = re.compile(r'^[ \t]*@file:[ \t]*JvmName\([ \t]*"(\w+)"', re.MULTILINE)
_MODULE = re.compile(r"^[ \t]*-[ \t]*module\([ \t]*(?:'(\w+)'|(\w+))", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Outline:
    """What a source declares at its top level.

    `public`: the first public type. `with_main`: the types that hold a `main`, in order.
    `free_main`: whether a `main` stands outside of all types.
    """

    package: str | None = None
    public: str | None = None
    with_main: tuple[str, ...] = ()
    free_main: bool = False

    @property
    def main_type(self) -> str | None:
        """The type whose `main` is run: the public one's, if it has one, else the first."""
        if self.public in self.with_main:
            return self.public
        return self.with_main[0] if self.with_main else None

    def qualified(self, name: str) -> str:
        """The name with its package."""
        return f"{self.package}.{name}" if self.package else name


def outline(source: str) -> Outline:
    """Read a source of Java, Kotlin or Scala roughly, and in linear time."""
    depth, is_public, free_main = 0, False, False
    package = public = current = None
    with_main: list[str] = []
    for token in _TOKEN.finditer(_NOT_CODE.sub(" ", source)):
        if token["brace"]:
            depth += 1 if token["brace"] == "{" else -1
            is_public = False
        elif token["main"]:
            if depth > 0 and current is not None:
                with_main.append(current)
            free_main = free_main or depth == 0
        elif depth > 0:
            continue
        elif token["app"] and current is not None:
            with_main.append(current)
        elif token["public"]:
            is_public = True
        elif token["package"]:
            package = package or token["package"]
        else:
            current = token["name"]
            public = public or (current if is_public else None)
    return Outline(package, public, tuple(with_main), free_main)


def java_file_name(source: str, is_named: bool = False) -> str | None:
    """The class that names a Java file: the public one, else the one that holds `main`.

    Of a file that has a name (`is_named`), only a public class demands another.
    """
    found = outline(source)
    return found.public if is_named else found.public or found.main_type


def erlang_module(source: str, _is_named: bool = False) -> str | None:
    """The module that names an Erlang file, None for a script without one."""
    found = _MODULE.search(source)
    return None if found is None else found[1] or found[2]


def _java(source: str, stem: str) -> str:
    found = outline(source)
    own = None if found.free_main else found.main_type or found.public
    return found.qualified(own or stem)


def _kotlin(source: str, stem: str) -> str:
    found = outline(source)
    own = None if found.free_main else found.main_type
    named = _FILE_CLASS.search(source)
    of_the_file = named[1] if named else re.sub(r"\W", "_", stem[:1].upper() + stem[1:]) + "Kt"
    return found.qualified(own or of_the_file)


def _erlang(source: str, _stem: str) -> str:
    return erlang_module(source) or "script"


# The class to start in, by the language's rule: source and the entry's bare name to its full name.
MAIN_CLASS: dict[str, Callable[[str, str], str]] = {
    "java": _java,
    "kotlin": _kotlin,
    "scala": _java,
    "erlang": _erlang,
}
