"""Languages: a folder each, with `language.toml` and a program that proves it.

languages/c/language.toml     how to compile and run
languages/c/proof.c           a program that reads stdin, computes, prints
languages/c/proof.in, .out    what it is fed and what it must print
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from judgecore.errors import InvalidConfig, UnknownLanguage
from judgecore.limits import MIB, Limits

HERE = Path(__file__).parent
_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_ENVIRONMENT = {"PATH": _PATH, "HOME": "/tmp", "TMPDIR": "/tmp", "LANG": "C.UTF-8"}


class Allowance(BaseModel):
    """What a runtime needs on top of what the program may use."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    memory_mb: Annotated[int, Field(ge=0)] = 0
    cpu_ms: Annotated[int, Field(ge=0)] = 0
    processes: Annotated[int, Field(ge=0)] = 0


class Language(BaseModel):
    """One language. Argument lists may hold `{memory_mb}`, the program's own memory limit.

    `memory_errors`: texts on stderr by which a runtime says that it ran out of its own heap; a
    failing run that shows one is MLE rather than RE.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9+#._-]*$", max_length=64)]
    name: Annotated[str, Field(min_length=1)]
    aliases: tuple[str, ...] = ()
    file: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]+$")]
    compile: tuple[str, ...] = ()
    run: Annotated[tuple[str, ...], Field(min_length=1)]
    version: tuple[str, ...] = ()
    image: str | None = None
    allow: Allowance = Allowance()
    env: dict[str, str] = {}
    memory_errors: tuple[str, ...] = ()
    compile_cpu_ms: int = 60_000
    compile_wall_ms: int = 30_000
    compile_memory_mb: int = 1024
    folder: Annotated[Path, Field(exclude=True)] = HERE

    def argv(self, template: Iterable[str], limits: Limits) -> tuple[str, ...]:
        """Fill in what an argument list leaves open."""
        memory_mb = str(limits.memory_bytes // MIB)
        return tuple(part.replace("{memory_mb}", memory_mb) for part in template)

    def environment(self) -> tuple[tuple[str, str], ...]:
        """The whole environment of a run."""
        return tuple({**_ENVIRONMENT, **self.env}.items())

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
        """The program's limits with the runtime's allowance on top."""
        return limits.model_copy(
            update={
                "cpu_ms": limits.cpu_ms + self.allow.cpu_ms,
                "memory_bytes": limits.memory_bytes + self.allow.memory_mb * MIB,
                "processes": limits.processes + self.allow.processes,
            }
        )

    def proof(self) -> tuple[str, str, str]:
        """The proving program: source, input, expected output."""
        source = next(p for p in self.folder.glob("proof.*") if p.suffix not in (".in", ".out"))
        given = (self.folder / "proof.in", self.folder / "proof.out")
        return source.read_text(), given[0].read_text(), given[1].read_text()


def load(folder: Path) -> Language:
    """Read one language folder, or raise `InvalidConfig` that names the file and the field."""
    path = folder / "language.toml"
    try:
        data = tomllib.loads(path.read_text())
        return Language.model_validate({**data, "folder": folder})
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as exc:
        raise InvalidConfig(f"{path}: {exc}") from exc
    except ValidationError as exc:
        first = exc.errors(include_url=False)[0]
        field = ".".join(map(str, first["loc"]))
        raise InvalidConfig(f"{path}: {field}: {first['msg']}") from None


class Registry(Mapping[str, Language]):
    """All languages, by id; `resolve` knows the aliases too. Later folders win over earlier."""

    def __init__(self, folders: Iterable[Path] = ()) -> None:
        self._by_id: dict[str, Language] = {}
        self._aliases: dict[str, str] = {}
        for top in (HERE, *folders):
            if not top.is_dir():
                raise InvalidConfig(f"{top}: no such directory of languages")
            for path in sorted(top.glob("*/language.toml")):
                self._add(load(path.parent))

    def _add(self, language: Language) -> None:
        self._by_id[language.id] = language
        for alias in language.aliases:
            self._aliases[alias.lower()] = language.id

    def __getitem__(self, key: str) -> Language:
        return self._by_id[key]

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._by_id))

    def __len__(self) -> int:
        return len(self._by_id)

    def resolve(self, name: str) -> Language:
        """The language of that id or alias, or `UnknownLanguage`."""
        key = name.lower()
        language = self._by_id.get(key) or self._by_id.get(self._aliases.get(key, ""))
        if language is None:
            raise UnknownLanguage(f"language: {name!r} is not known; known are {', '.join(self)}")
        return language
