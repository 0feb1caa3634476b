"""What the resolvers should find, by looking at each certificate, marriage and procedure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final

from dean06_core import ByHand, Measurement, Span, measured_by_hand
from dean06_justice.certificates import Certificate, Channel
from dean06_justice.indicators import CERTIFICATES_VIA_VNEID, MARRIAGE_DATA, PAPER_RECORD_PROCEDURES
from dean06_justice.marriages import Marriage
from dean06_justice.procedures import Procedure


def _issued(records: Sequence[Any], units: Mapping[int, Collection[int]], spans: Sequence[Span]) -> set[Measurement]:
    return measured_by_hand(
        [record for record in records if isinstance(record, Certificate)],
        units,
        spans,
        unit=lambda certificate: certificate.unit_key,
        on=lambda certificate: certificate.issued_on,
        numerator=lambda certificate: certificate.channel is Channel.VNEID,
        denominator=lambda _: True,
    )


def _cleaned(records: Sequence[Any], units: Mapping[int, Collection[int]], spans: Sequence[Span]) -> set[Measurement]:
    found: set[Measurement] = set()
    for unit in units:
        own = [
            (each.found_on, each.cleaned_on) for each in records if isinstance(each, Marriage) and each.unit_key == unit
        ]
        for span in spans:
            listed, done = _by_the_end_of(span, own)
            if listed:
                newest = max(listed + done)
                found.add(Measurement(unit, span.period, span.window, len(done), len(listed), newest))
    return found


def _needing_paper(
    records: Sequence[Any], units: Mapping[int, Collection[int]], spans: Sequence[Span]
) -> set[Measurement]:
    """Only a province is measured: in the small worlds where we count, the unit that has others inside it."""
    found: set[Measurement] = set()
    for unit, inside in units.items():
        if len(inside) == 1:
            continue
        own = [
            (each.listed_on, each.paper_needed_until)
            for each in records
            if isinstance(each, Procedure) and each.unit_key in inside
        ]
        for span in spans:
            listed, dropped = _by_the_end_of(span, own)
            if listed:
                newest = max(listed + dropped)
                left = len(listed) - len(dropped)
                found.add(Measurement(unit, span.period, span.window, left, None, newest))
    return found


def _by_the_end_of(span: Span, spells: Sequence[tuple[date, date | None]]) -> tuple[list[date], list[date]]:
    """On which days something began, and of what had begun by then on which days it ended."""
    last = span.ends - timedelta(days=1)
    begun = [(since, until) for since, until in spells if since <= last]
    return [since for since, _ in begun], [until for _, until in begun if until is not None and until <= last]


BY_HAND: Final[Mapping[str, ByHand]] = {
    CERTIFICATES_VIA_VNEID.code: _issued,
    MARRIAGE_DATA.code: _cleaned,
    PAPER_RECORD_PROCEDURES.code: _needing_paper,
}
