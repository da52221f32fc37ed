"""Follow an order until it has arrived, let several forms rest side by side, and count what is left on the shelf."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.storage.columns import Key, Moment

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("drafts") as table:
        table.add_column(sa.Column("kept", sa.Boolean(), server_default=sa.false(), nullable=False))
        table.add_column(sa.Column("remind_at", Moment()))
        table.drop_constraint("pk_drafts", type_="primary")
        table.create_primary_key("pk_drafts", ["conversation_id", "form"])
    wanted = sa.text("remind_at IS NOT NULL")
    op.create_index("ix_drafts_remind_at", "drafts", ["remind_at"], sqlite_where=wanted, postgresql_where=wanted)
    op.add_column("orders", sa.Column("total", sa.BigInteger()))
    op.add_column("orders", sa.Column("currency", sa.String(length=3), server_default="", nullable=False))
    op.add_column("orders", sa.Column("tracking", sa.Text(), server_default="", nullable=False))
    op.add_column("orders", sa.Column("proposal", sa.JSON()))
    op.add_column("orders", sa.Column("changed_at", Moment()))
    op.create_index("ix_orders_customer_id", "orders", ["customer_id"])
    op.create_index("ix_orders_state_id", "orders", ["state", "id"])
    op.create_table(
        "order_log",
        sa.Column("id", Key, autoincrement=True, nullable=False),
        sa.Column("order_id", Key, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("before", sa.Text(), server_default="", nullable=False),
        sa.Column("after", sa.Text(), server_default="", nullable=False),
        sa.Column("staff_id", Key, nullable=True),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_order_log_order_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_order_log_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_log")),
    )
    op.create_index("ix_order_log_order_id_id", "order_log", ["order_id", "id"])
    op.create_table(
        "stock",
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("counted", sa.Integer(), nullable=False),
        sa.Column("taken", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("sku", name=op.f("pk_stock")),
    )


def downgrade() -> None:
    op.drop_table("stock")
    op.drop_table("order_log")
    op.drop_index("ix_orders_state_id", "orders")
    op.drop_index("ix_orders_customer_id", "orders")
    for column in ("changed_at", "proposal", "tracking", "currency", "total"):
        op.drop_column("orders", column)
    op.drop_index("ix_drafts_remind_at", "drafts")
    op.execute(
        "DELETE FROM drafts WHERE EXISTS (SELECT 1 FROM drafts AS other WHERE other.conversation_id ="
        " drafts.conversation_id AND (other.updated_at, other.form) > (drafts.updated_at, drafts.form))"
    )
    with op.batch_alter_table("drafts") as table:
        table.drop_constraint("pk_drafts", type_="primary")
        table.create_primary_key("pk_drafts", ["conversation_id"])
        table.drop_column("remind_at")
        table.drop_column("kept")
