"""The use of sessions by the minute, and what was found of shared use"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "auth_0007"
down_revision = "auth_0006"


def upgrade() -> None:
    op.add_column("access_token", sa.Column("confirm_again", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "session_use",
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("minute", sa.DateTime(), nullable=False),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("device_kind", sa.String(16), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("session_id", "minute", "device", "source", "device_kind", name="pk_session_use"),
        sa.ForeignKeyConstraint(["session_id"], ["access_token.id"], name="fk_session_use_session_id"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_session_use_account_id"),
        sa.CheckConstraint("count > 0", name="ck_session_use_something_was_used"),
    )
    op.create_index("ix_session_use_account_id_minute", "session_use", ["account_id", "minute"])
    op.create_index("ix_session_use_day", "session_use", ["day"])
    op.create_table(
        "shared_use_note",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("rule", sa.String(16), nullable=False),
        sa.Column("severity", sa.String(16), nullable=False),
        sa.Column("rung", sa.String(16), nullable=False),
        sa.Column("since", sa.DateTime(), nullable=False),
        sa.Column("last", sa.DateTime(), nullable=False),
        sa.Column("found_at", sa.DateTime(), nullable=False),
        sa.Column("found_on", sa.Date(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("seen_at", sa.DateTime()),
        sa.Column("seen_by", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_shared_use_note"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_shared_use_note_account_id"),
        sa.UniqueConstraint("account_id", "rule", "since", name="uq_shared_use_note_account_id_rule_since"),
        sa.CheckConstraint("(seen_at is null) = (seen_by is null)", name="ck_shared_use_note_seen_by_somebody"),
    )
    op.create_index("ix_shared_use_note_account_id", "shared_use_note", ["account_id"])


def downgrade() -> None:
    op.drop_table("shared_use_note")
    op.drop_table("session_use")
    op.drop_column("access_token", "confirm_again")
