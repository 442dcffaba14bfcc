"""Logging: one line an event, with the submission it is about on every line.

`JUDGECORE_LOG_FORMAT=json` makes each line a JSON object: time, level, logger, thread, message,
and, where there is one, submission_id, attempt, trace_id and exception.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TextIO

FORMATS = ("text", "json")

_about: ContextVar[dict[str, str]] = ContextVar("about", default={})  # noqa: B039  never changed


@contextmanager
def about(**fields: object) -> Iterator[None]:
    """Add fields to every line that this thread logs within the block; None adds nothing."""
    known = {key: str(value) for key, value in fields.items() if value is not None}
    token = _about.set({**_about.get(), **known})
    try:
        yield
    finally:
        _about.reset(token)


class _Text(logging.Formatter):
    converter = staticmethod(time.gmtime)
    default_msec_format = "%s.%03dZ"

    def format(self, record: logging.LogRecord) -> str:
        fields = " ".join(f"{key}={value}" for key, value in _fields(record).items())
        record.about = f" [{fields}]" if fields else ""
        return super().format(record)


class _Json(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
            + f".{int(record.msecs):03d}Z",
            "level": record.levelname,
            "logger": record.name,
            "thread": record.threadName,
            "message": record.getMessage(),
            **_fields(record),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


def set_up(level: str, form: str) -> None:
    """Send every line to stderr. Called once, in `__main__`."""
    logging.basicConfig(level=level, handlers=[handler(form)], force=True)
    # pika reports what we report, only in tracebacks
    logging.getLogger("pika").setLevel(logging.CRITICAL)


def handler(form: str) -> logging.StreamHandler[TextIO]:
    """A handler that writes `text` or `json` lines to stderr."""
    made = logging.StreamHandler()
    made.addFilter(_remember)
    made.setFormatter(
        _Json()
        if form == "json"
        else _Text("%(asctime)s %(levelname)s %(threadName)s %(name)s%(about)s %(message)s")
    )
    return made


def _remember(record: logging.LogRecord) -> bool:
    record.fields = _about.get()
    return True


def _fields(record: logging.LogRecord) -> dict[str, str]:
    fields: dict[str, str] = getattr(record, "fields", {})
    return fields
