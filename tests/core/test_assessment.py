"""The most specific target of each kind speaks; judged is what is due, then what binds, then the strictest."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from dean06_core import answers
from dean06_core.answers import Question
from dean06_core.assessment import Assessment
from dean06_core.figures import Figure
from dean06_core.observations import Qualifier, Slice, scaled
from dean06_core.periods import Period
from dean06_core.targets import Comparator, Target, TargetCheck, TargetKind, TargetRule
from dean06_core.units import Tier, UnitGroupMember, UnitGroupRow, UnitLevel
from tests.core.worlds import JULY, LONG_AGO, PROVINCE, RATE, Place, World, province, stated, world

pytestmark = pytest.mark.anyio

COMMUNE, OFFICE = 2, 3
PLACES = province(Place(COMMUNE), Place(OFFICE, level=UnitLevel.DEPARTMENT, tier=Tier.PROVINCIAL))


def assigned(value: str, **given: Any) -> Target:
    """A target for the whole province unless something else is given."""
    return Target(
        **{
            "indicator_key": 1,
            "sector": "roads",
            "rule": TargetRule.PROVINCE,
            "within_key": PROVINCE,
            "value_scaled": scaled(Decimal(value)),
            "comparator": Comparator.GE,
            "kind": TargetKind.ASSIGNED,
            "check": TargetCheck.EACH_PERIOD,
            "valid_from": LONG_AGO,
            **given,
        }
    )


def for_unit(value: str, unit: int, **given: Any) -> Target:
    return assigned(value, rule=TargetRule.UNIT, within_key=unit, addressee_key=unit, **given)


def for_tier(value: str, tier: Tier, **given: Any) -> Target:
    return assigned(value, rule=TargetRule.TIER, tier=tier, **given)


def due(value: str, on: date, **given: Any) -> Target:
    return assigned(value, check=TargetCheck.AT_DEADLINE, due_on=on, **given)


async def figure(here: World, unit: int = COMMUNE, period: Period = JULY, **question: Any) -> Figure:
    async with here.seen_by() as session:
        asked = Question(units=[unit], indicators=[RATE], periods=[period], **question)
        return (await answers.answer(session, here.directory, here.catalogue, asked))[0]


@pytest.mark.parametrize(
    ("parts", "comparator", "level", "assessment"),
    [
        pytest.param((1, 2), Comparator.GE, "50", Assessment.MET, id="exactly the floor"),
        pytest.param((1, 2), Comparator.GT, "50", Assessment.NOT_MET, id="over 50 is not 50"),
        pytest.param(
            (49_999, 100_000), Comparator.GE, "50", Assessment.NOT_MET, id="50.00 when rounded is still below"
        ),
        pytest.param((1, 2), Comparator.LE, "50", Assessment.MET, id="at most"),
        pytest.param((1, 2), Comparator.LT, "50", Assessment.NOT_MET, id="less than"),
        pytest.param((1, 2), Comparator.EQ, "50", Assessment.MET, id="exactly"),
        pytest.param((0, 0), Comparator.GE, "50", Assessment.NO_ACTIVITY, id="nothing happened"),
    ],
)
async def test_a_figure_is_compared_unrounded(
    tmp_path: Path, parts: tuple[int, int], comparator: Comparator, level: str, assessment: Assessment
) -> None:
    async with world(tmp_path, PLACES) as here:
        await here.add(stated(COMMUNE, *parts), assigned(level, comparator=comparator))
        assert (await figure(here)).assessment is assessment


async def test_more_than_the_level_over_which_it_has_to_be_is_met(tmp_path: Path) -> None:
    async with world(tmp_path, PLACES) as here:
        over = stated(COMMUNE, value_scaled=90_000_000, qualifier=Qualifier.MORE_THAN)
        await here.add(over, stated(OFFICE, value_scaled=90_000_000), assigned("90", comparator=Comparator.GT))
        assert (await figure(here)).assessment is Assessment.MET
        assert (await figure(here, OFFICE)).assessment is Assessment.NOT_MET


async def test_without_a_target_nothing_is_met_or_missed(tmp_path: Path) -> None:
    async with world(tmp_path, PLACES) as here:
        await here.add(stated(COMMUNE, 1, 2))
        found = await figure(here)
        assert (found.met, found.gap, found.assessment) == (None, None, Assessment.NO_TARGET)


async def test_without_a_figure_a_target_is_not_missed(tmp_path: Path) -> None:
    async with world(tmp_path, PLACES) as here:
        await here.add(assigned("70"))
        found = await figure(here)
        assert (found.met, found.assessment) == (None, Assessment.NO_DATA)


async def test_the_most_specific_rule_speaks(tmp_path: Path) -> None:
    async with world(tmp_path, PLACES) as here:
        await here.add(
            UnitGroupRow(key=1, code="mountain", name="Xã miền núi", within_key=PROVINCE),
            stated(COMMUNE, 1, 2),
            assigned("10", rule=TargetRule.NATIONAL),
            assigned("20"),
            for_tier("30", Tier.COMMUNE),
        )
        await here.add(UnitGroupMember(group_key=1, unit_key=COMMUNE, valid_from=LONG_AGO))
        await here.reload()
        steps = [
            (None, TargetRule.TIER),
            (assigned("40", rule=TargetRule.GROUP, group_key=1), TargetRule.GROUP),
            (for_unit("50", COMMUNE), TargetRule.UNIT),
            (for_unit("60", COMMUNE, period="2025-08"), TargetRule.UNIT),
            (
                assigned(
                    "70", rule=TargetRule.UNIT_PERIOD, within_key=COMMUNE, addressee_key=COMMUNE, period="2025-07"
                ),
                TargetRule.UNIT_PERIOD,
            ),
        ]
        for added, rule in steps:
            if added is not None:
                await here.add(added)
            judged = (await figure(here)).judged
            assert judged is not None
            assert judged.target.rule is rule


async def test_a_target_for_a_tier_speaks_to_its_members_and_its_sum_but_not_to_the_unit_around(tmp_path: Path) -> None:
    async with world(tmp_path, PLACES) as here:
        await here.add(
            stated(PROVINCE, 9_944, 10_000),
            stated(OFFICE, 9_612, 10_000),
            stated(PROVINCE, 7_094, 7_128, share="tier:PROVINCIAL"),
            for_tier("100", Tier.PROVINCIAL),
        )
        assert (await figure(here, PROVINCE)).assessment is Assessment.NO_TARGET
        assert (await figure(here, OFFICE)).assessment is Assessment.NOT_MET
        by_tier = await figure(here, PROVINCE, slice=Slice.TIER)
        assert (by_tier.cell.tier, by_tier.assessment) == (Tier.PROVINCIAL, Assessment.NOT_MET)


async def test_an_aspiration_does_not_fail_a_unit_that_keeps_its_floor(tmp_path: Path) -> None:
    async with world(tmp_path, PLACES) as here:
        await here.add(
            stated(COMMUNE, 9_968, 10_000),
            assigned("99.5", kind=TargetKind.FLOOR),
            assigned("100", kind=TargetKind.ASPIRATION),
        )
        found = await figure(here)
        assert found.assessment is Assessment.MET
        assert [level.target.kind for level in found.levels] == [TargetKind.FLOOR, TargetKind.ASPIRATION]


async def test_an_aspiration_alone_is_judged(tmp_path: Path) -> None:
    async with world(tmp_path, PLACES) as here:
        await here.add(stated(COMMUNE, 9_968, 10_000), assigned("100", kind=TargetKind.ASPIRATION))
        assert (await figure(here)).assessment is Assessment.NOT_MET


@pytest.mark.parametrize(
    ("period", "assessment"),
    [
        pytest.param("2025-07", Assessment.NOT_DUE, id="before the deadline"),
        pytest.param("2025-08", Assessment.NOT_DUE, id="the month before"),
        pytest.param("2025-09", Assessment.NOT_MET, id="the month that ends on the deadline"),
        pytest.param("2025-10", Assessment.NOT_MET, id="after it"),
    ],
)
async def test_a_target_at_its_deadline_is_due_from_the_period_that_reaches_it(
    tmp_path: Path, period: str, assessment: Assessment
) -> None:
    month = Period.parse(period)
    async with world(tmp_path, PLACES) as here:
        await here.add(stated(COMMUNE, 1, 2, period=month), due("100", date(2025, 9, 30)))
        assert (await figure(here, period=month)).assessment is assessment


async def test_what_is_due_is_judged_before_what_is_stricter_and_not_due(tmp_path: Path) -> None:
    async with world(tmp_path, PLACES) as here:
        await here.add(stated(COMMUNE, 3, 4), assigned("70"), due("100", date(2025, 12, 31)))
        assert (await figure(here)).assessment is Assessment.MET


async def test_a_new_decision_replaces_the_level_from_the_month_in_which_it_holds(tmp_path: Path) -> None:
    june = Period.parse("2025-06")
    async with world(tmp_path, PLACES) as here:
        await here.add(
            stated(COMMUNE, 60, 100),
            stated(COMMUNE, 60, 100, period=june),
            for_tier("50", Tier.COMMUNE),
            for_tier("70", Tier.COMMUNE, valid_from=date(2025, 7, 15)),
        )
        assert (await figure(here, period=june)).assessment is Assessment.MET
        assert (await figure(here)).assessment is Assessment.NOT_MET


async def test_a_linear_target_grows_evenly_to_its_deadline(tmp_path: Path) -> None:
    async with world(tmp_path, PLACES) as here:
        half_way = assigned("100", check=TargetCheck.LINEAR, valid_from=date(2025, 1, 1), due_on=date(2026, 2, 27))
        await here.add(stated(COMMUNE, 1, 2), half_way)
        found = await figure(here)
        assert found.judged is not None
        assert (found.judged.value, found.assessment) == (Fraction(50), Assessment.MET)


async def test_the_gap_is_what_is_missing_and_negative_beyond_the_target(tmp_path: Path) -> None:
    async with world(tmp_path, PLACES) as here:
        await here.add(
            stated(COMMUNE, value_scaled=65_220_000), stated(OFFICE, value_scaled=97_960_000), assigned("70")
        )
        assert (await figure(here)).gap == Decimal("4.78")
        assert (await figure(here, OFFICE)).gap == Decimal("-27.96")


async def test_a_target_for_another_unit_is_not_seen_by_a_caller_outside_it(tmp_path: Path) -> None:
    async with world(tmp_path, PLACES) as here:
        await here.add(stated(COMMUNE, 1, 2), stated(OFFICE, 1, 2), for_unit("90", OFFICE), assigned("40"))
        async with here.seen_by(units=frozenset({COMMUNE})) as session:
            asked = Question(units=[COMMUNE, OFFICE], indicators=[RATE], periods=[JULY])
            own, foreign = await answers.answer(session, here.directory, here.catalogue, asked)
        assert [level.value for level in own.levels] == [40]
        assert [level.value for level in foreign.levels] == [40]
        assert [level.value for level in (await figure(here, OFFICE)).levels] == [90]
