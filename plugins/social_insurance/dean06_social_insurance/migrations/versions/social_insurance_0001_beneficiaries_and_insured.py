"""Beneficiaries and insured persons"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "social_insurance_0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "social_insurance_beneficiary",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit_key", sa.BigInteger(), nullable=False),
        sa.Column("benefit", sa.String(16), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date()),
        sa.Column("cashless_since", sa.Date()),
        sa.PrimaryKeyConstraint("id", name="pk_social_insurance_beneficiary"),
        sa.ForeignKeyConstraint(["unit_key"], ["unit.key"], name="fk_social_insurance_beneficiary_unit_key"),
        sa.UniqueConstraint("benefit", "ref", name="uq_social_insurance_beneficiary_benefit_ref"),
        sa.CheckConstraint(
            "ended_on is null or ended_on > started_on", name="ck_social_insurance_beneficiary_ended_after_start"
        ),
        sa.CheckConstraint(
            "cashless_since is null or cashless_since >= started_on",
            name="ck_social_insurance_beneficiary_cashless_once_started",
        ),
        sa.CheckConstraint(
            "cashless_since is null or ended_on is null or cashless_since < ended_on",
            name="ck_social_insurance_beneficiary_cashless_before_end",
        ),
        sa.CheckConstraint(
            "cashless_since is null or cashless_since >= '2000-01-01'",
            name="ck_social_insurance_beneficiary_cashless_since_counting_began",
        ),
    )
    _index("social_insurance_beneficiary", "started_on")
    op.create_table(
        "social_insurance_insured_person",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit_key", sa.BigInteger(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("joined_on", sa.Date(), nullable=False),
        sa.Column("left_on", sa.Date()),
        sa.Column("has_personal_id", sa.Boolean(), nullable=False),
        sa.Column("verified_on", sa.Date()),
        sa.Column("is_armed_forces", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_social_insurance_insured_person"),
        sa.ForeignKeyConstraint(["unit_key"], ["unit.key"], name="fk_social_insurance_insured_person_unit_key"),
        sa.UniqueConstraint("ref", name="uq_social_insurance_insured_person_ref"),
        sa.CheckConstraint(
            "left_on is null or left_on > joined_on", name="ck_social_insurance_insured_person_left_after_joining"
        ),
        sa.CheckConstraint(
            "verified_on is null or has_personal_id", name="ck_social_insurance_insured_person_only_an_id_is_verified"
        ),
        sa.CheckConstraint(
            "verified_on is null or verified_on >= '2000-01-01'",
            name="ck_social_insurance_insured_person_verified_since_beginning",
        ),
    )
    _index("social_insurance_insured_person", "joined_on")


def downgrade() -> None:
    op.drop_table("social_insurance_insured_person")
    op.drop_table("social_insurance_beneficiary")


def _index(table: str, day: str) -> None:
    op.create_index(f"ix_{table}_{day}", table, [day])
    op.create_index(f"ix_{table}_unit_key_{day}", table, ["unit_key", day])
