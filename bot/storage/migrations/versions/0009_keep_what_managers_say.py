"""Keep what managers say of closed tickets, and on which days they got their figures."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.storage.columns import Key, Moment

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "quality_checks",
        sa.Column("ticket_id", Key, autoincrement=False, nullable=False),
        sa.Column("checked_by", Key, nullable=False),
        sa.Column("answered", sa.Boolean(), nullable=True),
        sa.Column("tone", sa.Boolean(), nullable=True),
        sa.Column("canned", sa.Boolean(), nullable=True),
        sa.Column("score", sa.Integer(), nullable=True),
        sa.Column("comment", sa.Text(), server_default="", nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_quality_checks_ticket_id")),
        sa.ForeignKeyConstraint(["checked_by"], ["staff.id"], name=op.f("fk_quality_checks_checked_by")),
        sa.PrimaryKeyConstraint("ticket_id", name=op.f("pk_quality_checks")),
    )
    op.create_index("ix_quality_checks_at", "quality_checks", ["at"])
    op.create_table(
        "digests",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_digests")),
    )


def downgrade() -> None:
    op.drop_table("digests")
    op.drop_table("quality_checks")
