"""The tax sector: what ``dean06-tax`` adds to an installation."""

from __future__ import annotations

from typing import Final

from dean06_core import Sector, hookimpl
from dean06_tax.businesses import BUSINESSES, Business
from dean06_tax.fuel_stations import FUEL_STATIONS, FuelStation
from dean06_tax.indicators import INDICATORS
from dean06_tax.invoice_counts import INVOICE_COUNTS, InvoiceCount
from dean06_tax.organisations import ORGANISATIONS, Organisation
from dean06_tax.query import TaxQuery
from dean06_tax.resolvers import RESOLVERS
from dean06_tax.taxpayers import TAXPAYERS, Taxpayer

SECTOR: Final = Sector(
    code="tax",
    title="Thuế",
    indicators=INDICATORS,
    resolvers=RESOLVERS,
    tables=(Taxpayer, Organisation, Business, InvoiceCount, FuelStation),
    records={
        "taxpayers": TAXPAYERS,
        "organisations": ORGANISATIONS,
        "businesses": BUSINESSES,
        "invoice_counts": INVOICE_COUNTS,
        "fuel_stations": FUEL_STATIONS,
    },
    sdk=(1, 0),
    migrations="dean06_tax.migrations",
    query=TaxQuery,
)


@hookimpl
def declare_sector() -> Sector:
    return SECTOR
