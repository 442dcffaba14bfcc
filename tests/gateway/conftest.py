"""Gateways for the tests of the gateway."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from engines import SPEED, make
from serving import Http, faked, serving

from consumers.gateway.backends import FakeBackend
from consumers.gateway.callbacks import MemoryCallbacks
from consumers.gateway.config import GatewayConfig
from consumers.gateway.starting import apis, embedded, with_callbacks
from judgecore import Judge
from judgecore.config import Config


@pytest.fixture(scope="module")
def fake() -> Iterator[Http]:
    """A gateway that accepts every program without running it."""
    with faked() as (http, _):
        yield http


@pytest.fixture(scope="module")
def undecided() -> Iterator[tuple[Http, FakeBackend]]:
    """A gateway whose submissions end when the test says so."""
    with faked(FakeBackend(None)) as both:
        yield both


@pytest.fixture(scope="session")
def gateway() -> Iterator[Http]:
    """A gateway with a judge on the local engine, that lets anybody do everything."""
    config = GatewayConfig(port=0, delete=True, admin_tokens=("admin",), callback_private=True)
    with Judge(Config(min_tier="process", speed=SPEED), engine=make("local"), slots=2) as judge:
        service = embedded(judge, config)
        speaking = apis(service, config)
        with_callbacks(service, speaking, MemoryCallbacks(), config)
        with serving(service, config, speaking) as http:
            yield http
