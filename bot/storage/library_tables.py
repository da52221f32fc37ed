"""The tables of the answer library: canned answers, and what operators were offered to send."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Index, Integer, String, Table, true

from bot.storage.columns import Json, Moment, key as _id, metadata, name as _name, reference as _to

canned_answers = Table(  # handoff/canned.py
    "canned_answers",
    metadata,
    _id(),
    Column("key", String(64), nullable=False, unique=True),
    _name("category", ""),
    Column("bodies", Json, nullable=False),  # Markdown with variables, by language
    Column("asked", Json, nullable=False),  # what customers write when this is the answer
    Column("enabled", Boolean, nullable=False, server_default=true()),
    Column("used", Integer, nullable=False, server_default="0"),
    Column("updated_at", Moment, nullable=False),
    _to("staff.id", "updated_by", required=False),
)

proposals = Table(  # handoff/proposals.py: what an operator was offered, and what became of it
    "proposals",
    metadata,
    _id(),
    _to("conversations.id", "conversation_id"),
    _to("tickets.id", "ticket_id", required=False),
    _to("messages.id", "message_id", required=False),  # the customer's line that it answers
    Column("occasion", String(16), nullable=False),  # line, search
    Column("items", Json, nullable=False),  # [[kind, key, language, stamp, likeness], …] as they were shown
    Column("sent", Json, nullable=False),  # places of those that went out
    _to("staff.id", "sent_by", required=False),
    Column("sent_at", Moment),
    Column("at", Moment, nullable=False),
    Index("ix_proposals_conversation_id_id", "conversation_id", "id"),
)
