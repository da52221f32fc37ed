"""Find a note by the message in the topic that it was written as, so that a change of the message changes it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("notes", sa.Column("source_chat", sa.Text(), server_default="", nullable=False))
    op.add_column("notes", sa.Column("source_message", sa.Text(), server_default="", nullable=False))


def downgrade() -> None:
    op.drop_column("notes", "source_message")
    op.drop_column("notes", "source_chat")
