"""Invite people, write down who did what, and know who asked to be forgotten."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.storage.columns import Key, Moment

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("staff", sa.Column("disabled_at", Moment()))
    op.create_table(
        "invitations",
        sa.Column("id", Key, autoincrement=True, nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("team", sa.Text(), server_default="", nullable=False),
        sa.Column("invited_by", Key, nullable=True),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("expires_at", Moment(), nullable=False),
        sa.Column("used_at", Moment(), nullable=True),
        sa.Column("used_by", Key, nullable=True),
        sa.Column("withdrawn_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["invited_by"], ["staff.id"], name=op.f("fk_invitations_invited_by")),
        sa.ForeignKeyConstraint(["used_by"], ["staff.id"], name=op.f("fk_invitations_used_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitations")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_invitations_token_hash")),
    )
    op.create_table(
        "audit_log",
        sa.Column("id", Key, autoincrement=True, nullable=False),
        sa.Column("place", Key, nullable=True),
        sa.Column("actor", sa.String(length=16), nullable=False),
        sa.Column("staff_id", Key, nullable=True),
        sa.Column("act", sa.String(length=32), nullable=False),
        sa.Column("subject", sa.String(length=16), nullable=False),
        sa.Column("subject_key", sa.String(length=80), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=True),
        sa.Column("seal", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_log")),
        sa.UniqueConstraint("place", name=op.f("uq_audit_log_place")),
    )
    unsealed = sa.text("seal IS NULL")
    op.create_index("ix_audit_log_unsealed", "audit_log", ["id"], sqlite_where=unsealed, postgresql_where=unsealed)
    op.create_index("ix_audit_log_at", "audit_log", ["at"])
    op.create_index("ix_audit_log_subject_subject_key", "audit_log", ["subject", "subject_key"])
    op.create_table(
        "erasures",
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("address_sum", sa.String(length=64), nullable=False),
        sa.Column("erased_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("channel", "address_sum", name=op.f("pk_erasures")),
    )
    op.create_table(
        "secret_keys",
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("value", sa.String(length=64), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_secret_keys")),
    )


def downgrade() -> None:
    for table in ("secret_keys", "erasures", "audit_log", "invitations"):
        op.drop_table(table)
    with op.batch_alter_table("staff") as table:
        table.drop_column("disabled_at")
