"""ID-card dossiers, e-ID accounts, registrations of births and deaths"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "identity_0001"
down_revision = None


def upgrade() -> None:
    _create(
        "identity_card_dossier",
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("issued_on", sa.Date()),
        received_since_counting_began="received_on >= '2000-01-01'",
        issued_after_receipt="issued_on is null or issued_on >= received_on",
    )
    _index("identity_card_dossier", "received_on")
    _index("identity_card_dossier", "unit_key", "received_on")
    _create(
        "identity_eid_account",
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("eligible_from", sa.Date(), nullable=False),
        sa.Column("eligible_until", sa.Date()),
        sa.Column("issued_on", sa.Date()),
        sa.Column("activated_on", sa.Date()),
        sa.Column("closed_on", sa.Date()),
        eligible_since_counting_began="eligible_from >= '2000-01-01'",
        eligible_for_a_day="eligible_until is null or eligible_until > eligible_from",
        issued_once_eligible="issued_on is null or issued_on >= eligible_from",
        activated_once_issued="activated_on is null or (issued_on is not null and activated_on >= issued_on)",
        closed_once_issued="closed_on is null or (issued_on is not null and closed_on >= issued_on)",
        activated_before_closed="activated_on is null or closed_on is null or activated_on <= closed_on",
    )
    _index("identity_eid_account", "eligible_from")
    _index("identity_eid_account", "unit_key", "kind")
    _index("identity_eid_account", "unit_key", "issued_on")
    _create(
        "identity_registration",
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("registered_on", sa.Date(), nullable=False),
        sa.Column("linked", sa.Boolean(), nullable=False),
        registered_since_counting_began="registered_on >= '2000-01-01'",
    )
    _index("identity_registration", "registered_on")
    _index("identity_registration", "unit_key", "registered_on")


def downgrade() -> None:
    op.drop_table("identity_registration")
    op.drop_table("identity_eid_account")
    op.drop_table("identity_card_dossier")


def _create(table: str, *facts: sa.Column[Any], **checks: str) -> None:
    op.create_table(
        table,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("unit_key", sa.BigInteger(), nullable=False),
        *facts,
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
        sa.ForeignKeyConstraint(["unit_key"], ["unit.key"], name=f"fk_{table}_unit_key"),
        sa.UniqueConstraint("ref", name=f"uq_{table}_ref"),
        *(sa.CheckConstraint(condition, name=f"ck_{table}_{name}") for name, condition in checks.items()),
    )


def _index(table: str, *columns: str) -> None:
    op.create_index(f"ix_{table}_{'_'.join(columns)}", table, list(columns))
