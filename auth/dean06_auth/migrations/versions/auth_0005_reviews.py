"""Reviews of grants, days on which accounts were used, and why a token ended"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "auth_0005"
down_revision = "auth_0004"


def upgrade() -> None:
    op.add_column("account", sa.Column("woken_on", sa.Date()))
    op.add_column("account", sa.Column("closed_on", sa.Date()))
    op.add_column("account", sa.Column("closed_by", sa.Text()))
    op.add_column("account", sa.Column("closed_reason", sa.Text()))
    op.add_column("account_grant", sa.Column("reviewed_on", sa.Date()))
    op.execute("update account_grant set reviewed_on = current_date where revoked_on is null")
    op.add_column("access_token", sa.Column("ended_as", sa.String(32)))
    op.create_table(
        "account_day",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "on", "kind", name="pk_account_day"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_account_day_account_id"),
    )
    op.execute(
        'insert into account_day (account_id, "on", kind) '
        "select id, last_used_on, 'USED' from account where last_used_on is not null"
    )
    op.execute(
        'insert into account_day (account_id, "on", kind) '
        "select account_id, date(password_set_at), 'PASSWORD' from account_credential where not change_required"
    )
    op.create_table(
        "access_review",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit_key", sa.BigInteger(), nullable=False),
        sa.Column("of_reviewers", sa.Boolean(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("opened_by", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("decided_on", sa.Date()),
        sa.Column("decided_by", sa.Text()),
        sa.Column("decider_id", sa.Uuid()),
        sa.Column("decider_for_id", sa.Uuid()),
        sa.Column("reason", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_access_review"),
        sa.ForeignKeyConstraint(["unit_key"], ["unit.key"], name="fk_access_review_unit_key"),
        sa.ForeignKeyConstraint(["decider_id"], ["person.id"], name="fk_access_review_decider_id"),
        sa.ForeignKeyConstraint(["decider_for_id"], ["person.id"], name="fk_access_review_decider_for_id"),
        sa.CheckConstraint(
            "(decided_on is null) = (decider_id is null) and (decided_on is null) = (decided_by is null) "
            "and (decided_on is null) = (reason is null)",
            name="ck_access_review_decided_by_somebody_for_a_reason",
        ),
    )
    op.create_index("ix_access_review_unit_key", "access_review", ["unit_key"])
    is_open = sa.text("decided_on is null")
    op.create_index(
        "uq_access_review_one_open",
        "access_review",
        ["unit_key", "of_reviewers"],
        unique=True,
        sqlite_where=is_open,
        postgresql_where=is_open,
    )
    op.create_table(
        "access_review_grant",
        sa.Column("review_id", sa.Uuid(), nullable=False),
        sa.Column("grant_id", sa.Uuid(), nullable=False),
        sa.Column("kept", sa.Boolean()),
        sa.PrimaryKeyConstraint("review_id", "grant_id", name="pk_access_review_grant"),
        sa.ForeignKeyConstraint(["review_id"], ["access_review.id"], name="fk_access_review_grant_review_id"),
        sa.ForeignKeyConstraint(["grant_id"], ["account_grant.id"], name="fk_access_review_grant_grant_id"),
    )
    op.create_index("ix_access_review_grant_grant_id", "access_review_grant", ["grant_id"])


def downgrade() -> None:
    for table in ("access_review_grant", "access_review", "account_day"):
        op.drop_table(table)
    op.drop_column("access_token", "ended_as")
    op.drop_column("account_grant", "reviewed_on")
    for column in ("closed_reason", "closed_by", "closed_on", "woken_on"):
        op.drop_column("account", column)
