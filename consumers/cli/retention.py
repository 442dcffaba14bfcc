"""`judgecore unfinished` and `judgecore purge`."""

from __future__ import annotations

import re
from contextlib import closing
from dataclasses import asdict
from typing import Annotated

import typer

from consumers.cli.options import DatabaseOption, address
from judgecore.cli.options import JsonFlag
from judgecore.cli.show import err, out, print_json
from judgecore.errors import InvalidSubmission

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
OlderThan = Annotated[
    str | None, typer.Option("--older-than", metavar="AGE", help="For example 30s, 10m, 12h, 90d.")
]


def age_s(text: str | None) -> float | None:
    """An age like `90d` in seconds; None where none is given."""
    if text is None:
        return None
    found = re.fullmatch(r"([0-9]{1,6})([smhd])", text)
    if found is None:
        raise InvalidSubmission(
            "--older-than", f"{text!r} is not a number with s, m, h or d, such as 90d"
        )
    return float(found[1]) * _SECONDS[found[2]]


def unfinished(
    older_than: OlderThan = "10m",
    limit: Annotated[
        int, typer.Option("--limit", min=1, max=100_000, help="List at most this many.")
    ] = 1000,
    database: DatabaseOption = None,
    as_json: JsonFlag = False,
) -> None:
    """List submissions without a verdict, the oldest first.

    The age counts from the newest start of judging, or from the request if judging has not
    started. `judgecore rejudge ID` requests a submission again that waits for too long.
    """
    from consumers.postgres import PostgresStore

    with closing(PostgresStore(address("DATABASE_URL", database))) as store:
        found = store.unfinished(age_s(older_than) or 0.0, limit)
    if as_json:
        texts = ({"submission_id": str(x.submission_id), "since": str(x.since)} for x in found)
        print_json([{**asdict(one), **text} for one, text in zip(found, texts, strict=True)])
        return
    for one in found:
        who = f" {one.user}" if one.user else ""
        cause = f": {one.cause}" if one.cause else ""
        out.print(
            f"{one.submission_id} {one.verdict} since {one.since:%Y-%m-%d %H:%M:%S %Z},"
            f" attempt {one.attempt}, {one.starts} starts{who}{cause}",
            soft_wrap=True,
            markup=False,
        )
    if not found:
        out.print("none")


def purge(
    older_than: OlderThan = None,
    user: Annotated[
        str | None, typer.Option("--user", "-u", help="Only submissions of this user.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Count the submissions, delete nothing.")
    ] = False,
    database: DatabaseOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Delete submissions, old ones or a user's, with their tests, attempts and sources.

    The age counts from the verdict. Submissions without a verdict stay; cancel them first. With
    --user and without --older-than the user's name is deleted too, when no submission is left.
    You can interrupt this command and start it again.
    """
    from consumers.contracts import Purge
    from consumers.postgres import PostgresStore

    what = Purge(older_than_s=age_s(older_than), user=user)
    if what == Purge():
        raise InvalidSubmission("selection", "give --older-than, --user, or both")
    count = 0
    with closing(PostgresStore(address("DATABASE_URL", database))) as store:
        for step in store.purge(what, dry_run=dry_run):
            count += step
            if not as_json:
                err.print(f"{count} so far")
        left = store.count_unfinished(user)
    if as_json:
        print_json({"purged": count, "dry_run": dry_run, "unfinished": left})
    else:
        done = "would be deleted" if dry_run else "deleted"
        out.print(f"{count} submissions {done}; {left} without a verdict stay")
