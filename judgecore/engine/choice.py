"""Which engine: the one that the configuration names, if its tier is strong enough."""

from __future__ import annotations

from judgecore.config import Config
from judgecore.engine import Engine, Tier
from judgecore.errors import EngineUnavailable, InvalidConfig

TIER_OF = {"docker": Tier.CONTAINER, "local": Tier.NAMESPACES, "process": Tier.PROCESS}


_LAST_RESORT = (
    "where neither can be had (a Heroku dyno), JUDGECORE_ENGINE=process with"
    " JUDGECORE_MIN_TIER=process accepts less; docs/tiers.md says what"
)


def require_tier(tier: Tier, config: Config) -> None:
    """Raise `InvalidConfig` when `tier` is below the minimum that the operator set."""
    if tier.reaches(Tier(config.min_tier)):
        return
    raise InvalidConfig(
        f"the engine at hand is of tier {str(tier)!r}, below the minimum {config.min_tier!r}: "
        f"{tier.guarantees}. Use a stronger engine, or accept that by JUDGECORE_MIN_TIER={tier}"
    )


def make_engine(config: Config) -> Engine:
    """The engine that `config` names; `auto` prefers Docker and never takes `process`.

    Raises `EngineUnavailable` that says what to do when there is none, `InvalidConfig` when it is
    below the minimum tier.
    """
    if config.engine == "auto":
        return _auto(config)
    require_tier(TIER_OF[config.engine], config)
    return _MAKERS[config.engine](config)


def _auto(config: Config) -> Engine:
    try:
        return _docker(config)
    except EngineUnavailable as docker:
        try:
            require_tier(Tier.NAMESPACES, config)
            return _local(config)
        except (EngineUnavailable, InvalidConfig) as local:
            raise type(local)(f"{docker}\n{local}\n{_LAST_RESORT}") from local


def _docker(config: Config) -> Engine:
    try:
        from judgecore.engine.docker import DockerEngine
    except ModuleNotFoundError as exc:
        raise EngineUnavailable(
            "the docker engine needs the Python package docker, which is not installed:"
            " install judgecore with its extra 'docker'"
        ) from exc

    engine = DockerEngine(config.image, config.transport, config.runtime, config.shared)
    if not engine.has_image():
        engine.close()
        raise EngineUnavailable(
            f"the Docker daemon has no image {config.image!r}; build it with `make images`"
            " or name another in JUDGECORE_IMAGE"
        )
    return engine


def _local(_: Config) -> Engine:
    from judgecore.engine.local import LocalEngine

    return LocalEngine()


def _process(_: Config) -> Engine:
    from judgecore.engine.process import ProcessEngine

    return ProcessEngine()


_MAKERS = {"docker": _docker, "local": _local, "process": _process}
