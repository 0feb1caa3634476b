"""What the resolvers should find, by looking at one dossier, service, procedure or adult after the other."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final, NamedTuple, TypeVar

from dean06_core import ByHand, Measurement, Samples, Span, measured_by_hand
from dean06_public_services import indicators
from dean06_public_services.adults import AdultYear
from dean06_public_services.dossiers import Channel, Dossier, VerificationChannel, VerificationKind
from dean06_public_services.essential_services import EssentialService
from dean06_public_services.procedures import Procedure

_Row = TypeVar("_Row", AdultYear, EssentialService, Procedure)


class _Days(NamedTuple):
    """From when a record counts, since when it is done, and the first day without it."""

    since: date
    done: date | None
    until: date | None = None


def _share(
    numerator: Callable[[Dossier], bool],
    denominator: Callable[[Dossier], bool] = lambda _: True,
    on: Callable[[Dossier], date | None] = lambda dossier: dossier.received_on,
) -> ByHand:
    def count(records: Sequence[Any], units: Mapping[int, Collection[int]], spans: Sequence[Span]) -> set[Measurement]:
        return measured_by_hand(
            _dossiers(records),
            units,
            spans,
            unit=lambda dossier: dossier.unit_key,
            on=on,
            numerator=numerator,
            denominator=denominator,
        )

    return count


def _number(on: Callable[[Dossier], date | None]) -> ByHand:
    """Of a unit's dossiers that came in or were finished inside the span, those with a day of that kind inside it."""

    def count(records: Sequence[Any], units: Mapping[int, Collection[int]], spans: Sequence[Span]) -> set[Measurement]:
        found: set[Measurement] = set()
        for unit in units:
            own = [each for each in _dossiers(records) if each.unit_key == unit]
            for span in spans:
                days = [day for each in own for day in (each.received_on, _finished_on(each)) if _is_inside(day, span)]
                if days:
                    number = sum(_is_inside(on(each), span) for each in own)
                    found.add(Measurement(unit, span.period, span.window, number, None, max(filter(None, days))))
        return found

    return count


def _on_time(records: Sequence[Any], units: Mapping[int, Collection[int]], spans: Sequence[Span]) -> set[Measurement]:
    """Judge each dossier in hand as it stood when the span ended, or when the newest one of the province came in."""
    found: set[Measurement] = set()
    dossiers = _dossiers(records)
    known_until = max((each.received_on for each in dossiers), default=date.max)
    for span in spans:
        for unit in units:
            on_time, seen = 0, list[date]()
            for each in dossiers:
                finished = _finished_on(each)
                if each.unit_key != unit or each.received_on >= span.ends:
                    continue
                if finished is not None and finished < span.starts:
                    continue
                if finished is not None and finished < span.ends:
                    on_time += finished <= each.due_on
                    seen.append(finished)
                else:
                    on_time += not each.due_on < min(span.ends, known_until)
                    seen.append(each.received_on)
            if seen:
                found.add(Measurement(unit, span.period, span.window, on_time, len(seen), max(seen)))
    return found


def _share_of_standing(record: type[_Row], days: Callable[[_Row], _Days], *, of_provinces: bool = False) -> ByHand:
    """Of provinces alone, with all that is inside them, or of each unit by itself.

    A unit is taken for a province if there are others inside it.
    """

    def count(records: Sequence[Any], units: Mapping[int, Collection[int]], spans: Sequence[Span]) -> set[Measurement]:
        rows = [each for each in records if isinstance(each, record)]
        found: set[Measurement | None] = set()
        for unit, inside in units.items():
            if of_provinces and len(inside) == 1:
                continue
            places = inside if of_provinces else [unit]
            own = [days(row) for row in rows if row.unit_key in places]
            found |= {_standing(own, unit, span) for span in spans}
        return {each for each in found if each is not None}

    return count


def _standing(rows: Sequence[_Days], unit: int, span: Span) -> Measurement | None:
    last_day = span.ends - timedelta(days=1)
    known = [row for row in rows if row.since <= last_day]
    if not known:
        return None
    counted = [row for row in known if row.until is None or row.until > last_day]
    done = sum(row.done is not None and row.done <= last_day for row in counted)
    seen = [day for row in known for day in row if day is not None and day <= last_day]
    return Measurement(unit, span.period, span.window, done, len(counted), max(seen))


def _dossiers(records: Sequence[Any]) -> list[Dossier]:
    return [each for each in records if isinstance(each, Dossier)]


def _finished_on(dossier: Dossier) -> date | None:
    return dossier.resolved_on or dossier.refused_on


def _is_inside(day: date | None, span: Span) -> bool:
    return day is not None and span.starts <= day < span.ends


SAMPLES: Final[Samples] = {
    "channel": (Channel.ONLINE, Channel.ONLINE, Channel.DIRECT, Channel.POST),
    "verification_kind": (None, None, None, *VerificationKind),
    "verification_channel": (None, None, None, *VerificationChannel),
}
"""Most dossiers made up of any cells are refused; of these more are taken, and not almost all of them verified."""

BY_HAND: Final[Mapping[str, ByHand]] = {
    indicators.RECEIVED.code: _number(lambda dossier: dossier.received_on),
    indicators.RESOLVED.code: _number(lambda dossier: dossier.resolved_on),
    indicators.REFUSED.code: _number(lambda dossier: dossier.refused_on),
    indicators.ONLINE.code: _share(
        lambda dossier: (
            dossier.channel is Channel.ONLINE and not (dossier.returns_paper_result and not dossier.result_digitised)
        )
    ),
    indicators.FULL_PROCESS.code: _share(
        lambda dossier: dossier.full_process is True, lambda dossier: dossier.full_process is not None
    ),
    indicators.FULL_PROCESS_PROCEDURES.code: _share_of_standing(
        Procedure,
        lambda row: _Days(row.eligible_since, row.published_on, row.eligible_until),
        of_provinces=True,
    ),
    indicators.ESSENTIAL_SERVICES.code: _share_of_standing(
        EssentialService, lambda row: _Days(row.listed_on, row.integrated_on), of_provinces=True
    ),
    indicators.ADULT_USERS.code: _share_of_standing(
        AdultYear, lambda row: _Days(row.counted_since, row.first_online_on, row.counted_until)
    ),
    indicators.ONLINE_PAYMENT.code: _share(lambda dossier: dossier.paid_online, lambda dossier: dossier.has_fee),
    indicators.RESULTS_DIGITISED.code: _share(
        lambda dossier: dossier.returns_paper_result and dossier.result_digitised,
        lambda dossier: dossier.returns_paper_result,
        lambda dossier: dossier.resolved_on,
    ),
    indicators.COMPONENTS_DIGITISED.code: _share(lambda dossier: dossier.components_digitised),
    indicators.DATA_REUSED.code: _share(lambda dossier: dossier.data_reused),
    indicators.ON_TIME.code: _on_time,
    indicators.PERSONAL_ID_LINKED.code: _share(
        lambda dossier: dossier.personal_id_linked is True, lambda dossier: dossier.personal_id_linked is not None
    ),
    indicators.IDENTITY_VERIFIED.code: _share(lambda dossier: dossier.identity_verified),
}
