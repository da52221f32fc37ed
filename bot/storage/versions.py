"""Version rows: what every worker keeps in memory and must take up within a second when another changed it.

`supportbot faq import` beside a running bot bumps `faq`; the bot polls the row, sees 7 become 8, and builds anew.
"""

from __future__ import annotations

from sqlalchemy import Connection, select

from bot.storage import schema
from bot.storage.database import insert

FAQ = "faq"
STAFF = "staff"


def bump(conn: Connection, name: str) -> int:
    """Raise a version by one and return it; the first is 1."""
    row = insert(conn, schema.versions).values(name=name, number=1)
    row = row.on_conflict_do_update(index_elements=["name"], set_={"number": schema.versions.c.number + 1})
    return int(conn.execute(row.returning(schema.versions.c.number)).scalar_one())


def current(conn: Connection) -> dict[str, int]:
    """Return all versions; a name that was never bumped is missing."""
    return {row.name: row.number for row in conn.execute(select(schema.versions))}
