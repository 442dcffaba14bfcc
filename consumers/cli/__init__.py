"""The commands that need a broker or a database.

`judgecore` finds them as entry points of the group `judgecore.commands` (pyproject.toml), so that
it needs to know nothing of this package. pika and psycopg2 are imported when a command runs: the
commands are listed also where they are not installed.
"""
