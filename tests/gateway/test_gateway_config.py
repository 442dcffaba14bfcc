"""The settings of the gateway."""

from __future__ import annotations

import pytest

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


def test_an_unknown_api_is_refused() -> None:
    """The message names those that there are."""
    with pytest.raises(InvalidConfig, match="judge0"):
        read_apis("judge1")
