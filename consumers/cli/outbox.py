"""`judgecore outbox`."""

from __future__ import annotations

from contextlib import closing
from dataclasses import asdict
from typing import Annotated

import typer

from consumers.cli.options import DatabaseOption, address
from judgecore.cli.options import JsonFlag
from judgecore.cli.show import out, print_json


def outbox(
    publish: Annotated[
        bool, typer.Option("--publish", help="Let a worker publish all of these again, now.")
    ] = False,
    limit: Annotated[
        int, typer.Option("--limit", min=1, max=100_000, help="List at most this many.")
    ] = 1000,
    database: DatabaseOption = None,
    as_json: JsonFlag = False,
) -> None:
    """List results and dead letters that the broker refused, the oldest first, and why.

    A full queue that is bound to the exchange of the verdicts refuses them. Workers publish each
    again for about an hour; then it stays in the database until --publish.
    """
    from consumers.postgres import PostgresStore

    with closing(PostgresStore(address("DATABASE_URL", database))) as store:
        found = store.refused(limit)
        if publish:
            store.publish_refused()
    if as_json:
        texts = ({"submission_id": str(x.submission_id), "since": str(x.since)} for x in found)
        print_json([{**asdict(one), **text} for one, text in zip(found, texts, strict=True)])
        return
    for one in found:
        state = "not tried any more" if one.parked else "will be tried again"
        out.print(
            f"{one.submission_id} {one.kind} of attempt {one.attempt}, refused {one.tries} times,"
            f" {state}: {one.cause}",
            soft_wrap=True,
        )
