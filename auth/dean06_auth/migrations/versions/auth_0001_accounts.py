"""Accounts, their credentials, grants and tokens"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "auth_0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "account",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("unit_key", sa.BigInteger(), sa.ForeignKey("unit.key", name="fk_account_unit_key"), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("last_used_on", sa.Date()),
        sa.PrimaryKeyConstraint("id", name="pk_account"),
        sa.UniqueConstraint("login", name="uq_account_login"),
    )
    op.create_index("ix_account_unit_key", "account", ["unit_key"])
    op.create_table(
        "account_credential",
        sa.Column(
            "account_id",
            sa.Uuid(),
            sa.ForeignKey("account.id", name="fk_account_credential_account_id"),
            nullable=False,
        ),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("password_set_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", name="pk_account_credential"),
    )
    op.create_table(
        "account_grant",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "account_id", sa.Uuid(), sa.ForeignKey("account.id", name="fk_account_grant_account_id"), nullable=False
        ),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("every_sector", sa.Boolean(), nullable=False),
        sa.Column("every_unit", sa.Boolean(), nullable=False),
        sa.Column("data_classes", sa.Text(), nullable=False),
        sa.Column("starts", sa.Date(), nullable=False),
        sa.Column("ends", sa.Date(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_account_grant"),
        sa.CheckConstraint("ends > starts", name="ck_account_grant_days_are_not_empty"),
        sa.CheckConstraint(
            "julianday(ends) - julianday(starts) <= 366", name="ck_account_grant_at_most_twelve_months"
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint("ends - starts <= 366", name="ck_account_grant_at_most_twelve_months").ddl_if(
            dialect="postgresql"
        ),
        sa.CheckConstraint("data_classes <> ''", name="ck_account_grant_names_a_data_class"),
    )
    op.create_index("ix_account_grant_account_id", "account_grant", ["account_id"])
    op.create_table(
        "account_grant_sector",
        sa.Column(
            "grant_id",
            sa.Uuid(),
            sa.ForeignKey("account_grant.id", name="fk_account_grant_sector_grant_id"),
            nullable=False,
        ),
        sa.Column("sector", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("grant_id", "sector", name="pk_account_grant_sector"),
    )
    op.create_table(
        "account_grant_units",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "grant_id",
            sa.Uuid(),
            sa.ForeignKey("account_grant.id", name="fk_account_grant_units_grant_id"),
            nullable=False,
        ),
        sa.Column("reach", sa.String(16), nullable=False),
        sa.Column("unit_key", sa.BigInteger(), sa.ForeignKey("unit.key", name="fk_account_grant_units_unit_key")),
        sa.Column(
            "group_key", sa.BigInteger(), sa.ForeignKey("unit_group.key", name="fk_account_grant_units_group_key")
        ),
        sa.PrimaryKeyConstraint("id", name="pk_account_grant_units"),
        sa.CheckConstraint("(reach = 'GROUP') = (group_key is not null)", name="ck_account_grant_units_group_is_named"),
        sa.CheckConstraint("(reach = 'GROUP') = (unit_key is null)", name="ck_account_grant_units_unit_is_named"),
    )
    op.create_index("ix_account_grant_units_grant_id", "account_grant_units", ["grant_id"])
    op.create_table(
        "access_token",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.LargeBinary(32), nullable=False),
        sa.Column(
            "account_id", sa.Uuid(), sa.ForeignKey("account.id", name="fk_access_token_account_id"), nullable=False
        ),
        sa.Column("issued_at", sa.DateTime(), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.Column("issued_by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text()),
        sa.Column("revoked_at", sa.DateTime()),
        sa.PrimaryKeyConstraint("id", name="pk_access_token"),
        sa.UniqueConstraint("digest", name="uq_access_token_digest"),
        sa.CheckConstraint("expires_at > issued_at", name="ck_access_token_lasts_some_time"),
    )
    op.create_index("ix_access_token_account_id", "access_token", ["account_id"])


def downgrade() -> None:
    for table in (
        "access_token",
        "account_grant_units",
        "account_grant_sector",
        "account_grant",
        "account_credential",
        "account",
    ):
        op.drop_table(table)
