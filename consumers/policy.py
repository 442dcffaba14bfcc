"""What an operator should set on the broker, and why."""

from __future__ import annotations

import json
import re
import shlex
from typing import Any

# Of the queues of submissions. As policy keys; as queue arguments they begin with `x-`.
LIMITS: dict[str, Any] = {
    "delivery-limit": 50,
    "dead-letter-strategy": "at-least-once",
    "overflow": "reject-publish",
}
REASONS = {
    "delivery-limit": "RabbitMQ 4 drops what came back 20 times; a worker gives up before",
    "dead-letter-exchange": "what the broker drops is kept where somebody can look at it",
    "dead-letter-strategy": "a dead letter may come twice, but is never lost",
    "overflow": "a full queue refuses the publisher; it never drops what it has confirmed",
    "max-length": "a bound on the backlog: a publisher hears of it before the disk is full",
    "consumer-timeout": "ms until the broker takes a submission back from a worker that hangs",
}
_POLICY_ONLY = {"max-length": 1_000_000, "consumer-timeout": 3_600_000}


def definition(prefix: str) -> dict[str, Any]:
    """The policy's definition: each key with its value."""
    return {**LIMITS, "dead-letter-exchange": f"{prefix}.dead", **_POLICY_ONLY}


def pattern(prefix: str) -> str:
    """The queues that the policy is for."""
    return f"^{re.escape(prefix)}\\.(default|batch)$"


def as_command(prefix: str, vhost: str) -> str:
    """The policy as a command for whoever may run rabbitmqctl."""
    body = json.dumps(definition(prefix))
    return (
        f"rabbitmqctl set_policy --vhost {shlex.quote(vhost)} --apply-to queues"
        f" {shlex.quote(f'{prefix}-submissions')} {shlex.quote(pattern(prefix))}"
        f" {shlex.quote(body)}"
    )


def as_json(prefix: str, vhost: str) -> dict[str, Any]:
    """The policy as a definitions file, or the body of PUT /api/policies/<vhost>/<name>."""
    return {
        "policies": [
            {
                "vhost": vhost,
                "name": f"{prefix}-submissions",
                "pattern": pattern(prefix),
                "apply-to": "queues",
                "priority": 0,
                "definition": definition(prefix),
            }
        ]
    }
