"""Find what one visitor sent without reading what all others did."""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_inbox_lane_id", "inbox", ["lane", "id"])


def downgrade() -> None:
    op.drop_index("ix_inbox_lane_id", "inbox")
