"""Group the questions that had no sure answer, and keep what a correction is learned from."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.storage.columns import Key, Moment

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "question_groups",
        sa.Column("id", Key, autoincrement=True, nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("stems", sa.Text(), nullable=False),
        sa.Column("example", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=16), server_default="open", nullable=False),
        sa.Column("entry", sa.Text(), server_default="", nullable=False),
        sa.Column("staff_id", Key, nullable=True),
        sa.Column("last_at", Moment(), nullable=False),
        sa.Column("settled_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_question_groups_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question_groups")),
    )
    op.create_index("ix_question_groups_language_state_last_at", "question_groups", ["language", "state", "last_at"])
    with op.batch_alter_table("matches", schema=None) as batch_op:
        batch_op.add_column(sa.Column("group_id", Key, nullable=True))
        batch_op.add_column(sa.Column("calibrated", sa.Float(), nullable=True))
        batch_op.create_foreign_key(op.f("fk_matches_group_id"), "question_groups", ["group_id"], ["id"])
        batch_op.create_index("ix_matches_group_id", ["group_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("matches", schema=None) as batch_op:
        batch_op.drop_index("ix_matches_group_id")
        batch_op.drop_constraint(op.f("fk_matches_group_id"), type_="foreignkey")
        batch_op.drop_column("group_id")
        batch_op.drop_column("calibrated")
    op.drop_table("question_groups")
