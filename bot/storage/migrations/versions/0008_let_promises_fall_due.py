"""Let promises fall due: a row for each notice that is to come or was given."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.storage.columns import Key, Moment

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sla_notices",
        sa.Column("ticket_id", Key, autoincrement=False, nullable=False),
        sa.Column("promise", sa.String(length=16), nullable=False),
        sa.Column("since", Moment(), nullable=False),
        sa.Column("step", sa.String(length=16), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("due_at", Moment(), nullable=False),
        sa.Column("at", Moment(), nullable=True),
        sa.Column("outcome", sa.String(length=16), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_sla_notices_ticket_id")),
        sa.PrimaryKeyConstraint("ticket_id", "promise", "since", "step", name=op.f("pk_sla_notices")),
    )
    op.create_index(
        "ix_sla_notices_due_at",
        "sla_notices",
        ["due_at"],
        sqlite_where=sa.text("at IS NULL"),
        postgresql_where=sa.text("at IS NULL"),
    )


def downgrade() -> None:
    op.drop_table("sla_notices")
