"""A grant reaches what it names, on its days, and an account never holds two roles that exclude each other."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from dean06_auth import grants
from dean06_auth.grants import GrantRow, GrantSector, GrantUnits, ReachKind, UnitsOf
from dean06_core.access import ALL, Action, All, DataClass, Grant, Right
from dean06_core.database import Database
from dean06_core.directory import Directory
from dean06_core.errors import BadInput
from tests.auth.province import (
    DONG_LOC,
    FIGURES,
    HA_TINH,
    NEXT_YEAR,
    PILOT_COMMUNES,
    TAX_OFFICE,
    TODAY,
    VUNG_ANG,
    count,
    give,
    give_governance,
    hire,
)

pytestmark = pytest.mark.anyio


async def test_a_grant_is_what_was_given(session: AsyncSession, directory: Directory) -> None:
    account = await hire(session)
    row = await give(session, account, "officer", sectors=("health", "tax"))
    held = await grants.live(session, account_id=account.id, reach=directory, on=TODAY)
    assert held == (
        Grant(
            role="officer",
            actions=frozenset({Action.READ, Action.RECORD}),
            sectors=frozenset({"health", "tax"}),
            units=frozenset({VUNG_ANG}),
            data_classes=frozenset(FIGURES),
            starts=date(2026, 1, 1),
            ends=NEXT_YEAR,
            id=row.id,
        ),
    )


@pytest.mark.parametrize(
    ("named", "reached"),
    [
        pytest.param([UnitsOf(ReachKind.SUBTREE, HA_TINH)], {HA_TINH, VUNG_ANG, DONG_LOC}, id="a province"),
        pytest.param([UnitsOf(ReachKind.SUBTREE, DONG_LOC)], {DONG_LOC}, id="a commune"),
        pytest.param([UnitsOf(ReachKind.GROUP, PILOT_COMMUNES)], {VUNG_ANG}, id="a group"),
        pytest.param([UnitsOf(ReachKind.AREA, TAX_OFFICE)], {HA_TINH, VUNG_ANG, DONG_LOC}, id="what an office serves"),
        pytest.param(
            [UnitsOf(ReachKind.SUBTREE, TAX_OFFICE), UnitsOf(ReachKind.GROUP, PILOT_COMMUNES)],
            {TAX_OFFICE, VUNG_ANG},
            id="an office and a group",
        ),
    ],
)
async def test_a_grant_reaches_the_units_it_names(
    session: AsyncSession, directory: Directory, named: list[UnitsOf], reached: set[int]
) -> None:
    account = await hire(session)
    await give(session, account, units=tuple(named))
    (held,) = await grants.live(session, account_id=account.id, reach=directory, on=TODAY)
    assert held.units == frozenset(reached)


async def test_a_grant_on_every_sector_and_unit_contains_them_all(session: AsyncSession, directory: Directory) -> None:
    account = await hire(session)
    await give(session, account, "secretariat", sectors=ALL, units=ALL)
    (held,) = await grants.live(session, account_id=account.id, reach=directory, on=TODAY)
    assert (held.sectors, held.units) == (ALL, ALL)


@pytest.mark.parametrize(
    ("on", "is_held"),
    [
        pytest.param(date(2025, 12, 31), False, id="the day before it starts"),
        pytest.param(date(2026, 1, 1), True, id="the day it starts"),
        pytest.param(date(2026, 12, 31), True, id="its last day"),
        pytest.param(date(2027, 1, 1), False, id="the day it ends"),
    ],
)
async def test_a_grant_is_held_on_its_days_only(
    session: AsyncSession, directory: Directory, on: date, is_held: bool
) -> None:
    account = await hire(session)
    (await give(session, account)).reviewed_on = date(2026, 12, 1)
    assert bool(await grants.live(session, account_id=account.id, reach=directory, on=on)) is is_held


async def test_what_has_ended_and_what_is_to_come_was_given_too(session: AsyncSession, directory: Directory) -> None:
    account = await hire(session)
    for starts, ends in (
        (date(2025, 1, 1), date(2026, 1, 1)),
        (date(2026, 1, 1), NEXT_YEAR),
        (NEXT_YEAR, date(2028, 1, 1)),
    ):
        (await give(session, account, starts=starts, ends=ends)).reviewed_on = ends
    await give(session, await hire(session, "binh"))
    given = await grants.ever_given(session, account_id=account.id, reach=directory, on=TODAY)
    assert sorted((grant.starts, grant.ends, grant.units) for grant in given) == [
        (date(2025, 1, 1), date(2026, 1, 1), frozenset({VUNG_ANG})),
        (date(2026, 1, 1), NEXT_YEAR, frozenset({VUNG_ANG})),
        (NEXT_YEAR, date(2028, 1, 1), frozenset({VUNG_ANG})),
    ]
    assert [each for each in given if each.is_live(TODAY)] == [
        *await grants.live(session, account_id=account.id, reach=directory, on=TODAY)
    ]


async def test_two_grants_are_not_mixed(session: AsyncSession, directory: Directory) -> None:
    account = await hire(session)
    await give(session, account, sectors=("health",), units=(UnitsOf(ReachKind.SUBTREE, VUNG_ANG),))
    await give(session, account, sectors=("tax",), units=(UnitsOf(ReachKind.SUBTREE, DONG_LOC),))
    await give(session, await hire(session, "binh"), sectors=("justice",))
    held = await grants.live(session, account_id=account.id, reach=directory, on=TODAY)
    assert [(grant.sectors, grant.units) for grant in held] == [
        (frozenset({"health"}), frozenset({VUNG_ANG})),
        (frozenset({"tax"}), frozenset({DONG_LOC})),
    ]


async def test_what_a_role_may_no_longer_hold_its_grants_have_lost(session: AsyncSession, directory: Directory) -> None:
    account = await hire(session)
    row = await give(session, account)
    row.data_classes = "AIR"
    gone = await give(session, account)
    gone.role = "district_officer"
    await session.flush()
    (held,) = await grants.live(session, account_id=account.id, reach=directory, on=TODAY)
    assert (held.id, held.data_classes) == (row.id, frozenset(FIGURES))


@pytest.mark.parametrize(
    ("changed", "code", "message"),
    [
        pytest.param(
            {"role": "chief"},
            "ROLE_UNKNOWN",
            "Không có vai trò “chief”. Hãy chọn một trong: sector_frontend, secretariat, officer, unit_head, "
            "leader, administrator, approver, auditor.",
            id="a role that there is not",
        ),
        pytest.param(
            {"sectors": ()},
            "SCOPE_EMPTY",
            "Quyền chưa nêu ngành nào nên không có hiệu lực. Hãy chọn ít nhất một ngành, hoặc mọi ngành.",
            id="no sector",
        ),
        pytest.param(
            {"units": ()},
            "SCOPE_EMPTY",
            "Quyền chưa nêu đơn vị nào nên không có hiệu lực. Hãy chọn ít nhất một đơn vị, hoặc mọi đơn vị.",
            id="no unit",
        ),
        pytest.param(
            {"data_classes": ()},
            "SCOPE_EMPTY",
            "Quyền chưa nêu loại dữ liệu nào nên không có hiệu lực. Hãy chọn ít nhất một loại.",
            id="no data class",
        ),
        pytest.param(
            {"basis": " "},
            "BASIS_MISSING",
            "Quyền chưa có căn cứ. Hãy ghi số, ngày của quyết định.",
            id="no decision",
        ),
        pytest.param(
            {"data_classes": (DataClass.AGGREGATE, DataClass.IDENTIFIED)},
            "DATA_CLASS_NOT_OF_ROLE",
            "Vai trò “Cán bộ nhập số liệu của đơn vị” không được giữ loại dữ liệu I. Hãy chỉ chọn trong: A, R.",
            id="citizens for an officer",
        ),
        pytest.param(
            {"ends": date(2026, 1, 1)},
            "GRANT_DAYS_EMPTY",
            "Quyền bắt đầu ngày 01/01/2026 nên không thể hết từ ngày 01/01/2026. "
            "Hãy chọn ngày kết thúc sau ngày bắt đầu.",
            id="no day at all",
        ),
        pytest.param(
            {"ends": date(2027, 1, 3)},
            "GRANT_TOO_LONG",
            "Quyền từ 01/01/2026 đến trước 03/01/2027 dài hơn 12 tháng. "
            "Hãy chọn ngày kết thúc không sau 02/01/2027, rồi cấp lại khi hết hạn.",
            id="a day more than twelve months",
        ),
    ],
)
async def test_a_grant_is_refused(session: AsyncSession, changed: dict[str, Any], code: str, message: str) -> None:
    account = await hire(session)
    with pytest.raises(BadInput) as refused:
        await give(session, account, **changed)
    assert (refused.value.code, refused.value.message) == (code, message)
    assert await count(session, GrantRow) == 0


async def test_a_grant_of_a_leap_year_is_given(session: AsyncSession) -> None:
    await give(session, await hire(session), starts=date(2028, 1, 1), ends=date(2029, 1, 1))
    assert await count(session, GrantRow) == 1


@pytest.mark.parametrize(
    "ends", [pytest.param(date(2026, 1, 1), id="no day"), pytest.param(date(2027, 1, 3), id="367 days")]
)
async def test_the_database_keeps_the_days_of_a_grant_too(session: AsyncSession, ends: date) -> None:
    row = await give(session, await hire(session))
    with pytest.raises(IntegrityError, match="ck_account_grant_"):
        async with session.begin_nested():
            await session.execute(sa.update(GrantRow).where(GrantRow.id == row.id).values(ends=ends))


async def test_the_database_keeps_groups_and_units_apart(session: AsyncSession) -> None:
    row = await give(session, await hire(session))
    for wrong in (
        GrantUnits(grant_id=row.id, reach=ReachKind.GROUP, unit_key=VUNG_ANG),
        GrantUnits(grant_id=row.id, reach=ReachKind.AREA, group_key=PILOT_COMMUNES),
        GrantUnits(grant_id=row.id, reach=ReachKind.AREA, unit_key=TAX_OFFICE, group_key=PILOT_COMMUNES),
    ):
        with pytest.raises(IntegrityError, match="ck_account_grant_"):
            async with session.begin_nested():
                session.add(wrong)


async def test_an_administrator_is_not_made_an_officer(session: AsyncSession) -> None:
    account = await hire(session)
    await give_governance(session, account, "administrator")
    with pytest.raises(BadInput) as refused:
        await give(session, account, "officer")
    assert (refused.value.code, refused.value.message) == (
        "ROLES_APART",
        "Tài khoản “an” đang giữ vai trò “Quản trị hệ thống” nên không được giữ thêm vai trò “Cán bộ nhập số liệu của "
        "đơn vị” trong cùng thời gian. Hãy cấp cho tài khoản của người khác.",
    )


async def test_an_officer_is_not_made_an_administrator(session: AsyncSession) -> None:
    account = await hire(session)
    await give(session, account, "officer")
    with pytest.raises(BadInput, match="không được giữ thêm vai trò “Quản trị hệ thống”"):
        await give_governance(session, account, "administrator")


async def test_an_auditor_is_given_nothing_else(session: AsyncSession) -> None:
    account = await hire(session)
    await give_governance(session, account, "auditor")
    with pytest.raises(BadInput, match="đang giữ vai trò “Cán bộ kiểm tra, giám sát”"):
        await give_governance(session, account, "approver")


async def test_another_person_may_hold_the_other_role(session: AsyncSession) -> None:
    await give_governance(session, await hire(session, "an"), "administrator")
    await give(session, await hire(session, "binh"), "officer")
    assert await count(session, GrantRow) == 2


async def test_the_same_person_may_hold_it_once_the_first_has_ended(
    session: AsyncSession, directory: Directory
) -> None:
    account = await hire(session)
    await give(session, account, "officer", ends=date(2026, 6, 1))
    await give_governance(session, account, "administrator", starts=date(2026, 6, 1))
    held = await grants.live(session, account_id=account.id, reach=directory, on=TODAY)
    assert [grant.role for grant in held] == ["administrator"]


@pytest.mark.parametrize(
    ("units", "seen"),
    [
        pytest.param(frozenset({VUNG_ANG}), 1, id="of his own commune"),
        pytest.param(frozenset({DONG_LOC}), 0, id="not of another"),
        pytest.param(ALL, 1, id="of everywhere"),
    ],
)
async def test_whoever_governs_accounts_reads_what_they_were_granted(
    database: Database, units: frozenset[int] | All, seen: int
) -> None:
    async with database.service() as session:
        await give(session, await hire(session, unit_key=VUNG_ANG))
    async with database.reading((Right(DataClass.GOVERNANCE, ALL, units),)) as session:
        assert [await count(session, table) for table in (GrantRow, GrantSector, GrantUnits)] == [seen] * 3


async def test_accounts_are_of_no_sector_so_that_whoever_governs_those_of_one_sector_reads_them(
    database: Database,
) -> None:
    async with database.service() as session:
        await give(session, await hire(session, unit_key=VUNG_ANG))
    for units, seen in ((frozenset({VUNG_ANG}), 1), (ALL, 1), (frozenset({DONG_LOC}), 0)):
        async with database.reading((Right(DataClass.GOVERNANCE, frozenset({"health"}), units),)) as session:
            assert [await count(session, table) for table in (GrantRow, GrantSector, GrantUnits)] == [seen] * 3
