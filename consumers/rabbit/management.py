"""Whether the queues have their limits: asked over the broker's management API, and set there.

AMQP does not show policies, and arguments cannot be added to a queue that exists.
"""

from __future__ import annotations

import base64
import json
import logging
import urllib.error
import urllib.request
from typing import Any
from urllib.parse import quote, unquote, urlsplit, urlunsplit

from consumers.names import QUEUES
from consumers.policy import as_command, as_json
from consumers.rabbit.driver import parameters
from judgecore.errors import QueueUnavailable

log = logging.getLogger(__name__)

WITHIN_S = 10.0
# Without these the broker drops what comes back often, and nobody can look at it.
NEEDED = ("delivery-limit", "dead-letter-exchange")


def ensure_limits(amqp_url: str, api_url: str | None, prefix: str) -> None:
    """Log an error when the queues have no limits; set the policy where that is allowed.

    `api_url` is the management API, with user and password; None where it cannot be asked.
    """
    vhost = str(parameters(amqp_url).virtual_host)
    command = as_command(prefix, vhost)
    if api_url is None:
        log.warning(
            "AMQP does not say whether the queues have a delivery limit and a dead-letter exchange:"
            " set JUDGECORE_RABBITMQ_API for this worker to check, or make sure of it with: %s",
            command,
        )
        return
    api = ManagementApi(api_url)
    try:
        missing = {name: lack for name in QUEUES if (lack := _missing(api, vhost, prefix, name))}
        if not missing:
            return
        for name, keys in missing.items():
            log.error("the queue %s.%s has no %s", prefix, name, " and no ".join(keys))
        _set(api, vhost, prefix)
        log.warning("set the policy %s-submissions, which limits the queues", prefix)
    except QueueUnavailable as exc:
        log.error("%s; an administrator of the broker should run: %s", exc, command)


class ManagementApi:
    """Calls of the management API at a URL with user and password."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        who = f"{unquote(parts.username or 'guest')}:{unquote(parts.password or 'guest')}"
        self._authorization = "Basic " + base64.b64encode(who.encode()).decode()
        place = parts.netloc.rpartition("@")[2]
        self._root = urlunsplit((parts.scheme, place, parts.path.rstrip("/"), "", ""))

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """What it answers, from JSON; raises `QueueUnavailable`."""
        request = urllib.request.Request(
            f"{self._root}/api/{path}",
            None if body is None else json.dumps(body).encode(),
            {"Authorization": self._authorization, "Content-Type": "application/json"},
            method=method,
        )
        try:
            with urllib.request.urlopen(request, timeout=WITHIN_S) as answer:
                return json.loads(answer.read() or b"null")
        except (OSError, ValueError) as exc:  # a refusal is an HTTPError, which is an OSError
            raise QueueUnavailable(f"the management API did not do it ({exc})") from exc


def _missing(api: ManagementApi, vhost: str, prefix: str, name: str) -> list[str]:
    found = api.call("GET", f"queues/{quote(vhost, safe='')}/{quote(f'{prefix}.{name}', safe='')}")
    limits = {**(found.get("effective_policy_definition") or {})}
    limits |= {key.removeprefix("x-"): value for key, value in (found["arguments"] or {}).items()}
    if found.get("policy") and not all(key in limits for key in NEEDED):
        raise QueueUnavailable(
            f"the policy {found['policy']} of the queue {prefix}.{name} has no"
            f" {' and no '.join(key for key in NEEDED if key not in limits)}"
        )
    return [key for key in NEEDED if key not in limits]


def _set(api: ManagementApi, vhost: str, prefix: str) -> None:
    (policy,) = as_json(prefix, vhost)["policies"]
    body = {key: policy[key] for key in ("pattern", "apply-to", "priority", "definition")}
    api.call("PUT", f"policies/{quote(vhost, safe='')}/{quote(policy['name'], safe='')}", body)
