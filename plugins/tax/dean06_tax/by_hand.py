"""What the resolvers should find, by looking at one code, organisation, business, station or month after the other."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final, NamedTuple, TypeVar

from dean06_core import ByHand, Measurement, Samples, Span
from dean06_tax import indicators
from dean06_tax.businesses import Business
from dean06_tax.fuel_stations import FuelStation
from dean06_tax.invoice_counts import InvoiceCount
from dean06_tax.organisations import Organisation
from dean06_tax.taxpayers import Taxpayer

_Row = TypeVar("_Row", Business, FuelStation, Organisation, Taxpayer)


class _Days(NamedTuple):
    """From when a record counts, since when it is done, and the first day without it."""

    since: date
    done: date | None
    until: date | None


def _share_of_standing(
    record: type[_Row], days: Callable[[_Row], _Days], is_counted: Callable[[_Row], bool] = lambda _: True
) -> ByHand:
    def count(records: Sequence[Any], units: Mapping[int, Collection[int]], spans: Sequence[Span]) -> set[Measurement]:
        found: set[Measurement | None] = set()
        for unit in units:
            rows = [each for each in records if isinstance(each, record) and each.unit_key == unit]
            counted = [days(row) for row in rows if is_counted(row)]
            found |= {_standing(counted, unit, span) for span in spans}
        return {each for each in found if each is not None}

    return count


def _standing(rows: Sequence[_Days], unit: int, span: Span) -> Measurement | None:
    known, below, above = [], 0, 0
    for row in rows:
        if row.since >= span.ends:
            continue
        known += [day for day in row if day is not None and day < span.ends]
        if row.until is None or row.until >= span.ends:
            below += 1
            above += row.done is not None and row.done < span.ends
    return Measurement(unit, span.period, span.window, above, below, max(known)) if known else None


def _invoices(records: Sequence[Any], units: Mapping[int, Collection[int]], spans: Sequence[Span]) -> set[Measurement]:
    """Month by month: a span that begins or ends inside a month cannot be told."""
    found: set[Measurement] = set()
    for span in spans:
        if _is_inside_a_month(span.starts) or _is_inside_a_month(span.ends):
            continue
        counts = [
            each
            for each in records
            if isinstance(each, InvoiceCount) and span.starts <= each.month and each.counted_until < span.ends
        ]
        for unit in units:
            own = [each for each in counts if each.unit_key == unit]
            if own:
                made, until = sum(each.invoices for each in own), max(each.counted_until for each in own)
                found.add(Measurement(unit, span.period, span.window, made, None, until))
    return found


def _is_inside_a_month(day: date) -> bool:
    return (day - timedelta(days=1)).month == day.month


SAMPLES: Final[Samples] = {
    "symbol": ("1C24MYY", "2K24MAB", "1C25MYY", "2K25MAB"),
    "month": ("2024-12", "2025-01", "2025-05", "2025-06", "2025-06", "2025-07", "2025-07", "2025-08"),
}
"""Symbols of the years of the months; left alone, all counts made up would be of one month."""

BY_HAND: Final[Mapping[str, ByHand]] = {
    indicators.TAX_CODES_MATCHED.code: _share_of_standing(
        Taxpayer,
        lambda row: _Days(row.listed_on, row.matched_on, row.closed_on),
        lambda row: row.phase == 2,
    ),
    indicators.REPRESENTATIVES_MATCHED.code: _share_of_standing(
        Organisation, lambda row: _Days(row.registered_on, row.representative_matched_on, row.closed_on)
    ),
    indicators.CASH_REGISTER_INVOICING.code: _share_of_standing(
        Business, lambda row: _Days(row.obliged_from, row.pos_einvoice_from, row.ended_on)
    ),
    indicators.CASH_REGISTER_INVOICES.code: _invoices,
    indicators.FUEL_INVOICING.code: _share_of_standing(
        FuelStation, lambda row: _Days(row.opened_on, row.per_sale_einvoice_from, row.closed_on)
    ),
}
