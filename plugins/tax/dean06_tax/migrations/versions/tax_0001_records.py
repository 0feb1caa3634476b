"""Tax codes to match, organisations, businesses with cash registers and their invoices, fuel stations"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "tax_0001"
down_revision = None


def upgrade() -> None:
    _create(
        "tax_taxpayer",
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("phase", sa.BigInteger(), nullable=False),
        sa.Column("listed_on", sa.Date(), nullable=False),
        sa.Column("matched_on", sa.Date()),
        sa.Column("closed_on", sa.Date()),
        sa.UniqueConstraint("ref", "phase", name="uq_tax_taxpayer_ref_phase"),
        sa.CheckConstraint("phase in (1, 2)", name="ck_tax_taxpayer_phase_is_1_or_2"),
        sa.CheckConstraint("listed_on >= '2000-01-01'", name="ck_tax_taxpayer_listed_since_counting_began"),
        sa.CheckConstraint(
            "matched_on is null or matched_on >= listed_on", name="ck_tax_taxpayer_matched_after_listing"
        ),
        sa.CheckConstraint("closed_on is null or closed_on >= listed_on", name="ck_tax_taxpayer_closed_after_listing"),
        by="listed_on",
    )
    _create(
        "tax_organisation",
        sa.Column("tax_code", sa.Text(), nullable=False),
        sa.Column("registered_on", sa.Date(), nullable=False),
        sa.Column("representative_matched_on", sa.Date()),
        sa.Column("closed_on", sa.Date()),
        sa.UniqueConstraint("tax_code", name="uq_tax_organisation_tax_code"),
        sa.CheckConstraint(
            "representative_matched_on is null or representative_matched_on >= registered_on",
            name="ck_tax_organisation_matched_after_registration",
        ),
        sa.CheckConstraint(
            "closed_on is null or closed_on >= registered_on", name="ck_tax_organisation_closed_after_registration"
        ),
        by="registered_on",
    )
    _create(
        "tax_business",
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("owner", sa.String(16), nullable=False),
        sa.Column("tax_code", sa.Text()),
        sa.Column("trade", sa.String(32), nullable=False),
        sa.Column("revenue_group", sa.String(16), nullable=False),
        sa.Column("obliged_from", sa.Date(), nullable=False),
        sa.Column("pos_einvoice_from", sa.Date()),
        sa.Column("ended_on", sa.Date()),
        sa.UniqueConstraint("ref", name="uq_tax_business_ref"),
        sa.CheckConstraint(
            "(owner = 'HOUSEHOLD') = (tax_code is null)", name="ck_tax_business_only_organisations_have_a_tax_code"
        ),
        sa.CheckConstraint("obliged_from >= '2000-01-01'", name="ck_tax_business_obliged_since_counting_began"),
        sa.CheckConstraint("ended_on is null or ended_on >= obliged_from", name="ck_tax_business_ended_after_it_began"),
        by="obliged_from",
    )
    _create(
        "tax_invoice_count",
        sa.Column("business_ref", sa.Text(), nullable=False),
        sa.Column("symbol", sa.Text(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("counted_until", sa.Date(), nullable=False),
        sa.Column("invoices", sa.BigInteger(), nullable=False),
        sa.UniqueConstraint("business_ref", "symbol", "month", name="uq_tax_invoice_count_business_ref_symbol_month"),
        sa.CheckConstraint("substr(symbol, 5, 1) = 'M'", name="ck_tax_invoice_count_made_on_a_cash_register"),
        sa.CheckConstraint("month >= '2000-01-01'", name="ck_tax_invoice_count_made_since_counting_began"),
        sa.CheckConstraint("counted_until >= month", name="ck_tax_invoice_count_counted_in_its_month"),
        sa.CheckConstraint("invoices >= 0", name="ck_tax_invoice_count_no_fewer_than_none"),
        by="month",
    )
    _create(
        "tax_fuel_station",
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("tax_code", sa.Text(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("per_sale_einvoice_from", sa.Date()),
        sa.Column("closed_on", sa.Date()),
        sa.UniqueConstraint("ref", name="uq_tax_fuel_station_ref"),
        sa.CheckConstraint(
            "per_sale_einvoice_from is null or per_sale_einvoice_from >= opened_on",
            name="ck_tax_fuel_station_invoices_after_opening",
        ),
        sa.CheckConstraint(
            "closed_on is null or closed_on >= opened_on", name="ck_tax_fuel_station_closed_after_opening"
        ),
        by="opened_on",
    )


def downgrade() -> None:
    for table in ("tax_fuel_station", "tax_invoice_count", "tax_business", "tax_organisation", "tax_taxpayer"):
        op.drop_table(table)


def _create(table: str, *own: sa.Column[Any] | sa.Constraint, by: str) -> None:
    """A table of records of units, found by unit and day."""
    op.create_table(
        table,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit_key", sa.BigInteger(), nullable=False),
        *own,
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
        sa.ForeignKeyConstraint(["unit_key"], ["unit.key"], name=f"fk_{table}_unit_key"),
    )
    op.create_index(f"ix_{table}_unit_key_{by}", table, ["unit_key", by])
