"""Everything that calls pika goes through here: exceptions, connections, publishing."""

from __future__ import annotations

import ssl
import time
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pika
import pika.exceptions as foreign
from pika.adapters.blocking_connection import BlockingConnection
from pika.adapters.utils.connection_workflow import AMQPConnectorException
from pika.spec import BasicProperties

from consumers.names import addresses
from consumers.rabbit.tolerant_headers import Connection
from judgecore.errors import QueueUnavailable

HEARTBEAT_S = 30
BLOCKED_S = 60  # pika's default is to hang for ever while the broker is out of memory or disk
ACCESS_REFUSED, NOT_FOUND, PRECONDITION_FAILED, NOT_ALLOWED = 403, 404, 406, 530

# Headers of ours. `traceparent` is that of W3C Trace Context; the time of publishing is there
# because AMQP's own timestamp counts whole seconds.
REASON = "x-judgecore-reason"
PUBLISHED_MS = "x-judgecore-published-ms"
TRACEPARENT = "traceparent"
REPEAT = "x-judgecore-repeat"
REPLY_TOKEN = "x-judgecore-reply-token"
# Who published a batch. Only workers may set it: they publish the submissions of a batch.
PUBLISHER = "x-judgecore-publisher"

# First match wins: what happened, for each exception that pika can raise.
FOREIGN: tuple[tuple[type[Exception], str], ...] = (
    (foreign.UnroutableError, "no queue took the message"),
    (foreign.NackError, "the broker refused the message; the queue may be full"),
    (foreign.AuthenticationError, "RABBITMQ_URL: the broker refused the login"),
    (foreign.ProbableAuthenticationError, "RABBITMQ_URL: the broker refused the login"),
    (foreign.ProbableAccessDeniedError, "RABBITMQ_URL: the broker refused the virtual host"),
    (
        foreign.IncompatibleProtocolError,
        "RABBITMQ_URL: the broker closed the connection before it answered; it is starting, or"
        " expects TLS (amqps://)",
    ),
    (foreign.ConnectionBlockedTimeout, "the broker is short of memory or disk"),
    (foreign.AMQPConnectionError, "the connection to the broker failed"),
    (foreign.AMQPChannelError, "the broker refused a call"),
    (foreign.AMQPError, "the broker and pika misunderstood each other"),
    (foreign.ChannelError, "the broker refused a call"),
    (foreign.ReentrancyError, "pika was called out of order"),
    # Not an AMQPError: what pika raises when a broker takes the connection and then is silent.
    (AMQPConnectorException, "the broker did not finish the handshake"),
    (ssl.SSLCertVerificationError, "RABBITMQ_URL: the broker's certificate is refused"),
    (ssl.SSLError, "RABBITMQ_URL: TLS with the broker failed; its port may be one without TLS"),
    (OSError, "the broker cannot be reached"),
)
FOREIGN_TYPES: tuple[type[Exception], ...] = tuple(kind for kind, _ in FOREIGN)
# Answers to one message, after which the connection is as good as before.
REFUSALS = (foreign.UnroutableError, foreign.NackError)
LOST: tuple[type[Exception], ...] = (QueueUnavailable, *FOREIGN_TYPES)


def translated(exc: BaseException) -> QueueUnavailable:
    """The exception of judgecore that stands for one of pika."""
    return QueueUnavailable(sentence(exc))


def sentence(exc: BaseException) -> str:
    """What happened, in words, with pika's own in brackets."""
    what = next((text for kind, text in FOREIGN if isinstance(exc, kind)), None)
    return str(exc) if what is None else f"{what} ({exc!r:.300})"


def may_come_up(exc: BaseException) -> bool:
    """Whether trying to connect again may help."""
    # pika guesses "probably authentication" also when a broker that is starting hangs up; only
    # when the broker closed the connection in so many words is it a refusal.
    if isinstance(exc, foreign.ProbableAuthenticationError | foreign.ProbableAccessDeniedError):
        return foreign.ConnectionClosedByBroker.__name__ not in str(exc)
    if isinstance(exc, foreign.AuthenticationError):
        return False
    if isinstance(exc, foreign.ConnectionClosedByBroker | foreign.ChannelClosedByBroker):
        return exc.reply_code not in (ACCESS_REFUSED, NOT_ALLOWED)
    return isinstance(exc, FOREIGN_TYPES) and not refuses_tls(exc)


def refuses_tls(exc: BaseException) -> bool:
    """Whether a certificate is refused, or the broker's port speaks no TLS.

    Other failures of TLS may be those of a broker that is about to stop or to start.
    """
    return isinstance(exc, ssl.SSLCertVerificationError) or (
        isinstance(exc, ssl.SSLError) and "WRONG_VERSION_NUMBER" in str(exc)
    )


@contextmanager
def mapped() -> Iterator[None]:
    """Turn pika's exceptions into `QueueUnavailable`."""
    try:
        yield
    except FOREIGN_TYPES as exc:
        raise translated(exc) from exc


class Nodes:
    """The addresses of a broker's nodes; after a failure the next one is tried first."""

    def __init__(self, url: str) -> None:
        self._urls = deque(addresses(url))

    @property
    def first(self) -> str:
        """The address to try first."""
        return self._urls[0]

    @property
    def url(self) -> str:
        """All of them, in the order in which to try them."""
        return ",".join(self._urls)

    @property
    def are_several(self) -> bool:
        """Whether the broker is a cluster, as far as we are told."""
        return len(self._urls) > 1

    def skip(self) -> None:
        """The first one has failed: try it last."""
        self._urls.rotate(-1)


def parameters(url: str) -> pika.URLParameters:
    """How to connect to the first address, or `QueueUnavailable` about one that cannot be read."""
    return all_parameters(url)[0]


def all_parameters(url: str) -> list[pika.URLParameters]:
    """The same of all addresses."""
    return [_parameters(one) for one in addresses(url)]


def _parameters(url: str) -> pika.URLParameters:
    try:
        read = pika.URLParameters(url)
    except OSError as exc:  # a file of certificates
        raise QueueUnavailable(f"RABBITMQ_URL: ssl_options: {exc.strerror}") from None
    except Exception:  # pika raises whatever its parsing trips over, and may quote the password
        raise QueueUnavailable("RABBITMQ_URL: invalid AMQP URL") from None
    read.heartbeat = HEARTBEAT_S
    read.blocked_connection_timeout = BLOCKED_S
    read.client_properties = {"connection_name": "judgecore"}
    return read


def user_of(url: str) -> str:
    """The user in a URL."""
    return str(getattr(parameters(url).credentials, "username", ""))


def refuses_user(exc: BaseException | None) -> bool:
    """Whether the broker says that the property `user_id` is not the name by which it knows us."""
    return (
        isinstance(exc, foreign.ChannelClosedByBroker)
        and exc.reply_code == PRECONDITION_FAILED
        and "user_id" in exc.reply_text
    )


def connect(url: str) -> BlockingConnection:
    """A connection for one thread, to the first node that answers; raises pika's own exceptions."""
    kind: Any = Connection  # the stubs want an instance
    return BlockingConnection(all_parameters(url), _impl_class=kind)


def persistent(
    message_id: str | None, headers: Mapping[str, Any] | None = None, user: str | None = None
) -> BasicProperties:
    """The properties of a JSON message that survives a restart of the broker.

    The broker refuses it unless `user`, if given, is who publishes it.
    """
    now_s = time.time()
    return BasicProperties(
        content_type="application/json",
        delivery_mode=2,
        message_id=message_id,
        app_id="judgecore",
        user_id=user or None,
        timestamp=int(now_s),
        headers={PUBLISHED_MS: int(now_s * 1000), **(headers or {})},
    )


def trace_headers(traceparent: str | None) -> dict[str, str]:
    """The header that carries a trace context, if there is one."""
    return {} if traceparent is None else {TRACEPARENT: traceparent}
