"""Let tickets tell what happened to them, whose they are by team and skill, and people what they can take."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.storage.columns import Key, Moment

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

TICKETS = (
    sa.Column("team", sa.Text(), server_default="", nullable=False),
    sa.Column("skill", sa.Text(), server_default="", nullable=False),
    sa.Column("assigned_at", Moment(), nullable=True),
    sa.Column("answered_at", Moment(), nullable=True),
    sa.Column("warned_at", Moment(), nullable=True),
)
STAFF = (
    sa.Column("away_since", Moment(), nullable=True),
    sa.Column("back_at", Moment(), nullable=True),
    sa.Column("team", sa.Text(), server_default="", nullable=False),
    sa.Column("level", sa.Integer(), server_default="1", nullable=False),
    sa.Column("languages", sa.JSON(), server_default="[]", nullable=False),
    sa.Column("skills", sa.JSON(), server_default="[]", nullable=False),
)
CONVERSATIONS = (
    sa.Column("ban_reason", sa.Text(), server_default="", nullable=False),
    sa.Column("slowed_at", Moment(), nullable=True),
    sa.Column("held_from", Key, nullable=True),
)
REFERENCES = {"closed_by": "staff", "merged_into": "tickets"}
INDEXES = {
    "ix_tickets_waiting": ([sa.text("priority DESC"), "opened_at", "id"], "state = 'waiting'"),
    "ix_tickets_staff_id": (["staff_id"], "state <> 'closed'"),
    "ix_tickets_answered_at": (["answered_at"], "state = 'waiting_for_customer'"),
}


def upgrade() -> None:
    for table, columns in (("tickets", TICKETS), ("staff", STAFF), ("conversations", CONVERSATIONS)):
        for column in columns:
            op.add_column(table, column)
    op.add_column("customers", sa.Column("email", sa.Text(), server_default="", nullable=False))
    number = "BIGINT" if op.get_bind().dialect.name == "postgresql" else "INTEGER"
    for column, target in REFERENCES.items():  # a table made anew, as Alembic does it, would cut off what refers to it
        op.execute(
            f"ALTER TABLE tickets ADD COLUMN {column} {number} CONSTRAINT fk_tickets_{column} REFERENCES {target} (id)"
        )
    op.execute("UPDATE tickets SET assigned_at = claimed_at WHERE staff_id IS NOT NULL")
    op.execute("UPDATE tickets SET answered_at = first_answer_at")
    for name, (columns, where) in INDEXES.items():
        op.create_index(name, "tickets", columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))
    op.create_table(
        "ticket_log",
        sa.Column("id", Key, autoincrement=True, nullable=False),
        sa.Column("ticket_id", Key, nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("staff_id", Key, nullable=True),
        sa.Column("detail", sa.Text(), server_default="", nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_ticket_log_ticket_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_ticket_log_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_log")),
    )
    op.create_index("ix_ticket_log_ticket_id_id", "ticket_log", ["ticket_id", "id"])
    op.create_index("ix_ticket_log_at", "ticket_log", ["at"])


def downgrade() -> None:
    op.drop_table("ticket_log")
    for name in INDEXES:
        op.drop_index(name, "tickets")
    for column in REFERENCES:
        op.drop_column("tickets", column)
    op.drop_column("customers", "email")
    for table, columns in (("tickets", TICKETS), ("staff", STAFF), ("conversations", CONVERSATIONS)):
        for column in columns:
            op.drop_column(table, column.name)
