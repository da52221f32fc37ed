"""Know the copy of each message: what is quoted, what goes along with another, how it read before, what was taken back."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.storage.columns import Key, Moment

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "message_edits",
        sa.Column("id", Key, autoincrement=True, nullable=False),
        sa.Column("message_id", Key, nullable=False),
        sa.Column("text", sa.Text(), server_default="", nullable=False),
        sa.Column("entities", sa.JSON(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name=op.f("fk_message_edits_message_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_edits")),
    )
    op.create_index("ix_message_edits_message_id", "message_edits", ["message_id"])
    op.add_column("messages", sa.Column("deleted_at", Moment(), nullable=True))
    op.add_column("outbox", sa.Column("quote_id", Key, nullable=True))
    op.add_column("outbox", sa.Column("lead_id", Key, nullable=True))
    goes_along = sa.text("lead_id IS NOT NULL")
    op.create_index("ix_outbox_lead_id", "outbox", ["lead_id"], sqlite_where=goes_along, postgresql_where=goes_along)


def downgrade() -> None:
    op.drop_index("ix_outbox_lead_id", table_name="outbox")
    op.drop_column("outbox", "lead_id")
    op.drop_column("outbox", "quote_id")
    op.drop_column("messages", "deleted_at")
    op.drop_table("message_edits")
