"""The one configuration object, built once in `__main__` and passed down."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import TypeVar

from consumers.logs import FORMATS
from consumers.names import PREFIX, checked_prefix
from judgecore.config import Config as JudgeConfig
from judgecore.errors import InvalidConfig

_Value = TypeVar("_Value")

LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
_SECRET = re.compile(r"(?<=://)([^:/@]*):.*@")  # greedy: a password may hold an unescaped @ or /
_SECRET_OPTION = re.compile(r"(password=)[^&\s]*")


@dataclass(frozen=True, slots=True, repr=False)
class Config:
    """Everything a consumer needs to know, from the environment. Its repr hides passwords.

    `slots` is how many submissions are judged at once and how many the broker hands out.
    `retries` is how often a submission is judged again after the judge itself failed.
    `grace_s` is how long running submissions may go on after SIGTERM.
    `ahead` is how many more the broker hands out, so that no slot waits for the next one.
    `progress` tells each test as it is known, not only the verdict.
    `health_port` is where /live, /ready and /metrics are served; None: nowhere.
    `queue_arguments` sends the queues' limits as arguments, for brokers without policies.
    """

    rabbitmq_url: str
    database_url: str
    slots: int
    queue_prefix: str = PREFIX
    retries: int = 3
    grace_s: float = 25.0
    queue_arguments: bool = False
    migrate: bool = True
    log_level: str = "INFO"
    log_format: str = "text"
    progress: bool = True
    ahead: int = 0
    health_port: int | None = None

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> Config:
        """Read the settings, or raise `InvalidConfig` that names the variable at fault."""
        return cls(
            rabbitmq_url=_url(environ, ("RABBITMQ_URL", "CLOUDAMQP_URL"), ("amqp", "amqps")),
            database_url=_secured(
                environ, _url(environ, ("DATABASE_URL",), ("postgres", "postgresql"))
            ),
            slots=JudgeConfig.from_env(environ).effective_slots,
            queue_prefix=queue_prefix(environ),
            retries=_read(environ, "JUDGECORE_RETRIES", _whole(0, 100), 3),
            grace_s=_read(environ, "JUDGECORE_GRACE_S", _seconds, 25.0),
            queue_arguments=_read(
                environ, "JUDGECORE_QUEUE_ARGUMENTS", _choice(policy=False, arguments=True), False
            ),
            migrate=_read(environ, "JUDGECORE_MIGRATE", _choice(yes=True, no=False), True),
            log_level=_read(
                environ,
                "JUDGECORE_LOG_LEVEL",
                _choice(**{level.lower(): level for level in LOG_LEVELS}),
                "INFO",
            ),
            log_format=_read(
                environ, "JUDGECORE_LOG_FORMAT", _choice(**{f: f for f in FORMATS}), "text"
            ),
            progress=_read(environ, "JUDGECORE_PROGRESS", _choice(yes=True, no=False), True),
            ahead=_read(environ, "JUDGECORE_AHEAD", _whole(0, 1024), 0),
            health_port=_read(environ, "JUDGECORE_HEALTH_PORT", _whole(1, 65_535), None),
        )

    def __repr__(self) -> str:
        shown = (f"{f.name}={masked(str(getattr(self, f.name)))!r}" for f in fields(self))
        return f"Config({', '.join(shown)})"


def queue_prefix(environ: Mapping[str, str], name: str = "JUDGECORE_QUEUE_PREFIX") -> str:
    """The prefix of exchanges and queues, or `InvalidConfig` about one that won't do."""
    return _read(environ, name, checked_prefix, PREFIX)


def masked(text: str) -> str:
    """`text` with every password of a URL in it replaced by ***."""
    return _SECRET_OPTION.sub(r"\1***", _SECRET.sub(r"\1:***@", text))


def _url(environ: Mapping[str, str], names: tuple[str, ...], schemes: tuple[str, ...]) -> str:
    wanted = " or ".join(f"{scheme}://…" for scheme in schemes)
    for name in names:
        value = environ.get(name, "").strip()
        if not value:
            continue
        if not value.startswith(tuple(f"{scheme}://" for scheme in schemes)):
            raise InvalidConfig(f"{name}: must be a URL that starts with {wanted}")
        return value
    raise InvalidConfig(f"{' or '.join(names)}: not set; give it a URL like {wanted}")


def _secured(environ: Mapping[str, str], url: str) -> str:
    """On a dyno Postgres is reached by TLS or not at all, unless the URL says otherwise."""
    if "DYNO" not in environ or "sslmode=" in url:
        return url
    return f"{url}{'&' if '?' in url else '?'}sslmode=require"


def _read(
    environ: Mapping[str, str], name: str, parse: Callable[[str], _Value], default: _Value
) -> _Value:
    value = environ.get(name, "").strip()
    if not value:
        return default
    try:
        return parse(value)
    except ValueError as exc:
        raise InvalidConfig(f"{name}: {exc}, not {value!r}") from None


def _whole(least: int, most: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        if not text.isdecimal() or len(text) > 9 or not least <= int(text) <= most:
            raise ValueError(f"must be a whole number from {least} to {most}")
        return int(text)

    return parse


def _seconds(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 <= value <= 86_400:
        raise ValueError("must be seconds from 0 to 86400")
    return value


def _choice(**values: _Value) -> Callable[[str], _Value]:
    def parse(text: str) -> _Value:
        if text.lower() not in values:
            raise ValueError(f"must be one of {', '.join(values)}")
        return values[text.lower()]

    return parse
