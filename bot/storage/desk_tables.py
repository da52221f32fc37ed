"""The tables of the desk: tickets and what happened to them, notes, the people who work here, scores."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Date, ForeignKey, Index, Integer, String, Table, Text

from bot.storage.columns import (
    Json,
    Key,
    Moment,
    flag as _flag,
    key as _id,
    metadata,
    name as _name,
    partial as _partial,
    reference as _to,
)

notes = Table(  # handoff/notes.py: for staff only; nothing sends from here
    "notes",
    metadata,
    _id(),
    _to("conversations.id", "conversation_id"),
    _to("tickets.id", "ticket_id", required=False),
    _to("staff.id", "staff_id", required=False),
    _name("text"),
    Column("at", Moment, nullable=False),
    _name("source_chat", ""),  # of the message in the topic that it was written as; empty for others
    _name("source_message", ""),
    Index("ix_notes_conversation_id_id", "conversation_id", "id"),
)

tickets = Table(  # handoff/queue.py: the stretch of a conversation that people handle
    "tickets",
    metadata,
    _id(),
    _to("conversations.id", "conversation_id"),
    Column("state", String(24), nullable=False),  # waiting, assigned, waiting_for_customer, closed
    Column("reason", String(24), nullable=False),
    _to("staff.id", "staff_id", required=False),
    Column("ownership", Integer, nullable=False, server_default="0"),  # rises with every change of owner
    Column("priority", Integer, nullable=False, server_default="0"),
    Column("level", Integer, nullable=False, server_default="1"),
    Column("tags", Json, nullable=False),
    _name("team", ""),  # of handoff.toml; empty for anyone
    _name("skill", ""),  # that who takes it needs; empty for none
    Column("opened_at", Moment, nullable=False),
    Column("claimed_at", Moment),
    Column("assigned_at", Moment),  # when it came to who has it now
    Column("first_answer_at", Moment),
    Column("answered_at", Moment),  # the last answer
    Column("customer_wrote_at", Moment),  # the earliest word of the customer that nobody has answered
    Column("warned_at", Moment),  # the customer heard that it will be closed by itself
    Column("closed_at", Moment),
    _to("staff.id", "closed_by", required=False),  # nothing: the customer, or the clock
    _to("tickets.id", "merged_into", required=False),
    _partial("uq_tickets_open", "conversation_id", where="state <> 'closed'", unique=True),
    _partial("ix_tickets_staff_id", "staff_id", where="state <> 'closed'"),
    _partial("ix_tickets_answered_at", "answered_at", where="state = 'waiting_for_customer'"),
    Index("ix_tickets_state_priority_opened_at", "state", "priority", "opened_at"),
    Index("ix_tickets_conversation_id", "conversation_id"),
    Index("ix_tickets_closed_at", "closed_at"),
    Index("ix_tickets_opened_at", "opened_at"),
)
_partial("ix_tickets_waiting", tickets.c.priority.desc(), tickets.c.opened_at, tickets.c.id, where="state = 'waiting'")

ticket_log = Table(  # handoff/ticket_log.py: what happened to a ticket, by whom
    "ticket_log",
    metadata,
    _id(),
    _to("tickets.id", "ticket_id"),
    Column("kind", String(24), nullable=False),  # opened, claimed, assigned, released, returned, …: ticket_log.Kind
    _to("staff.id", "staff_id", required=False),  # who did it; nothing: the customer, the bot, or the clock
    _name("detail", ""),
    Column("at", Moment, nullable=False),
    Index("ix_ticket_log_ticket_id_id", "ticket_id", "id"),
    Index("ix_ticket_log_at", "at"),
)

staff = Table(  # handoff/staff.py
    "staff",
    metadata,
    _id(),
    Column("telegram_id", Text, unique=True),
    _name("name"),
    Column("role", String(16), nullable=False),
    _name("language", "en"),
    _flag("disabled"),
    Column("disabled_at", Moment),
    _flag("away"),
    Column("away_since", Moment),
    Column("back_at", Moment),  # /back outside the shift: counts as on duty until the next end of one
    _name("team", ""),  # of handoff.toml; empty for generalists
    Column("level", Integer, nullable=False, server_default="1"),  # 1 to 3: may get tickets up to it
    Column("languages", Json, nullable=False, server_default="[]"),  # empty for all
    Column("skills", Json, nullable=False, server_default="[]"),
    Column("capacity", Integer),  # a figure of their own; handoff.toml has everybody's
    Column("flow", Json, nullable=False),  # what the bot waits for from this person
    Column("created_at", Moment, nullable=False),
)

csat = Table(  # quality/csat.py: once per ticket
    "csat",
    metadata,
    Column("ticket_id", Key, ForeignKey("tickets.id"), primary_key=True, autoincrement=False),
    _to("staff.id", "staff_id", required=False),  # whose chat it was when the customer was asked
    Column("score", Integer),
    _name("comment", ""),
    Column("asked_at", Moment, nullable=False),
    Column("scored_at", Moment),
    _partial("ix_csat_scored_at", "scored_at", where="scored_at IS NOT NULL"),
)

sla_notices = Table(  # handoff/notices.py: steps of the ladder, those to come and those that were said
    "sla_notices",
    metadata,
    Column("ticket_id", Key, ForeignKey("tickets.id"), primary_key=True, autoincrement=False),
    Column("promise", String(16), primary_key=True),  # first_answer, next_answer, resolution
    Column("since", Moment, primary_key=True),  # from when its time counts
    Column("step", String(16), primary_key=True),  # topic, operator, managers
    _name("basis"),  # hours and promises that it was reckoned by, level and team of the ticket
    Column("due_at", Moment, nullable=False),
    Column("at", Moment),  # nothing while it is to come
    Column("outcome", String(16), nullable=False, server_default=""),  # sent, passed_over, not_promised
    _partial("ix_sla_notices_due_at", "due_at", where="at IS NULL"),
    _partial("ix_sla_notices_at", "at", where="at IS NOT NULL"),
)

quality_checks = Table(  # quality/checks.py: what a manager says of a closed ticket
    "quality_checks",
    metadata,
    Column("ticket_id", Key, ForeignKey("tickets.id"), primary_key=True, autoincrement=False),
    _to("staff.id", "checked_by"),
    _to("staff.id", "staff_id", required=False),  # whose chat it was when somebody first looked
    Column("answered", Boolean),  # nothing while they have not said it
    Column("tone", Boolean),
    Column("canned", Boolean),
    Column("score", Integer),
    _name("comment", ""),
    Column("at", Moment, nullable=False),
    Index("ix_quality_checks_at", "at"),
)

digests = Table(  # quality/digests.py: days on which the managers got their figures
    "digests",
    metadata,
    Column("day", Date, primary_key=True),
    Column("at", Moment, nullable=False),
)
