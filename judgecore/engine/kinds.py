"""The kinds of engines, as one table, and which of them a configuration means."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from judgecore.engine import Engine, Tier
from judgecore.errors import EngineUnavailable, InvalidConfig


class Settings(Protocol):
    """What choosing and making an engine needs of `Config`, which explains the fields."""

    @property
    def engine(self) -> str: ...
    @property
    def min_tier(self) -> str: ...
    @property
    def image(self) -> str: ...
    @property
    def transport(self) -> str: ...
    @property
    def runtime(self) -> str: ...
    @property
    def shared(self) -> Path | None: ...


def _docker(settings: Settings) -> Engine:
    try:
        from judgecore.engine.docker import DockerEngine
    except ModuleNotFoundError as exc:
        raise EngineUnavailable(
            "the docker engine needs the Python package docker, which is not installed:"
            " install judgecore with its extra 'docker'"
        ) from exc

    engine = DockerEngine(settings.image, settings.transport, settings.runtime, settings.shared)
    if not engine.has_image():
        engine.close()
        raise EngineUnavailable(
            f"the Docker daemon has no image {settings.image!r}; build it with `make images`"
            " or name another in JUDGECORE_IMAGE"
        )
    return engine


def _local(_: Settings) -> Engine:
    from judgecore.engine.local import LocalEngine

    return LocalEngine()


def _process(_: Settings) -> Engine:
    from judgecore.engine.process import ProcessEngine

    return ProcessEngine()


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of engine.

    `needs`: what it needs of a host. `remedy`: what to do where it cannot be made. `auto`: whether
    it is taken without being named.
    """

    name: str
    tier: Tier
    make: Callable[[Settings], Engine]
    needs: str
    remedy: str
    auto: bool = True


# In the order in which `auto` tries them.
KINDS = {
    kind.name: kind
    for kind in (
        Kind(
            "docker",
            Tier.CONTAINER,
            _docker,
            "a Docker daemon",
            "install Docker, and judgecore with its extra 'docker'; start the daemon, add this user"
            " to the group docker; then run `make images`",
        ),
        Kind(
            "local",
            Tier.NAMESPACES,
            _local,
            "root, or user namespaces",
            "run as root, or open user namespaces to ordinary users",
        ),
        Kind(
            "process",
            Tier.PROCESS,
            _process,
            "nothing",
            "set TMPDIR to a directory that every user may enter",
            auto=False,
        ),
    )
}
ENGINES = ("auto", *KINDS)
TIERS = ("namespaces", "container", "process")  # the default first

_LAST_RESORT = (
    "on a host that allows neither (a Heroku dyno), set JUDGECORE_ENGINE=process and"
    " JUDGECORE_MIN_TIER=process; docs/tiers.md says how weak that is"
)


def require_tier(tier: Tier, settings: Settings) -> None:
    """Raise `InvalidConfig` when `tier` is below the minimum that the operator set."""
    if tier.reaches(Tier(settings.min_tier)):
        return
    raise InvalidConfig(
        f"the engine has tier {str(tier)!r}, below the minimum {settings.min_tier!r}: "
        f"{tier.guarantees}. Use a stronger engine, or set JUDGECORE_MIN_TIER={tier} to accept"
        " this one"
    )


def make_engine(settings: Settings) -> Engine:
    """The engine that the settings name; `auto`: the first that can be made and may be taken.

    Raises `EngineUnavailable` that says what to do when there is none, `InvalidConfig` when it is
    below the minimum tier.
    """
    if settings.engine != "auto":
        return _make(KINDS[settings.engine], settings)
    reasons: list[str] = []
    for kind in KINDS.values():
        if kind.auto:
            try:
                return _make(kind, settings)
            except (EngineUnavailable, InvalidConfig) as exc:
                reasons.append(str(exc))
                last = exc
    raise type(last)("\n".join([*reasons, _LAST_RESORT])) from last


def _make(kind: Kind, settings: Settings) -> Engine:
    require_tier(kind.tier, settings)
    return kind.make(settings)
