"""The settings of the gateway."""

from __future__ import annotations

import pytest

from consumers.cli.serve import serve
from consumers.gateway.config import GatewayConfig, read_apis
from judgecore.errors import InvalidConfig


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.1", "example.org"])
def test_it_is_not_open_to_the_world_without_a_token(host: str) -> None:
    """An address of other machines needs tokens; then it will do."""
    with pytest.raises(InvalidConfig, match="JUDGECORE_HTTP_TOKENS"):
        GatewayConfig(host=host)
    assert host == GatewayConfig(host=host, tokens=("secret",)).host


def test_settings_come_from_the_environment() -> None:
    """Options win over variables, and PORT is the last resort."""
    environ = {"JUDGECORE_HTTP_TOKENS": "a b", "PORT": "80", "JUDGECORE_HTTP_BODY_MB": "2"}
    config = GatewayConfig.from_env(environ, host="0.0.0.0", port=None)

    assert (("a", "b"), 80, 2 << 20, "0.0.0.0") == (
        config.tokens,
        config.port,
        config.body_bytes,
        config.host,
    )
    assert "secret" not in repr(GatewayConfig(tokens=("secret",)))


class Asked(Exception):
    """What a service with workers was asked to be made of."""


def test_slots_of_workers_are_as_large_as_the_settings_say(monkeypatch: pytest.MonkeyPatch) -> None:
    """A gateway in front of workers refuses what their slots have no memory for."""

    def durable(worker: object, config: object, registry: object, slot_memory_bytes: int) -> None:
        raise Asked(slot_memory_bytes)

    monkeypatch.setattr("consumers.gateway.starting.durable", durable)
    monkeypatch.setattr("consumers.cli.serve.set_up", lambda *_: None)
    monkeypatch.setenv("RABBITMQ_URL", "amqp://nobody@127.0.0.1:1/")
    monkeypatch.setenv("DATABASE_URL", "postgres://nobody@127.0.0.1:1/none")
    monkeypatch.setenv("JUDGECORE_MIGRATE", "no")
    monkeypatch.setenv("JUDGECORE_SLOT_MEMORY_MB", "384")

    with pytest.raises(Asked) as asked:
        serve()

    assert (384 << 20,) == asked.value.args


def test_an_unknown_api_is_refused() -> None:
    """The message names those that there are."""
    with pytest.raises(InvalidConfig, match="judge0"):
        read_apis("judge1")
