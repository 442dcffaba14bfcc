"""The command line: all commands, and the exit codes.

Exit codes: 0 accepted (or done) · 1 judged, and not accepted · 2 the request is wrong
· 3 the judge failed, and nothing is known about the program.
"""

from __future__ import annotations

import io
import os
import sys
import traceback
from typing import Annotated

import typer
from rich.markup import escape

from judgecore import __version__
from judgecore.cli.commands import EXTRAS, commands, lacking
from judgecore.cli.host import attack, doctor
from judgecore.cli.judging import judge, run
from judgecore.cli.languages import languages
from judgecore.cli.show import Exit, err, foreign, out
from judgecore.cli.verify import verify
from judgecore.config import refuse_unknown
from judgecore.errors import InfrastructureError, UsageError

COMMANDS = {
    **{command.__name__: command for command in (run, judge, verify, languages, doctor, attack)},
    **commands(),
}

app = typer.Typer(
    name="judgecore",
    help="Run and judge code nobody trusts.",
    epilog=(
        "Exit codes: 0 accepted or done, 1 judged and not accepted,"
        " 2 the request is wrong, 3 the judge failed."
    ),
    context_settings={"help_option_names": ["-h", "--help"]},
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)
for name, command in COMMANDS.items():
    if isinstance(command, typer.Typer):
        app.add_typer(command, name=name)
    else:
        app.command(name)(command)


@app.callback(invoke_without_command=True)
def root(
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    if version:
        out.print(__version__)
        raise typer.Exit
    refuse_unknown(os.environ)


def main() -> None:
    """Run the command line; turn every error of ours into one clear line and an exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a locale without "·" is no reason to end badly
            stream.reconfigure(errors="backslashreplace")
    try:
        app()
    except ModuleNotFoundError as exc:
        if exc.name not in EXTRAS:
            raise
        err.print(f"[red]error:[/] {escape(lacking(exc.name, sys.argv[1:]))}")
        sys.exit(Exit.USAGE)
    except UsageError as exc:
        err.print(f"[red]error:[/] {foreign(str(exc))}")
        sys.exit(Exit.USAGE)
    except InfrastructureError as exc:
        err.print(f"[magenta]the judge failed:[/] {foreign(str(exc))}")
        sys.exit(Exit.INFRASTRUCTURE)
    except Exception:  # Python's own exit code would say: judged, and not accepted
        traceback.print_exc()
        sys.exit(Exit.INFRASTRUCTURE)


if __name__ == "__main__":
    main()
