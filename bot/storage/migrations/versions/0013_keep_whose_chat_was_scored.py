"""Keep whose chat it was that a customer scored or a manager looked at: a reopened one goes on with somebody else."""

from __future__ import annotations

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

TABLES = ("csat", "quality_checks")


def upgrade() -> None:
    number = "BIGINT" if op.get_bind().dialect.name == "postgresql" else "INTEGER"
    for name in TABLES:
        op.execute(
            f"ALTER TABLE {name} ADD COLUMN staff_id {number} CONSTRAINT fk_{name}_staff_id REFERENCES staff (id)"
        )
        op.execute(f"UPDATE {name} SET staff_id = (SELECT staff_id FROM tickets WHERE tickets.id = {name}.ticket_id)")  # noqa: S608 our own names


def downgrade() -> None:
    for name in reversed(TABLES):
        with op.batch_alter_table(name) as table:
            table.drop_constraint(f"fk_{name}_staff_id", type_="foreignkey")
            table.drop_column("staff_id")
