"""Dossiers told by the number of their row, refused or verified; essential services, procedures, adults"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "public_services_0002"
down_revision = "public_services_0001"

_KEPT = (
    "unit_key, received_on, due_on, resolved_on, channel, full_process, has_fee, paid_online, returns_paper_result, "
    "result_digitised, components_digitised, data_reused, personal_id_linked, identity_verified"
)


def upgrade() -> None:
    """SQLite adds no column that must not be null, so dossiers are set aside and put back, their id as their number."""
    op.execute("create table public_services_dossier_aside as select * from public_services_dossier")
    op.drop_table("public_services_dossier")
    _create_dossiers(
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("refused_on", sa.Date()),
        sa.Column("verification_kind", sa.String(16)),
        sa.Column("verification_channel", sa.String(16)),
        sa.CheckConstraint(
            "refused_on is null or refused_on >= received_on", name="ck_public_services_dossier_refused_after_receipt"
        ),
        sa.CheckConstraint(
            "resolved_on is null or refused_on is null", name="ck_public_services_dossier_resolved_or_refused"
        ),
        sa.CheckConstraint(
            "identity_verified or (verification_kind is null and verification_channel is null)",
            name="ck_public_services_dossier_only_what_was_verified_has_a_kind",
        ),
    )
    _put_back(f"id, ref, {_KEPT}", f"id, replace(cast(id as text), '-', ''), {_KEPT}")
    op.create_index(
        "ix_public_services_dossier_unit_key_refused_on", "public_services_dossier", ["unit_key", "refused_on"]
    )
    op.create_index("ix_public_services_dossier_ref", "public_services_dossier", ["ref"], unique=True)
    _create_essential_services()
    _create_procedures()
    _create_adults()


def downgrade() -> None:
    """Columns that checks name cannot be dropped in SQLite; dossiers are set aside and put back once more."""
    op.drop_table("public_services_adult_year")
    op.drop_table("public_services_procedure")
    op.drop_table("public_services_essential_service")
    op.execute("create table public_services_dossier_aside as select * from public_services_dossier")
    op.drop_table("public_services_dossier")
    _create_dossiers()
    _put_back(f"id, {_KEPT}", f"id, {_KEPT}")


def _create_dossiers(*further: sa.Column[Any] | sa.CheckConstraint) -> None:
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
        *further,
    )
    op.create_index("ix_public_services_dossier_received_on", "public_services_dossier", ["received_on"])
    for day in ("received_on", "resolved_on"):
        op.create_index(f"ix_public_services_dossier_unit_key_{day}", "public_services_dossier", ["unit_key", day])


def _put_back(columns: str, values: str) -> None:
    op.execute(
        f"insert into public_services_dossier ({columns}) "  # noqa: S608  constants
        f"select {values} from public_services_dossier_aside"
    )
    op.drop_table("public_services_dossier_aside")


def _create_essential_services() -> None:
    op.create_table(
        "public_services_essential_service",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("unit_key", sa.BigInteger(), nullable=False),
        sa.Column("listed_on", sa.Date(), nullable=False),
        sa.Column("integrated_on", sa.Date()),
        sa.PrimaryKeyConstraint("id", name="pk_public_services_essential_service"),
        sa.UniqueConstraint("code", name="uq_public_services_essential_service_code"),
        sa.ForeignKeyConstraint(["unit_key"], ["unit.key"], name="fk_public_services_essential_service_unit_key"),
        sa.CheckConstraint(
            "listed_on >= '2000-01-01'", name="ck_public_services_essential_service_listed_on_not_too_early"
        ),
        sa.CheckConstraint(
            "integrated_on is null or integrated_on >= listed_on",
            name="ck_public_services_essential_service_integrated_after_listing",
        ),
    )
    op.create_index("ix_public_services_essential_service_unit_key", "public_services_essential_service", ["unit_key"])


def _create_procedures() -> None:
    op.create_table(
        "public_services_procedure",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("unit_key", sa.BigInteger(), nullable=False),
        sa.Column("eligible_since", sa.Date(), nullable=False),
        sa.Column("eligible_until", sa.Date()),
        sa.Column("published_on", sa.Date()),
        sa.PrimaryKeyConstraint("id", name="pk_public_services_procedure"),
        sa.UniqueConstraint("code", name="uq_public_services_procedure_code"),
        sa.ForeignKeyConstraint(["unit_key"], ["unit.key"], name="fk_public_services_procedure_unit_key"),
        *(
            sa.CheckConstraint(f"{day} >= '2000-01-01'", name=f"ck_public_services_procedure_{day}_not_too_early")
            for day in ("eligible_since", "published_on")
        ),
        sa.CheckConstraint(
            "eligible_until is null or eligible_until >= eligible_since",
            name="ck_public_services_procedure_eligible_until_last",
        ),
    )
    op.create_index("ix_public_services_procedure_unit_key", "public_services_procedure", ["unit_key"])


def _create_adults() -> None:
    op.create_table(
        "public_services_adult_year",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("unit_key", sa.BigInteger(), nullable=False),
        sa.Column("counted_since", sa.Date(), nullable=False),
        sa.Column("counted_until", sa.Date(), nullable=False),
        sa.Column("first_online_on", sa.Date()),
        sa.PrimaryKeyConstraint("id", name="pk_public_services_adult_year"),
        sa.UniqueConstraint("ref", "counted_since", name="uq_public_services_adult_year_ref_counted_since"),
        sa.ForeignKeyConstraint(["unit_key"], ["unit.key"], name="fk_public_services_adult_year_unit_key"),
        *(
            sa.CheckConstraint(f"{day} >= '2000-01-01'", name=f"ck_public_services_adult_year_{day}_not_too_early")
            for day in ("counted_since", "first_online_on")
        ),
        sa.CheckConstraint(
            "counted_until >= counted_since",
            name="ck_public_services_adult_year_counted_until_last",
        ),
    )
    op.create_index(
        "ix_public_services_adult_year_unit_key_counted_since",
        "public_services_adult_year",
        ["unit_key", "counted_since"],
    )
