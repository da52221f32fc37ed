"""Find a topic's card without looking for it, and know what the card and the name show."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.storage.columns import Key

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("topics", sa.Column("attended", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("topics", sa.Column("card_id", Key))
    op.add_column("topics", sa.Column("card_shown", sa.Text(), nullable=False, server_default=""))
    op.add_column("topics", sa.Column("name_shown", sa.Text(), nullable=False, server_default=""))


def downgrade() -> None:
    for column in ("name_shown", "card_shown", "card_id", "attended"):
        op.drop_column("topics", column)
