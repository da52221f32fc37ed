"""The tables of orders: forms being filled in, what was ordered and what became of it, what is left on the shelf."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, String, Table, Text

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

drafts = Table(  # orders/drafts.py: a form that is being filled in, or rests
    "drafts",
    metadata,
    Column("conversation_id", Key, ForeignKey("conversations.id"), primary_key=True, autoincrement=False),
    Column("form", String(64), primary_key=True),
    Column("state", Json, nullable=False),
    _flag("kept"),  # its customer left it and wants to find it again
    Column("remind_at", Moment),  # when its customer wants to be reminded of it; empty once that is done
    Column("updated_at", Moment, nullable=False),
    _partial("ix_drafts_remind_at", "remind_at", where="remind_at IS NOT NULL"),
)

orders = Table(  # orders/store.py
    "orders",
    metadata,
    _id(),
    Column("number", String(32), nullable=False, unique=True),
    _to("conversations.id", "conversation_id"),
    _to("customers.id", "customer_id"),
    Column("form", String(64), nullable=False),
    Column("answers", Json, nullable=False),
    Column("summary", Json, nullable=False),  # [[label, value], …] as the customer confirmed it
    Column("state", String(16), nullable=False, server_default="new"),  # of orders/status.py
    Column("total", BigInteger),  # in the currency's smallest unit; empty where nothing has a price
    Column("currency", String(3), nullable=False, server_default=""),
    _name("tracking", ""),  # the address of a page
    Column("proposal", Json),  # a change that waits for the customer's consent
    Column("created_at", Moment, nullable=False),
    Column("changed_at", Moment),
    Index("ix_orders_conversation_id", "conversation_id"),
    Index("ix_orders_customer_id", "customer_id"),
    Index("ix_orders_state_id", "state", "id"),
)

order_log = Table(  # orders/store.py: what happened to an order, never changed afterwards
    "order_log",
    metadata,
    _id(),
    _to("orders.id", "order_id"),
    Column("kind", String(16), nullable=False),  # see store.Kind
    Column("before", Text, nullable=False, server_default=""),
    Column("after", Text, nullable=False, server_default=""),
    _to("staff.id", "staff_id", required=False),
    _name("note", ""),
    Column("at", Moment, nullable=False),
    Index("ix_order_log_order_id_id", "order_id", "id"),
)

stock = Table(  # orders/stock.py: what orders took of what the catalogue counts
    "stock",
    metadata,
    Column("sku", Text, primary_key=True),
    Column("counted", Integer, nullable=False),  # as the catalogue said when counting began
    Column("taken", Integer, nullable=False, server_default="0"),  # by orders since
)
