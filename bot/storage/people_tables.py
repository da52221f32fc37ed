"""The tables of people and privacy: invitations, who did what, who asked to be forgotten, and keys of our own."""

from __future__ import annotations

from sqlalchemy import Column, Index, String, Table, Text

from bot.storage.columns import (
    Json,
    Key,
    Moment,
    key as _id,
    metadata,
    name as _name,
    partial as _partial,
    reference as _to,
)

invitations = Table(  # handoff/invitations.py: one use each; only the hash of its token is kept
    "invitations",
    metadata,
    _id(),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("role", String(16), nullable=False),
    _name("name", ""),  # as whoever invited calls them; empty: as Telegram shows them
    _name("team", ""),
    _to("staff.id", "invited_by", required=False),  # nothing: the command line
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("used_at", Moment),
    _to("staff.id", "used_by", required=False),
    Column("withdrawn_at", Moment),
)

audit_log = Table(  # storage/audit.py: who did what to what; never changed but for the seal, no words of anybody
    "audit_log",
    metadata,
    _id(),
    Column("place", Key, unique=True),  # in the chain, from 1; nothing until it is sealed
    Column("actor", String(16), nullable=False),  # staff, command, customer, bot
    Column("staff_id", Key),  # no reference: a line outlives whom it names
    Column("act", String(32), nullable=False),  # of audit.Act
    Column("subject", String(16), nullable=False),  # what it was done to: ticket, customer, person, faq, order, …
    Column("subject_key", String(80), nullable=False),
    Column("facts", Json, nullable=False),  # numbers, names of states and keys
    Column("at", Moment, nullable=False),
    Column("previous", String(64)),  # the seal of the line before
    Column("seal", String(64)),  # SHA-256 over the line and the seal before it
    _partial("ix_audit_log_unsealed", "id", where="seal IS NULL"),
    Index("ix_audit_log_at", "at"),
    Index("ix_audit_log_subject_subject_key", "subject", "subject_key"),
)

erasures = Table(  # messaging/erasures.py: addresses of customers who were erased, as keyed sums
    "erasures",
    metadata,
    Column("channel", Text, primary_key=True),
    Column("address_sum", String(64), primary_key=True),
    Column("erased_at", Moment, nullable=False),
)

secret_keys = Table(  # storage/secret_keys.py: made once for this installation
    "secret_keys",
    metadata,
    Column("name", String(32), primary_key=True),
    Column("value", String(64), nullable=False),  # hexadecimal
    Column("made_at", Moment, nullable=False),
)
