"""What a language declares."""

from __future__ import annotations

import platform
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from judgecore.errors import InvalidConfig, InvalidSubmission
from judgecore.languages.calibration import Measured
from judgecore.languages.classes import MAIN_CLASS
from judgecore.languages.sources import Sources, Staged, without_mark
from judgecore.limits import MIB, Limits

_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_ENVIRONMENT = {
    "PATH": _PATH,
    "HOME": "/tmp",
    "TMPDIR": "/tmp",
    "LANG": "C.UTF-8",
    "USER": "program",
    "LOGNAME": "program",
    "ONLINE_JUDGE": "true",
}
_NOTHING = Measured()
_DEFINED = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,200}")
_MARKS = re.compile(rb"\A(\xef\xbb\xbf)+")
_IMPORTS = re.compile(rb"^[ \t]*(?:import|from)[ \t]+([a-z]+)", re.MULTILINE)
_PLACEHOLDER = re.compile(r"\{[a-z_]+\}")


def _as_argument(path: str) -> str:
    """The path so that no tool takes it for something else: `@list`, `~user`, `+option`."""
    return path if path[0].isalnum() or path[0] == "_" else f"./{path}"


class Flavour(StrEnum):
    """The smallest polyglot image that has a language; `image` for one that names its own."""

    SLIM = "slim"
    FULL = "full"
    IMAGE = "image"


class Allowance(BaseModel):
    """What a runtime needs on top of what the program may use. None: as measured."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    memory_mb: Annotated[int, Field(ge=0)] | None = None
    cpu_ms: Annotated[int, Field(ge=0)] | None = None
    processes: Annotated[int, Field(ge=0)] | None = None


class Prebuilt(BaseModel):
    """How a language uses what its image holds ready: headers, archives of classes, programs.

    `compile` and `run`: arguments behind the first word of those of the language;
    `compile_env`: variables while compiling. What they name may be missing: it is a matter of time
    alone, and the tools go on without it, and without a word.
    `programs`: by the names of others, files that are used in their place, where they are there.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    compile: tuple[str, ...] = ()
    run: tuple[str, ...] = ()
    compile_env: dict[str, str] = {}
    programs: dict[str, Annotated[str, Field(pattern=r"^/")]] = {}


class Warm(BaseModel):
    """How a language's runs are forked from an interpreter that has started.

    The runner knows the interpreters that can be: CPython, Ruby, PHP and the JVM. `compile`:
    whether the compile command of a program of one file is one, too. `modules`: those that one has
    imported ahead, for programs that import them. `threads`: it has several when it waits, which
    the runner can copy on x86-64 alone.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    compile: bool = False
    threads: bool = False
    modules: tuple[Annotated[str, Field(pattern=r"^[a-z]+$", max_length=31)], ...] = ()

    @property
    def possible(self) -> bool:
        """Whether the runner of this machine can."""
        return not self.threads or platform.machine() == "x86_64"

    def module(self, source: bytes) -> str:
        """The first one that a program imports; empty where it imports none."""
        imported = set(_IMPORTS.findall(source))
        return next((name for name in self.modules if name.encode() in imported), "")


class Language(BaseModel):
    """One language. `compile` and `run` are argument lists. These placeholders are replaced:

    `{file}` by the entry file's path, `{stem}` by that without its ending, `{class}` by the class
    that holds `main`, `{memory_mb}` by the memory limit. An argument that is just `{files}`
    becomes all files with the entry's ending or one of `endings`, the entry first; one that is
    `{others}` all of them but the entry; one that is `{c_files}` the C files, after `-x c`.

    `file`: what the entry file is called where the submission doesn't name it.
    `file_name_from`: the rule by which a source names its file (Java's public class).
    `main_class`: the rule by which a source tells the class that holds its `main`.
    `blank_program`: whether a source of blanks alone is a program; elsewhere a compile error.
    `unix_newlines`: whether carriage returns at the ends of lines are removed from sources, which
    the language's tools would take for text.
    `define`: how its compiler is told a define, `-D` for example. Then a program may have defines
    and options of its own, which come before `{files}`.
    `support`: files of the judge's that lie in the box beside the program's, under their names
    after a dot.
    `needs`: programs and absolute paths that the argument lists don't show.
    `memory_errors`: texts on stderr by which a runtime says that it ran out of its own heap; a
    failing run that shows one is MLE rather than RE.
    `output_marks`: whether its runtime writes byte order marks where nobody asked for them; those
    at the start of a program's output are removed.
    `prebuilt`: how it uses what its image holds ready.
    `warm`: how its runs are started by an interpreter that waits; None: they are not.
    `extends`: a language whose fields and proof hold where this one says nothing else.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9+#._-]*$", max_length=64)]
    name: Annotated[str, Field(min_length=1)]
    aliases: tuple[str, ...] = ()
    extends: str | None = None
    flavour: Flavour = Flavour.FULL
    file: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]+$")]
    endings: tuple[str, ...] = ()
    file_name_from: Literal["public class", "erlang module"] | None = None
    main_class: Literal["java", "kotlin", "scala", "erlang"] | None = None
    compile: tuple[str, ...] = ()
    define: Annotated[str, Field(pattern=r"^-[A-Za-z]+$")] | None = None
    run: Annotated[tuple[str, ...], Field(min_length=1)]
    version: tuple[str, ...] = ()
    image: str | None = None
    support: tuple[Path, ...] = ()
    needs: tuple[str, ...] = ()
    blank_program: bool = False
    unix_newlines: bool = False
    allow: Allowance = Allowance()
    env: dict[str, str] = {}
    memory_errors: tuple[str, ...] = ()
    output_marks: bool = False
    prebuilt: Prebuilt = Prebuilt()
    warm: Warm | None = None
    compile_cpu_ms: int = 60_000
    compile_wall_ms: int = 30_000
    compile_memory_mb: int = 1024
    folder: Annotated[Path, Field(exclude=True)]
    measured: Annotated[Measured, Field(exclude=True)] = _NOTHING

    @property
    def where(self) -> Flavour:
        """The flavour, seen that a language with an image of its own needs no polyglot one."""
        return Flavour.IMAGE if self.image else self.flavour

    @property
    def own_endings(self) -> tuple[str, ...]:
        """How the names of the language's own files end."""
        return (Path(self.file).suffix, *self.endings)

    def stage(self, sources: Sources) -> Staged:
        """Name a submission's files as the language wants them, or raise `InvalidSubmission`."""
        sources = self._cleaned(sources)
        entry = sources.entry_path(self.file, self.file_name_from)
        if entry in sources.files:
            raise InvalidSubmission("files", f"{entry!r} is the entry file's own name")
        support = {f".{path.name}": path.read_bytes() for path in self.support}
        files = {**support, **sources.files, entry: sources.source}
        staged = Staged(entry, files, self.own_endings)
        if self.main_class is None:
            return staged
        bare = staged.stem.rpartition("/")[2]
        return replace(staged, main_class=MAIN_CLASS[self.main_class](sources.text, bare))

    def _cleaned(self, sources: Sources) -> Sources:
        """The sources without what editors add and the language's tools take for text."""

        def clean(source: bytes) -> bytes:
            text = without_mark(source)
            return text.replace(b"\r\n", b"\n") if self.unix_newlines else text

        files = {
            path: clean(content) if path.endswith(self.own_endings) else content
            for path, content in sources.files.items()
        }
        return replace(sources, source=clean(sources.source), files=files)

    def warm_module(self, staged: Staged) -> str | None:
        """What an interpreter that starts the program has imported; None: none starts it.

        A program of several files may have a module of its own by any name.
        """
        if self.warm is None or not self.warm.possible:
            return None
        return self.warm.module(staged.files[staged.entry]) if len(staged.files) == 1 else ""

    def warm_compile(self, staged: Staged) -> str | None:
        """The same for the compile command."""
        return "" if self.warm and self.warm.compile and len(staged.files) == 1 else None

    def refusal(self, staged: Staged) -> str:
        """Why the source is a compile error before any compiler sees it; empty if it is none."""
        source = staged.files[staged.entry]
        return "" if self.blank_program or source.strip() else "the source is empty"

    def compiler_options(
        self, options: tuple[str, ...], defines: Mapping[str, str]
    ) -> tuple[str, ...]:
        """What a program adds to the compile command; `InvalidSubmission` where that can't be."""
        for field, given in (("defines", defines), ("options", options)):
            if given and self.define is None:
                raise InvalidSubmission(
                    field, f"{self.id} takes none; only C, C++ and their like do"
                )
        for name in defines:
            if not _DEFINED.fullmatch(name):
                raise InvalidSubmission("defines", f"{name!r:.60} is no name that a compiler knows")
        if any("\0" in word for word in (*options, *defines.values())):
            raise InvalidSubmission("options", "hold a NUL character, which ends an argument")
        return (*(f"{self.define}{name}={value}" for name, value in defines.items()), *options)

    def compile_argv(
        self, limits: Limits, staged: Staged, options: tuple[str, ...] = ()
    ) -> tuple[str, ...]:
        """The command that compiles. What is prebuilt was so with the language's own options."""
        prebuilt = () if options else self.prebuilt.compile
        words = (*self._first(self.compile), *prebuilt, *self.compile[1:])
        return self.argv(words, limits, staged, options)

    def run_argv(self, limits: Limits, staged: Staged) -> tuple[str, ...]:
        """The command that runs what was compiled."""
        words = (*self._first(self.run), *self.prebuilt.run, *self.run[1:])
        return self.argv(words, limits, staged)

    def _first(self, command: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(self.prebuilt.programs.get(word, word) for word in command[:1])

    def argv(
        self,
        template: Iterable[str],
        limits: Limits,
        staged: Staged,
        options: tuple[str, ...] = (),
    ) -> tuple[str, ...]:
        """Fill in what an argument list leaves open; the options come before the files."""
        c_files = sorted({*staged.ending_in(".c")} - {*staged.others})
        lists = {
            "{files}": (*options, *map(_as_argument, (staged.entry, *staged.others))),
            "{others}": tuple(map(_as_argument, staged.others)),
            "{c_files}": ("-x", "c", *map(_as_argument, c_files)) if c_files else (),
        }
        values = {
            "{memory_mb}": str(limits.memory_bytes // MIB),
            "{file}": _as_argument(staged.entry),
            "{stem}": _as_argument(staged.stem),
            "{class}": staged.main_class,
        }
        filled: list[str] = []
        for part in template:
            if part in lists:
                filled += lists[part]
            else:  # in one go: a file may be called "{stem}"
                filled.append(_PLACEHOLDER.sub(lambda found: values.get(found[0], found[0]), part))
        return tuple(filled)

    def out_of_heap(self, stderr: bytes) -> bool:
        """Whether the runtime says that its own heap is full."""
        return any(text.encode() in stderr for text in self.memory_errors)

    def output_of(self, stdout: bytes) -> bytes:
        """What a program wrote, without the byte order marks of its runtime."""
        return _MARKS.sub(b"", stdout, count=1) if self.output_marks else stdout

    def environment(self) -> tuple[tuple[str, str], ...]:
        """The whole environment of a run."""
        return tuple(self._variables().items())

    def _variables(self) -> dict[str, str]:
        given = {**_ENVIRONMENT, **self.env}
        folders = dict.fromkeys(path.rpartition("/")[0] for path in self.prebuilt.programs.values())
        return {**given, "PATH": ":".join([*folders, given["PATH"]])}

    def compile_environment(self, options: tuple[str, ...] = ()) -> tuple[tuple[str, str], ...]:
        """The whole environment of the compiler, for a program with these options."""
        prebuilt = {} if options else self.prebuilt.compile_env
        return tuple({**self._variables(), **prebuilt}.items())

    def compile_limits(self) -> Limits:
        """Limits of compiling: led by the wall clock, since compilers use several threads."""
        return Limits(
            cpu_ms=self.compile_cpu_ms,
            wall_ms=self.compile_wall_ms,
            memory_bytes=self.compile_memory_mb * MIB,
            output_bytes=1 * MIB,
            file_bytes=256 * MIB,
            processes=256,
            open_files=1024,
        )

    def run_limits(self, limits: Limits) -> Limits:
        """The program's limits with the runtime's allowance on top: declared, else measured."""
        given, found = self.allow, self.measured.allowance()

        def extra(declared: int | None, measured: int) -> int:
            return measured if declared is None else declared

        memory_mb = extra(given.memory_mb, found.memory_mb)
        return limits.model_copy(
            update={
                "cpu_ms": limits.cpu_ms + extra(given.cpu_ms, found.cpu_ms),
                "memory_bytes": limits.memory_bytes + memory_mb * MIB,
                "processes": limits.processes + extra(given.processes, found.processes),
            }
        )

    def proof_path(self) -> Path | None:
        """The proving program's file; None where nobody wrote one."""
        found = (p for p in self.folder.glob("proof.*") if p.suffix not in (".in", ".out"))
        return next(found, None)

    def proof(self) -> tuple[str, str, str]:
        """The proving program: source, input, expected output; `InvalidConfig` without one."""
        program = self.proof_path()
        if program is None:
            raise InvalidConfig(f"{self.folder}: no proof.* beside language.toml")
        try:
            source, given, expected = (
                path.read_text("utf-8")
                for path in (program, self.folder / "proof.in", self.folder / "proof.out")
            )
        except (OSError, UnicodeDecodeError) as exc:
            raise InvalidConfig(f"{self.folder}: {exc}") from None
        return source, given, expected
