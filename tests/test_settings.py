"""Settings from the environment: each wrong one is named."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import consumers.config
import consumers.gateway.config
from judgecore import InvalidConfig
from judgecore.config import SETTINGS, WORKER_SETTINGS, Config, Reuse
from judgecore.limits import MIB

PIPELINE = {"RABBITMQ_URL": "amqp://mq", "DATABASE_URL": "postgres://db"}


def test_everything_set() -> None:
    """Every variable of the engine is read."""
    config = Config.from_env(
        {
            "JUDGECORE_ENGINE": "Local",
            "JUDGECORE_MIN_TIER": "process",
            "JUDGECORE_IMAGE": "mine",
            "JUDGECORE_TRANSPORT": "stream",
            "JUDGECORE_RUNTIME": "runsc",
            "JUDGECORE_SLOTS": "3",
            "JUDGECORE_SLOT_MEMORY_MB": "100",
            "JUDGECORE_SCRATCH_MB": "7",
            "JUDGECORE_SCRATCH_FILES": "100",
            "JUDGECORE_REUSE": "strict",
            "JUDGECORE_REPLACE_AFTER": "9",
            "JUDGECORE_LANGUAGES": "/a:/b",
            "JUDGECORE_CALIBRATION": "/c",
            "JUDGECORE_SHARED_DIR": "/d",
        }
    )

    assert config == Config(
        engine="local",
        min_tier="process",
        image="mine",
        transport="stream",
        runtime="runsc",
        slots=3,
        slot_memory_bytes=100 * MIB,
        scratch_bytes=7 * MIB,
        scratch_files=100,
        reuse=Reuse.STRICT,
        replace_after=9,
        languages=(Path("/a"), Path("/b")),
        calibration=Path("/c"),
        shared=Path("/d"),
    )


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("JUDGECORE_SLOT", "JUDGECORE_SLOT: no such setting; did you mean JUDGECORE_SLOTS?"),
        ("JUDGECORE_RETRY", "JUDGECORE_RETRY: no such setting; did you mean JUDGECORE_RETRIES?"),
        (
            "JUDGECORE_ISOLATION",
            "JUDGECORE_ISOLATION: no such setting any more; it is called JUDGECORE_REUSE",
        ),
        ("JUDGECORE_XYZZY", "JUDGECORE_XYZZY: no such setting; docs/settings.md lists them all"),
    ],
)
def test_a_misspelt_name_is_refused(name: str, says: str) -> None:
    """It would silently have no effect: both packages name the one that is meant."""
    for read in (Config.from_env, consumers.config.Config.from_env):
        with pytest.raises(InvalidConfig) as caught:
            read({**PIPELINE, name: "3"})

        assert says == str(caught.value)


def test_names_of_the_tests_are_no_settings() -> None:
    """Variables that the tests and scripts read are let pass, and so are the worker's."""
    other = {"JUDGECORE_TEST_IMAGE": "x", "JUDGECORE_VM_SUITE": "x", "JUDGECORE_RETRIES": "2"}

    assert Config() == Config.from_env(other)
    assert WORKER_SETTINGS == {
        setting.name for setting in (*consumers.config.SETTINGS, *consumers.gateway.config.SETTINGS)
    }
    assert not WORKER_SETTINGS & {setting.name for setting in SETTINGS}


def test_every_wrong_value_is_named() -> None:
    """One error tells all that has to be changed."""
    wrong = {"JUDGECORE_SLOTS": "0", "JUDGECORE_ENGINE": "magic", "JUDGECORE_SCRATCH_MB": "x"}
    with pytest.raises(InvalidConfig) as caught:
        Config.from_env(wrong)

    assert set(wrong) == {line.partition(":")[0] for line in str(caught.value).splitlines()}


@pytest.mark.parametrize(
    "command", [["judgecore", "languages"], ["consumers"]], ids=lambda words: words[0]
)
def test_programs_refuse_a_misspelt_name(command: list[str]) -> None:
    """The command line and the worker exit with 2 and the sentence."""
    done = subprocess.run(
        [sys.executable, "-m", *command],
        env=os.environ | PIPELINE | {"JUDGECORE_SLOT": "3"},
        capture_output=True,
        text=True,
    )

    assert 2 == done.returncode
    assert "did you mean JUDGECORE_SLOTS?" in " ".join(done.stderr.split())
