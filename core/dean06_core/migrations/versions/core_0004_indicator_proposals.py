"""Proposed indicators"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "core_0004"
down_revision = "core_0003"


def upgrade() -> None:
    op.create_table(
        "indicator_proposal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("definition", sa.JSON(), nullable=False),
        sa.Column("proposed_by", sa.Text(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(), nullable=False),
        sa.Column("confirmed_by", sa.Text()),
        sa.Column("confirmed_at", sa.DateTime()),
        sa.PrimaryKeyConstraint("id", name="pk_indicator_proposal"),
        sa.CheckConstraint(
            "confirmed_by is null or confirmed_by != proposed_by", name="ck_indicator_proposal_confirmed_by_another"
        ),
    )
    op.create_index(
        "uq_indicator_proposal_open",
        "indicator_proposal",
        ["code"],
        unique=True,
        sqlite_where=sa.text("confirmed_at is null"),
        postgresql_where=sa.text("confirmed_at is null"),
    )


def downgrade() -> None:
    op.drop_table("indicator_proposal")
