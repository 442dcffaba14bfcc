"""Numbered migrations: forward only, checksummed, one migrator at a time."""

from __future__ import annotations

import hashlib
import logging
import re
import threading
from dataclasses import dataclass

import psycopg2.errors

from consumers.postgres.driver import Cursor, connect, mapped
from consumers.postgres.statements import query, sql
from judgecore.errors import InvalidConfig, StoreUnavailable

log = logging.getLogger(__name__)

LOCK_S = 2.0
PAUSE_S = 3.0
LOCK_TRIES = 100
_LOCK_KEY = 7_236_201_450_991_117


@dataclass(frozen=True, slots=True)
class Migration:
    """One numbered file of `sql/`."""

    version: int
    name: str
    text: str

    @property
    def checksum(self) -> str:
        """SHA-256 of the text."""
        return hashlib.sha256(self.text.encode()).hexdigest()


def migrations() -> list[Migration]:
    """Every migration that ships, in order."""
    named = ((re.fullmatch(r"(\d{4})_\w+\.sql", f.name), f) for f in sql().iterdir())
    found = [Migration(int(m[1]), f.name, f.read_text("utf-8")) for m, f in named if m]
    return sorted(found, key=lambda migration: migration.version)


def migrate(url: str, stop: threading.Event | None = None) -> list[str]:
    """Bring the schema up to date; returns the names of the migrations that were applied.

    All of them or none, in one transaction, and one migrator at a time. Raises `InvalidConfig`
    when a migration that was applied has been edited since.

    Whoever reads a table for long (a dump, a report) holds up a migration that changes it, and
    behind a migration that waits, every insert would wait too. So it waits for a table for
    `LOCK_S` seconds at most, lets the others pass for `PAUSE_S`, and tries again; for `LOCK_TRIES`
    times, or until `stop`, then it raises `StoreUnavailable`.
    """
    stop = stop or threading.Event()
    for tries_left in reversed(range(LOCK_TRIES)):
        try:
            return _migrate_once(url)
        except StoreUnavailable as exc:
            if not isinstance(exc.__cause__, psycopg2.errors.LockNotAvailable) or not tries_left:
                raise
            log.warning("waiting for a transaction that uses the tables to migrate: %s", exc)
        if stop.wait(PAUSE_S):
            break
    raise StoreUnavailable("stopped before the database was migrated")


def _migrate_once(url: str) -> list[str]:
    connection = connect(url)
    applied: list[str] = []
    try:
        with mapped(), connection, connection.cursor() as cursor:
            cursor.execute(query("lock_schema"), {"key": _LOCK_KEY})
            cursor.execute(query("bound_waiting"), {"lock_ms": f"{LOCK_S * 1000:.0f}ms"})
            cursor.execute(query("create_schema_version"))
            cursor.execute(query("applied_migrations"))
            known: dict[int, str] = dict(cursor.fetchall())
            for migration in migrations():
                if _is_new(migration, known.get(migration.version)):
                    _apply(cursor, migration)
                    applied.append(migration.name)
    finally:
        connection.close()
    return applied


def check_rights(url: str) -> None:
    """Raise `StoreUnavailable` when our role may not do what a worker has to.

    Else it would take submissions and hold them, for as long as it waits for the database.
    """
    connection = connect(url)
    try:
        with mapped(), connection.cursor() as cursor:
            cursor.execute(query("missing_rights"))
            missing = [name for (name,) in cursor.fetchall()]
    finally:
        connection.close()
    if missing:
        raise StoreUnavailable(f"the database refuses its user: {', '.join(missing)}")


def _is_new(migration: Migration, recorded: str | None) -> bool:
    if recorded is not None and recorded != migration.checksum:
        raise InvalidConfig(
            f"{migration.name}: was edited after it had been applied; write a new migration instead"
        )
    return recorded is None


def _apply(cursor: Cursor, migration: Migration) -> None:
    cursor.execute(migration.text)
    values = {
        "version": migration.version,
        "name": migration.name,
        "checksum": migration.checksum,
    }
    cursor.execute(query("record_migration"), values)
