"""Sessions, second factors, earlier passwords and attempts to sign in"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "auth_0003"
down_revision = "auth_0002"


def upgrade() -> None:
    op.add_column(
        "account_credential", sa.Column("change_required", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.add_column("access_token", sa.Column("device_kind", sa.String(16)))
    op.add_column("access_token", sa.Column("device", sa.Text()))
    op.add_column("access_token", sa.Column("last_used_at", sa.DateTime()))
    op.add_column("access_token", sa.Column("second_factor", sa.Boolean(), nullable=False, server_default=sa.false()))
    _index("uq_access_token_one_session", "access_token", ["account_id", "device_kind"], "revoked_at is null")
    op.create_table(
        "earlier_password",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("replaced_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_earlier_password"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_earlier_password_account_id"),
    )
    op.create_index("ix_earlier_password_account_id", "earlier_password", ["account_id"])
    op.create_table(
        "second_factor",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("enrolled_at", sa.DateTime(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime()),
        sa.Column("last_counter", sa.BigInteger()),
        sa.PrimaryKeyConstraint("id", name="pk_second_factor"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_second_factor_account_id"),
    )
    _index("uq_second_factor_one_confirmed", "second_factor", ["account_id"], "confirmed_at is not null")
    _index("uq_second_factor_one_waiting", "second_factor", ["account_id"], "confirmed_at is null")
    op.create_table(
        "recovery_code",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.LargeBinary(32), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("used_at", sa.DateTime()),
        sa.PrimaryKeyConstraint("id", name="pk_recovery_code"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_recovery_code_account_id"),
        sa.UniqueConstraint("digest", name="uq_recovery_code_digest"),
    )
    op.create_index("ix_recovery_code_account_id", "recovery_code", ["account_id"])
    op.create_table(
        "sign_in_attempts",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("bucket", sa.BigInteger(), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.Column("since", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("source", "bucket", name="pk_sign_in_attempts"),
    )
    op.create_index("ix_sign_in_attempts_bucket", "sign_in_attempts", ["bucket"])
    op.create_index("ix_sign_in_attempts_since", "sign_in_attempts", ["since"])


def downgrade() -> None:
    for table in ("sign_in_attempts", "recovery_code", "second_factor", "earlier_password"):
        op.drop_table(table)
    op.drop_index("uq_access_token_one_session", "access_token")
    for column in ("second_factor", "last_used_at", "device", "device_kind"):
        op.drop_column("access_token", column)
    op.drop_column("account_credential", "change_required")


def _index(name: str, table: str, columns: list[str], where: str) -> None:
    """A unique one, of the rows that it is about."""
    meant = sa.text(where)
    op.create_index(name, table, columns, unique=True, sqlite_where=meant, postgresql_where=meant)
