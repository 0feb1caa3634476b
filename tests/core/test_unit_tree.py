"""The closure says on every day exactly what walking up the parents of that day says."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dean06_core import unit_tree
from dean06_core.testing import statements
from dean06_core.unit_tree import Above, Spell, UnitCycle, closure
from tests.core.ha_tinh import LONG_AGO, REFORM, office

DAY_ONE = date(2025, 1, 1)
LAST = 12


@st.composite
def histories(draw: st.DrawFn) -> list[Spell]:
    """Units whose parents always have smaller keys, so that no circle can arise, moved about within a fortnight."""
    spells: list[Spell] = []
    for unit in range(1, draw(st.integers(1, 6)) + 1):
        days = sorted(draw(st.sets(st.integers(0, LAST), min_size=1, max_size=4)))
        for place, day in enumerate(days):
            until = days[place + 1] if place + 1 < len(days) else None
            ends = draw(st.sampled_from([until, day + 1])) if until is None or until > day + 1 else until
            parent = draw(st.none() | st.integers(1, unit - 1)) if unit > 1 else None
            spells.append(
                Spell(
                    unit,
                    parent,
                    f"Đơn vị {unit}",
                    DAY_ONE + timedelta(day),
                    None if ends is None else DAY_ONE + timedelta(ends),
                )
            )
    return spells


def walked_up(spells: list[Spell], unit: int, on: date) -> dict[int, int]:
    """Brute force: each unit above on a day with how many steps up it stands."""
    found: dict[int, int] = {}
    key: int | None = unit
    while key is not None:
        spell = next((s for s in spells if s.unit == key and s.starts <= on and (s.ends is None or on < s.ends)), None)
        if spell is None:
            break
        found[key] = len(found)
        key = spell.parent
    return found


@given(histories())
def test_it_is_what_walking_up_finds_on_every_day(spells: list[Spell]) -> None:
    derived = closure(spells)
    for unit in {spell.unit for spell in spells}:
        for day in range(LAST + 3):
            on = DAY_ONE + timedelta(day)
            above = {
                found.ancestor: found.depth
                for found in derived
                if found.descendant == unit and found.starts <= on and (found.ends is None or on < found.ends)
            }
            assert above == walked_up(spells, unit, on)


@given(histories())
def test_days_that_touch_and_say_the_same_are_one_entry(spells: list[Spell]) -> None:
    derived = closure(spells)
    ends = {(above.ancestor, above.descendant, above.depth, above.ends) for above in derived}
    assert not [a for a in derived if (a.ancestor, a.descendant, a.depth, a.starts) in ends]


def test_a_renaming_leaves_no_trace() -> None:
    renamed = [Spell(1, None, "Xã Cũ", LONG_AGO, REFORM), Spell(1, None, "Xã Mới", REFORM, None)]
    assert closure(renamed) == [Above(1, 1, LONG_AGO, None, 0)]


def test_units_above_one_another_in_a_circle_are_refused() -> None:
    circle = [Spell(1, 2, "Xã A", LONG_AGO, None), Spell(2, 1, "Xã B", LONG_AGO, None)]
    with pytest.raises(UnitCycle) as refused:
        closure(circle)
    assert refused.value.message == (
        "Từ ngày 12/08/1991 các đơn vị trực thuộc vòng quanh nhau: “Xã A” → “Xã B” → “Xã A”. "
        "Hãy sửa đơn vị cấp trên của một trong các đơn vị này."
    )


def test_units_that_change_places_never_stand_in_a_circle() -> None:
    swapped = [
        Spell(1, None, "Xã A", LONG_AGO, REFORM),
        Spell(2, 1, "Xã B", LONG_AGO, REFORM),
        Spell(1, 2, "Xã A", REFORM, None),
        Spell(2, None, "Xã B", REFORM, None),
    ]
    assert Above(1, 2, LONG_AGO, REFORM, 1) in closure(swapped)
    assert Above(2, 1, REFORM, None, 1) in closure(swapped)


@pytest.mark.anyio
async def test_it_is_derived_in_three_statements(tmp_path: Path) -> None:
    async with office(tmp_path) as opened:
        before = await opened.everything()
        async with opened.database.service() as session:
            with statements(opened.database) as sent:
                await unit_tree.rebuild(session)
        assert len(sent) == 3
        assert await opened.everything() == before
