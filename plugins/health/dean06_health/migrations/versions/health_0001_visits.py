"""Visits"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "health_0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "health_visit",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit_key", sa.BigInteger(), nullable=False),
        sa.Column("visited_on", sa.Date(), nullable=False),
        sa.Column("paid_cashless", sa.Boolean()),
        sa.Column("id_card_found", sa.Boolean()),
        sa.Column("used_health_book", sa.Boolean(), nullable=False),
        sa.Column("data_sent", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_health_visit"),
        sa.ForeignKeyConstraint(["unit_key"], ["unit.key"], name="fk_health_visit_unit_key"),
        sa.CheckConstraint("visited_on >= '2000-01-01'", name="ck_health_visit_visited_since_counting_began"),
    )
    op.create_index("ix_health_visit_unit_key_visited_on", "health_visit", ["unit_key", "visited_on"])


def downgrade() -> None:
    op.drop_table("health_visit")
