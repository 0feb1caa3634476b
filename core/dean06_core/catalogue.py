"""Every indicator that is known, declared by a sector or entered by the secretariat, as one value in memory."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import MappingProxyType

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dean06_core.access import ALL, All
from dean06_core.errors import BadInput, StartUpError
from dean06_core.indicators import LOCAL, Indicator, IndicatorRow, as_definition, from_definition
from dean06_core.outcomes import Outcome, Refusals, Tally
from dean06_core.records import Record
from dean06_core.sectors import Sector

_LOCAL_TITLE = "Chỉ tiêu do cơ quan thường trực nhập"


@dataclass(frozen=True)
class Catalogue:
    """Indicators by the key that stands in every figure, and the titles of sectors.

    ``seen`` says which sectors may be listed or asked for by code; a figure's
    own indicator is found by its key all the same.
    """

    by_key: Mapping[int, Indicator]
    titles: Mapping[str, str]
    seen: frozenset[str] | All = field(default=ALL)

    @staticmethod
    async def load(session: AsyncSession, sectors: Iterable[Sector]) -> Catalogue:
        """Read all indicators; one statement. Those of a sector that is not installed keep answering."""
        rows = await session.execute(sa.select(IndicatorRow.key, IndicatorRow.definition).order_by(IndicatorRow.key))
        titles = {sector.code: sector.title for sector in sectors} | {LOCAL: _LOCAL_TITLE}
        return Catalogue(
            MappingProxyType({key: from_definition(definition) for key, definition in rows}), MappingProxyType(titles)
        )

    def limited_to(self, sectors: frozenset[str] | All) -> Catalogue:
        """The same catalogue for a caller who reads in these sectors."""
        return replace(self, seen=sectors)

    @cached_property
    def by_code(self) -> Mapping[str, Indicator]:
        """By their codes, and by those that they took over."""
        return {code: self.by_key[key] for code, key in self._keys.items()}

    @cached_property
    def _keys(self) -> Mapping[str, int]:
        former = {each.takes_over: key for key, each in self.by_key.items() if each.takes_over is not None}
        return {**former, **{indicator.code: key for key, indicator in self.by_key.items()}}

    def key(self, code: str) -> int:
        return self._keys[code]

    def listed(self, sectors: Iterable[str] | None = None) -> tuple[Indicator, ...]:
        """The seen indicators, in the order of the report; of some sectors only if given."""
        wanted = None if sectors is None else {self.sector(code) for code in sectors}
        found = (
            indicator
            for indicator in self.by_key.values()
            if indicator.sector in self.seen and (wanted is None or indicator.sector in wanted)
        )
        return tuple(sorted(found, key=lambda indicator: (indicator.heading, indicator.order, indicator.code)))

    def named(self, code: str) -> Indicator:
        """The seen indicator of a code; INDICATOR_UNKNOWN, in the same words whether it is hidden or does not exist."""
        found = self.found(code)
        if found is None:
            raise BadInput(
                "INDICATOR_UNKNOWN",
                f"Không có chỉ tiêu theo dõi mang mã “{code}” trong phạm vi của bạn. Hãy tra mã ở truy vấn indicators.",
                field=("indicators",),
            )
        return found

    def found(self, code: str) -> Indicator | None:
        """As ``named``, with None where that refuses."""
        indicator = self.by_code.get(code)
        return indicator if indicator is not None and indicator.sector in self.seen else None

    def is_seen(self, sector: str) -> bool:
        return sector in self.seen

    def sector(self, code: str) -> str:
        """The code itself if that sector is seen; SECTOR_UNKNOWN in the same words otherwise."""
        if code not in self.titles or code not in self.seen:
            raise BadInput(
                "SECTOR_UNKNOWN",
                f"Không có lĩnh vực mang mã “{code}” trong phạm vi của bạn. Hãy tra mã ở truy vấn sectors.",
                field=("sectors",),
            )
        return code

    def sectors(self) -> tuple[str, ...]:
        """The codes of the sectors that are seen."""
        return tuple(code for code in sorted(self.titles) if code in self.seen)


async def register(session: AsyncSession, sectors: Sequence[Sector]) -> int:
    """Keep the declared indicators of the installed sectors; returns how many were new or changed.

    Those of a sector that is no longer installed stay as they were, for their
    figures. One that takes over a local indicator gets its key, and so its whole
    history. Three statements at most, and three more for a take-over.
    """
    await _take_over(session, [each for sector in sectors for each in sector.indicators if each.takes_over])
    outcomes = await _keep(session, [indicator for sector in sectors for indicator in sector.indicators])
    return sum(outcome is not Outcome.UNCHANGED for outcome in outcomes)


async def enter(session: AsyncSession, indicators: Sequence[Indicator]) -> Tally:
    """Keep indicators that are only reported; INDICATOR_NOT_LOCAL for a code that a plugin would own."""
    refuse_unless_local(indicators)
    return Tally.of(await _keep(session, indicators))


def refuse_unless_local(indicators: Sequence[Indicator]) -> None:
    refusals = Refusals()
    for place, indicator in enumerate(indicators):
        if indicator.sector != LOCAL:
            refusals.add(
                place,
                BadInput(
                    "INDICATOR_NOT_LOCAL",
                    f"Chỉ tiêu “{indicator.code}” không phải do cơ quan thường trực nhập. "
                    f"Hãy đặt mã bắt đầu bằng “{LOCAL}.”, ví dụ “{LOCAL}.{indicator.code.partition('.')[2]}”.",
                    field=("code",),
                ),
            )
    refusals.stop_if_any()


async def _take_over(session: AsyncSession, indicators: Sequence[Indicator]) -> None:
    """Give the rows of local indicators to those that take them over, with the sector of all that hangs on them."""
    if not indicators:
        return
    named = [code for indicator in indicators for code in (indicator.code, indicator.takes_over)]
    rows = {row.code: row for row in await session.scalars(sa.select(IndicatorRow).where(IndicatorRow.code.in_(named)))}
    for indicator in indicators:
        row = rows.get(indicator.takes_over or "")
        if row is None:
            continue
        if indicator.code in rows:
            raise StartUpError(
                f"Indicator '{indicator.code}' is to take over '{row.code}', but both have figures already. "
                "Drop takes_over, or uninstall the plugin before its indicator is first registered."
            )
        row.code, row.sector = indicator.code, indicator.sector
        for table in Record.metadata.tables.values():
            if {"indicator_key", "sector"} <= set(table.columns.keys()):
                moved = sa.update(table).where(table.c.indicator_key == row.key).values(sector=row.sector)
                await session.execute(moved)
    await session.flush()


async def _keep(session: AsyncSession, indicators: Sequence[Indicator]) -> list[Outcome]:
    stored = {row.code: row for row in await session.scalars(sa.select(IndicatorRow))}
    next_key = max((row.key for row in stored.values()), default=0) + 1
    outcomes: list[Outcome] = []
    for indicator in indicators:
        definition = json.loads(json.dumps(as_definition(indicator)))  # as it will be read again
        row = stored.get(indicator.code)
        if row is None:
            row = IndicatorRow(key=next_key, code=indicator.code, sector=indicator.sector, definition=definition)
            stored[indicator.code] = row
            session.add(row)
            next_key += 1
            outcomes.append(Outcome.CREATED)
        elif row.definition != definition:
            row.definition = definition
            outcomes.append(Outcome.UPDATED)
        else:
            outcomes.append(Outcome.UNCHANGED)
    await session.flush()
    return outcomes
