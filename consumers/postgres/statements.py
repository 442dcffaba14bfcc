"""The statements of `consumers/sql/queries.sql` by name, and how they are run."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

import psycopg2.errors

from consumers.postgres.driver import Connection, Connections, Cursor

Values = Mapping[str, Any]
_PARAMETER = re.compile(r"%\((\w+)\)s")


class Utf8:
    """UTF-8 without NUL, for a column of type bytea.

    psycopg2 writes bytes as hexadecimal digits, and has several copies of that at once.
    """

    def __init__(self, content: bytes) -> None:
        self._content = content

    def __len__(self) -> int:
        return len(self._content)

    def __conform__(self, _: object) -> Utf8:
        return self

    def getquoted(self) -> bytes:
        """The value as a statement has it."""
        escaped = self._content.replace(b"\\", b"\\\\").replace(b"'", b"''")
        return b"".join((b"convert_to(E'", escaped, b"', 'UTF8')"))


def sql() -> Traversable:
    """The folder of the statements and the migrations."""
    return files("consumers").joinpath("sql")


@cache
def queries() -> dict[str, str]:
    """Every statement of queries.sql, by name."""
    text = sql().joinpath("queries.sql").read_text("utf-8")
    parts = re.split(r"^-- (\w+)(?::.*)?\n(?=[^-\n])", text, flags=re.MULTILINE)[1:]
    return {
        name: body.strip().removesuffix(";")
        for name, body in zip(parts[::2], parts[1::2], strict=True)
    }


def query(name: str) -> str:
    """One statement."""
    return queries()[name]


def execute(cursor: Cursor, name: str, values: Values) -> None:
    """Run a statement that is planned once for each connection."""
    try:
        cursor.execute(prepared(cursor, name), values)
    except psycopg2.errors.InvalidSqlStatementName:
        cursor.execute(query(name), values)


def prepared(cursor: Cursor, name: str) -> str:
    """The call of a statement that this connection plans once; for what every verdict needs.

    Where a pooler between us and the database has exchanged the session, calling it raises
    `InvalidSqlStatementName`: then it is run as it is (`query`).
    """
    connection = cursor.connection
    assert isinstance(connection, Connection)
    prepare, call = _prepared(name)
    if name not in connection.prepared:
        with suppress(psycopg2.errors.DuplicatePreparedStatement):
            cursor.execute(prepare)
        # PostgreSQL would weigh planning once against planning for the partition at hand, and
        # choose the latter; measured, it costs twice as much as the statement.
        cursor.execute("SET plan_cache_mode = force_generic_plan")
        connection.prepared.add(name)
    return call


@cache
def _prepared(name: str) -> tuple[str, str]:
    """A statement with numbered parameters, to be prepared; and the call of it, with named ones."""
    text = query(name)
    names = list(dict.fromkeys(_PARAMETER.findall(text)))
    numbered = _PARAMETER.sub(lambda match: f"${names.index(match[1]) + 1}", text)
    given = ", ".join(f"%({one})s" for one in names)
    # Behind a pooler, sessions are shared with workers of other versions.
    known_as = f"judgecore_{name}_{hashlib.sha256(text.encode()).hexdigest()[:8]}"
    return f"PREPARE {known_as} AS {numbered}", f"EXECUTE {known_as} ({given})"


def portions(
    connections: Connections, sql: str, values: Values, size: int
) -> Iterator[list[tuple[Any, ...]]]:
    """The rows of a statement in portions, as they were when the first one was read.

    On a connection of its own, so that whoever handles a portion may commit meanwhile.
    """
    with connections.transaction() as cursor:
        cursor.execute(f"DECLARE portions NO SCROLL CURSOR FOR {sql}", values)
        while True:
            cursor.execute(f"FETCH {size} FROM portions")
            rows = cursor.fetchall()
            if not rows:
                return
            yield rows


def one(cursor: Cursor) -> tuple[Any, ...]:
    """The row of a statement that always has one."""
    row = cursor.fetchone()
    assert row is not None
    return row


def columns(cursor: Cursor) -> list[str]:
    """The names of the columns of what was asked for."""
    return [column.name for column in cursor.description or ()]


def storable(text: str) -> str:
    """Text without what PostgreSQL cannot store."""
    return text.replace("\0", "").encode(errors="replace").decode()
