"""Rows that an official enters as himself, read for core's verbs: nothing in them says who states or assigns it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Generic, TypeVar

from dean06_core.figure_entries import FigureEntry
from dean06_core.imports.cells import Cells, count, day, flag, number, one_of, prose, text, understood
from dean06_core.imports.reading import Row
from dean06_core.imports.reports import Errors, RowError
from dean06_core.observations import Qualifier
from dean06_core.outcomes import Refused
from dean06_core.periods import Window
from dean06_core.target_entries import TargetEntry
from dean06_core.targets import Comparator, TargetCheck, TargetKind
from dean06_core.units import Tier

Entry = TypeVar("Entry")


@dataclass(frozen=True, slots=True)
class Sheet(Generic[Entry]):
    """The rows of a file as entries, in their order; with ``errors`` some are missing."""

    entries: Sequence[Entry]
    errors: Sequence[RowError]
    _numbers: Sequence[int]

    @staticmethod
    def read(rows: Sequence[Row], read: Callable[[Cells], Entry]) -> Sheet[Entry]:
        errors = Errors(frozenset(column for row in rows for column in row.cells))
        numbered = understood(rows, errors, read)
        return Sheet([entry for _, entry in numbered], errors.in_order, [place for place, _ in numbered])

    def told(self, refused: Refused) -> Sequence[RowError]:
        """What a verb refused, by the rows of the file."""
        errors = Errors(frozenset())
        errors.add_refused(refused, self._numbers)
        return errors.in_order


def figure(row: Cells) -> FigureEntry:
    indicator, unit = row.need("indicator", text), row.need("unit", text)
    window = row.get("window", one_of(Window), Window.PERIOD)
    numerator, denominator = row.get("numerator", _whole), row.get("denominator", _whole)
    value, qualifier = row.get("value", number), row.get("qualifier", one_of(Qualifier), Qualifier.EXACT)
    parts = tuple(
        (part.need("part", text), part.need("value", number)) for part in row.objects("parts", ("part", "value"))
    )
    no_activity, as_of = row.get("no_activity", flag, False), row.get("as_of", day)
    comment, document, section = row.get("comment", prose), row.get("document", text), row.get("section", text)
    row.finish()
    return FigureEntry(
        indicator=indicator,
        unit=unit,
        window=window,
        numerator=numerator,
        denominator=denominator,
        value=value,
        parts=parts,
        qualifier=qualifier,
        no_activity=no_activity,
        as_of=as_of,
        comment=comment,
        document=document,
        section=section,
    )


def target(row: Cells) -> TargetEntry:
    indicator, value, valid_from = row.need("indicator", text), row.need("value", number), row.need("valid_from", day)
    unit, group, tier = row.get("unit", text), row.get("group", text), row.get("tier", one_of(Tier))
    period, due_on, valid_to = row.get("period", text), row.get("due_on", day), row.get("valid_to", day)
    comparator = row.get("comparator", one_of(Comparator), Comparator.GE)
    kind = row.get("kind", one_of(TargetKind), TargetKind.ASSIGNED)
    check = row.get("check", one_of(TargetCheck), TargetCheck.EACH_PERIOD)
    row.finish()
    return TargetEntry(
        indicator=indicator,
        value=value,
        valid_from=valid_from,
        unit=unit,
        group=group,
        tier=tier,
        period=period,
        comparator=comparator,
        kind=kind,
        check=check,
        due_on=due_on,
        valid_to=valid_to,
    )


def _whole(cell: object) -> Decimal:
    return Decimal(count(cell))
