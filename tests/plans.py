"""Which tables a database reads from end to end for what it is asked, as its own plans say."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, event

GROWING = "messages|tickets|conversations|outbox|inbox|matches|ticket_log|csat|sla_notices|receipts|customers"
SMALL = {
    "ix_conversations_slowed_at",
    "ix_inbox_new",
    "ix_outbox_amiss",
    "ix_outbox_due",
    "ix_sla_notices_due_at",
    "ix_tickets_answered_at",
    "ix_tickets_staff_id",
    "ix_tickets_waiting",
    "uq_tickets_open",
}
"""Indexes of what is under way only: they do not grow with the years."""
SCAN = re.compile(rf"SCAN ({GROWING})(?: USING (?:COVERING )?INDEX (\w+))?")
BY_STATE = re.compile(r"SEARCH tickets .*\(state=\?\)")
"""All tickets of one state, which are nearly all when it is `closed`."""
Asks = Callable[[Connection], Any]


def asked_by(conn: Connection, asks: Asks) -> list[tuple[str, Any]]:
    """Return the statements that something asks, each with its values."""
    asked: list[tuple[str, Any]] = []

    def hear(*call: Any) -> None:  # noqa: ANN401 SQLAlchemy's event
        asked.append((call[2], call[3]))

    event.listen(conn.engine, "before_cursor_execute", hear)
    try:
        asks(conn)
    finally:
        event.remove(conn.engine, "before_cursor_execute", hear)
    return asked


def read_whole(conn: Connection, asks: Asks) -> list[str]:
    """Return the steps of the plans that read a growing table, or an index of all of it, from end to end."""
    planned = _on_sqlite if conn.dialect.name == "sqlite" else _on_postgres
    return [
        step
        for statement, values in asked_by(conn, asks)
        if statement.startswith(("SELECT", "UPDATE", "DELETE", "WITH"))
        for step in planned(conn, statement, values[0] if isinstance(values, list) else values)
    ]


def _on_sqlite(conn: Connection, statement: str, values: Any) -> Iterator[str]:  # noqa: ANN401 as the driver has them
    for row in conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values):
        found, closed = SCAN.match(row[3]), "'closed'" in f"{statement} {values}"
        if (found and found[2] not in SMALL) or (closed and BY_STATE.fullmatch(row[3])):
            yield row[3]


def _on_postgres(conn: Connection, statement: str, values: Any) -> Iterator[str]:  # noqa: ANN401 as the driver has them
    conn.exec_driver_sql("SET LOCAL enable_seqscan = off")  # a year of a test is small enough for that all the same
    plan = conn.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", values).scalar_one()
    for node in _nodes((json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"]):
        table, index = str(node.get("Relation Name", "")), node.get("Index Name")
        if not re.fullmatch(GROWING, table) or "Index Cond" in node or index in SMALL:
            continue
        if node["Node Type"] in {"Seq Scan", "Index Scan", "Index Only Scan"}:
            yield f"{node['Node Type']} {table} {index or ''}".rstrip()


def _nodes(plan: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield plan
    for below in plan.get("Plans", ()):
        yield from _nodes(below)
