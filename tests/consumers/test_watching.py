"""What an operator sees: health, metrics, logs, traces, the policy."""

from __future__ import annotations

import io
import json
import logging
import re
import shlex
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from doubles import message, result_of, until

from consumers import logs, trace
from consumers.ahead import Takings
from consumers.deliveries import Delivery
from consumers.health import HealthPort, Readiness
from consumers.memory import MemoryStore
from consumers.metrics import Metrics
from consumers.policy import REASONS, as_command, as_json, definition, pattern
from judgecore.tally import Compilations, FastPaths, Prebuilts, SlotUses, Spreads, WarmStarts
from judgecore.verdict import Verdict

PARENT = f"00-{'a' * 32}-{'b' * 16}-01"


class Parts:
    """A worker and a broker whose state a test sets."""

    def __init__(self) -> None:
        self.dead: list[str] = []
        self.stops = False
        self.said = ""
        self.connected = True

    def dead_threads(self) -> list[str]:
        return self.dead

    def trouble(self) -> str:
        return self.said

    def stopping(self) -> bool:
        return self.stops


class Pinged(MemoryStore):
    """A store that can be asked whether it is there."""

    def ping(self) -> None:
        self._open()


@pytest.fixture
def parts() -> Parts:
    return Parts()


@pytest.fixture
def readiness(parts: Parts) -> Readiness:
    made = Readiness()
    made.worker = made.broker = parts
    made.store = Pinged()
    return made


class TestHealth:
    """The checks, and the port."""

    def test_starting_is_alive_but_not_ready(self) -> None:
        """A worker that waits for its broker must not be restarted, nor be given work."""
        starting = Readiness()

        assert [] == starting.live()
        assert "still starting" in starting.ready()[0]

    def test_all_is_well(self, readiness: Readiness) -> None:
        """Nothing to say."""
        assert [] == readiness.live() == readiness.ready()

    def test_says_what_is_wrong(self, readiness: Readiness, parts: Parts) -> None:
        """Everything that is wrong is said, each in a line."""
        assert isinstance(readiness.store, Pinged)
        parts.dead, parts.stops, parts.connected = ["judge-1"], True, False
        parts.said = "the engine is gone: no daemon"
        readiness.store.outage = True

        assert ["thread judge-1 has died"] == readiness.live()
        assert [
            "thread judge-1 has died",
            "stopping",
            "the engine is gone: no daemon",
            "not connected to the broker",
            "the in-memory store simulates an outage",
        ] == readiness.ready()

    @pytest.mark.parametrize(
        ("path", "code", "said"),
        [("/live", 200, "ok"), ("/ready", 503, "stopping"), ("/", 404, "/live, /ready")],
    )
    def test_port(
        self, readiness: Readiness, parts: Parts, path: str, code: int, said: str
    ) -> None:
        """200 when all is well, 503 with the reasons when it isn't."""
        parts.stops = True
        port = HealthPort(0, live=readiness.live, ready=readiness.ready, metrics=lambda: b"")
        try:
            answer = urllib.request.urlopen(f"http://127.0.0.1:{port.port}{path}", timeout=5)
            got = answer.status, answer.read().decode()
            answer.close()
        except urllib.error.HTTPError as exc:
            got = exc.code, exc.read().decode()
            exc.close()
        port.close()

        assert (code, said) == (got[0], got[1][: len(said)])


def test_many_probes_are_one_question() -> None:
    """Of 400 probes at once each is answered, and the database is asked on one connection."""
    asked, at_once, most = [], [0], [0]

    def ready() -> list[str]:
        at_once[0] += 1
        most[0] = max(most[0], at_once[0])
        asked.append(None)
        time.sleep(0.05)
        at_once[0] -= 1
        return []

    port = HealthPort(0, live=list, ready=ready, metrics=lambda: b"")
    url = f"http://127.0.0.1:{port.port}/ready"

    def probe(_: int) -> int:
        with urllib.request.urlopen(url, timeout=30) as answer:
            return int(answer.status)

    began = time.monotonic()
    with ThreadPoolExecutor(400) as threads:
        codes = list(threads.map(probe, range(400)))
    took_s = time.monotonic() - began
    port.close()

    assert [200] * 400 == codes
    assert 1 == most[0]
    assert len(asked) <= took_s + 2


def test_head_and_loopback() -> None:
    """HEAD is answered without a body; only this machine may ask, unless told otherwise."""
    port = HealthPort(0, live=list, ready=list, metrics=lambda: b"")
    request = urllib.request.Request(f"http://127.0.0.1:{port.port}/live", method="HEAD")
    with urllib.request.urlopen(request, timeout=5) as answer:
        got = answer.status, answer.headers["Content-Length"], answer.read()
    listens_on = port._server.server_address[0]
    port.close()

    assert (200, "3", b"") == got
    assert "127.0.0.1" == listens_on


def test_metrics() -> None:
    """Everything that is promised is on the page, by language and verdict."""
    metrics = Metrics(slots=4)
    delivery = Delivery(b"", object(), published_ms=1)
    metrics.began(delivery)
    metrics.stored(delivery, result_of(message().submission_id, Verdict.WA))
    metrics.count_busy(lambda: 3)
    metrics.count_fast_paths(
        lambda: FastPaths(
            Compilations(1, 2, 3),
            Spreads(9, 2, 1),
            WarmStarts(7, 2, 1),
            Prebuilts(4),
            SlotUses(5, 2),
        )
    )
    metrics.count_ahead(lambda: Takings(8, 6, 4))
    for count in (metrics.retried, metrics.dead_lettered, metrics.superseded, metrics.dropped):
        count()

    page = metrics.page().decode()

    for line in (
        'judgecore_queue_wait_seconds_count{queue="default"} 1.0',
        'judgecore_compile_seconds_count{language="python",verdict="WA"} 1.0',
        'judgecore_run_seconds_sum{language="python",verdict="WA"} 0.005',
        'judgecore_end_to_end_seconds_count{language="python",verdict="WA"} 1.0',
        'judgecore_slots{state="busy"} 3.0',
        'judgecore_slots{state="idle"} 1.0',
        'judgecore_fast_path_compile_cache{how="found"} 1.0',
        'judgecore_fast_path_compile_cache{how="unfit"} 3.0',
        'judgecore_fast_path_spread{how="possible"} 9.0',
        'judgecore_fast_path_spread{how="spread"} 2.0',
        'judgecore_fast_path_spread{how="given_back"} 1.0',
        'judgecore_fast_path_warm_starts{how="forked"} 7.0',
        'judgecore_fast_path_warm_starts{how="fell_back"} 1.0',
        'judgecore_fast_path_prebuilt{how="used"} 4.0',
        'judgecore_fast_path_prebuilt{how="absent"} 0.0',
        'judgecore_fast_path_slots{how="reused"} 5.0',
        'judgecore_fast_path_slots{how="discarded"} 0.0',
        'judgecore_fast_path_ahead{how="waited"} 6.0',
        "judgecore_retries_total 1.0",
        "judgecore_dead_letters_total 1.0",
        "judgecore_superseded_verdicts_total 1.0",
        "judgecore_dropped_progress_events_total 1.0",
    ):
        assert f"{line}\n" in page


@pytest.fixture
def logged(request: pytest.FixtureRequest) -> Iterator[Callable[[], str]]:
    """What a logger of a test's own has written, in the format that is asked for."""
    stream = io.StringIO()
    handler = logs.handler(request.param)
    handler.setStream(stream)
    logger = logging.getLogger("test.logs")
    logger.addHandler(handler)
    logger.propagate = False
    logger.setLevel("INFO")

    def written() -> str:
        handler.flush()
        return stream.getvalue()

    yield written
    logger.removeHandler(handler)


class TestLogs:
    """The submission on every line."""

    @pytest.mark.parametrize("logged", ["json"], indirect=True)
    def test_json(self, logged: Callable[[], str]) -> None:
        """One object a line, with what it is about, whatever is in the text."""
        log = logging.getLogger("test.logs")
        with logs.about(submission_id="7f", trace_id=None), logs.about(attempt=2):
            log.info("line\none %s", "ü")
        log.info("two")

        one, two = (json.loads(line) for line in logged().splitlines())

        assert ("line\none ü", "7f", "2", "INFO") == (
            one["message"],
            one["submission_id"],
            one["attempt"],
            one["level"],
        )
        assert {"submission_id", "attempt", "trace_id"}.isdisjoint(two)
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", one["time"])

    @pytest.mark.parametrize("logged", ["json"], indirect=True)
    def test_exception_is_one_line(self, logged: Callable[[], str]) -> None:
        """A traceback is a field of its line."""
        try:
            raise KeyError("x")
        except KeyError:
            logging.getLogger("test.logs").exception("failed")

        (line,) = logged().splitlines()

        assert "KeyError" in json.loads(line)["exception"]

    def test_lines_are_written_together(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A little later; at once, and in their order, when one of them is a warning."""
        monkeypatch.setattr(logs, "TOGETHER_S", 0.3)
        stream, handler = io.StringIO(), logs.handler("text")
        handler.setStream(stream)
        logger = logging.getLogger("test.logs.together")
        logger.addHandler(handler)
        logger.propagate = False
        logger.setLevel("INFO")
        changing = [1]
        logger.info("one %s", changing)
        changing.append(2)
        at_first = stream.getvalue()
        logger.warning("two")
        at_once = stream.getvalue()
        logger.info("three")
        until(lambda: "three" in stream.getvalue(), 5)
        logger.removeHandler(handler)

        assert "" == at_first
        assert ["test.logs.together one [1]", "test.logs.together two"] == [
            line[line.index("test.logs") :] for line in at_once.splitlines()
        ]

    @pytest.mark.parametrize("logged", ["text"], indirect=True)
    def test_line_that_cannot_be_made(
        self, logged: Callable[[], str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """It is dropped: an error in a line is never one of who logs."""
        monkeypatch.setattr(logging, "raiseExceptions", False)
        log = logging.getLogger("test.logs")
        log.info("%d tests", "two")
        log.info("done")

        assert ["done"] == [line.split()[-1] for line in logged().splitlines()]

    def test_no_thread_to_write_lines(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """They are written at once, and later ones by a thread, once there is one."""

        def refuse(_: threading.Thread) -> None:
            raise RuntimeError("can't start new thread")

        stream, handler = io.StringIO(), logs.handler("text")
        handler.setStream(stream)
        line = logging.makeLogRecord({"levelno": logging.INFO, "msg": "one"})
        with monkeypatch.context() as patch:
            patch.setattr(threading.Thread, "start", refuse)
            handler.handle(line)
            at_once = stream.getvalue()
        handler.handle(logging.makeLogRecord({"levelno": logging.INFO, "msg": "two"}))
        until(lambda: "two" in stream.getvalue())

        assert "one" in at_once

    @pytest.mark.parametrize("logged", ["text"], indirect=True)
    def test_text(self, logged: Callable[[], str]) -> None:
        """The same for people."""
        with logs.about(submission_id="7f", trace_id="ab"):
            logging.getLogger("test.logs").info("done")

        assert logged().endswith(" [submission_id=7f trace_id=ab] done\n")


class TestTrace:
    """W3C Trace Context."""

    def test_goes_on(self) -> None:
        """Same trace and flags, a span of its own."""
        first, second = trace.continued(PARENT), trace.continued(PARENT)

        assert first is not None
        assert first != second
        assert re.fullmatch(f"00-{'a' * 32}-[0-9a-f]{{16}}-01", first)
        assert "a" * 32 == trace.trace_id(first)

    @pytest.mark.parametrize(
        "bad",
        [
            None,
            "",
            "00",
            PARENT.upper(),
            PARENT + "-x",
            PARENT.replace("00-", "ff-"),
            PARENT.replace("a" * 32, "0" * 32),
            PARENT.replace("b" * 16, "0" * 16),
            PARENT + "\n",
        ],
    )
    def test_nonsense_is_dropped(self, bad: str | None) -> None:
        """What is no trace context is not passed on."""
        assert trace.continued(bad) is None

    def test_later_version_is_read(self) -> None:
        """A later version may have more parts; what is known of it is used."""
        assert trace.continued(PARENT.replace("00-", "01-", 1) + "-more") is not None


class TestPolicy:
    """What an operator should set."""

    def test_each_key_has_its_reason(self) -> None:
        """Nothing is asked for without saying why."""
        assert set(REASONS) == set(definition("judgecore"))

    def test_command_and_json_say_the_same(self) -> None:
        """The rabbitmqctl form is a shell command whose parts are those of the JSON form."""
        words = shlex.split(as_command("exam.s", "a b"))
        (policy,) = as_json("exam.s", "a b")["policies"]

        assert [policy["name"], policy["pattern"], json.dumps(policy["definition"])] == words[-3:]
        assert "a b" == policy["vhost"] == words[words.index("--vhost") + 1]

    def test_pattern_is_for_the_queues_of_submissions(self) -> None:
        """Dead letters have no limit, and other prefixes are left alone."""
        names = ("exam.s.default", "exam.s.batch", "exam.s.dead", "examxs.default")

        found = [bool(re.search(pattern("exam.s"), name)) for name in names]

        assert [True, True, False, False] == found
