"""Systems and their links"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "core_0003"
down_revision = "core_0002"


def upgrade() -> None:
    op.create_table(
        "system",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("owner_key", sa.BigInteger()),
        sa.PrimaryKeyConstraint("id", name="pk_system"),
        sa.UniqueConstraint("code", name="uq_system_code"),
        sa.ForeignKeyConstraint(["owner_key"], ["unit.key"], name="fk_system_owner_key"),
    )
    op.create_table(
        "system_link",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("system_id", sa.Uuid(), nullable=False),
        sa.Column("to_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("on", sa.Date()),
        sa.Column("remark", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_system_link"),
        sa.UniqueConstraint("system_id", "to_id", "on", name="uq_system_link_day"),
        sa.ForeignKeyConstraint(["system_id"], ["system.id"], name="fk_system_link_system_id"),
        sa.ForeignKeyConstraint(["to_id"], ["system.id"], name="fk_system_link_to_id"),
    )
    op.create_index("ix_system_link_to_id", "system_link", ["to_id"])


def downgrade() -> None:
    op.drop_table("system_link")
    op.drop_table("system")
