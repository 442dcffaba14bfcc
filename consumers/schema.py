"""docs/messages.md: what travels over the broker, with the JSON Schema of each message."""

from __future__ import annotations

import json

from pydantic import BaseModel

from consumers.events import EVENTS
from consumers.messages import MAX_BATCH, MAX_BODY_BYTES, MAX_INLINE_BYTES, MESSAGES
from consumers.rabbit import PUBLISHED_MS, REASON, REPEAT, TRACEPARENT, Topology
from judgecore.limits import MIB
from judgecore.reference import NOTE, table

_INTRO = """\
Everything is JSON in UTF-8, with a `version` (now 1) and a `kind`. A field that isn't known is
refused, so that a typo is a dead letter with a reason, not a wrong verdict. The exchanges and
queues, `judgecore` being the prefix unless `JUDGECORE_QUEUE_PREFIX` says otherwise:
"""

_REQUESTS = f"""\
Published to `{{submissions}}` with the routing key `default` or `batch` (`batch` waits while
there is other work, but each fifth turn is its own). Publish persistently, with confirms and
`mandatory`. A message without a `kind` is a submission.

A message may have {MAX_BODY_BYTES // MIB} MiB, with {MAX_INLINE_BYTES // MIB} MiB of tests in it,
and a batch {MAX_BATCH} submissions. Larger tests belong into the database
(`judgecore problem put`), where workers read them once.

What nobody can judge is a dead letter in `{{dead}}`; its header `{REASON}`
says why.
"""

_EVENTS = """\
On the topic exchange `{verdicts}`. The routing key has five words:

    <kind>.<language>.<verdict>.<submission id>.<batch id, or ->

so a listener binds `result.#` (every result), `*.*.*.<id>.*` (everything about one submission),
`*.*.*.*.<batch id>` (everything about a batch) or `result.*.IE.*.*` (what failed in the judge).

Results are delivered at least once: they are stored with the verdict, in one transaction, and
leave the outbox when the broker has confirmed them. Progress is best effort: it may be missing,
and it may arrive after the result. It is told at most ten times a second for each submission, so an
event may bring several tests. A cancelled submission has a result, too: `CANCELLED`.
"""

_HEADERS = (
    (TRACEPARENT, "requests, events, dead letters", "W3C trace context; continued by the worker"),
    (PUBLISHED_MS, "everything", "when it was published, ms since 1970; optional in requests"),
    (
        REPEAT,
        "submissions",
        "`true`: tell me the verdict, too, if there is one under that id already",
    ),
    (REASON, "dead letters", "why nobody can judge it, starting with the field at fault"),
    ("x-judgecore-queue", "dead letters", "the queue it was in"),
)


def page() -> str:
    """The page, whole."""
    names = Topology()
    exchanges = (
        (names.submissions, "direct", "requests, to the queues of their routing keys"),
        (names.verdicts, "topic", "results and progress; bind what you want to hear"),
        (names.dead, "fanout", "dead letters, to the queue of the same name"),
    )
    where = {"submissions": names.submissions, "dead": names.dead, "verdicts": names.verdicts}
    return "".join(
        (
            "# Messages\n\n",
            NOTE.format(source="consumers/messages.py and consumers/events.py"),
            _INTRO,
            "\n",
            table(("exchange", "type", "carries"), exchanges),
            f"\nThe queues `{names.queue('default')}`, `{names.queue('batch')}` and `{names.dead}`"
            " are quorum queues.\nTheir limits are a policy of the operator's: `judgecore broker"
            " policy` prints it.\n\n## Headers\n\n",
            table(("header", "of", "says"), _HEADERS),
            "\n## Requests\n\n",
            _REQUESTS.format(**where),
            *(_section(kind, model) for kind, model in MESSAGES.items()),
            "\n## Events\n\n",
            _EVENTS.format(**where),
            *(_section(kind, model) for kind, model in EVENTS.items()),
        )
    )


def _section(kind: str, model: type[BaseModel]) -> str:
    schema = json.dumps(model.model_json_schema(), indent=2)
    return (
        f"\n### `{kind}`\n\n<details><summary>JSON Schema</summary>\n\n"
        f"```json\n{schema}\n```\n\n</details>\n"
    )
