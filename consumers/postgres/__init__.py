"""The database. The only package that imports psycopg2; its statements are in `consumers/sql`."""

from consumers.postgres.driver import FOREIGN, translated, wait_for_database, with_retries
from consumers.postgres.migrating import Migration, check_rights, migrate, migrations
from consumers.postgres.shards import SHARDS, shard
from consumers.postgres.store import PostgresStore

__all__ = [
    "FOREIGN",
    "SHARDS",
    "Migration",
    "PostgresStore",
    "check_rights",
    "migrate",
    "migrations",
    "shard",
    "translated",
    "wait_for_database",
    "with_retries",
]
