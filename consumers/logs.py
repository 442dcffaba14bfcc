"""Logging: one line an event, with the submission it is about on every line.

`JUDGECORE_LOG_FORMAT=json` makes each line a JSON object: time, level, logger, thread, message,
and, where there is one, submission_id, attempt, trace_id and exception.
"""

from __future__ import annotations

import json
import logging
import threading
import time
from contextlib import nullcontext, suppress
from contextvars import ContextVar
from typing import TextIO

FORMATS = ("text", "json")
TOGETHER_S = 0.1
MOST_TOGETHER = 500

_about: ContextVar[dict[str, object]] = ContextVar("about", default={})  # noqa: B039  never changed


class about:
    """Add fields to every line that is logged within the block; None adds nothing."""

    __slots__ = ("_fields", "_token")

    def __init__(self, **fields: object) -> None:
        self._fields = {key: value for key, value in fields.items() if value is not None}

    def __enter__(self) -> None:
        self._token = _about.set({**_about.get(), **self._fields})

    def __exit__(self, *_: object) -> None:
        _about.reset(self._token)


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
    logging.logProcesses = logging.logMultiprocessing = False  # no line has the process
    # pika reports what we report, only in tracebacks
    logging.getLogger("pika").setLevel(logging.CRITICAL)


class LinesTogether(logging.StreamHandler[TextIO]):
    """Writes lines to stderr, those of less than a warning up to `TOGETHER_S` later.

    A worker has a line for each submission: so many of them are formatted and written at once.
    """

    def __init__(self) -> None:
        super().__init__()
        self._records: list[logging.LogRecord] = []
        self._some = threading.Event()
        self._writer: threading.Thread | None = None

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a line, or write it with all before it."""
        try:
            record.msg, record.args = record.getMessage(), None  # what it is about may change
        except Exception:
            self.handleError(record)
            return
        self._records.append(record)
        if record.levelno >= logging.WARNING or len(self._records) >= MOST_TOGETHER:
            self.flush()
        elif len(self._records) == 1:
            self._some.set()
            self._start_writer()

    def flush(self) -> None:
        """Write what is kept."""
        with self.lock or nullcontext():
            records, self._records = self._records, []
            lines = [self._line(record) for record in records]
            with suppress(OSError, ValueError):  # nobody reads them, or it is closed
                self.stream.write("".join(lines))
                self.stream.flush()

    def _start_writer(self) -> None:
        if self._writer is not None and self._writer.is_alive():
            return
        self._writer = threading.Thread(target=self._write, name="logs", daemon=True)
        try:
            self._writer.start()
        except RuntimeError:  # there is none to be had: the next line tries again
            self.flush()

    def _line(self, record: logging.LogRecord) -> str:
        try:
            return self.format(record) + self.terminator
        except Exception:
            self.handleError(record)
            return ""

    def _write(self) -> None:
        while self._some.wait():
            self._some.clear()
            time.sleep(TOGETHER_S)
            self.flush()


def handler(form: str) -> LinesTogether:
    """A handler that writes `text` or `json` lines to stderr."""
    made = LinesTogether()
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
    fields: dict[str, object] = getattr(record, "fields", {})
    return {key: str(value) for key, value in fields.items()}
