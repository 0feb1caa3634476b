"""What a sector's records say is kept as computed observations, and answers where nobody stated anything better."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dean06_core import answers, computing, contradictions
from dean06_core.answers import Question
from dean06_core.figures import FigureSource
from dean06_core.indicators import Part
from dean06_core.measuring import Measurement, Resolver, Span
from dean06_core.observations import Observation, unscaled
from dean06_core.outcomes import Outcome, Refused
from dean06_core.periods import Window
from tests.core.worlds import JULY, NOW, PROVINCE, RATE, ROADS, Place, World, province, stated, world

pytestmark = pytest.mark.anyio

EARTH, GRAVEL = Part("earth", "Đường đất"), Part("gravel", "Đường cấp phối")
BY_SURFACE = replace(ROADS, indicators=(replace(RATE, parts=(EARTH, GRAVEL)),))


async def paved(session: AsyncSession, units: Collection[int], spans: Sequence[Span], /) -> Sequence[Measurement]:
    """Every unit has paved as many kilometres as its key says, of ten; more since the year began."""
    return [
        Measurement(unit, span.period, span.window, unit, 10 if span.window is Window.PERIOD else 100, span.starts)
        for unit in units
        for span in spans
    ]


async def peeps(session: AsyncSession, units: Collection[int], spans: Sequence[Span], /) -> Sequence[Measurement]:
    """A resolver that tries to measure what is not its sector's: figures that others stated."""
    seen = await session.scalar(sa.select(sa.func.count()).select_from(Observation))
    return [Measurement(unit, span.period, span.window, seen or 0, 10, None) for unit in units for span in spans]


def unpaved(earth: int, *, otherwise: str = GRAVEL.code) -> Resolver:
    """Of two kilometres that are not paved, so many are of earth."""

    async def resolve(session: AsyncSession, units: Collection[int], spans: Sequence[Span], /) -> Sequence[Measurement]:
        parts = ((EARTH.code, earth), (otherwise, 2 - earth))
        return [
            Measurement(unit, span.period, span.window, 8, 10, span.starts, parts) for unit in units for span in spans
        ]

    return resolve


async def parts_of(here: World, unit: int) -> list[tuple[str, Decimal]]:
    """The parts of what answers for a unit in July."""
    async with here.seen_by() as session:
        question = Question(units=[unit], indicators=here.catalogue.listed(), periods=[JULY])
        [figure] = await answers.answer(session, here.directory, here.catalogue, question)
        assert figure.statement is not None
        found = await contradictions.parts(session, [figure.statement])
    return [(part.part, unscaled(part.value_scaled)) for part in found[figure.statement]]


async def compute(here: World, resolver: Resolver = paved) -> list[Outcome]:
    sector = replace(ROADS, resolvers={"roads.paved_rate": resolver})
    computed = computing.compute(
        here.database,
        sector,
        units=[2, 3],
        periods=[JULY],
        catalogue=here.catalogue,
        directory=here.directory,
        now=NOW,
    )
    return [each.outcome async for _, recorded in computed for each in recorded]


async def test_what_was_measured_answers_for_its_unit_and_adds_up_for_the_parent(tmp_path: Path) -> None:
    async with world(tmp_path, province(Place(2), Place(3))) as here:
        assert await compute(here) == [Outcome.CREATED] * 6
        async with here.seen_by() as session:
            question = Question(units=[PROVINCE, 2], indicators=here.catalogue.listed(), periods=[JULY])
            whole, own = await answers.answer(session, here.directory, here.catalogue, question)
        assert (whole.numerator, whole.denominator, whole.source) == (5, 20, FigureSource.ROLLED_UP)
        assert (own.numerator, own.denominator, own.source) == (2, 10, FigureSource.COMPUTED)


async def test_what_was_computed_of_a_unit_without_records_answers_no_longer(tmp_path: Path) -> None:
    async def only_the_second(
        session: AsyncSession, units: Collection[int], spans: Sequence[Span], /
    ) -> Sequence[Measurement]:
        return await paved(session, [3], spans)

    async with world(tmp_path, province(Place(2), Place(3))) as here:
        await compute(here)
        await here.add(stated(2, 7, 9, official=False))
        assert await compute(here, only_the_second) == [Outcome.UNCHANGED] * 3 + [Outcome.UPDATED] * 3
        assert await compute(here, only_the_second) == [Outcome.UNCHANGED] * 3
        async with here.seen_by() as session:
            question = Question(
                units=[2], indicators=here.catalogue.listed(), periods=[JULY], windows=[Window.PERIOD, Window.TO_DATE]
            )
            own, to_date = await answers.answer(session, here.directory, here.catalogue, question)
        assert (own.numerator, own.source, to_date.source) == (7, FigureSource.REPORTED, None)


async def test_a_unit_has_no_figure_of_a_period_at_whose_end_it_was_not_there(tmp_path: Path) -> None:
    gone = Place(3, valid_to=date(2025, 7, 15))
    async with world(tmp_path, province(Place(2), gone)) as here:
        assert await compute(here) == [Outcome.CREATED] * 3


async def test_measured_again_the_same_is_unchanged(tmp_path: Path) -> None:
    async with world(tmp_path, province(Place(2), Place(3))) as here:
        await compute(here)
        assert await compute(here) == [Outcome.UNCHANGED] * 6


async def test_a_resolver_measures_behind_the_wall_and_sees_no_figures(tmp_path: Path) -> None:
    async with world(tmp_path, province(Place(2), Place(3))) as here:
        await here.add(stated(2, 1, 2))
        await compute(here, peeps)
        async with here.seen_by() as session:
            measured = (await session.scalars(sa.select(Observation.numerator).where(Observation.unit_key == 3))).all()
        assert measured == [0, 0, 0]


async def test_the_parts_of_what_was_measured_are_kept_with_it(tmp_path: Path) -> None:
    async with world(tmp_path, province(Place(2), Place(3)), (BY_SURFACE,)) as here:
        assert await compute(here, unpaved(earth=2)) == [Outcome.CREATED] * 6
        assert await parts_of(here, 2) == [("earth", Decimal(2)), ("gravel", Decimal(0))]


async def test_another_share_of_a_part_is_another_statement_and_the_same_is_unchanged(tmp_path: Path) -> None:
    async with world(tmp_path, province(Place(2), Place(3)), (BY_SURFACE,)) as here:
        await compute(here, unpaved(earth=2))
        assert await compute(here, unpaved(earth=2)) == [Outcome.UNCHANGED] * 6
        assert await compute(here, unpaved(earth=1)) == [Outcome.UPDATED] * 6
        assert await parts_of(here, 2) == [("earth", Decimal(1)), ("gravel", Decimal(1))]


async def test_a_part_that_the_indicator_does_not_declare_is_refused_before_anything_is_kept(tmp_path: Path) -> None:
    async with world(tmp_path, province(Place(2), Place(3)), (BY_SURFACE,)) as here:
        with pytest.raises(Refused) as refused:
            await compute(here, unpaved(earth=1, otherwise="sand"))
        assert {(error.code, error.message) for error in refused.value.refusals} == {
            (
                "PART_UNKNOWN",
                "Chỉ tiêu “Tỷ lệ đường đã trải nhựa” không có phần “sand”. Hãy chọn một trong: earth, gravel.",
            )
        }
        async with here.seen_by() as session:
            assert await session.scalar(sa.select(sa.func.count()).select_from(Observation)) == 0
