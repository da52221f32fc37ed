"""Keep canned answers, and what operators were offered to send."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.storage.columns import Json, Key, Moment

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "canned_answers",
        sa.Column("id", Key, autoincrement=True, nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("category", sa.Text(), server_default="", nullable=False),
        sa.Column("bodies", Json, nullable=False),
        sa.Column("asked", Json, nullable=False),
        sa.Column("enabled", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("used", sa.Integer(), server_default="0", nullable=False),
        sa.Column("updated_at", Moment, nullable=False),
        sa.Column("updated_by", Key, nullable=True),
        sa.ForeignKeyConstraint(["updated_by"], ["staff.id"], name=op.f("fk_canned_answers_updated_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_canned_answers")),
        sa.UniqueConstraint("key", name=op.f("uq_canned_answers_key")),
    )
    op.create_table(
        "proposals",
        sa.Column("id", Key, autoincrement=True, nullable=False),
        sa.Column("conversation_id", Key, nullable=False),
        sa.Column("ticket_id", Key, nullable=True),
        sa.Column("message_id", Key, nullable=True),
        sa.Column("occasion", sa.String(16), nullable=False),
        sa.Column("items", Json, nullable=False),
        sa.Column("sent", Json, nullable=False),
        sa.Column("sent_by", Key, nullable=True),
        sa.Column("sent_at", Moment, nullable=True),
        sa.Column("at", Moment, nullable=False),
        *[
            sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_proposals_{column}"))
            for column, target in (
                ("conversation_id", "conversations.id"),
                ("ticket_id", "tickets.id"),
                ("message_id", "messages.id"),
                ("sent_by", "staff.id"),
            )
        ],
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposals")),
    )
    op.create_index("ix_proposals_conversation_id_id", "proposals", ["conversation_id", "id"])


def downgrade() -> None:
    op.drop_table("proposals")
    op.drop_table("canned_answers")
