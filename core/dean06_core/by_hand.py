"""What a resolver should find, counted row by row: too slow to serve, and plain enough to be seen to be right.

A sector ships it beside its resolvers as ``BY_HAND`` of a module ``by_hand``,
so that whoever installs the plugin can have the two compared.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, TypeAlias, TypeVar

from dean06_core.measuring import Measurement, Span

ByHand: TypeAlias = Callable[[Sequence[Any], Mapping[int, Collection[int]], Sequence[Span]], set[Measurement]]
"""What an indicator's resolver should find in the records of the sector, of all its tables.

The asked units are keys; each leads to the units inside it, itself included.
"""

Samples: TypeAlias = Mapping[str, Sequence[Any]]
"""Cells of columns whose type and refusals do not tell what may stand there, by the column's name."""

_Row = TypeVar("_Row")


def measured_by_hand(
    rows: Iterable[_Row],
    units: Collection[int],
    spans: Iterable[Span],
    *,
    unit: Callable[[_Row], int],
    on: Callable[[_Row], date | None],
    numerator: Callable[[_Row], bool],
    denominator: Callable[[_Row], bool],
) -> set[Measurement]:
    """The share of rows, by the day on which each counts; a row without that day counts nowhere."""
    dated = [(unit(row), day, numerator(row), denominator(row)) for row in rows if (day := on(row)) is not None]
    found: set[Measurement] = set()
    for span in spans:
        for key in units:
            inside = [entry for entry in dated if entry[0] == key and span.starts <= entry[1] < span.ends]
            if inside:
                found.add(
                    Measurement(
                        key,
                        span.period,
                        span.window,
                        sum(above for _, _, above, _ in inside),
                        sum(below for _, _, _, below in inside),
                        max(day for _, day, _, _ in inside),
                    )
                )
    return found
