"""Certificates told by the number of their row, marriages, procedures"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "justice_0002"
down_revision = "justice_0001"

_KEPT = "unit_key, form, channel, received_on, issued_on"


def upgrade() -> None:
    """SQLite adds no column that must not be null, so dossiers are set aside and put back, their id as their number."""
    op.execute("create table justice_certificate_aside as select * from justice_certificate")
    op.drop_table("justice_certificate")
    op.create_table(
        "justice_certificate",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
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
    op.execute(
        f"insert into justice_certificate (id, ref, {_KEPT}) "  # noqa: S608  constants
        f"select id, replace(cast(id as text), '-', ''), {_KEPT} from justice_certificate_aside"
    )
    op.drop_table("justice_certificate_aside")
    op.create_index("ix_justice_certificate_unit_key_issued_on", "justice_certificate", ["unit_key", "issued_on"])
    op.create_index("ix_justice_certificate_ref", "justice_certificate", ["ref"], unique=True)
    _create_marriages()
    _create_procedures()


def downgrade() -> None:
    op.drop_table("justice_procedure")
    op.drop_table("justice_marriage")
    op.drop_index("ix_justice_certificate_ref", "justice_certificate")
    op.drop_column("justice_certificate", "ref")


def _create_marriages() -> None:
    op.create_table(
        "justice_marriage",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("unit_key", sa.BigInteger(), nullable=False),
        sa.Column("found_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date()),
        sa.Column("cleaned_on", sa.Date()),
        sa.PrimaryKeyConstraint("id", name="pk_justice_marriage"),
        sa.UniqueConstraint("ref", name="uq_justice_marriage_ref"),
        sa.ForeignKeyConstraint(["unit_key"], ["unit.key"], name="fk_justice_marriage_unit_key"),
        sa.CheckConstraint("found_on >= '2000-01-01'", name="ck_justice_marriage_found_on_not_too_early"),
        sa.CheckConstraint("due_on is null or due_on >= found_on", name="ck_justice_marriage_due_after_it_was_found"),
        sa.CheckConstraint(
            "cleaned_on is null or cleaned_on >= found_on", name="ck_justice_marriage_cleaned_after_it_was_found"
        ),
    )
    op.create_index("ix_justice_marriage_unit_key_found_on", "justice_marriage", ["unit_key", "found_on"])


def _create_procedures() -> None:
    op.create_table(
        "justice_procedure",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("unit_key", sa.BigInteger(), nullable=False),
        sa.Column("listed_on", sa.Date(), nullable=False),
        sa.Column("paper_needed_until", sa.Date()),
        sa.PrimaryKeyConstraint("id", name="pk_justice_procedure"),
        sa.UniqueConstraint("code", name="uq_justice_procedure_code"),
        sa.ForeignKeyConstraint(["unit_key"], ["unit.key"], name="fk_justice_procedure_unit_key"),
        sa.CheckConstraint("listed_on >= '2000-01-01'", name="ck_justice_procedure_listed_on_not_too_early"),
        sa.CheckConstraint(
            "paper_needed_until is null or paper_needed_until >= listed_on",
            name="ck_justice_procedure_paper_dropped_after_listing",
        ),
    )
    op.create_index("ix_justice_procedure_unit_key", "justice_procedure", ["unit_key"])
