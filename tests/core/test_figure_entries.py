"""An officer enters the figures of a period: all of them or none, in his unit's name, within his grants."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dean06_core import acting, figure_entries, verbs
from dean06_core.access import ALL, Action, All, Caller, DataClass, Grant
from dean06_core.acting import Actor
from dean06_core.errors import BadInput, WriteRefused
from dean06_core.figure_entries import Entered, FigureEntry
from dean06_core.figures import Status
from dean06_core.observations import Observation
from dean06_core.outcomes import Refused
from tests.core.worlds import JULY, NOW, PROVINCE, Place, World, province, world

pytestmark = pytest.mark.anyio

OWN, OTHER, GONE = 2, 3, 4
TODAY = NOW.date()
RATE = "roads.paved_rate"


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[World]:
    gone = Place(GONE, valid_to=TODAY - timedelta(days=27))
    async with world(tmp_path, province(Place(OWN), Place(OTHER), gone)) as opened:
        yield opened


def officer(
    unit: int = OWN,
    *,
    units: frozenset[int] | All = frozenset({OWN}),
    sectors: frozenset[str] | All = frozenset({"roads"}),
    actions: frozenset[Action] = frozenset({Action.READ, Action.RECORD}),
) -> Caller:
    grant = Grant(
        "officer", actions, sectors, units, frozenset({DataClass.AGGREGATE}), TODAY, TODAY + timedelta(days=1)
    )
    return Caller("officer", "Cán bộ", unit, (grant,))


def entry(unit: int = OWN, numerator: Any = 7, denominator: Any = 10, **more: Any) -> FigureEntry:
    counts = {"numerator": Decimal(numerator), "denominator": Decimal(denominator)}
    return FigureEntry(indicator=RATE, unit=f"u{unit}", **(counts | more))


async def enter(
    here: World, *entries: FigureEntry, caller: Caller | None = None, dry_run: bool = False, on: date = TODAY
) -> Entered:
    actor = Actor.of(caller or officer(), here.directory, here.catalogue, NOW, on)
    return await verbs.acting(here.database, actor)(figure_entries.enter, entries, period=JULY, dry_run=dry_run)


async def kept(here: World) -> Sequence[tuple[int, int | None, int, bool]]:
    async with here.database.service_reading() as session:
        columns = Observation.unit_key, Observation.numerator, Observation.revision, Observation.official
        found = await session.execute(sa.select(*columns).order_by(Observation.unit_key, Observation.revision))
        return [tuple(row) for row in found]  # type: ignore[misc]


async def refusals(here: World, *entries: FigureEntry, caller: Caller | None = None) -> list[tuple[str, ...]]:
    """Field path and code of each refusal; nothing was kept."""
    before = await kept(here)
    with pytest.raises(BadInput) as refused:
        await enter(here, *entries, caller=caller)
    assert await kept(here) == before
    found = refused.value.refusals if isinstance(refused.value, Refused) else [refused.value]
    return [(*each.field, each.code) for each in found]


async def test_a_figure_is_kept_as_a_draft_and_answers_at_once(here: World) -> None:
    entered = await enter(here, entry())
    [figure] = entered.figures
    assert (figure.numerator, figure.denominator, figure.value, entered.unchanged) == (7, 10, Decimal(70), 0)
    assert await kept(here) == [(OWN, 7, 1, True)]


async def test_the_same_again_is_unchanged_and_another_figure_is_the_next_revision(here: World) -> None:
    await enter(here, entry())
    assert (await enter(here, entry())).unchanged == 1
    assert (await enter(here, entry(numerator=8))).unchanged == 0
    assert await kept(here) == [(OWN, 7, 1, False), (OWN, 8, 2, True)]


async def test_a_dry_run_answers_as_if_it_were_kept_and_keeps_nothing(here: World) -> None:
    [figure] = (await enter(here, entry(), dry_run=True)).figures
    assert figure.numerator == 7
    assert await kept(here) == []


async def test_nothing_arising_is_no_zero(here: World) -> None:
    [figure] = (await enter(here, FigureEntry(indicator=RATE, unit=f"u{OWN}", no_activity=True))).figures
    assert figure.status is Status.NO_ACTIVITY


async def test_one_wrong_cell_stops_all_and_each_wrong_one_is_told(here: World) -> None:
    assert await refusals(
        here,
        entry(),
        entry(numerator=11),
        entry(numerator="7.5"),
        replace(entry(), indicator="roads.paved"),
    ) == [
        ("1", "numerator", "NUMERATOR_ABOVE_DENOMINATOR"),
        ("2", "numerator", "NUMBER_NOT_WHOLE"),
        ("3", "indicator", "INDICATOR_UNKNOWN"),
    ]


async def test_a_unit_outside_is_as_unknown_as_one_that_is_nowhere(here: World) -> None:
    outside, nowhere = entry(OTHER), replace(entry(), unit="u99")
    told = []
    for each in (outside, nowhere):
        with pytest.raises(Refused) as refused:
            await enter(here, each)
        told.append(str(refused.value).replace(each.unit, "CODE"))
    assert told[0] == told[1]


async def test_a_unit_outside_is_entered_by_who_records_for_both(here: World) -> None:
    await enter(here, entry(), entry(OTHER), caller=officer(units=frozenset({OWN, OTHER})))
    assert [row[0] for row in await kept(here)] == [OWN, OTHER]


async def test_who_may_only_look_enters_nothing(here: World) -> None:
    looks = officer(actions=frozenset({Action.READ}))
    assert await refusals(here, entry(), caller=looks) == [("0", "unit", "ENTRY_NOT_ALLOWED")]


async def test_whose_unit_is_gone_may_only_look(here: World) -> None:
    moved = officer(GONE, units=frozenset({OWN, GONE}))
    assert await refusals(here, entry(), caller=moved) == [("ACCOUNT_READ_ONLY",)]
    assert (await enter(here, entry(), caller=officer(PROVINCE, units=frozenset({OWN})))).figures


async def test_the_database_refuses_what_the_verb_would_let_through(
    here: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(acting, "decide", lambda *_: True)
    with pytest.raises(WriteRefused):
        await enter(here, entry(), caller=officer(actions=frozenset({Action.READ})))
    assert await kept(here) == []


async def test_what_two_reporters_say_of_a_cell_stands_side_by_side(here: World) -> None:
    await enter(here, entry())
    await enter(here, entry(numerator=9), caller=officer(PROVINCE))
    assert [row[:3] for row in await kept(here)] == [(OWN, 7, 1), (OWN, 9, 1)]


async def test_more_cells_than_one_request_may_bring_are_refused(here: World) -> None:
    many = [entry()] * (figure_entries.MOST_ENTRIES + 1)
    assert await refusals(here, *many) == [("cells", "TOO_MANY_ENTRIES")]
    assert await enter(here, *many[:100])


async def test_nobody_gets_a_session_that_writes_for_a_function_of_his_own(here: World) -> None:
    async def looking_around(session: AsyncSession, actor: Actor) -> Sequence[Any]:
        return (await session.execute(sa.select(Observation.id))).all()

    act = verbs.acting(here.database, Actor.of(officer(), here.directory, here.catalogue, NOW, TODAY))
    with pytest.raises(PermissionError):
        await act(looking_around)


@pytest.mark.parametrize("sectors", [ALL, frozenset({"roads"})])
async def test_a_sector_is_entered_by_who_records_in_it(here: World, sectors: frozenset[str] | All) -> None:
    assert (await enter(here, entry(), caller=officer(sectors=sectors))).figures
