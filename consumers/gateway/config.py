"""The settings of the gateway, read once."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from judgecore.errors import InvalidConfig
from judgecore.limits import KIB, MIB
from judgecore.settings import Setting, choice, meaning, number, read, whole

APIS = ("judge0", "sandboxfusion", "piston", "jobe", "judgecore")
MLE_STATUSES = {"11": 11, "12": 12, "own": 15}
VERSIONS = ("1.13.1", "1.13.1-extra", "1.14.0", "1.14.0-extra")

_ORIGIN = re.compile(r"https?://[^/\s*]+")
_HOST = re.compile(r"[A-Za-z0-9_.-]+|\[?[0-9A-Fa-f:.]+\]?")
_NAMED = re.compile(r"(\[[^\]]*\]|[^:]*)(:[0-9]*)?")  # what a header Host says
LOOPBACK_ORIGIN = r"https?://(localhost|127\.0\.0\.1|\[::1\])(:[0-9]+)?"


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


def _origins(text: str) -> tuple[str, ...]:
    names = _names(text)
    if wrong := [name for name in names if name != "*" and not _ORIGIN.fullmatch(name)]:
        raise ValueError(f"must be * or such as https://example.org; {wrong[0]!r:.60} is neither")
    return tuple(name.lower() for name in names)


def read_apis(text: str) -> tuple[str, ...]:
    """The APIs that a list with commas names; `InvalidConfig` about one that there is not."""
    try:
        return _apis(text)
    except ValueError as exc:
        raise InvalidConfig(f"--api: {exc}") from None


def _apis(text: str) -> tuple[str, ...]:
    names = _names(text)
    if unknown := [name for name in names if name not in APIS]:
        raise ValueError(f"must be some of {', '.join(APIS)}; {unknown[0]!r:.40} is none")
    return names


def _hosts(text: str) -> tuple[str, ...]:
    names = _names(text)
    if wrong := [name for name in names if name != "*" and not _HOST.fullmatch(name)]:
        raise ValueError(f"must be * or such as example.org; {wrong[0]!r:.60} is neither")
    return tuple(name.lower().strip("[]") for name in names)


_YES_OR_NO: Callable[[str], Any] = meaning({"yes": True, "no": False})
SETTINGS = (
    Setting("JUDGECORE_HTTP_HOST", "host", str),
    Setting("JUDGECORE_HTTP_PORT", "port", whole(0, 65_535)),
    Setting("JUDGECORE_HTTP_APIS", "apis", _apis),
    Setting("JUDGECORE_HTTP_TOKENS", "tokens", _words),
    Setting("JUDGECORE_HTTP_ADMIN_TOKENS", "admin_tokens", _words),
    Setting("JUDGECORE_HTTP_ORIGINS", "origins", _origins),
    Setting("JUDGECORE_HTTP_HOSTS", "hosts", _hosts),
    Setting("JUDGECORE_HTTP_BODY_MB", "body_bytes", whole(1, 1024, unit=MIB)),
    Setting("JUDGECORE_HTTP_WAIT_S", "wait_s", number(0, 3600, "seconds")),
    Setting("JUDGECORE_HTTP_MOST_WAITING", "most_waiting", whole(1, 1_000_000)),
    Setting("JUDGECORE_HTTP_MOST_AGE_S", "most_age_s", number(1, 86_400, "seconds")),
    Setting("JUDGECORE_HTTP_RATE", "rate", number(0, 1e6, "requests a second")),
    Setting("JUDGECORE_HTTP_CLIENT_BATCH_AFTER", "client_batch_after", whole(0, 1_000_000)),
    Setting("JUDGECORE_HTTP_CLIENT_MOST_WAITING", "client_most_waiting", whole(0, 1_000_000)),
    Setting("JUDGECORE_HTTP_OUTPUT_KB", "output_bytes", whole(1, 65_536, unit=KIB)),
    Setting("JUDGECORE_HTTP_DELETE", "delete", _YES_OR_NO),
    Setting("JUDGECORE_HTTP_CALLBACK_SECRET", "callback_secret", str),
    Setting("JUDGECORE_HTTP_CALLBACK_PRIVATE", "callback_private", _YES_OR_NO),
    Setting("JUDGECORE_HTTP_LANGUAGES", "languages", _names),
    Setting("JUDGECORE_HTTP_JUDGE0_IMPLICIT_BASE64", "judge0_implicit_base64", _YES_OR_NO),
    Setting("JUDGECORE_HTTP_JUDGE0_MLE", "judge0_mle", meaning(MLE_STATUSES)),
    Setting("JUDGECORE_HTTP_JUDGE0_VERSION", "judge0_version", choice(*VERSIONS)),
)


@dataclass(frozen=True, slots=True)
class GatewayConfig:
    """Settings of `judgecore serve`. Its repr hides tokens.

    `host` and `port`: where it listens. `apis`: those that it answers in. `tokens`: every request
    needs one of them; none: no request needs one, which is allowed on loopback alone.
    `admin_tokens`: lists and deletions need one of them, too. `origins`: the web pages that may
    send requests, `*` for all; none are named: all where tokens are needed, else those of this
    machine. `hosts`: the names by which requests may call the gateway, `*` for any; none are named:
    any where tokens are needed, else those of this machine and `host`.
    `body_bytes`: the largest body. `wait_s`: how long a request may wait for a verdict.
    `most_waiting` and `most_age_s`: beyond them submissions are refused. `delete`: whether clients
    may delete submissions.
    `languages`: ids, or `slim` or `full` for those of that image: what workers have, where the
    gateway does not judge itself.
    `callback_secret` signs callbacks; `callback_private`: they may go to addresses that are not on
    the public internet.
    `rate`: how many requests other than GET a client may send, a second; `client_batch_after` and
    `client_most_waiting`: how many submissions of one client may wait before the next go to the
    queue `batch`, and before they are refused. 0 is no limit in each.
    `output_bytes`: how much a program may print where its API has no limit for that.
    `judge0_version`: the version that `GET /about` names, by which clients choose languages.
    `judge0_implicit_base64`: contents are in base64 unless the request says that they are not.
    `judge0_mle`: the number of the status of a program that used too much memory.
    """

    host: str = "127.0.0.1"
    port: int = 2358
    apis: tuple[str, ...] = APIS
    tokens: tuple[str, ...] = ()
    admin_tokens: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    body_bytes: int = 16 * MIB
    wait_s: float = 600.0
    most_waiting: int = 2_000
    most_age_s: float = 60.0
    rate: float = 0.0
    client_batch_after: int = 0
    client_most_waiting: int = 0
    output_bytes: int = 1 * MIB
    delete: bool = False
    judge0_version: str = VERSIONS[0]
    judge0_implicit_base64: bool = False
    judge0_mle: int = 12
    languages: tuple[str, ...] = ("slim",)
    callback_secret: str = ""
    callback_private: bool = False

    def __post_init__(self) -> None:
        if not self.tokens and not _is_loopback(self.host):
            raise InvalidConfig(
                "JUDGECORE_HTTP_TOKENS: not set, and --host is open to other machines; set tokens,"
                " or listen on 127.0.0.1"
            )

    @property
    def any_origin(self) -> bool:
        """Whether any web page may send requests."""
        return "*" in self.origins or bool(self.tokens and not self.origins)

    def allows_origin(self, origin: str | None) -> bool:
        """Whether a request may come from this web page; None: it comes from none."""
        if origin is None or self.any_origin:
            return True
        if self.origins:
            return origin.lower() in self.origins
        return re.fullmatch(LOOPBACK_ORIGIN, origin.lower()) is not None

    def allows_host(self, header: str | None) -> bool:
        """Whether a request's header `Host` may be this one; None: the request has none.

        The owner of a web page's name can point it at this machine (DNS rebinding). For a browser
        the page and the gateway are then of one origin, but its requests have the page's name here.
        """
        if header is None or "*" in self.hosts or (self.tokens and not self.hosts):
            return True
        found = _NAMED.fullmatch(header.strip().lower())
        name = "" if found is None else found[1].strip("[]").rstrip(".")
        return name in self.hosts or (not self.hosts and self._is_here(name))

    def _is_here(self, name: str) -> bool:
        return name == self.host.lower() or name.endswith(".localhost") or _is_loopback(name)

    def __repr__(self) -> str:
        return f"GatewayConfig({self.host}:{self.port}, apis={self.apis}, tokens=***)"

    @classmethod
    def from_env(cls, environ: Mapping[str, str], **given: Any) -> GatewayConfig:
        """Read `JUDGECORE_HTTP_*`; values in `given` that are not None take precedence.

        The port is that of `PORT`, which platforms set for a web process, if no other is named.
        """
        fields = read(SETTINGS, environ)
        if "port" not in fields and environ.get("PORT", "").isdecimal():
            fields["port"] = int(environ["PORT"])
        fields |= {name: value for name, value in given.items() if value is not None}
        return cls(**fields)


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
