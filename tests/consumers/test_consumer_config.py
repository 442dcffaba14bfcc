"""The configuration of a consumer."""

from __future__ import annotations

import pytest

from consumers.config import Config, masked
from consumers.names import addresses
from judgecore.errors import InvalidConfig

GOOD = {"RABBITMQ_URL": "amqp://u:hush@mq/v", "DATABASE_URL": "postgres://u:hush@db/n"}


def test_defaults() -> None:
    """Two URLs are enough."""
    config = Config.from_env(GOOD)

    assert ("judgecore", 3, 25.0, False, True) == (
        config.queue_prefix,
        config.retries,
        config.grace_s,
        config.queue_arguments,
        config.migrate,
    )
    assert config.slots >= 1


def test_everything_set() -> None:
    """Every variable is read; CloudAMQP's own name for the URL will do."""
    config = Config.from_env(
        {
            "CLOUDAMQP_URL": "amqps://mq",
            "DATABASE_URL": "postgresql://db",
            "JUDGECORE_SLOTS": "7",
            "JUDGECORE_QUEUE_PREFIX": "exams",
            "JUDGECORE_RETRIES": "0",
            "JUDGECORE_GRACE_S": "0.5",
            "JUDGECORE_QUEUE_ARGUMENTS": "arguments",
            "JUDGECORE_MIGRATE": "no",
            "JUDGECORE_LOG_LEVEL": "debug",
        }
    )

    assert Config("amqps://mq", "postgresql://db", 7, "exams", 0, 0.5, True, False, "DEBUG") == (
        config
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("RABBITMQ_URL", ""),
        ("RABBITMQ_URL", "http://mq"),
        ("DATABASE_URL", ""),
        ("DATABASE_URL", "mysql://db"),
        ("JUDGECORE_SLOTS", "0"),
        ("JUDGECORE_SLOTS", "two"),
        ("JUDGECORE_SLOTS", "-1"),
        ("JUDGECORE_SLOTS", "1" * 5_000),
        ("JUDGECORE_RETRIES", "1.5"),
        ("JUDGECORE_GRACE_S", "nan"),
        ("JUDGECORE_GRACE_S", "-1"),
        ("JUDGECORE_QUEUE_PREFIX", "amq.x"),
        ("JUDGECORE_QUEUE_PREFIX", "a b"),
        ("JUDGECORE_QUEUE_ARGUMENTS", "yes"),
        ("JUDGECORE_MIGRATE", "maybe"),
        ("JUDGECORE_LOG_LEVEL", "loud"),
    ],
)
def test_bad_setting_is_named(name: str, value: str) -> None:
    """A setting that cannot be used is refused by its name."""
    with pytest.raises(InvalidConfig, match=name):
        Config.from_env({**GOOD, name: value})


def test_repr_hides_passwords() -> None:
    """The repr can be logged: it shows the hosts, never a password."""
    shown = repr(Config.from_env(GOOD))

    assert "hush" not in shown
    assert "amqp://u:***@mq/v" in shown


@pytest.mark.parametrize(
    "url",
    ["amqp://u:hu/s@h#h@mq/v", "postgres://db/n?user=u&password=hus@h&x=1", "amqp://:hush@mq"],
)
def test_awkward_passwords_are_hidden(url: str) -> None:
    """A password that was not escaped, or is an option, is hidden all the same."""
    assert "hus" not in masked(url).replace("hush", "hus") or "***" in masked(url)
    assert "h@mq" not in masked(url).replace("***@mq", "")


def test_several_nodes() -> None:
    """A cluster is several addresses with commas between them; each password is hidden."""
    url = "amqp://u:hush@one/,amqps://u:hush,@two/v"
    config = Config.from_env({**GOOD, "RABBITMQ_URL": url})

    assert ["amqp://u:hush@one/", "amqps://u:hush,@two/v"] == addresses(config.rabbitmq_url)
    assert "amqp://u:***@one/,amqps://u:***@two/v" == masked(url)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("postgres://db/n", "postgres://db/n?sslmode=require"),
        ("postgres://db/n?a=b", "postgres://db/n?a=b&sslmode=require"),
        ("postgres://db/n?sslmode=disable", "postgres://db/n?sslmode=disable"),
    ],
)
def test_a_dyno_wants_tls(url: str, expected: str) -> None:
    """On a dyno the database is reached by TLS, unless the URL says otherwise."""
    environ = {**GOOD, "DATABASE_URL": url}

    assert expected == Config.from_env({**environ, "DYNO": "worker.1"}).database_url
    assert url == Config.from_env(environ).database_url
