"""What the resolvers should find, by looking at one registration, dossier or account after the other."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, Final, TypeVar

from dean06_core import ByHand, Measurement, Samples, Span, measured_by_hand
from dean06_identity import indicators
from dean06_identity.card_dossiers import CardDossier
from dean06_identity.eid_accounts import EidAccount, HolderKind
from dean06_identity.registrations import Registration, RegistrationKind

_Row = TypeVar("_Row", CardDossier, EidAccount)


def _share_linked(kind: RegistrationKind) -> ByHand:
    def count(records: Sequence[Any], units: Mapping[int, Collection[int]], spans: Sequence[Span]) -> set[Measurement]:
        return measured_by_hand(
            [each for each in records if isinstance(each, Registration)],
            units,
            spans,
            unit=lambda row: row.unit_key,
            on=lambda row: row.registered_on,
            numerator=lambda row: row.kind is kind and row.linked,
            denominator=lambda row: row.kind is kind,
        )

    return count


def _number(record: type[_Row], on: Callable[[_Row], date | None], is_counted: Callable[[_Row], bool]) -> ByHand:
    def count(records: Sequence[Any], units: Mapping[int, Collection[int]], spans: Sequence[Span]) -> set[Measurement]:
        shares = measured_by_hand(
            [each for each in records if isinstance(each, record)],
            units,
            spans,
            unit=lambda row: row.unit_key,
            on=on,
            numerator=is_counted,
            denominator=lambda _: True,
        )
        return {replace(each, denominator=None) for each in shares}

    return count


def _share_that_holds(kind: HolderKind) -> ByHand:
    def count(records: Sequence[Any], units: Mapping[int, Collection[int]], spans: Sequence[Span]) -> set[Measurement]:
        found: set[Measurement | None] = set()
        for unit in units:
            accounts = [each for each in records if isinstance(each, EidAccount) and each.unit_key == unit]
            own = [each for each in accounts if each.kind is kind]
            found |= {_held(own, unit, span) for span in spans}
        return {each for each in found if each is not None}

    return count


def _held(rows: Sequence[EidAccount], unit: int, span: Span) -> Measurement | None:
    """What the holders of one unit and kind have on the last day, as of the last day on which one of them changed."""
    last_day = _day_before(span.ends)
    known = [row for row in rows if row.eligible_from <= last_day]
    if not known:
        return None
    changed_on = max(
        happened
        for row in known
        for happened in (row.eligible_from, row.eligible_until, _held_from(row), row.closed_on)
        if happened is not None
        and happened <= last_day
        and _standing(row, happened) != _standing(row, _day_before(happened))
    )
    on_last_day = [_standing(row, last_day) for row in known]
    return Measurement(
        unit,
        span.period,
        span.window,
        sum(holds for _, holds in on_last_day),
        sum(is_eligible for is_eligible, _ in on_last_day),
        changed_on,
    )


def _standing(row: EidAccount, on: date) -> tuple[bool, bool]:
    """Whether the holder is eligible on a day, and holds an account."""
    is_eligible = row.eligible_from <= on and (row.eligible_until is None or on < row.eligible_until)
    since = _held_from(row)
    has_account = since is not None and since <= on and (row.closed_on is None or on < row.closed_on)
    return is_eligible, is_eligible and has_account


def _held_from(row: EidAccount) -> date | None:
    return row.activated_on if row.kind is HolderKind.CITIZEN else row.issued_on


def _day_before(day: date) -> date:
    return day - timedelta(days=1)


BY_HAND: Final[Mapping[str, ByHand]] = {
    indicators.LINKED_BIRTHS.code: _share_linked(RegistrationKind.BIRTH),
    indicators.LINKED_DEATHS.code: _share_linked(RegistrationKind.DEATH),
    indicators.ID_CARD_DOSSIERS.code: _number(CardDossier, lambda row: row.received_on, lambda _: True),
    indicators.CITIZEN_ACCOUNTS.code: _share_that_holds(HolderKind.CITIZEN),
    indicators.FOREIGNER_ACCOUNTS.code: _number(
        EidAccount, lambda row: row.issued_on, lambda row: row.kind is HolderKind.FOREIGNER
    ),
    indicators.ORGANISATION_ACCOUNTS.code: _share_that_holds(HolderKind.ORGANISATION),
}

SAMPLES: Final[Samples] = {
    "eligible_from": ("2024-07-01", "2024-12-31", "2025-01-01", "2025-06-01", "2025-06-30", "2025-07-01"),
    "eligible_until": (None, "2025-06-30", "2025-07-06", "2025-07-31", "2025-08-01"),
    "issued_on": ("2024-12-31", "2025-06-30", "2025-07-01", "2025-07-06"),
    "activated_on": ("2024-12-31", "2025-06-30", "2025-07-01", "2025-07-06", "2025-07-07", "2025-07-31"),
    "closed_on": (None, "2025-06-30", "2025-07-06", "2025-07-07", "2025-07-31", "2025-08-01"),
}
