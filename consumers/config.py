"""The one configuration object, built once in `__main__` and passed down."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields

from consumers.logs import FORMATS
from consumers.names import PREFIX, addresses, checked_prefix
from judgecore.config import Config as JudgeConfig
from judgecore.errors import InvalidConfig
from judgecore.settings import Setting, choice, meaning, number, read, whole

LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
_SECRET = re.compile(r"(?<=://)([^:/@]*):.*@")  # greedy: a password may hold an unescaped @ or /
_SECRET_OPTION = re.compile(r"(password=)[^&\s]*")


def _web_address(text: str) -> str:
    if not text.startswith(("http://", "https://")):
        raise ValueError("must be a URL that starts with http:// or https://")
    return text


def _ahead(text: str) -> int | None:
    if text.lower() == "auto":
        return None
    try:
        return whole(0, 1024)(text)
    except ValueError as exc:
        raise ValueError(f"{exc}, or auto") from None


_YES_OR_NO = meaning({"yes": True, "no": False})
SETTINGS = (
    Setting("JUDGECORE_QUEUE_PREFIX", "queue_prefix", checked_prefix),
    Setting(
        "JUDGECORE_QUEUE_ARGUMENTS",
        "queue_arguments",
        meaning({"policy": False, "arguments": True}),
    ),
    Setting("JUDGECORE_RABBITMQ_API", "rabbitmq_api", _web_address),
    Setting("JUDGECORE_RETRIES", "retries", whole(0, 100)),
    Setting("JUDGECORE_JUDGING_TIMEOUT_S", "judging_timeout_s", number(1, 1e6, "seconds")),
    Setting("JUDGECORE_GRACE_S", "grace_s", number(0, 86_400, "seconds")),
    Setting("JUDGECORE_MIGRATE", "migrate", _YES_OR_NO),
    Setting("JUDGECORE_LOG_LEVEL", "log_level", choice(*LOG_LEVELS)),
    Setting("JUDGECORE_LOG_FORMAT", "log_format", choice(*FORMATS)),
    Setting("JUDGECORE_PROGRESS", "progress", _YES_OR_NO),
    Setting("JUDGECORE_AHEAD", "ahead", _ahead),
    Setting("JUDGECORE_HEALTH_PORT", "health_port", whole(1, 65_535)),
    Setting("JUDGECORE_HEALTH_HOST", "health_host", str),
)


@dataclass(frozen=True, slots=True, repr=False)
class Config:
    """Everything a consumer needs to know, from the environment. Its repr hides passwords.

    `slots` is how many submissions are judged at once and how many the broker hands out.
    `retries` is how often a submission is judged again after the judge itself failed.
    `judging_timeout_s` is how long judging one submission may take in all; None: as long as its
    limits allow.
    `rabbitmq_api` is the broker's management API, to check and set the queues' policy.
    `grace_s` is how long running submissions may go on after SIGTERM.
    `ahead` is how many more the broker hands out, so that no slot waits for the next one; None:
    up to 16 while the queue is backed up and submissions are short.
    `progress` tells each test as it is known, not only the verdict.
    `health_port` is where /live, /ready and /metrics are served; None: nowhere. `health_host` is
    the address to listen on.
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
    ahead: int | None = None
    health_port: int | None = None
    health_host: str = "127.0.0.1"
    judging_timeout_s: float | None = None
    rabbitmq_api: str | None = None

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> Config:
        """Read the settings, or raise `InvalidConfig` that names the variables at fault."""
        engine = JudgeConfig.from_env(environ)
        return cls(
            rabbitmq_url=_url(environ, ("RABBITMQ_URL", "CLOUDAMQP_URL"), ("amqp", "amqps")),
            database_url=_secured(
                environ, _url(environ, ("DATABASE_URL",), ("postgres", "postgresql"))
            ),
            slots=engine.effective_slots,
            **read(SETTINGS, environ),
        )

    def __repr__(self) -> str:
        shown = (f"{f.name}={masked(str(getattr(self, f.name)))!r}" for f in fields(self))
        return f"Config({', '.join(shown)})"


def queue_prefix(environ: Mapping[str, str], name: str = "JUDGECORE_QUEUE_PREFIX") -> str:
    """The prefix of exchanges and queues, or `InvalidConfig` about one that won't do."""
    fields = read([Setting(name, "queue_prefix", checked_prefix)], environ)
    return str(fields.get("queue_prefix", PREFIX))


def masked(text: str) -> str:
    """`text` with every password of a URL in it replaced by ***."""
    hidden = ",".join(_SECRET.sub(r"\1:***@", part) for part in addresses(text))
    return _SECRET_OPTION.sub(r"\1***", hidden)


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
