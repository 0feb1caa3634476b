"""A unit keeps its key for ever; entries give it versions, codes and roots, and saying them again changes nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dean06_core import unit_register
from dean06_core.directory import Directory
from dean06_core.errors import BadInput
from dean06_core.outcomes import Refused, Tally
from dean06_core.unit_register import FurtherCode, Predecessor, UnitEntry
from dean06_core.units import CodeScheme, SuccessionKind, UnitArea, UnitCode, UnitSuccession, UnitVersion
from tests.core.ha_tinh import (
    CITY,
    HA_TINH,
    LONG_AGO,
    REFORM,
    TODAY,
    UNITS,
    abolished,
    commune,
    department,
    office,
)

pytestmark = pytest.mark.anyio

NEXT_YEAR = date(2026, 1, 1)


@pytest.fixture
async def session(tmp_path: Path) -> AsyncIterator[AsyncSession]:
    async with office(tmp_path) as opened, opened.database.service() as session:
        yield session


async def versions(session: AsyncSession, code: str, on: date = TODAY) -> list[tuple[Any, ...]]:
    """Name, first day and end of each version of the unit that holds a code."""
    key = (await Directory.load(session)).named(code, on).key
    columns = UnitVersion.name, UnitVersion.valid_from, UnitVersion.valid_to
    rows = await session.execute(sa.select(*columns).where(UnitVersion.unit_key == key).order_by(columns[1]))
    return [tuple(row) for row in rows]


async def refusals(session: AsyncSession, entries: Sequence[UnitEntry]) -> list[tuple[tuple[str, ...], str, str]]:
    with pytest.raises(Refused) as refused:
        await unit_register.enter(session, entries)
    return [(refusal.field, refusal.code, refusal.message) for refusal in refused.value.refusals]


async def test_entering_again_changes_nothing(session: AsyncSession) -> None:
    assert await unit_register.enter(session, UNITS) == Tally(unchanged=len(UNITS))
    assert await unit_register.enter(session, UNITS[::-1]) == Tally(unchanged=len(UNITS))


async def test_a_later_entry_closes_the_version_before_it(session: AsyncSession) -> None:
    renamed = commune("18844", "Xã Kỳ Thượng Mới", valid_from=NEXT_YEAR)
    assert await unit_register.enter(session, [renamed]) == Tally(created=1)
    assert await versions(session, "18844") == [
        ("Xã Kỳ Thượng", REFORM, NEXT_YEAR),
        ("Xã Kỳ Thượng Mới", NEXT_YEAR, None),
    ]
    assert await unit_register.enter(session, [*UNITS, renamed]) == Tally(unchanged=len(UNITS) + 1)


async def test_a_later_entry_that_says_the_same_opens_no_version(session: AsyncSession) -> None:
    same = commune("18844", "Xã Kỳ Thượng", valid_from=NEXT_YEAR)
    assert await unit_register.enter(session, [same]) == Tally(unchanged=1)
    assert await versions(session, "18844") == [("Xã Kỳ Thượng", REFORM, None)]


async def test_a_correction_of_the_same_day_is_an_update(session: AsyncSession) -> None:
    assert await unit_register.enter(session, [commune("18844", "Xã Kỳ Thường")]) == Tally(updated=1)
    assert await versions(session, "18844") == [("Xã Kỳ Thường", REFORM, None)]


async def test_a_code_may_go_to_another_unit_once_its_holder_has_ended(session: AsyncSession) -> None:
    directory = await Directory.load(session)
    old, new = directory.named("18100", date(2025, 6, 30)), directory.named("18100", REFORM)
    assert old.key != new.key
    ended = commune("18844", "Xã Kỳ Thượng", valid_to=NEXT_YEAR)
    successor = commune("18844", "Xã Kỳ Lạc", valid_from=NEXT_YEAR, predecessors=(_absorbed("18844"),))
    assert await unit_register.enter(session, [successor, ended]) == Tally(created=1, updated=1)
    later = await Directory.load(session)
    assert later.named("18844", TODAY).key != later.named("18844", NEXT_YEAR).key


async def test_a_code_that_is_still_held_cannot_go_to_another_unit(session: AsyncSession) -> None:
    taken = department("so-tu-phap", "Sở Tư pháp", codes=(FurtherCode(scheme=CodeScheme.NSO, code="18844"),))
    assert await refusals(session, [taken]) == [
        (
            ("0", "code"),
            "CODE_TAKEN",
            "Ngày 01/07/2025 mã NSO “18844” vừa là của “Sở Tư pháp” vừa là của “Xã Kỳ Thượng”. "
            "Hãy ghi valid_to cho đơn vị giữ mã trước.",
        )
    ]
    allowed = replace(taken, codes=(FurtherCode(scheme=CodeScheme.QD20, code="H27.18"),))
    assert await unit_register.enter(session, [allowed]) == Tally(created=1)


async def test_a_further_code_may_take_over_on_a_day(session: AsyncSession) -> None:
    recoded = commune(
        "18844",
        "Xã Kỳ Thượng",
        codes=(
            FurtherCode(scheme=CodeScheme.NSO, code="18844", valid_to=NEXT_YEAR),
            FurtherCode(scheme=CodeScheme.NSO, code="18999", valid_from=NEXT_YEAR),
        ),
    )
    assert await unit_register.enter(session, [recoded]) == Tally(updated=1)
    directory = await Directory.load(session)
    assert directory.by_code("18844", NEXT_YEAR) is None
    assert directory.named("18999", NEXT_YEAR).key == directory.named("18844", TODAY).key


async def test_successions_keep_how_much_went_over(session: AsyncSession) -> None:
    heirs = [
        commune("19001", "Xã Một", valid_from=NEXT_YEAR, predecessors=(_absorbed("18562"),)),
        commune("19002", "Xã Hai", valid_from=NEXT_YEAR, predecessors=(_split("18565", 250_000),)),
        commune("19003", "Xã Ba", valid_from=NEXT_YEAR, predecessors=(_split("18565", None),)),
    ]
    assert await unit_register.enter(session, heirs) == Tally(created=3)
    rows = await session.execute(
        sa.select(UnitSuccession.kind, UnitSuccession.share)
        .where(UnitSuccession.effective_on == NEXT_YEAR)
        .order_by(UnitSuccession.successor_key)
    )
    assert [tuple(row) for row in rows] == [
        (SuccessionKind.ABSORB, 1_000_000),
        (SuccessionKind.SPLIT, 250_000),
        (SuccessionKind.SPLIT, None),
    ]
    assert await unit_register.enter(session, heirs) == Tally(unchanged=3)


async def test_codes_and_areas_end_with_their_unit(session: AsyncSession) -> None:
    office = department("thue-tinh", "Thuế tỉnh Hà Tĩnh", parent="VN", serves=("42",))
    dotted = FurtherCode(scheme=CodeScheme.QD20, code="H27.99")
    assert await unit_register.enter(session, [replace(office, codes=(dotted,))]) == Tally(updated=1)
    assert await unit_register.enter(session, [replace(office, valid_to=NEXT_YEAR)]) == Tally(updated=1)
    key = (await Directory.load(session)).named("thue-tinh", TODAY).key
    codes = await session.scalars(sa.select(UnitCode.valid_to).where(UnitCode.unit_key == key))
    assert codes.all() == [NEXT_YEAR, NEXT_YEAR]
    assert await session.scalar(sa.select(UnitArea.valid_to).where(UnitArea.agency_key == key)) == NEXT_YEAR


@pytest.mark.parametrize(
    ("entry", "field", "code", "message"),
    [
        pytest.param(
            commune("19001", "Xã Mới", parent="99"),
            "parent",
            "UNIT_UNKNOWN",
            "Không có đơn vị mang mã “99” vào ngày 01/07/2025. Hãy thêm đơn vị đó hoặc sửa mã.",
            id="a parent that does not exist",
        ),
        pytest.param(
            commune("19001", "Xã Mới", parent="436"),
            "parent",
            "UNIT_UNKNOWN",
            "Không có đơn vị mang mã “436” vào ngày 01/07/2025. Hãy thêm đơn vị đó hoặc sửa mã.",
            id="a parent that has ended",
        ),
        pytest.param(
            commune("19001", "Xã Mới", parent="436", valid_from=LONG_AGO),
            "parent",
            "PARENT_ENDS_FIRST",
            "“Xã Mới” trực thuộc “Thành phố Hà Tĩnh”, đơn vị này chỉ có đến ngày 01/07/2025. "
            "Hãy ghi valid_to, hoặc thêm một dòng với đơn vị cấp trên mới từ ngày đó.",
            id="a parent that ends first",
        ),
        pytest.param(
            commune("19001", "Xã Mới", valid_to=REFORM),
            "valid_to",
            "VALIDITY_EMPTY",
            "“Xã Mới” kết thúc ngày 01/07/2025, không sau ngày bắt đầu 01/07/2025. Hãy sửa một trong hai ngày.",
            id="an end that is not after the start",
        ),
        pytest.param(
            commune("19001", "Xã Mới", scheme=CodeScheme.QD20),
            "scheme",
            "EVERYDAY_CODE_MISSING",
            "“Xã Mới” chỉ có mã QD20 “19001”. Hãy thêm mã NSO hoặc SLUG để tra cứu.",
            id="no code by which it could be looked up",
        ),
        pytest.param(
            commune("19001", "Xã Mới", serves=("99",)),
            "serves",
            "UNIT_UNKNOWN",
            "Không có đơn vị mang mã “99” vào ngày 01/07/2025. Hãy thêm đơn vị đó hoặc sửa mã.",
            id="it serves a unit that does not exist",
        ),
        pytest.param(
            commune(
                "18844",
                "Xã Khác",
                valid_from=NEXT_YEAR,
                predecessors=(Predecessor(code="18844", kind=SuccessionKind.MERGE),),
            ),
            "predecessors",
            "PREDECESSOR_IS_ITSELF",
            "“Xã Khác” không thể kế thừa chính mình. Nếu mã “18844” trước đó là của đơn vị khác, "
            "hãy ghi valid_to 01/01/2026 cho đơn vị đó.",
            id="it took over from itself",
        ),
        pytest.param(
            replace(HA_TINH, parent="436", valid_from=date(2024, 1, 1)),
            "parent",
            "PARENT_ENDS_FIRST",
            "“Tỉnh Hà Tĩnh” trực thuộc “Thành phố Hà Tĩnh”, đơn vị này chỉ có đến ngày 01/07/2025. "
            "Hãy ghi valid_to, hoặc thêm một dòng với đơn vị cấp trên mới từ ngày đó.",
            id="the province below its own district",
        ),
    ],
)
async def test_an_entry_that_cannot_stand_is_refused(
    session: AsyncSession, entry: UnitEntry, field: str, code: str, message: str
) -> None:
    before = await session.scalar(sa.select(sa.func.count()).select_from(UnitVersion))
    assert (("0", field), code, message) in await refusals(session, [entry])
    assert await session.scalar(sa.select(sa.func.count()).select_from(UnitVersion)) == before
    assert not session.dirty
    assert await unit_register.enter(session, [commune("19001", "Xã Mới")]) == Tally(created=1)


async def test_a_circle_of_parents_is_refused(session: AsyncSession) -> None:
    turned = replace(HA_TINH, parent="18844", valid_from=NEXT_YEAR)
    assert await refusals(session, [commune("19001", "Xã Mới"), turned]) == [
        (
            ("1", "parent"),
            "UNIT_CYCLE",
            "Từ ngày 01/01/2026 các đơn vị trực thuộc vòng quanh nhau: “Tỉnh Hà Tĩnh” → “Xã Kỳ Thượng” → "
            "“Tỉnh Hà Tĩnh”. Hãy sửa đơn vị cấp trên của một trong các đơn vị này.",
        )
    ]


async def test_a_code_of_two_schemes_is_not_guessed(session: AsyncSession) -> None:
    both = [department("18844", "Đội số 18844"), commune("19001", "Xã Mới", parent="18844")]
    assert await refusals(session, both) == [
        (
            ("1", "parent"),
            "UNIT_AMBIGUOUS",
            "Mã “18844” vào ngày 01/07/2025 là của “Xã Kỳ Thượng” và “Đội số 18844”. Hãy đổi một trong hai mã.",
        )
    ]


async def test_one_unit_is_entered_once_a_day(session: AsyncSession) -> None:
    twice = [commune("19001", "Xã Mới"), commune("19002", "Xã Hai"), commune("19001", "Xã Khác")]
    assert await refusals(session, twice) == [
        (
            ("2", "code"),
            "UNIT_TWICE",
            "Đơn vị mang mã “19001” từ ngày 01/07/2025 đã có ở một dòng khác (“Xã Mới”). Hãy bỏ một trong hai dòng.",
        )
    ]


async def test_whoever_looks_no_further_hears_of_the_first_refusal(session: AsyncSession) -> None:
    with pytest.raises(BadInput) as refused:
        await unit_register.enter(session, [commune("19001", "Xã Mới", parent="99")])
    assert (refused.value.code, refused.value.field) == ("UNIT_UNKNOWN", ("parent",))


async def test_children_of_a_unit_that_ends_need_another_parent(session: AsyncSession) -> None:
    village = replace(commune("thon-1", "Thôn Một", parent="18844"), scheme=CodeScheme.SLUG)
    await unit_register.enter(session, [village])
    ended = commune("18844", "Xã Kỳ Thượng", valid_to=NEXT_YEAR)
    [(field, code, _)] = await refusals(session, [ended])
    assert (field, code) == (("0", "parent"), "PARENT_ENDS_FIRST")
    moved = replace(village, parent="18562", valid_from=NEXT_YEAR)
    assert await unit_register.enter(session, [ended, moved]) == Tally(created=1, updated=1)


async def test_the_old_communes_stand_below_the_district(session: AsyncSession) -> None:
    assert await unit_register.enter(session, [CITY, abolished("18097", "Phường Văn Yên")]) == Tally(1, 0, 1)


def _absorbed(code: str) -> Predecessor:
    return Predecessor(code=code, kind=SuccessionKind.ABSORB, partly=False)


def _split(code: str, share: int | None) -> Predecessor:
    return Predecessor(code=code, kind=SuccessionKind.SPLIT, partly=True, share=share)
