"""Find what happened on some days, and what the clock looks for, without reading whole tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

INDEXES: dict[str, tuple[str, list[str], str]] = {
    "ix_messages_ticket_id_id": ("messages", ["ticket_id", "id"], "ticket_id IS NOT NULL"),
    "ix_messages_of_customers": ("messages", ["at", "conversation_id", "ticket_id"], "author = 'customer'"),
    "ix_matches_at": ("matches", ["at"], ""),
    "ix_tickets_opened_at": ("tickets", ["opened_at"], ""),
    "ix_csat_scored_at": ("csat", ["scored_at"], "scored_at IS NOT NULL"),
    "ix_sla_notices_at": ("sla_notices", ["at"], "at IS NOT NULL"),
    "ix_conversations_slowed_at": ("conversations", ["slowed_at"], "slowed_at IS NOT NULL"),
}


def upgrade() -> None:
    for name, (table, columns, where) in INDEXES.items():
        only = sa.text(where) if where else None
        op.create_index(name, table, columns, sqlite_where=only, postgresql_where=only)


def downgrade() -> None:
    for name, (table, *_) in INDEXES.items():
        op.drop_index(name, table)
