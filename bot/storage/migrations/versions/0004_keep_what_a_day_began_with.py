"""Keep what past answers taught until a day, so that all that decide on that day decide alike."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "experience",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("slope", sa.Float(), nullable=False),
        sa.Column("shift", sa.Float(), nullable=False),
        sa.Column("judged", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_experience")),
    )


def downgrade() -> None:
    op.drop_table("experience")
