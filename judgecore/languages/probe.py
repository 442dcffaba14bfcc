"""Which languages an image (or, without Docker, this host) can run.

A shell found there looks for every tool at once; an image without a shell is asked tool by tool.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

from judgecore.errors import LanguageUnavailable
from judgecore.languages.spec import Language
from judgecore.limits import MIB, Limits
from judgecore.report import Report
from judgecore.runner.protocol import Command
from judgecore.texts import shown

Run = Callable[[Command], Report]

_SHELL = "sh"
_SHOWN_VERSION = 120
_LOOK = """for tool; do
  case $tool in
  /*) set -- $tool && [ -e "$1" ] ;;
  *) command -v "$tool" >/dev/null 2>&1 ;;
  esac || printf '%s\\n' "$tool"
done"""
_LIMITS = Limits(cpu_ms=10_000, memory_bytes=256 * MIB)
_BRIEFLY = Limits(cpu_ms=1_000, wall_ms=2_000, memory_bytes=256 * MIB)
_ABSOLUTE = re.compile(r"(?:^|(?<=[\s:=]))/(?:opt|usr)/[\w./@+-]+")
_STEPS = re.compile(r"&&|\|\||[|;\n]")
_WORD = re.compile(
    r"\s*(?:(?:exec|if|then|else|do|!|\{|\()\s+|\w+=\S*(?:\s+|$))*(?P<made>\./)?(?P<tool>[\w.+-]+)?"
)
_OF_THE_SHELL = {"for", "while", "fi", "done", "case", "esac", "cd", "set", "test", "exit"}
_OF_THE_SHELL |= {"echo", "printf", "export", "read", "true", "cat", "ulimit"}


def tools(language: Language) -> tuple[str, ...]:
    """Programs and paths without which the language can't work, as far as argv shows them."""
    found = set(language.needs)
    for argv in (language.compile, language.run):
        if not argv:
            continue
        if not argv[0].startswith(("./", "{")):
            found.add(argv[0])
        for part in argv:
            found |= {path.rstrip(".") for path in _ABSOLUTE.findall(part)}
        if argv[0] == _SHELL and argv[1:2] == ("-c",):
            words = (_WORD.match(step) for step in _STEPS.split(argv[2]))
            found |= {w["tool"] for w in words if w and w["tool"] and not w["made"]}
    return tuple(sorted(found - _OF_THE_SHELL))


def prebuilt(language: Language) -> frozenset[str]:
    """The files that its image may hold ready; it works without them, too."""
    used = language.prebuilt
    words = (*used.compile, *used.run, *used.compile_env.values(), *used.programs.values())
    return frozenset(path for word in words for path in _ABSOLUTE.findall(word))


class ToolchainProbe:
    """What each image lacks and has, looked up once per image in a slot of it. Thread-safe."""

    def __init__(self, languages: Mapping[str, Language]) -> None:
        self._languages = languages
        self._missing: dict[str | None, frozenset[str]] = {}
        self._by_language: dict[tuple[str | None, str], tuple[str, ...]] = {}
        self._versions: dict[tuple[str, str], str] = {}

    def missing_tools(self, language: Language, run: Run) -> tuple[str, ...]:
        """The tools of this language that aren't there. `run` runs a command in such a slot."""
        key = (language.image, language.id)
        if key not in self._by_language:  # looking twice at the same time does no harm
            if language.image not in self._missing:
                users = [lang for lang in self._languages.values() if lang.image == language.image]
                self._missing[language.image] = missing(run, users)
            gone = self._missing[language.image]
            self._by_language[key] = tuple(tool for tool in tools(language) if tool in gone)
        return self._by_language[key]

    def prebuilt(self, language: Language, run: Run, options: tuple[str, ...]) -> str:
        """Whether what images hold ready for the language is used for a program with these options
        of its own: a field of `Prebuilts`. Empty: there is nothing for the language."""
        if not (files := prebuilt(language)):
            return ""
        self.missing_tools(language, run)
        if files & self._missing[language.image]:
            return "absent"
        return "own_options" if options else "used"

    def as_there(self, language: Language, run: Run) -> Language:
        """The language without those of its `prebuilt.programs` that are not there."""
        ready = language.prebuilt
        if not ready.programs:
            return language
        self.missing_tools(language, run)
        gone = self._missing[language.image]
        there = {name: path for name, path in ready.programs.items() if path not in gone}
        return language.model_copy(
            update={"prebuilt": ready.model_copy(update={"programs": there})}
        )

    def require(self, language: Language, run: Run, engine: str) -> None:
        """Raise `LanguageUnavailable` when the language's tools are not where programs run.

        To be asked before anything is staged: a shell that can't find a compiler would look like
        a compile error.
        """
        if gone := self.missing_tools(language, run):
            raise LanguageUnavailable(
                f"{language.id}: {', '.join(gone)} not installed where programs run"
                f" ({language.image or engine}); judgecore/polyglot:full has all that ships"
            )

    def version(self, language: Language, run: Run, image_digest: str) -> str:
        """What the language's version command says, in a line; empty where there is none.

        To be asked before anything is staged, which could change the answer.
        """
        key = (image_digest, language.id)
        if key not in self._versions:
            self._versions[key] = version(run, language)
        return self._versions[key]


def version(run: Run, language: Language) -> str:
    """The first line of what the version command says. `run` runs one command in a slot."""
    if not language.version:
        return ""
    limits, environment = language.compile_limits(), language.environment()
    report = run(Command(argv=language.version, limits=limits, env=environment))
    lines = (line.strip() for line in shown(report.stdout + b"\n" + report.stderr).split("\n"))
    return next((line[:_SHOWN_VERSION] for line in lines if line), "")


def missing(run: Run, languages: Iterable[Language]) -> frozenset[str]:
    """Of all that the languages need, what isn't there. `run` runs one command in a slot."""
    ready = {path for language in languages for path in prebuilt(language)}
    wanted = sorted({tool for language in languages for tool in tools(language)} | ready)
    environment = (("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"),)
    look = Command(argv=(_SHELL, "-c", _LOOK, _SHELL, *wanted), limits=_LIMITS, env=environment)
    report = run(look)
    if report.step != "exec":
        return frozenset(report.stdout.decode().split("\n")) & frozenset(wanted)
    tried = (tool for tool in wanted if not tool.startswith("/"))
    commands = (
        Command(argv=(tool, "--version"), limits=_BRIEFLY, env=environment) for tool in tried
    )
    return frozenset(ready | {one.argv[0] for one in commands if run(one).step == "exec"})
