"""What the resolvers should find, by looking at each visit, facility and resident."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final

from dean06_core import ByHand, Measurement, Span, measured_by_hand
from dean06_health import indicators
from dean06_health.facilities import Facility
from dean06_health.residents import Resident
from dean06_health.visits import Visit

Judged = Callable[[Any, date], bool]
"""Whether something is true of a record on a day."""


def _of_visits(above: Callable[[Visit], bool], below: Callable[[Visit], bool] = lambda _: True) -> ByHand:
    def count(records: Sequence[Any], units: Mapping[int, Collection[int]], spans: Sequence[Span]) -> set[Measurement]:
        return measured_by_hand(
            [record for record in records if isinstance(record, Visit)],
            units,
            spans,
            unit=lambda visit: visit.unit_key,
            on=lambda visit: visit.visited_on,
            numerator=above,
            denominator=below,
        )

    return count


def _standing(kind: type[Facility] | type[Resident], above: Judged, below: Judged | None, *changes: str) -> ByHand:
    """Those that are in operation, or live there, on the last day of a span; ``changes`` are the days that matter."""

    def count(records: Sequence[Any], units: Mapping[int, Collection[int]], spans: Sequence[Span]) -> set[Measurement]:
        found: set[Measurement] = set()
        for unit in units:
            own = [record for record in records if isinstance(record, kind) and record.unit_key == unit]
            for span in spans:
                on = span.ends - timedelta(days=1)
                known = [record for record in own if record.counted_since <= on]
                if not known:
                    continue
                standing = [record for record in known if _lasts(record.counted_since, record.counted_until, on)]
                days = [
                    getattr(record, name) for record in known for name in ("counted_since", "counted_until", *changes)
                ]
                found.add(
                    Measurement(
                        unit,
                        span.period,
                        span.window,
                        sum(above(record, on) for record in standing),
                        None if below is None else sum(below(record, on) for record in standing),
                        max(day for day in days if _is_done(day, on)),
                    )
                )
        return found

    return count


def _lasts(since: date | None, until: date | None, on: date) -> bool:
    return _is_done(since, on) and not _is_done(until, on)


def _is_done(day: date | None, on: date) -> bool:
    return day is not None and day <= on


def _always(_: Any, __: date) -> bool:
    return True


BY_HAND: Final[Mapping[str, ByHand]] = {
    indicators.CASHLESS_FEES.code: _of_visits(
        lambda visit: visit.paid_cashless is True, lambda visit: visit.paid_cashless is not None
    ),
    indicators.HEALTH_BOOKS.code: _standing(
        Resident, lambda resident, on: _is_done(resident.book_since, on), _always, "book_since"
    ),
    indicators.HEALTH_BOOK_USE.code: _of_visits(lambda visit: visit.used_health_book),
    indicators.ID_CARD_LOOK_UPS.code: _of_visits(
        lambda visit: visit.id_card_found is True, lambda visit: visit.id_card_found is not None
    ),
    indicators.VNEID_HEALTH_DOCUMENTS.code: _standing(
        Resident,
        lambda resident, on: _is_done(resident.documents_complete_since, on),
        _always,
        "documents_complete_since",
    ),
    indicators.FACILITIES_INTEROPERATING.code: _standing(
        Facility,
        lambda facility, on: _lasts(facility.data_sent_since, facility.data_sent_until, on),
        _always,
        "data_sent_since",
        "data_sent_until",
    ),
    indicators.VISITS_INTEROPERATED.code: _of_visits(lambda visit: visit.data_sent),
    indicators.EMR_FACILITIES.code: _standing(
        Facility,
        lambda facility, on: facility.beds > 0 and _is_done(facility.emr_published_on, on),
        lambda facility, _: facility.beds > 0,
        "emr_published_on",
    ),
    indicators.KIOSK_FACILITIES.code: _standing(
        Facility,
        lambda facility, on: _lasts(facility.kiosk_since, facility.kiosk_until, on),
        None,
        "kiosk_since",
        "kiosk_until",
    ),
}
