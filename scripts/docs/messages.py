"""docs/messages.md and docs/schemas/: what travels over the broker."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from consumers.events import EVENTS, ProgressEvent, RefusalEvent, VerdictEvent
from consumers.messages import (
    MAX_BATCH,
    MAX_BODY_BYTES,
    MAX_INLINE_BYTES,
    MAX_ITEMS,
    MESSAGES,
)
from consumers.rabbit import (
    PUBLISHED_MS,
    PUBLISHER,
    REASON,
    REPEAT,
    REPLY_TOKEN,
    TRACEPARENT,
    Topology,
)
from judgecore.limits import MIB
from judgecore.result import Result
from scripts.docs.markdown import NOTE, table

MODELS: dict[str, type[BaseModel]] = {**MESSAGES, **EVENTS}

SAMPLE_ID = "4bb0c0a8-5a4e-4b7e-9d53-0d0a7c2f4b11"
_BATCH = "7f1b1c8e-6c0f-4b7e-9d53-0d0a7c2f4b11"
_USED: dict[str, Any] = {"cpu_ms": 11.5, "wall_ms": 12.9, "memory_bytes": 9_437_184}
_TEST = {"name": "1", "verdict": "AC", "exit_code": 0, **_USED}
_RESULT = Result.model_validate(
    {
        "submission_id": SAMPLE_ID,
        "language": "python",
        "verdict": "AC",
        "tests": [{**_TEST, "cpu_source": "cgroup", "memory_source": "cgroup"}],
        "tier": "container",
        **_USED,
    }
)

# What a publisher sends, as it may be copied; a test decodes each with the worker's own reader.
REQUESTS: dict[str, dict[str, Any]] = {
    "the least that a message needs: a program for a problem in the database": {
        "version": 1,
        "submission_id": SAMPLE_ID,
        "language": "python",
        "source": "print(3)\n",
        "problem": "two-sum",
    },
    "a program that is only run: without `expected` nothing is compared, and what it printed is in"
    " the result": {
        "version": 1,
        "submission_id": SAMPLE_ID,
        "language": "python",
        "source": "print(sum(map(int, input().split())))\n",
        "tests": [{"input": "1 2\n"}],
        "keep_output": True,
    },
    "a program of two files, run with arguments and a file beside it": {
        "version": 1,
        "submission_id": SAMPLE_ID,
        "language": "python",
        "source": "import sys\nimport words\nprint(words.count(sys.argv[1]))\n",
        "files": {"words.py": "def count(path):\n    return len(open(path).read().split())\n"},
        "tests": [{"arguments": ["poem.txt"], "files": {"poem.txt": "so much depends\n"}}],
        "keep_output": True,
    },
    "a program that writes a file, which comes back": {
        "version": 1,
        "submission_id": SAMPLE_ID,
        "language": "python",
        "source": "open('out.txt', 'w').write(input())\n",
        "problem": {"tests": [{"input": "hello\n"}], "writable": True},
        "collect": ["out.txt"],
    },
    "a program with its tests": {
        "version": 1,
        "kind": "submission",
        "submission_id": SAMPLE_ID,
        "language": "python",
        "source": "print(sum(map(int, input().split())))\n",
        "tests": [{"name": "1", "input": "1 2\n", "expected": "3\n"}],
        "limits": {"cpu_ms": 1000, "memory_bytes": 134217728},
        "checker": {"kind": "tokens"},
    },
    "a program for a problem in the database, in C++, of a user": {
        "version": 1,
        "kind": "submission",
        "submission_id": SAMPLE_ID,
        "language": "cpp",
        "source": "#include <iostream>\nint main() { std::cout << 3; }\n",
        "problem": "two-sum",
        "user": "ada",
    },
    "a batch": {
        "version": 1,
        "kind": "batch",
        "batch_id": _BATCH,
        "submissions": [
            {
                "version": 1,
                "submission_id": SAMPLE_ID,
                "language": "python",
                "source": "print(3)\n",
                "problem": "two-sum",
            }
        ],
    },
    "another attempt at a stored submission": {
        "version": 1,
        "kind": "rejudge",
        "submission_id": SAMPLE_ID,
        "attempt": 2,
    },
}
SAMPLE_EVENTS: dict[str, VerdictEvent | ProgressEvent | RefusalEvent] = {
    "the result": VerdictEvent.of(_RESULT),
    "progress: one of two tests is known": ProgressEvent(
        submission_id=UUID(SAMPLE_ID), language="python", done=1, total=2, tests=_RESULT.tests
    ),
    "a refusal": RefusalEvent(submission_id=UUID(SAMPLE_ID), reason="source: Field required"),
}

_INTRO = """\
This page is for publishers and listeners in any language. Every message is a JSON object in UTF-8
with a `version` (now 1) and a `kind`. An unknown field is refused: a typo makes a dead letter with
a reason, not a wrong verdict. The JSON Schema of each kind is in [schemas/](schemas/). The names
below begin with `judgecore` unless `JUDGECORE_QUEUE_PREFIX` is set:
"""

_REQUESTS = f"""\
Publish to the exchange `{{submissions}}` with the routing key `default` or `batch`. The queue
`batch` has low priority: it waits while there is other work, but gets each fifth turn. Publish
persistent messages, with publisher confirms and the flag `mandatory`. A message without a `kind` is
a submission.

A message may have {MAX_BODY_BYTES // MIB} MiB, with {MAX_INLINE_BYTES // MIB} MiB of tests in it,
and a batch may have {MAX_BATCH} submissions. It may hold {MAX_ITEMS} values and names. Put larger
tests into the database with `judgecore problem put`: each worker reads them once.

Set the property `user_id` to the name of your user on the broker, which checks it: the submission
is yours then, and a message of another user under its id becomes a dead letter.

A message that no worker can ever judge goes to the queue `{{dead}}`.
Its header `{REASON}` gives the reason. Who published it is told by
an event, a refusal, that holds nothing of the program.
"""

_EVENTS = """\
Events come on the topic exchange `{verdicts}`. The routing key has five words:

    <kind>.<language>.<verdict>.<submission id>.<batch id, or ->

The key of a refusal is `refusal.-.-.<submission id>.<reply key>`; where the id is that of another
publisher's submission, `-` takes its place. The reply key is the SHA-256 of the message's header
`x-judgecore-reply-token` (its first 32 hexadecimal digits; `-` without the header): choose a token
that nobody can guess, and believe a refusal with your own key only. Others may publish invalid
messages under the id of your submission; their refusals say nothing about it.

Bind a queue with `result.#` for every result, `*.*.*.<id>.*` for everything about one submission,
`*.*.*.*.<batch id>` for everything about a batch, or `result.*.IE.*.*` for failures of the judge.

Results are delivered at least once: a result is stored in the transaction of its verdict, and
leaves the outbox when the broker has confirmed it. Progress is best effort: it may be missing, and
it may arrive after the result. A submission has at most ten progress events a second, so an event
may bring several tests, and one that is judged within a tenth of a second has none. A cancelled
submission has a result too: `CANCELLED`.
"""

_HEADERS = (
    (TRACEPARENT, "requests, events, dead letters", "W3C trace context; the worker continues it"),
    (PUBLISHED_MS, "everything", "time of publishing, ms since 1970; optional in requests"),
    (REPEAT, "submissions", "`true`: publish the verdict again if this id already has one"),
    (REPLY_TOKEN, "submissions", "a secret of the publisher's, by which it knows its refusals"),
    (PUBLISHER, "a batch's submissions", "who published the batch; only workers may set it"),
    (REASON, "dead letters", "why it cannot be judged, starting with the field at fault"),
    ("x-judgecore-queue", "dead letters", "the queue it came from"),
)


def schema(kind: str) -> str:
    """The JSON Schema of one kind of message, as a file."""
    found = MODELS[kind].model_json_schema()
    always = ["version"] if kind == "submission" else ["version", "kind"]
    found["required"] = [*always, *found["required"]]
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    return json.dumps({**head, **found}, indent=2) + "\n"


def page() -> str:
    """The page, whole."""
    names = Topology()
    where = {"submissions": names.submissions, "dead": names.dead, "verdicts": names.verdicts}
    return "".join(
        (
            "# Messages\n\n",
            NOTE.format(source="scripts/docs/messages.py, consumers/messages.py and events.py"),
            _INTRO,
            "\n",
            _exchanges(names),
            "\n## Headers\n\n",
            table(("header", "of", "meaning"), _HEADERS),
            "\n## Requests\n\n",
            _REQUESTS.format(**where),
            *(_sample(title, sample) for title, sample in REQUESTS.items()),
            *map(_fields, MESSAGES),
            "\n## Events\n\n",
            _EVENTS.format(**where),
            *(_sample(t, event.model_dump(mode="json")) for t, event in SAMPLE_EVENTS.items()),
            *map(_fields, EVENTS),
        )
    )


def _exchanges(names: Topology) -> str:
    rows = (
        (names.submissions, "direct", "requests, to the queues of their routing keys"),
        (names.verdicts, "topic", "results, progress and refusals; bind your own queues to it"),
        (names.dead, "fanout", "dead letters, to the queue of the same name"),
    )
    return (
        table(("exchange", "type", "carries"), rows)
        + f"\nThe queues `{names.queue('default')}`, `{names.queue('batch')}` and `{names.dead}`"
        " are quorum queues.\nAn operator sets their limits as a policy: `judgecore broker"
        " policy` prints it.\n"
    )


def _sample(title: str, message: dict[str, Any]) -> str:
    text = json.dumps(message, indent=2)
    return f"\n{title[0].upper()}{title[1:]}:\n\n```json\n{text}\n```\n"


def _fields(kind: str) -> str:
    found = json.loads(schema(kind))
    needed = found["required"]
    rows = (
        (f"`{name}`", _type(field), "required" if name in needed else _default(field))
        for name, field in found["properties"].items()
    )
    head = f"\n### Fields of `{kind}`\n\n{found['description']}\n\n"
    link = f"\nJSON Schema, with the objects in it: [schemas/{kind}.json](schemas/{kind}.json)\n"
    return head + table(("field", "type", "default"), rows) + link


def _type(field: dict[str, Any]) -> str:
    """A short name of a field's type."""
    if "$ref" in field:
        return str(field["$ref"].rpartition("/")[2])
    if "const" in field or "enum" in field:
        return " or ".join(f"`{json.dumps(v)}`" for v in field.get("enum", [field.get("const")]))
    if "anyOf" in field:
        return " or ".join(_type(one) for one in field["anyOf"] if one.get("type") != "null")
    if field.get("type") == "array":
        return f"list of {_type(field['items'])}"
    return str(field.get("format") or field.get("type", "any"))


def _default(field: dict[str, Any]) -> str:
    given = field.get("default")
    return "" if given is None else f"`{json.dumps(given)}`"
