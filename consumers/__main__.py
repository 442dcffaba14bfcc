"""`python -m consumers`: read the settings, connect, start a worker, wait for a signal.

A signal sends its number through a pair of sockets; the main thread reads it and asks the worker,
in another thread, to stop. Heroku signals every process of a dyno, sometimes twice: the second
signal changes nothing.
"""

from __future__ import annotations

import logging
import os
import signal
import socket
import sys
import threading
from argparse import ArgumentParser
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import partial
from importlib.util import find_spec

if any(find_spec(name) is None for name in ("pika", "psycopg2", "prometheus_client")):
    print("consumers: install judgecore with its extra 'worker'", file=sys.stderr)
    sys.exit(2)

from consumers.config import Config
from consumers.health import HealthPort, Readiness
from consumers.large import look_for_cycles_seldom, return_freed_memory
from consumers.logs import set_up
from consumers.metrics import Metrics
from consumers.outbox import OutboxPublisher
from consumers.postgres import PostgresStore, check_rights, migrate, wait_for_database, with_retries
from consumers.rabbit import RabbitEventPublisher, RabbitQueue, ensure_limits
from consumers.waiting import wait_for
from consumers.worker import Worker
from judgecore import Judge
from judgecore.engine import Tier
from judgecore.errors import EngineUnavailable, InvalidConfig, JudgecoreError

log = logging.getLogger("consumers")

FAILED, MISCONFIGURED = 1, 2
ENDED = 0  # no signal has this number
ENGINE_WAIT_S = 60.0
SIGNALS = (signal.SIGTERM, signal.SIGINT)


def main() -> int:
    """Run until a signal comes or something is wrong for good; returns the exit code."""
    ArgumentParser(
        prog="python -m consumers",
        description="Take submissions from RabbitMQ, judge them, store the verdicts in Postgres.",
        epilog="Settings come from the environment: RABBITMQ_URL, DATABASE_URL, JUDGECORE_*"
        " (docs/settings.md). SIGTERM and SIGINT stop the worker after the running submissions.",
    ).parse_args()
    try:
        config = Config.from_env(os.environ)
    except InvalidConfig as exc:
        print(f"consumers: {exc}", file=sys.stderr)
        return MISCONFIGURED
    set_up(config.log_level, config.log_format)
    return_freed_memory()
    log.info("%r", config)
    return Service(config, os.environ).run()


class Service:
    """The wiring, in a thread of its own, so that the main thread is free for signals."""

    def __init__(self, config: Config, environ: Mapping[str, str]) -> None:
        self._config = config
        self._environ = environ
        self._stop = threading.Event()
        self._ask_worker: Callable[[], None] | None = None
        self._heard, self._news = socket.socketpair()
        self._code = 0

    def run(self) -> int:
        """Serve until stopped; returns the exit code."""
        with self._heard, self._news, _signals_sent_to(self._news):
            thread = threading.Thread(target=self._serve_and_report, name="service", daemon=True)
            thread.start()
            while (number := self._heard.recv(1)[0]) != ENDED:
                log.info("received %s: stopping", signal.Signals(number).name)
                self._stop.set()
                if self._ask_worker is not None:
                    self._ask_worker()
            thread.join()
        return self._code

    def _serve_and_report(self) -> None:
        try:
            self._serve()
        except JudgecoreError as exc:
            if not self._stop.is_set():
                log.error("%s", exc)
                self._code = MISCONFIGURED if isinstance(exc, InvalidConfig) else FAILED
        except BaseException:
            log.exception("the worker failed")
            self._code = FAILED
        finally:
            self._news.send(bytes([ENDED]))

    def _serve(self) -> None:
        config = self._config
        metrics, readiness = Metrics(config.slots), Readiness()
        with ExitStack() as opened:
            if config.health_port is not None:
                opened.callback(_health_port(config, readiness, metrics).close)
            store = _open_store(config, self._stop)
            opened.callback(store.close)
            judge = _open_judge(self._environ, self._stop)
            opened.callback(judge.close)
            _tell_tier(judge)
            judge.warm()  # an engine that cannot work must say so before it takes anything
            # Last: the broker hands out submissions from the moment we are connected.
            broker = _open_broker(config, self._stop)
            opened.callback(broker.close)
            _ensure_limits(config)
            worker = _worker(config, broker, store, judge, metrics)
            readiness.worker, readiness.broker, readiness.store = worker, broker, store
            self._ask_worker = worker.stop
            if self._stop.is_set():  # a signal came just before there was a worker to ask
                worker.stop()
            look_for_cycles_seldom()
            log.info("taking submissions: %r", worker)
            worker.run()


@contextmanager
def _signals_sent_to(news: socket.socket) -> Iterator[None]:
    """Let each of `SIGNALS` send its number; to the end of the process none is left that kills it.

    A handler in Python would do for a program of one thread. Here the kernel may hand a signal to
    any thread, and Python then leaves the main thread asleep and runs no handler.
    """
    news.setblocking(False)
    for number in SIGNALS:
        signal.signal(number, lambda *_: None)
    before = signal.set_wakeup_fd(news.fileno())
    try:
        yield
    finally:
        for number in SIGNALS:  # an interpreter that shuts down would die of one more
            signal.signal(number, signal.SIG_IGN)
        signal.set_wakeup_fd(before)


def _open_store(config: Config, stop: threading.Event) -> PostgresStore:
    """The store, once the database is reachable, migrated and lets this user write."""
    wait_for_database(config.database_url, stop)
    if config.migrate:
        applied = with_retries(partial(migrate, config.database_url, stop), stop=stop)
        log.info("migrated the database: %s", ", ".join(applied) or "nothing to do")
    with_retries(partial(check_rights, config.database_url), stop=stop)
    return PostgresStore(config.database_url)


def _open_judge(environ: Mapping[str, str], stop: threading.Event) -> Judge:
    """The judge, once its engine answers; `EngineUnavailable` when it does not for a minute.

    A worker that is started again while its Docker daemon restarts waits for that.
    """
    return wait_for(
        "the engine",
        partial(Judge.from_env, environ),
        passing=lambda exc: isinstance(exc, EngineUnavailable),
        stop=stop,
        most_s=ENGINE_WAIT_S,
    )


def _open_broker(config: Config, stop: threading.Event) -> RabbitQueue:
    return RabbitQueue.open(
        config.rabbitmq_url,
        prefetch=config.slots + (config.ahead or 0),
        prefix=config.queue_prefix,
        queue_arguments=config.queue_arguments,
        stop=stop,
    )


def _ensure_limits(config: Config) -> None:
    if not config.queue_arguments:
        ensure_limits(config.rabbitmq_url, config.rabbitmq_api, config.queue_prefix)


def _worker(
    config: Config, broker: RabbitQueue, store: PostgresStore, judge: Judge, metrics: Metrics
) -> Worker:
    publisher = RabbitEventPublisher(config.rabbitmq_url, prefix=config.queue_prefix)
    return Worker(
        broker,
        store,
        judge,
        OutboxPublisher(
            publisher, store, on_dropped=metrics.dropped, on_published=metrics.published
        ),
        slots=config.slots,
        ahead=config.ahead,
        retries=config.retries,
        grace_s=config.grace_s,
        judging_timeout_s=config.judging_timeout_s,
        progress=config.progress,
        metrics=metrics,
    )


def _tell_tier(judge: Judge) -> None:
    tier = judge.engine.tier
    level = logging.WARNING if tier is Tier.PROCESS else logging.INFO
    log.log(level, "%r: tier %s: %s", judge.engine, tier, tier.guarantees)


def _health_port(config: Config, readiness: Readiness, metrics: Metrics) -> HealthPort:
    port, host = config.health_port or 0, config.health_host
    try:
        return HealthPort(
            port, host=host, live=readiness.live, ready=readiness.ready, metrics=metrics.page
        )
    except OSError as exc:
        raise InvalidConfig(
            f"JUDGECORE_HEALTH_PORT, JUDGECORE_HEALTH_HOST: {host}:{port}: {exc.strerror}"
        ) from None


if __name__ == "__main__":
    sys.exit(main())
