"""Visits told by the number of their row, facilities, residents"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "health_0002"
down_revision = "health_0001"

_KEPT = "unit_key, visited_on, paid_cashless, id_card_found, used_health_book, data_sent"


def upgrade() -> None:
    """SQLite adds no column that must not be null, so visits are set aside and put back, their id as their number."""
    op.execute("create table health_visit_aside as select * from health_visit")
    op.drop_table("health_visit")
    op.create_table(
        "health_visit",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("unit_key", sa.BigInteger(), nullable=False),
        sa.Column("visited_on", sa.Date(), nullable=False),
        sa.Column("paid_cashless", sa.Boolean()),
        sa.Column("id_card_found", sa.Boolean()),
        sa.Column("used_health_book", sa.Boolean(), nullable=False),
        sa.Column("data_sent", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_health_visit"),
        sa.ForeignKeyConstraint(["unit_key"], ["unit.key"], name="fk_health_visit_unit_key"),
        sa.CheckConstraint("visited_on >= '2000-01-01'", name="ck_health_visit_visited_since_counting_began"),
    )
    op.execute(
        f"insert into health_visit (id, ref, {_KEPT}) "  # noqa: S608  constants
        f"select id, replace(cast(id as text), '-', ''), {_KEPT} from health_visit_aside"
    )
    op.drop_table("health_visit_aside")
    op.create_index("ix_health_visit_unit_key_visited_on", "health_visit", ["unit_key", "visited_on"])
    op.create_index("ix_health_visit_ref", "health_visit", ["ref"], unique=True)
    _create_facilities()
    _create_residents()


def downgrade() -> None:
    op.drop_table("health_resident")
    op.drop_table("health_facility")
    op.drop_index("ix_health_visit_ref", "health_visit")
    op.drop_column("health_visit", "ref")


def _create_facilities() -> None:
    days = (
        "counted_since",
        "counted_until",
        "emr_due_on",
        "emr_published_on",
        "data_sent_since",
        "data_sent_until",
        "kiosk_since",
        "kiosk_until",
    )
    spells = (
        ("counted_since", "counted_until"),
        ("data_sent_since", "data_sent_until"),
        ("kiosk_since", "kiosk_until"),
    )
    op.create_table(
        "health_facility",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("gln", sa.Text()),
        sa.Column("unit_key", sa.BigInteger(), nullable=False),
        sa.Column("beds", sa.BigInteger(), nullable=False),
        *(sa.Column(day, sa.Date(), nullable=day != "counted_since") for day in days),
        sa.PrimaryKeyConstraint("id", name="pk_health_facility"),
        sa.UniqueConstraint("code", name="uq_health_facility_code"),
        sa.ForeignKeyConstraint(["unit_key"], ["unit.key"], name="fk_health_facility_unit_key"),
        sa.CheckConstraint("length(code) = 5", name="ck_health_facility_code_has_5_signs"),
        sa.CheckConstraint("gln is null or length(gln) = 13", name="ck_health_facility_gln_has_13_digits"),
        sa.CheckConstraint("beds between 0 and 9999", name="ck_health_facility_beds_can_be"),
        *(sa.CheckConstraint(f"{day} >= '2000-01-01'", name=f"ck_health_facility_{day}_not_too_early") for day in days),
        *(
            sa.CheckConstraint(
                f"{until} is null or ({since} is not null and {until} >= {since})",
                name=f"ck_health_facility_{until}_last",
            )
            for since, until in spells
        ),
    )
    op.create_index("ix_health_facility_unit_key", "health_facility", ["unit_key"])


def _create_residents() -> None:
    op.create_table(
        "health_resident",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("unit_key", sa.BigInteger(), nullable=False),
        sa.Column("counted_since", sa.Date(), nullable=False),
        sa.Column("counted_until", sa.Date()),
        sa.Column("book_since", sa.Date()),
        sa.Column("documents_complete_since", sa.Date()),
        sa.PrimaryKeyConstraint("id", name="pk_health_resident"),
        sa.UniqueConstraint("ref", name="uq_health_resident_ref"),
        sa.ForeignKeyConstraint(["unit_key"], ["unit.key"], name="fk_health_resident_unit_key"),
        *(
            sa.CheckConstraint(f"{day} >= '2000-01-01'", name=f"ck_health_resident_{day}_not_too_early")
            for day in ("counted_since", "book_since", "documents_complete_since")
        ),
        sa.CheckConstraint(
            "counted_until is null or counted_until >= counted_since", name="ck_health_resident_counted_until_last"
        ),
        sa.CheckConstraint(
            "documents_complete_since is null or (book_since is not null and documents_complete_since >= book_since)",
            name="ck_health_resident_documents_complete_with_the_book",
        ),
    )
    op.create_index("ix_health_resident_unit_key_counted_since", "health_resident", ["unit_key", "counted_since"])
