"""A group has members from a day on; a later entry lets go whoever it does not name."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from dean06_core import unit_groups
from dean06_core.directory import Directory
from dean06_core.outcomes import Refused, Tally
from dean06_core.unit_groups import GroupEntry
from tests.core.ha_tinh import REFORM, TODAY, office

pytestmark = pytest.mark.anyio

AUTUMN = date(2025, 10, 1)
NEXT_YEAR = date(2026, 1, 1)


@pytest.fixture
async def session(tmp_path: Path) -> AsyncIterator[AsyncSession]:
    async with office(tmp_path) as opened, opened.database.service() as session:
        yield session


async def entry(
    session: AsyncSession,
    *codes: str,
    valid_from: date = REFORM,
    valid_to: date | None = None,
    name: str = "Thí điểm",
    within: str = "42",
) -> GroupEntry:
    directory = await Directory.load(session)
    return GroupEntry(
        code="thi-diem",
        name=name,
        within=directory.named(within, TODAY).key,
        members=frozenset(directory.named(code, TODAY).key for code in codes),
        valid_from=valid_from,
        valid_to=valid_to,
    )


async def members(session: AsyncSession, on: date) -> list[str]:
    directory = await Directory.load(session)
    return [unit.code for unit in directory.group_members(directory.group("thi-diem").key, on)]


async def test_a_later_entry_lets_go_whoever_it_does_not_name(session: AsyncSession) -> None:
    first = await entry(session, "18073", "18844")
    second = await entry(session, "18844", "18562", valid_from=NEXT_YEAR, name="Thí điểm 2026")
    assert await unit_groups.form(session, [first, second]) == Tally(created=1, updated=1)
    assert await members(session, TODAY) == ["18073", "18844"]
    assert await members(session, NEXT_YEAR) == ["18562", "18844"]
    assert (await Directory.load(session)).group("thi-diem").name == "Thí điểm 2026"
    assert await unit_groups.form(session, [first, second]) == Tally(unchanged=2)


async def test_a_member_may_be_added_from_the_first_day(session: AsyncSession) -> None:
    await unit_groups.form(session, [await entry(session, "18073")])
    assert await unit_groups.form(session, [await entry(session, "18073", "18844")]) == Tally(updated=1)
    assert await members(session, REFORM) == ["18073", "18844"]


async def test_a_group_may_end(session: AsyncSession) -> None:
    await unit_groups.form(session, [await entry(session, "18073")])
    ending = await entry(session, "18073", valid_to=NEXT_YEAR)
    assert await unit_groups.form(session, [ending]) == Tally(updated=1)
    assert await members(session, NEXT_YEAR) == []
    assert await unit_groups.form(session, [ending]) == Tally(unchanged=1)


async def test_nobody_leaves_on_the_day_he_came(session: AsyncSession) -> None:
    await unit_groups.form(session, [await entry(session, "18073", "18844")])
    with pytest.raises(Refused) as refused:
        await unit_groups.form(session, [await entry(session, "18073")])
    assert refused.value.message == (
        "Nhóm “thi-diem” đã có các thành viên khác từ ngày 01/07/2025. "
        "Hãy nêu đủ thành viên, hoặc ghi valid_from sau ngày đó."
    )
    assert await members(session, TODAY) == ["18073", "18844"]
    leaving = await entry(session, "18073", valid_from=NEXT_YEAR)
    assert await unit_groups.form(session, [leaving]) == Tally(updated=1)


async def test_what_was_settled_later_is_not_undone(session: AsyncSession) -> None:
    await unit_groups.form(
        session, [await entry(session, "18073"), await entry(session, "18844", valid_from=NEXT_YEAR)]
    )
    with pytest.raises(Refused) as refused:
        await unit_groups.form(session, [await entry(session, "18073", "18562", valid_from=date(2025, 10, 1))])
    assert refused.value.message == (
        "Nhóm “thi-diem” đã có các thành viên khác từ ngày 01/01/2026. "
        "Hãy nêu đủ thành viên, hoặc ghi valid_from sau ngày đó."
    )
    assert await unit_groups.form(session, [await entry(session, "18073", valid_from=date(2025, 10, 1))]) == Tally(
        0, 0, 1
    )


async def test_a_group_stays_within_its_unit(session: AsyncSession) -> None:
    await unit_groups.form(session, [await entry(session, "18073")])
    with pytest.raises(Refused) as refused:
        await unit_groups.form(session, [await entry(session, "18073", within="VN")])
    assert (refused.value.code, refused.value.field) == ("GROUP_CONFLICT", ("within",))
