"""Which units are below their target in a period, by tier, with who is new among them and who has left."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from dean06_core import answers, writing
from dean06_core.assessment import Assessment
from dean06_core.catalogue import Catalogue
from dean06_core.directory import Directory, Unit
from dean06_core.figures import Figure
from dean06_core.indicators import Indicator
from dean06_core.periods import Period, Window
from dean06_core.units import Tier

_TIER_WORDS: Final = {
    Tier.CENTRAL: "đơn vị trung ương",
    Tier.PROVINCIAL: "đơn vị cấp tỉnh",
    Tier.DISTRICT: "đơn vị cấp huyện",
    Tier.COMMUNE: "đơn vị cấp xã",
}


@dataclass(frozen=True, slots=True)
class Shortfall:
    """The units whose own statement misses the judged target; sums of other units are not listed.

    ``entered`` were not below in the previous period, ``left`` were and are no
    longer; both only count units with a figure in both periods.
    """

    indicator: Indicator
    period: Period
    window: Window
    rows: tuple[Figure, ...]
    entered: tuple[Unit, ...]
    left: tuple[Unit, ...]
    by_tier: Mapping[Tier, int]
    text: str


async def below_target(
    session: AsyncSession,
    directory: Directory,
    catalogue: Catalogue,
    *,
    indicators: Sequence[Indicator],
    period: Period,
    window: Window,
    units: Collection[int] | None = None,
) -> list[Shortfall]:
    """One shortfall for each indicator that somebody misses or has just stopped missing; two statements."""
    before = period.previous()
    found = await answers.stated(
        session, directory, catalogue, indicators=indicators, periods=(period, before), window=window, units=units
    )
    shortfalls = [
        _shortfall(
            directory, indicator, period, window, [each for each in found if each.indicator is indicator], before
        )
        for indicator in indicators
    ]
    return [shortfall for shortfall in shortfalls if shortfall.rows or shortfall.left]


def _shortfall(
    directory: Directory, indicator: Indicator, period: Period, window: Window, found: Sequence[Figure], before: Period
) -> Shortfall:
    now = {each.cell.unit: each for each in found if each.cell.period == period}
    then = {each.cell.unit: each for each in found if each.cell.period == before}
    below = {unit for unit, each in now.items() if each.assessment is Assessment.NOT_MET}
    was_below = {unit for unit, each in then.items() if each.assessment is Assessment.NOT_MET}
    in_order = sorted(
        below, key=lambda unit: (list(Tier).index(directory.unit(unit, period.last_day).tier), directory.position[unit])
    )
    rows = tuple(now[unit] for unit in in_order)

    def units(keys: Collection[int]) -> tuple[Unit, ...]:
        return tuple(directory.unit(key, period.last_day) for key in sorted(keys, key=directory.position.__getitem__))

    named = units(in_order)
    by_tier = {tier: count for tier in Tier if (count := sum(unit.tier is tier for unit in named))}
    return Shortfall(
        indicator,
        period,
        window,
        rows,
        entered=units({unit for unit in below - was_below if unit in then}),
        left=units({unit for unit in was_below - below if unit in now}),
        by_tier=by_tier,
        text=_text(directory, indicator, period, rows, by_tier),
    )


def _text(
    directory: Directory, indicator: Indicator, period: Period, rows: Sequence[Figure], by_tier: Mapping[Tier, int]
) -> str:
    """The paragraph of the report: how many units of which tier, then each with its figure."""
    if not rows:
        return f"{indicator.name}: tất cả đơn vị có số liệu đều đạt mức chỉ tiêu giao."
    counts = " và ".join(f"{count:02d} {_TIER_WORDS[tier]}" for tier, count in by_tier.items())
    listed = "; ".join(f"{directory.unit(row.cell.unit, period.last_day).name} ({writing.figure(row)})" for row in rows)
    return f"{indicator.name}: {len(rows):02d} đơn vị chưa đạt mức chỉ tiêu giao, gồm {counts}: {listed}."
