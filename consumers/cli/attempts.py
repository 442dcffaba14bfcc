"""`judgecore cancel` and `judgecore rejudge`."""

from __future__ import annotations

import os
from datetime import datetime
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer

from consumers.cli.options import BrokerOption, DatabaseOption, address, queue_prefix
from judgecore import Verdict
from judgecore.cli.options import JsonFlag
from judgecore.cli.show import Exit, out, print_json
from judgecore.errors import InvalidSubmission

if TYPE_CHECKING:
    from consumers.postgres import PostgresStore


def cancel(
    submission_ids: Annotated[list[UUID], typer.Argument(metavar="ID")],
    reason: Annotated[
        str, typer.Option("--reason", help="Stored with the submission.")
    ] = "cancelled",
    database: DatabaseOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Cancel submissions that have no verdict yet, even those that wait in the queue.

    A worker ends a program that runs already within a second. Exit code 1 when a
    submission has a verdict already, or is not in the database (it is cancelled when it arrives).
    """
    from consumers.contracts import Cancellation
    from consumers.postgres import PostgresStore

    said = {
        Cancellation.CANCELLED: "cancelled",
        Cancellation.NOT_ARRIVED: "is not in the database; it will be cancelled when it arrives",
        Cancellation.FINAL: "has a verdict already",
    }

    store = PostgresStore(address("DATABASE_URL", database))
    try:
        done = {one: store.cancel(one, reason) for one in submission_ids}
    finally:
        store.close()
    if as_json:
        print_json({str(one): {"cancelled": end.cancels, "why": end} for one, end in done.items()})
    else:
        for one, end in done.items():
            out.print(f"{one} {said[end]}")
    if any(end is not Cancellation.CANCELLED for end in done.values()):
        raise typer.Exit(Exit.NOT_ACCEPTED)


def rejudge(
    submission_ids: Annotated[list[UUID] | None, typer.Argument(metavar="ID")] = None,
    problem: Annotated[
        str | None, typer.Option("--problem", "-p", help="Submissions to this problem (its slug).")
    ] = None,
    user: Annotated[
        str | None, typer.Option("--user", "-u", help="Submissions of this user.")
    ] = None,
    language: Annotated[
        str | None, typer.Option("--language", "-l", help="Submissions in this language.")
    ] = None,
    verdict: Annotated[
        Verdict | None, typer.Option("--verdict", help="Submissions that have this verdict now.")
    ] = None,
    since: Annotated[
        datetime | None, typer.Option("--since", help="Submitted at this time or later.")
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Every submission; needed when nothing else selects.")
    ] = False,
    urgent: Annotated[
        bool, typer.Option("--urgent", help="Use the queue 'default' instead of 'batch'.")
    ] = False,
    database: DatabaseOption = None,
    broker: BrokerOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Judge submissions again: those named by ID, or those that match every option given.

    Each attempt is kept; the newest counts. Cancelled submissions are skipped unless they are
    named, or --verdict CANCELLED is given. Pending submissions are requested again, as the same
    attempt, when they are named or --verdict PENDING is given, since their request may be lost.
    Exit code 1 when an ID is not in the database, 2 when the problem or the user is not.
    """
    from consumers.contracts import RejudgeFilter
    from consumers.postgres import PostgresStore

    chosen = RejudgeFilter(
        submission_ids=tuple(submission_ids) if submission_ids else None,
        problem=problem,
        user=user,
        language=language,
        verdict=verdict,
        since=since.astimezone() if since else None,  # what was typed is the local time
    )
    if chosen == RejudgeFilter() and not everything:
        raise InvalidSubmission(
            "selection", "give submission ids, an option that selects some, or --all"
        )
    store = PostgresStore(address("DATABASE_URL", database))
    try:
        count = store.rejudge(chosen, "default" if urgent else "batch")
        missing = store.missing(chosen.submission_ids or ())
        published = _publish_now(store, broker) >= max(count, 1)
    finally:
        store.close()
    if as_json:
        print_json(
            {
                "rejudged": count,
                "published": published,
                "missing": [str(one) for one in missing],
            }
        )
    else:
        later = "" if published or not count else "; a worker will publish the requests"
        out.print(f"{count} submissions will be judged again{later}")
        for one in missing:
            out.print(f"{one} is not in the database")
    if missing:
        raise typer.Exit(Exit.NOT_ACCEPTED)


def _publish_now(store: PostgresStore, broker: str | None) -> int:
    """Publish the requests in the outbox, if we are told of a broker: no worker may be running.

    Returns how many; those that the broker does not take now are a worker's to publish.
    """
    from consumers.publishing import publish_due
    from consumers.rabbit import RabbitEventPublisher

    if not (broker or os.environ.get("RABBITMQ_URL") or os.environ.get("CLOUDAMQP_URL")):
        return 0
    url = address("RABBITMQ_URL", broker, "CLOUDAMQP_URL")
    publisher = RabbitEventPublisher(url, prefix=queue_prefix())
    count = 0
    try:
        while sent := publish_due(publisher, store):
            count += sent
    finally:
        publisher.close()
    return count
