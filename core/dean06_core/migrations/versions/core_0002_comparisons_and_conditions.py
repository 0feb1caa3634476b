"""What statements compare with, and what tasks wait for"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "core_0002"
down_revision = "core_0001"


def upgrade() -> None:
    op.add_column("observation", sa.Column("change_scaled", sa.BigInteger()))
    op.add_column("observation", sa.Column("changed_since", sa.Text()))
    op.add_column("observation", sa.Column("rank", sa.BigInteger()))
    op.add_column("observation", sa.Column("rank_of", sa.BigInteger()))
    op.create_table(
        "task_condition",
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column("target_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("task_id", name="pk_task_condition"),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name="fk_task_condition_task_id"),
        sa.ForeignKeyConstraint(["target_id"], ["target.id"], name="fk_task_condition_target_id"),
    )


def downgrade() -> None:
    op.drop_table("task_condition")
    for column in ("rank_of", "rank", "changed_since", "change_scaled"):
        op.drop_column("observation", column)
