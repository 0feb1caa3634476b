"""At which units accounts were before they were moved"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "auth_0008"
down_revision = "auth_0007"


def upgrade() -> None:
    op.create_table(
        "account_move",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("left_key", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "on", name="pk_account_move"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_account_move_account_id"),
        sa.ForeignKeyConstraint(["left_key"], ["unit.key"], name="fk_account_move_left_key"),
    )


def downgrade() -> None:
    op.drop_table("account_move")
