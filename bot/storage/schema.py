"""All tables, those of desk, library, orders and people on pages of their own; the same for SQLite and PostgreSQL.

Each table is written by one module only, named beside it. Moments are UTC-aware datetimes, nobody searches inside JSON.
A change here needs a migration beside it: `storage/migrations/versions`.
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

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
from bot.storage.desk_tables import csat, digests, notes, quality_checks, sla_notices, staff, ticket_log, tickets
from bot.storage.library_tables import canned_answers, proposals
from bot.storage.order_tables import drafts, order_log, orders, stock
from bot.storage.people_tables import audit_log, erasures, invitations, secret_keys

__all__ = [
    "audit_log",
    "canned_answers",
    "csat",
    "digests",
    "drafts",
    "erasures",
    "invitations",
    "metadata",
    "notes",
    "order_log",
    "orders",
    "proposals",
    "quality_checks",
    "secret_keys",
    "sla_notices",
    "staff",
    "stock",
    "ticket_log",
    "tickets",
]

inbox = Table(  # messaging/inbox.py: received, not yet handled
    "inbox",
    metadata,
    _id(),
    _name("channel"),
    _name("account"),
    _name("external_id"),
    _name("lane"),
    Column("payload", Json, nullable=False),
    Column("state", String(16), nullable=False, server_default="new"),  # new, done, failed
    Column("received_at", Moment, nullable=False),
    Column("handled_at", Moment),
    _name("error", ""),
    UniqueConstraint("channel", "account", "external_id"),
    _partial("ix_inbox_new", "id", where="state = 'new'"),
    Index("ix_inbox_received_at", "received_at"),
    Index("ix_inbox_lane_id", "lane", "id"),
)

customers = Table(  # messaging/conversations.py
    "customers",
    metadata,
    _id(),
    _name("name"),
    _name("username", ""),
    _name("phone", ""),
    _name("email", ""),
    Column("created_at", Moment, nullable=False),
)

conversations = Table(  # messaging/conversations.py: one customer on one channel address
    "conversations",
    metadata,
    _id(),
    _to("customers.id", "customer_id"),
    _name("channel"),
    _name("chat"),
    _name("language"),
    _flag("language_chosen"),
    _flag("blocked"),
    _flag("banned"),
    _name("ban_reason", ""),
    Column("slowed_at", Moment),  # since when a flood of messages is shown to staff joined
    Column("held_from", Key),  # the first of its lines that staff have not seen
    Column("flow", Json, nullable=False),  # what the bot waits for: {"await": "csat_comment", "ticket": 7}
    Column("created_at", Moment, nullable=False),
    UniqueConstraint("channel", "chat"),
    _partial("ix_conversations_slowed_at", "slowed_at", where="slowed_at IS NOT NULL"),
)

messages = Table(  # messaging/transcript.py: what the customer wrote or was told; notes are elsewhere
    "messages",
    metadata,
    _id(),
    _to("conversations.id", "conversation_id"),
    _to("tickets.id", "ticket_id", required=False),
    Column("author", String(16), nullable=False),  # customer, bot, operator
    _to("staff.id", "staff_id", required=False),
    Column("kind", String(16), nullable=False),
    _name("text", ""),
    Column("entities", Json, nullable=False),
    Column("details", Json, nullable=False),  # Content.details, and `buttons` of the bot's messages
    _name("source_chat", ""),
    _name("source_message", ""),
    Column("at", Moment, nullable=False),
    Column("edited_at", Moment),
    Column("deleted_at", Moment),  # taken back: the customer does not see it any more, the desk does
    Index("ix_messages_conversation_id_id", "conversation_id", "id"),
    Index("ix_messages_source", "source_chat", "source_message"),
    _partial("ix_messages_ticket_id_id", "ticket_id", "id", where="ticket_id IS NOT NULL"),
    _partial("ix_messages_of_customers", "at", "conversation_id", "ticket_id", where="author = 'customer'"),
)

message_edits = Table(  # messaging/transcript.py: how an edited message read before
    "message_edits",
    metadata,
    _id(),
    _to("messages.id", "message_id"),
    _name("text", ""),
    Column("entities", Json, nullable=False),
    Column("at", Moment, nullable=False),  # until when it read so
    Index("ix_message_edits_message_id", "message_id"),
)

topics = Table(  # messaging/topics.py: where operators talk about a conversation; the thread is the channel's receipt
    "topics",
    metadata,
    _id(),
    _to("conversations.id", "conversation_id"),
    _name("channel"),
    _name("chat"),
    _name("thread", ""),
    _name("name", ""),
    Column("state", String(16), nullable=False),  # opening, open, closed, gone
    _flag("attended"),  # somebody has the chat: its lines go first while the group's minute is short
    Column("card_id", Key),  # the delivery that is the pinned card; no reference, the outbox refers to topics
    _name("card_shown", ""),  # what the card shows, as a digest; empty when that is not known
    _name("name_shown", ""),  # the name that the topic has in the group
    Column("created_at", Moment, nullable=False),
    Index("ix_topics_conversation_id", "conversation_id"),
    Index("ix_topics_chat_thread", "chat", "thread"),
)

moved_groups = Table(  # messaging/topics.py: an upgraded group goes by a new id; settings may still name the old one
    "moved_groups",
    metadata,
    Column("channel", Text, primary_key=True),
    Column("old", Text, primary_key=True),
    _name("new"),
)

outbox = Table(  # messaging/outbox.py: to be delivered
    "outbox",
    metadata,
    _id(),
    _name("channel"),
    _name("chat"),
    _to("topics.id", "topic_id", required=False),
    _name("lane"),
    _to("conversations.id", "conversation_id", required=False),
    _to("messages.id", "message_id", required=False),
    _to("outbox.id", "target_id", required=False),  # the delivery whose message is edited or pinned
    Column("quote_id", Key),  # the delivery whose message is answered
    Column("lead_id", Key),  # the delivery that carries this one's content along
    Column("act", String(16), nullable=False),
    Column("body", Json, nullable=False),
    Column("author", String(16), nullable=False),  # bot, operator, customer, system
    Column("state", String(16), nullable=False, server_default="pending"),  # sending, sent, uncertain, failed
    _flag("repeated"),  # possibly delivered twice
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("created_at", Moment, nullable=False),
    Column("not_before", Moment, nullable=False),
    Column("expires_at", Moment),
    Column("sending_at", Moment),
    Column("settled_at", Moment),
    _name("error", ""),
    _partial("ix_outbox_due", "lane", "id", where="state IN ('pending', 'sending')"),
    _partial("ix_outbox_amiss", "state", where="state IN ('uncertain', 'failed')"),
    Index("ix_outbox_conversation_id", "conversation_id"),
    Index("ix_outbox_message_id", "message_id"),
    _partial("ix_outbox_lead_id", "lead_id", where="lead_id IS NOT NULL"),
    Index("ix_outbox_chat_sending_at", "chat", "sending_at"),
    _partial("ix_outbox_target_id", "target_id", where="target_id IS NOT NULL"),
    _partial(
        "ix_outbox_answers", "settled_at", where="act IN ('answer_press', 'answer_search', 'set_commands', 'react')"
    ),
    _partial(
        "ix_outbox_looks",
        "settled_at",
        where="topic_id IS NOT NULL AND act IN ('edit', 'edit_topic', 'edit_buttons', 'pin')",
    ),
)

receipts = Table(  # messaging/receipts.py: the channel's id of what was delivered
    "receipts",
    metadata,
    Column("outbox_id", Key, ForeignKey("outbox.id"), primary_key=True, autoincrement=False),
    _name("channel"),
    _name("chat"),
    _name("thread", ""),
    _name("external_id"),
    Index("ix_receipts_channel_chat_external_id", "channel", "chat", "external_id"),
)

sign_in_links = Table(  # web/auth.py: one use each; only the hash is kept
    "sign_in_links",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    _to("staff.id", "staff_id"),
    Column("expires_at", Moment, nullable=False),
    Column("used_at", Moment),
)

sessions = Table(  # web/auth.py
    "sessions",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    _to("staff.id", "staff_id"),
    _name("csrf"),
    Column("created_at", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),
)

faq_entries = Table(  # faq/store.py
    "faq_entries",
    metadata,
    _id(),
    Column("key", String(64), nullable=False, unique=True),  # the entry's id in files
    _name("category"),
    Column("enabled", Boolean, nullable=False),
    Column("valid_from", Date),
    Column("valid_to", Date),
    Column("body", Json, nullable=False),  # FaqEntry.to_dict()
    Column("position", Integer, nullable=False, server_default="0"),
    Column("updated_at", Moment, nullable=False),
)

faq_history = Table(  # faq/store.py
    "faq_history",
    metadata,
    _id(),
    Column("key", String(64), nullable=False, index=True),
    _to("staff.id", "staff_id", required=False),
    Column("before", Json),
    Column("after", Json),
    Column("undoes", Key),  # the change that this one took back
    Column("at", Moment, nullable=False),
)

question_groups = Table(  # faq/groups.py: questions without a sure answer that mean the same
    "question_groups",
    metadata,
    _id(),
    _name("language"),
    _name("stems"),  # of the first question, sorted; what likes are found by
    _name("example"),
    Column("state", String(16), nullable=False, server_default="open"),  # drafted, attached, dismissed
    _name("entry", ""),  # that the group became a phrasing or the draft of
    _to("staff.id", "staff_id", required=False),
    Column("last_at", Moment, nullable=False),
    Column("settled_at", Moment),
    Index("ix_question_groups_language_state_last_at", "language", "state", "last_at"),
)

matches = Table(  # faq/unanswered.py: each question with what the bot made of it
    "matches",
    metadata,
    _id(),
    _to("conversations.id", "conversation_id"),
    _to("messages.id", "message_id", required=False),
    _name("question"),
    _name("language"),
    Column("decision", String(16), nullable=False),  # answer, suggest, none
    _name("entry", ""),
    Column("confidence", Float, nullable=False),
    Column("calibrated", Float),  # the same without what past answers taught; nothing for equal phrasings
    Column("candidates", Json, nullable=False),  # [[entry id, confidence], …] best first
    Column("faq_version", Integer, nullable=False),
    Column("helpful", Boolean),
    _flag("handed_over"),
    _to("question_groups.id", "group_id", required=False),
    Column("at", Moment, nullable=False),
    Index("ix_matches_conversation_id_id", "conversation_id", "id"),
    Index("ix_matches_group_id", "group_id"),
    Index("ix_matches_at", "at"),
)

experience = Table(  # faq/unanswered.py: what past answers taught until a day; all that decide on that day use it
    "experience",
    metadata,
    Column("day", Date, primary_key=True),
    Column("slope", Float, nullable=False),
    Column("shift", Float, nullable=False),
    Column("judged", Float, nullable=False),
)

events = Table(  # messaging/events.py: what a screen shows live
    "events",
    metadata,
    _id(),
    _name("stream"),
    Column("kind", String(32), nullable=False),
    Column("body", Json, nullable=False),
    Column("at", Moment, nullable=False),
    Index("ix_events_stream_id", "stream", "id"),
    sqlite_autoincrement=True,
)

versions = Table(  # storage/versions.py: rises when something that every worker keeps in memory has changed
    "versions",
    metadata,
    Column("name", String(32), primary_key=True),
    Column("number", Integer, nullable=False),
)
