"""Accounts of registered systems, and how many people have the function for them"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "auth_0004"
down_revision = "auth_0003"


def upgrade() -> None:
    op.create_table(
        "system_account",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("system", sa.Text(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("unit_key", sa.BigInteger(), nullable=False),
        sa.Column("function", sa.Text()),
        sa.Column("last_used_on", sa.Date()),
        sa.Column("lookups", sa.BigInteger()),
        sa.Column("password_set_on", sa.Date()),
        sa.Column("devices_at_once", sa.BigInteger()),
        sa.PrimaryKeyConstraint("id", name="pk_system_account"),
        sa.ForeignKeyConstraint(["unit_key"], ["unit.key"], name="fk_system_account_unit_key"),
        sa.UniqueConstraint("system", "as_of", "login", "holder", name="uq_system_account_system_as_of_login_holder"),
    )
    op.create_index("ix_system_account_unit_key", "system_account", ["unit_key"])
    op.create_table(
        "system_headcount",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("system", sa.Text(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("unit_key", sa.BigInteger(), nullable=False),
        sa.Column("people", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_system_headcount"),
        sa.ForeignKeyConstraint(["unit_key"], ["unit.key"], name="fk_system_headcount_unit_key"),
        sa.UniqueConstraint("system", "as_of", "unit_key", name="uq_system_headcount_system_as_of_unit_key"),
        sa.CheckConstraint("people >= 0", name="ck_system_headcount_people_are_counted"),
    )
    op.create_index("ix_system_headcount_unit_key", "system_headcount", ["unit_key"])


def downgrade() -> None:
    op.drop_table("system_headcount")
    op.drop_table("system_account")
