"""All languages of this installation: the package's folders and the user's."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from judgecore.config import Config
from judgecore.errors import InvalidConfig, UnknownLanguage
from judgecore.languages.calibration import SHIPPED, Calibration
from judgecore.languages.spec import Flavour, Language, Prebuilt

HERE = Path(__file__).parent
# Of problem packages: a program that its own scripts make and start. No language of users; it is in
# no list. Files have no x-bit there, so that a script is started as its first line says.
_START = (
    '[ -x "$0" ] && exec "$0" "$@"\n'
    'IFS= read -r first <"$0"; first=$(printf %s "$first" | tr -d "\\r")\n'
    'case $first in "#!"*) exec ${first#??} "$0" "$@";; esac; exec sh "$0" "$@"'
)
# Scripts may change the modes of the program's files, which belong to somebody else at first.
_OWNED = 'for one in *; do [ -f "$one" ] && cp "$one" .own && mv -f .own "$one"; done'
SCRIPTS = Language(
    id="scripts",
    name="scripts build and run",
    file="run",
    compile=("/bin/sh", "-c", f"[ -e build ] || exit 0\n{_OWNED}\n{_START}", "./build"),
    run=("/bin/sh", "-c", _START, "./run"),
    flavour=Flavour.SLIM,
    folder=HERE,
)
_OWN = {"id", "name", "aliases", "extends"}  # what `extends` doesn't hand down
_FORMER_NAMES = {"named_by": "file_name_from", "begins_in": "main_class"}


def load(folder: Path, known: Mapping[str, Language] | None = None) -> Language:
    """Read one language folder, or raise `InvalidConfig` that names the file and the field."""
    path = folder / "language.toml"
    try:
        data = tomllib.loads(path.read_text("utf-8"))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as exc:
        raise InvalidConfig(f"{path}: {exc}") from exc
    data = {_FORMER_NAMES.get(name, name): value for name, value in data.items()}
    if "support" in data:
        data["support"] = _support(path, data["support"])
    try:
        return Language.model_validate({**_inherited(path, data, known or {}), **data})
    except ValidationError as exc:
        first = exc.errors(include_url=False)[0]
        field = ".".join(map(str, first["loc"]))
        raise InvalidConfig(f"{path}: {field}: {first['msg']}") from None


def _support(path: Path, names: Any) -> tuple[Path, ...]:
    """The files that a language brings, which lie relative to its folder."""
    found = tuple(path.parent / str(name) for name in names)
    for one in found:
        if not one.is_file():
            raise InvalidConfig(f"{path}: support: {one}: no such file")
    return found


def _inherited(
    path: Path, data: Mapping[str, Any], known: Mapping[str, Language]
) -> dict[str, Any]:
    name = data.get("extends")
    if name is None:
        return {"folder": path.parent}
    if name not in known:
        raise InvalidConfig(f"{path}: extends: no language {name!r} is known before this one")
    base = known[name]
    proved = any(path.parent.glob("proof.*"))
    return {
        **base.model_dump(exclude=_OWN),
        "folder": path.parent if proved else base.folder,
        "measured": base.measured,
    }


class Registry(Mapping[str, Language]):
    """All languages, by id; `resolve` knows the aliases too. Later folders win over earlier.

    `calibration`: what was measured (default: the figures that ship with judgecore).
    """

    def __init__(
        self, folders: Iterable[Path] = (), calibration: Calibration | None = None
    ) -> None:
        self._by_id: dict[str, Language] = {}
        self._aliases: dict[str, str] = {}
        if calibration is None:
            calibration = Calibration.load(SHIPPED)
        for top in (HERE, *folders):
            if not top.is_dir():
                raise InvalidConfig(f"{top}: no such directory")
            if (top / "language.toml").exists():
                raise InvalidConfig(
                    f"{top}: a language's own folder; name the directory that holds it"
                )
            for path in sorted(top.glob("*/language.toml")):
                self.add(self._measured(load(path.parent, self._by_id), calibration))

    @classmethod
    def of(cls, config: Config) -> Registry:
        """The languages, with the figures, that a configuration names."""
        own = config.calibration
        made = cls(config.languages, None if own is None else Calibration.load(own))
        if not config.prebuilt:
            made.forget_prebuilt()
        return made

    @staticmethod
    def _measured(language: Language, calibration: Calibration) -> Language:
        measured = calibration.languages.get(language.id)
        # Shipped measurements do not apply to a user's language with its own image.
        if measured is None or (language.image and HERE not in language.folder.parents):
            return language
        return language.model_copy(update={"measured": measured})

    def forget_prebuilt(self) -> None:
        """Use nothing that images hold ready."""
        for name, language in self._by_id.items():
            self._by_id[name] = language.model_copy(update={"prebuilt": Prebuilt()})

    def add(self, language: Language) -> None:
        """Know one more language, in the place of one with the same id."""
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
        if key == SCRIPTS.id:
            return SCRIPTS
        language = self._by_id.get(key) or self._by_id.get(self._aliases.get(key, ""))
        if language is None:
            close = get_close_matches(key, [*self._by_id, *self._aliases], cutoff=0.8)
            near = dict.fromkeys(self._aliases.get(one, one) for one in close)
            hint = f"did you mean {' or '.join(near)}?" if near else f"known are {', '.join(self)}"
            raise UnknownLanguage(f"language: {name!r} is not known; {hint}")
        return language
