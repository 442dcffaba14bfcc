"""Commands that other packages bring to `judgecore`."""

from __future__ import annotations

import sys
from importlib.metadata import EntryPoint

import pytest

from judgecore import __main__
from judgecore.cli import commands

NAMES = {"migrate", "publish", "cancel", "rejudge", "report", "top", "problem", "broker"}


def test_commands_of_the_pipeline_are_found() -> None:
    """The pipeline's commands are entry points of the installed package."""
    found = commands.commands()

    assert NAMES <= set(found)
    assert set(found) <= set(__main__.COMMANDS)


def test_an_entry_point_is_a_command(monkeypatch: pytest.MonkeyPatch) -> None:
    """Any package may bring a command, by its name."""
    point = EntryPoint("hello", "builtins:print", commands.GROUP)
    monkeypatch.setattr(commands, "entry_points", lambda group: [point])

    assert {"hello": print} == commands.commands()


@pytest.mark.parametrize(("package", "extra"), commands.EXTRAS.items())
def test_a_light_installation_says_what_to_install(
    package: str,
    extra: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A command whose package is missing names the package and the extra, and is a usage error."""

    def app() -> None:
        raise ModuleNotFoundError(name=package)

    monkeypatch.setattr(__main__, "app", app)
    monkeypatch.setattr(sys, "argv", ["judgecore", "publish", "sum.py"])
    with pytest.raises(SystemExit) as ended:
        __main__.main()
    said = " ".join(capsys.readouterr().err.split())

    assert 2 == ended.value.code
    assert f"judgecore publish needs the Python package {package}" in said
    assert f"its extra '{extra}'" in said
