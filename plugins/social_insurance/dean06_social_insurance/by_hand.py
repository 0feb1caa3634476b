"""What the resolvers should find, by looking at one benefit or one insured person after the other."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final

from dean06_core import ByHand, Measurement, Span
from dean06_social_insurance import indicators
from dean06_social_insurance.beneficiaries import Beneficiary, Benefit
from dean06_social_insurance.insured_persons import InsuredPerson

Judgement = Callable[[Any, Span], bool]
"""Whether something is true of a record in a span."""


@dataclass(frozen=True, slots=True)
class _Judged:
    """What a figure counts of the records that are meant and began before a span ended."""

    is_meant: Callable[[Any], bool]
    above: Judgement
    below: Judgement | None = None
    parts: Mapping[str, Judgement] = field(default_factory=dict)

    def known(self, records: Sequence[Any], span: Span, places: Collection[int]) -> list[Any]:
        meant = [record for record in records if self.is_meant(record) and _began(record) < span.ends]
        return [record for record in meant if record.unit_key in places]

    def measurement(self, unit: int, records: Sequence[Any], span: Span, places: Collection[int]) -> Measurement | None:
        """Of the records of some places; as new as any record that is meant, wherever it is."""
        known = self.known(records, span, places)
        if not known:
            return None
        return Measurement(
            unit,
            span.period,
            span.window,
            sum(self.above(record, span) for record in known),
            None if self.below is None else sum(self.below(record, span) for record in known),
            self.as_of(records, span),
            tuple((code, sum(judge(record, span) for record in known)) for code, judge in self.parts.items()),
        )

    def as_of(self, records: Sequence[Any], span: Span) -> date:
        everywhere = {record.unit_key for record in records}
        return max(_began(record) for record in self.known(records, span, everywhere))


def _of_units(judged: _Judged) -> ByHand:
    def count(records: Sequence[Any], units: Mapping[int, Collection[int]], spans: Sequence[Span]) -> set[Measurement]:
        found = {judged.measurement(unit, records, span, {unit}) for unit in units for span in spans}
        return {each for each in found if each is not None}

    return count


def _of_provinces(judged: _Judged) -> ByHand:
    """A province is whatever has others inside."""

    def count(records: Sequence[Any], units: Mapping[int, Collection[int]], spans: Sequence[Span]) -> set[Measurement]:
        found = {
            judged.measurement(unit, records, span, inside)
            for unit, inside in units.items()
            if len(inside) > 1
            for span in spans
        }
        return {each for each in found if each is not None}

    return count


def _full_communes(judged: _Judged) -> ByHand:
    """A province is whatever has others inside, and those are its communes."""

    def count(records: Sequence[Any], units: Mapping[int, Collection[int]], spans: Sequence[Span]) -> set[Measurement]:
        found: set[Measurement] = set()
        for unit, inside in units.items():
            communes = set(inside) - {unit}
            for span in spans:
                known = [judged.measurement(commune, records, span, {commune}) for commune in communes]
                told = [each for each in known if each is not None]
                full = [each for each in told if each.numerator == each.denominator != 0]
                if told:
                    as_of = judged.as_of(records, span)
                    found.add(Measurement(unit, span.period, span.window, len(full), len(communes), as_of))
        return found

    return count


def _began(record: Beneficiary | InsuredPerson) -> date:
    return record.started_on if isinstance(record, Beneficiary) else record.joined_on


def _last_day(span: Span) -> date:
    return span.ends - timedelta(days=1)


def _is_paid(*benefits: Benefit) -> Callable[[Any], bool]:
    return lambda record: isinstance(record, Beneficiary) and record.benefit in benefits


def _receives(paid: Beneficiary, span: Span) -> bool:
    return paid.ended_on is None or _last_day(span) < paid.ended_on


def _receives_cashless(paid: Beneficiary, span: Span) -> bool:
    return _receives(paid, span) and paid.cashless_since is not None and paid.cashless_since <= _last_day(span)


def _receives_cash(paid: Beneficiary, span: Span) -> bool:
    return _receives(paid, span) and not _receives_cashless(paid, span)


def _changed(paid: Beneficiary, span: Span) -> bool:
    since = paid.cashless_since
    return since is not None and since != paid.started_on and span.starts <= since <= _last_day(span)


def _is_insured(record: Any) -> bool:
    return isinstance(record, InsuredPerson) and not record.is_armed_forces


def _takes_part(insured: InsuredPerson, span: Span) -> bool:
    return insured.left_on is None or _last_day(span) < insured.left_on


def _is_verified(insured: InsuredPerson, span: Span) -> bool:
    return _takes_part(insured, span) and insured.verified_on is not None and insured.verified_on <= _last_day(span)


def _is_unverified(insured: InsuredPerson, span: Span) -> bool:
    return _takes_part(insured, span) and not _is_verified(insured, span)


def _cashless(*benefits: Benefit, **parts: Judgement) -> _Judged:
    return _Judged(_is_paid(*benefits), _receives_cashless, _receives, parts)


_PENSIONS: Final = (Benefit.PENSION, Benefit.ALLOWANCE)

BY_HAND: Final[Mapping[str, ByHand]] = {
    indicators.IDENTITY_VERIFIED.code: _of_units(_Judged(_is_insured, _is_verified, _takes_part)),
    indicators.IDENTITY_UNVERIFIED.code: _of_units(
        _Judged(
            _is_insured,
            _is_unverified,
            parts={
                "without_id": lambda insured, span: _is_unverified(insured, span) and not insured.has_personal_id,
                "unverified": lambda insured, span: _is_unverified(insured, span) and insured.has_personal_id,
            },
        )
    ),
    indicators.PENSIONS.code: _of_units(_cashless(*_PENSIONS, cash=_receives_cash)),
    indicators.FULL_COMMUNES.code: _full_communes(_cashless(*_PENSIONS)),
    indicators.NEW_CASHLESS.code: _of_units(_Judged(_is_paid(*_PENSIONS), _changed)),
    indicators.UNEMPLOYMENT.code: _of_provinces(_cashless(Benefit.UNEMPLOYMENT)),
    indicators.SOCIAL_ASSISTANCE.code: _of_units(_cashless(Benefit.ASSISTANCE)),
}
