"""Dossiers"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "public_services_0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "public_services_dossier",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit_key", sa.BigInteger(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("resolved_on", sa.Date()),
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("full_process", sa.Boolean()),
        sa.Column("has_fee", sa.Boolean(), nullable=False),
        sa.Column("paid_online", sa.Boolean(), nullable=False),
        sa.Column("returns_paper_result", sa.Boolean(), nullable=False),
        sa.Column("result_digitised", sa.Boolean(), nullable=False),
        sa.Column("components_digitised", sa.Boolean(), nullable=False),
        sa.Column("data_reused", sa.Boolean(), nullable=False),
        sa.Column("personal_id_linked", sa.Boolean()),
        sa.Column("identity_verified", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_public_services_dossier"),
        sa.ForeignKeyConstraint(["unit_key"], ["unit.key"], name="fk_public_services_dossier_unit_key"),
        sa.CheckConstraint(
            "received_on >= '2000-01-01'", name="ck_public_services_dossier_received_since_counting_began"
        ),
        sa.CheckConstraint("due_on >= received_on", name="ck_public_services_dossier_due_after_receipt"),
        sa.CheckConstraint(
            "resolved_on is null or resolved_on >= received_on",
            name="ck_public_services_dossier_resolved_after_receipt",
        ),
        sa.CheckConstraint(
            "not full_process or channel = 'ONLINE'", name="ck_public_services_dossier_full_process_is_online"
        ),
        sa.CheckConstraint("has_fee or not paid_online", name="ck_public_services_dossier_only_a_fee_is_paid"),
        sa.CheckConstraint(
            "resolved_on is not null or not result_digitised",
            name="ck_public_services_dossier_only_a_result_is_digitised",
        ),
    )
    op.create_index("ix_public_services_dossier_received_on", "public_services_dossier", ["received_on"])
    for day in ("received_on", "resolved_on"):
        op.create_index(f"ix_public_services_dossier_unit_key_{day}", "public_services_dossier", ["unit_key", day])


def downgrade() -> None:
    op.drop_table("public_services_dossier")
