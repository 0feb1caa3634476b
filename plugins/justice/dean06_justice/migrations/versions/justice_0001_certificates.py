"""Criminal-record certificates"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "justice_0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "justice_certificate",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit_key", sa.BigInteger(), nullable=False),
        sa.Column("form", sa.BigInteger(), nullable=False),
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("issued_on", sa.Date()),
        sa.PrimaryKeyConstraint("id", name="pk_justice_certificate"),
        sa.ForeignKeyConstraint(["unit_key"], ["unit.key"], name="fk_justice_certificate_unit_key"),
        sa.CheckConstraint("form in (1, 2)", name="ck_justice_certificate_form_is_1_or_2"),
        sa.CheckConstraint("received_on >= '2000-01-01'", name="ck_justice_certificate_received_since_counting_began"),
        sa.CheckConstraint(
            "issued_on is null or issued_on >= received_on", name="ck_justice_certificate_issued_after_receipt"
        ),
    )
    op.create_index("ix_justice_certificate_unit_key_issued_on", "justice_certificate", ["unit_key", "issued_on"])


def downgrade() -> None:
    op.drop_table("justice_certificate")
