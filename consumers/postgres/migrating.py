"""Numbered migrations: forward only, checksummed, one migrator at a time."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from consumers.postgres.driver import Cursor, connect, mapped
from consumers.postgres.statements import query, sql
from judgecore.errors import InvalidConfig, StoreUnavailable

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


def migrate(url: str) -> list[str]:
    """Bring the schema up to date; returns the names of the migrations that were applied.

    All of them or none, in one transaction, and one migrator at a time. Raises `InvalidConfig`
    when a migration that was applied has been edited since.
    """
    connection = connect(url)
    applied: list[str] = []
    try:
        with mapped(), connection, connection.cursor() as cursor:
            cursor.execute(query("lock_schema"), {"key": _LOCK_KEY})
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
