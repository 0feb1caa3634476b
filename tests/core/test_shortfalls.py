"""The list of units below target counts them by tier as they are, and knows who is new on it and who has left."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from dean06_core import shortfalls
from dean06_core.access import ALL
from dean06_core.observations import scaled
from dean06_core.periods import Period, Window
from dean06_core.shortfalls import Shortfall
from dean06_core.targets import Comparator, Target, TargetCheck, TargetKind, TargetRule
from dean06_core.testing import statements
from dean06_core.units import Tier, UnitLevel
from tests.core.worlds import JULY, LONG_AGO, PROVINCE, Place, World, province, stated, world

pytestmark = pytest.mark.anyio

JUNE = Period.parse("2025-06")
OFFICE = Place(2, level=UnitLevel.DEPARTMENT, tier=Tier.PROVINCIAL, name="Sở Xây dựng")
PLACES = province(OFFICE, Place(3, name="Xã Kỳ Thượng"), Place(4, name="Xã Cẩm Hưng"), Place(5, name="Xã Can Lộc"))
SEVENTY = {
    "indicator_key": 1,
    "sector": "roads",
    "rule": TargetRule.PROVINCE,
    "within_key": PROVINCE,
    "value_scaled": scaled(Decimal(70)),
    "comparator": Comparator.GE,
    "kind": TargetKind.ASSIGNED,
    "check": TargetCheck.EACH_PERIOD,
    "valid_from": LONG_AGO,
}


async def below(here: World, seen: frozenset[int] | None = None, **asked: Any) -> list[Shortfall]:
    async with here.seen_by(units=ALL if seen is None else seen) as session:
        return await shortfalls.below_target(
            session,
            here.directory,
            here.catalogue,
            **{"indicators": here.catalogue.listed(), "period": JULY, "window": Window.PERIOD, **asked},
        )


async def test_units_are_counted_by_their_own_tier_and_named_with_their_figures(tmp_path: Path) -> None:
    async with world(tmp_path, PLACES) as here:
        bare = {2: 40_000_000, 3: 1_920_000, 4: 0, 5: 70_000_000}
        await here.add(Target(**SEVENTY), *(stated(unit, value_scaled=value) for unit, value in bare.items()))
        [found] = await below(here)
        assert dict(found.by_tier) == {Tier.PROVINCIAL: 1, Tier.COMMUNE: 2}
        assert [row.cell.unit for row in found.rows] == [2, 3, 4]
        assert found.text == (
            "Tỷ lệ đường đã trải nhựa: 03 đơn vị chưa đạt mức chỉ tiêu giao, gồm 01 đơn vị cấp tỉnh và "
            "02 đơn vị cấp xã: Sở Xây dựng (40%); Xã Kỳ Thượng (1,92%); Xã Cẩm Hưng (0%)."
        )


async def test_who_entered_and_who_left_is_known_only_of_units_with_figures_in_both_periods(tmp_path: Path) -> None:
    async with world(tmp_path, PLACES) as here:
        await here.add(
            Target(**SEVENTY),
            stated(2, 8, 10, period=JUNE),
            stated(3, 1, 10, period=JUNE),
            stated(4, 1, 10, period=JUNE),
            stated(2, 1, 10),
            stated(3, 9, 10),
            stated(5, 1, 10),
        )
        [found] = await below(here)
        assert [unit.key for unit in found.entered] == [2]
        assert [unit.key for unit in found.left] == [3]
        assert [row.cell.unit for row in found.rows] == [2, 5]


async def test_an_indicator_that_everybody_meets_is_not_listed_unless_somebody_has_just_left(tmp_path: Path) -> None:
    async with world(tmp_path, PLACES) as here:
        await here.add(Target(**SEVENTY), stated(2, 8, 10))
        assert await below(here) == []
        await here.add(stated(2, 1, 10, period=JUNE))
        [found] = await below(here)
        assert (found.rows, [unit.key for unit in found.left]) == ((), [2])
        assert found.text == "Tỷ lệ đường đã trải nhựa: tất cả đơn vị có số liệu đều đạt mức chỉ tiêu giao."


async def test_a_caller_is_told_of_his_own_units_only(tmp_path: Path) -> None:
    async with world(tmp_path, PLACES) as here:
        await here.add(Target(**SEVENTY), stated(2, 1, 10), stated(3, 1, 10))
        [found] = await below(here, frozenset({3}))
        assert [row.cell.unit for row in found.rows] == [3]
        [all_units] = await below(here)
        assert len(all_units.rows) == 2


async def test_the_list_takes_two_statements_however_many_units(tmp_path: Path) -> None:
    async with world(tmp_path, PLACES) as here:
        await here.add(Target(**SEVENTY), *(stated(unit, 1, 10) for unit in (2, 3, 4, 5)))
        with statements(here.database) as sent:
            await below(here)
        assert len(sent) == 2
