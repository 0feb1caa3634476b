"""A number that tells whether units and indicators are as they were"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "core_0008"
down_revision = "core_0007"


def upgrade() -> None:
    made = op.create_table(
        "directory_changes",
        sa.Column("key", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_directory_changes"),
    )
    op.bulk_insert(made, [{"key": 1, "number": 0}])


def downgrade() -> None:
    op.drop_table("directory_changes")
