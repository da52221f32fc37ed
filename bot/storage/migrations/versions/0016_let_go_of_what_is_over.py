"""Find what of the outbox is over, answers to presses and changes of looks, without reading all of it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0014"
branch_labels = None
depends_on = None
INDEXES = (
    ("ix_outbox_target_id", "target_id", "target_id IS NOT NULL"),
    ("ix_outbox_answers", "settled_at", "act IN ('answer_press', 'answer_search', 'set_commands', 'react')"),
    ("ix_outbox_looks", "settled_at", "topic_id IS NOT NULL AND act IN ('edit', 'edit_topic', 'edit_buttons', 'pin')"),
)


def upgrade() -> None:
    for name, column, where in INDEXES:
        op.create_index(name, "outbox", [column], sqlite_where=sa.text(where), postgresql_where=sa.text(where))


def downgrade() -> None:
    for name, *_ in reversed(INDEXES):
        op.drop_index(name, "outbox")
