"""Whoever administers accounts of a unit is told why one may do something or may not; nobody else is told anything."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from dean06_auth.accounts import AccountState
from dean06_auth.grants import ReachKind, UnitsOf
from dean06_core import catalogue, migrating
from dean06_core.access import ALL, Action, All, Caller, DataClass, Grant
from dean06_core.catalogue import Catalogue
from dean06_core.database import Address, Database
from dean06_core.directory import Directory
from dean06_core.migrating import CORE, History
from dean06_core.records import declared_access, records_of
from dean06_core.sectors import Sector
from dean06_core.testing.places import Template, template
from tests.auth import province
from tests.auth.province import ACCOUNTS, DONG_LOC, HA_TINH, TODAY, VUNG_ANG, give, hire
from tests.core.worlds import ROADS, World
from tests.schema.asking import Told, ask

pytestmark = pytest.mark.anyio

TABLES = declared_access([*records_of("dean06_core"), *records_of("dean06_auth")])
SECTORS = (ROADS, Sector(code="rivers", title="Đường thủy"))
QUESTION = """query (
  $login: String!, $action: String!, $unit: String!, $sector: String, $class: DataClass!, $on: Date
) {
  explainAccess(login: $login, action: $action, unit: $unit, sector: $sector, dataClass: $class, on: $on) {
    allowed reason by { role starts ends sectors { code } units { code } }
  }
}"""


@pytest.fixture(scope="module")
def settled() -> Template:
    return asyncio.run(template(_settle))


async def _settle(address: Address) -> None:
    """An officer of each commune, who records figures of roads there, and others of Vũng Áng."""
    database = Database(address, TABLES)
    await migrating.upgrade(database, [CORE, History("auth", "dean06_auth.migrations")])
    async with database.service() as session:
        await session.run_sync(province.settle)
        await catalogue.register(session, SECTORS)
        for login, unit in (("an", VUNG_ANG), ("binh", DONG_LOC)):
            own = (UnitsOf(ReachKind.SUBTREE, unit),)
            await give(session, await hire(session, login, unit_key=unit), sectors=("roads",), units=own)
        await hire(session, "chi")
        over = await hire(session, "dung")
        await give(session, over, sectors=("roads",), ends=date(2026, 5, 1))
        to_come = await hire(session, "em")
        await give(session, to_come, sectors=("roads",), starts=date(2026, 7, 1))
        both = await hire(session, "giang")
        await give(session, both, sectors=("roads",))
        await give(session, both, sectors=("rivers",), units=(UnitsOf(ReachKind.SUBTREE, DONG_LOC),))
        twice = await hire(session, "lan")
        await give(session, twice, sectors=("roads",))
        wrong = await give(session, twice, "leader", sectors=("roads",), data_classes=(DataClass.AGGREGATE,))
        wrong.role, wrong.data_classes = "auditor", "G"
        for login, state in (("ha", AccountState.SUSPENDED), ("khanh", AccountState.CLOSED)):
            await give(session, await hire(session, login, state=state), sectors=("roads",))
    await database.close()


@pytest.fixture
async def here(tmp_path: Path, settled: Template) -> AsyncIterator[World]:
    with settled.copied(tmp_path) as address:
        database = Database(address, TABLES, readers=1)
        async with database.service_reading() as session:
            directory, indicators = await Directory.load(session), await Catalogue.load(session, SECTORS)
        yield World(database, directory, indicators, SECTORS)
        await database.close()


def administrator(
    units: frozenset[int] | All = ALL,
    *,
    sectors: frozenset[str] | All = ALL,
    actions: frozenset[Action] = frozenset({Action.READ, Action.ADMINISTER}),
    data_classes: frozenset[DataClass] = frozenset(ACCOUNTS),
    ends: date = date(2027, 1, 1),
) -> Caller:
    grant = Grant("administrator", actions, sectors, units, data_classes, date(2026, 1, 1), ends)
    return Caller("quan-tri", "Quản trị", HA_TINH, (grant,))


ADMINISTRATOR = administrator()
OF_VUNG_ANG = administrator(frozenset({VUNG_ANG}))


async def explained(
    here: World,
    login: str,
    *,
    action: str = "RECORD",
    unit: str = f"unit-{VUNG_ANG}",
    sector: str | None = "roads",
    data_class: str = "AGGREGATE",
    on: date | None = None,
    by: Caller = ADMINISTRATOR,
) -> Told:
    variables = {"login": login, "action": action, "unit": unit, "sector": sector, "class": data_class}
    if on is not None:
        variables["on"] = on.isoformat()
    return await ask(here, QUESTION, variables, by=by, on=TODAY)


async def test_what_is_allowed_names_the_grant(here: World) -> None:
    told = await explained(here, "an")
    assert (told.errors, len(told.statements)) == ([], 2)
    assert told.data["explainAccess"] == {
        "allowed": True,
        "reason": "Ngày 15/06/2026 tài khoản “an” được nhập số liệu theo vai trò “Cán bộ nhập số liệu của đơn vị”, "
        "có hiệu lực từ 01/01/2026 đến trước 01/01/2027.",
        "by": {
            "role": "officer",
            "starts": "2026-01-01",
            "ends": "2027-01-01",
            "sectors": [{"code": "roads"}],
            "units": [{"code": f"unit-{VUNG_ANG}"}],
        },
    }


IN_FORCE = "Ngày 15/06/2026 không quyền nào đang có hiệu lực của tài khoản"


@pytest.mark.parametrize(
    ("login", "asked", "reason"),
    [
        pytest.param(
            "chi", {}, "Tài khoản “chi” chưa được cấp quyền nào. Hãy đề nghị cấp quyền.", id="nothing was granted"
        ),
        pytest.param(
            "dung",
            {},
            f"{IN_FORCE} “dung” cho phép việc này; quyền gần nhất đã hết từ 01/05/2026. Hãy đề nghị cấp lại.",
            id="it has ended",
        ),
        pytest.param(
            "em",
            {},
            f"{IN_FORCE} “em” cho phép việc này; quyền gần nhất có từ 01/07/2026. Hãy chờ, hoặc đề nghị cấp sớm hơn.",
            id="it is to come",
        ),
        pytest.param(
            "an",
            {"action": "ASSIGN"},
            f"{IN_FORCE} “an” được giao nhiệm vụ, giao mức chỉ tiêu. "
            "Hãy đề nghị cấp một trong các vai trò: “Cơ quan thường trực Tổ công tác”.",
            id="an action of another role",
        ),
        pytest.param(
            "an",
            {"unit": f"unit-{DONG_LOC}"},
            f"{IN_FORCE} “an” gồm Xã Đồng Lộc (unit-3). Hãy đề nghị cấp quyền tại đơn vị này.",
            id="another unit",
        ),
        pytest.param(
            "an",
            {"sector": "rivers"},
            f"{IN_FORCE} “an” gồm lĩnh vực “rivers”. Hãy đề nghị cấp quyền trong lĩnh vực cần làm.",
            id="another sector",
        ),
        pytest.param(
            "an",
            {"data_class": "GOVERNANCE", "sector": None},
            f"{IN_FORCE} “an” gồm loại dữ liệu GOVERNANCE. Hãy đề nghị cấp một trong các vai trò: “Thủ trưởng đơn vị”, "
            "“Quản trị hệ thống”, “Người phê duyệt quyền”, “Cán bộ kiểm tra, giám sát”.",
            id="another data class",
        ),
        pytest.param(
            "an",
            {"data_class": "IDENTIFIED"},
            f"{IN_FORCE} “an” gồm loại dữ liệu IDENTIFIED. Chưa vai trò nào có quyền này.",
            id="a data class of no role",
        ),
        pytest.param(
            "giang",
            {"sector": "rivers"},
            f"{IN_FORCE} “giang” gồm đủ việc, đơn vị, lĩnh vực và loại dữ liệu đã hỏi, dù từng phần có ở các quyền "
            "khác nhau. Hãy đề nghị cấp một quyền gồm đủ.",
            id="roads here and rivers there",
        ),
        pytest.param(
            "lan",
            {},
            "Ngày 15/06/2026 tài khoản “lan” giữ cả hai vai trò “Cán bộ nhập số liệu của đơn vị” và “Cán bộ kiểm tra, "
            "giám sát”, không được giữ cùng lúc nên cả hai đều không có hiệu lực. Hãy thu hồi một vai trò.",
            id="two roles that exclude each other",
        ),
        pytest.param(
            "ha",
            {},
            "Tài khoản “ha” đang tạm khóa nên không vào được hệ thống. Hãy mở lại tài khoản, hoặc dùng tài khoản khác.",
            id="a suspended account",
        ),
        pytest.param(
            "khanh",
            {},
            "Tài khoản “khanh” đã đóng nên không vào được hệ thống. Hãy mở lại tài khoản, hoặc dùng tài khoản khác.",
            id="a closed account",
        ),
    ],
)
async def test_a_refusal_says_what_is_missing(here: World, login: str, asked: dict[str, Any], reason: str) -> None:
    told = await explained(here, login, **asked)
    assert told.errors == []
    assert told.data["explainAccess"] == {"allowed": False, "reason": reason, "by": None}


@pytest.mark.parametrize(
    ("login", "on", "allowed"),
    [
        pytest.param("dung", date(2026, 4, 30), True, id="the last day of what has ended"),
        pytest.param("dung", date(2026, 5, 1), False, id="the day it ends"),
        pytest.param("em", date(2026, 7, 1), True, id="the first day of what is to come"),
        pytest.param("em", date(2026, 6, 30), False, id="the day before"),
    ],
)
async def test_it_is_explained_for_any_day(here: World, login: str, on: date, allowed: bool) -> None:
    told = await explained(here, login, on=on)
    assert told.data["explainAccess"]["allowed"] is allowed


async def test_the_directory_is_open_to_every_active_account(here: World) -> None:
    asked: dict[str, Any] = {"action": "READ", "sector": None, "data_class": "DIRECTORY"}
    open_to, shut_to = await explained(here, "chi", **asked), await explained(here, "ha", **asked)
    assert open_to.data["explainAccess"] == {
        "allowed": True,
        "reason": "Danh mục là dữ liệu mà ai đăng nhập cũng được xem; tài khoản “chi” không cần quyền riêng.",
        "by": None,
    }
    assert shut_to.data["explainAccess"]["allowed"] is False


async def test_a_login_is_found_however_it_is_written(here: World) -> None:
    told = await explained(here, " AN ")
    assert told.data["explainAccess"]["allowed"] is True


async def test_an_account_of_another_unit_is_unknown_as_one_that_never_was(here: World) -> None:
    foreign, unknown = [await explained(here, login, by=OF_VUNG_ANG) for login in ("binh", "nobody")]
    told = await explained(here, "binh")
    assert (foreign.data, unknown.data) == (None, None)
    assert foreign.errors[0]["message"] == (
        "Không có tài khoản “binh” trong phạm vi quản trị của bạn. Hãy kiểm tra tên đăng nhập."
    )
    assert foreign.errors[0]["extensions"] == {"code": "ACCOUNT_UNKNOWN", "field": ["login"]}
    assert str(foreign.errors).replace("binh", "...") == str(unknown.errors).replace("nobody", "...")
    assert foreign.statements == unknown.statements
    assert told.errors == []


async def test_to_read_accounts_is_not_to_administer_them(here: World) -> None:
    """Of two grants one reads the accounts of Đồng Lộc, the other administers those of Vũng Áng."""
    reads = replace(administrator(frozenset({DONG_LOC})).grants[0], role="auditor", actions=frozenset({Action.READ}))
    both = replace(OF_VUNG_ANG, grants=(*OF_VUNG_ANG.grants, reads))
    assert (await explained(here, "binh", by=both)).codes == ["ACCOUNT_UNKNOWN"]
    assert (await explained(here, "an", by=both)).errors == []


@pytest.mark.parametrize(
    ("argument", "hidden", "unknown", "code"),
    [
        pytest.param("unit", f"unit-{DONG_LOC}", "unit-9", "UNIT_UNKNOWN", id="unit"),
        pytest.param("sector", "rivers", "clouds", "SECTOR_UNKNOWN", id="sector"),
    ],
)
async def test_a_place_outside_is_unknown_as_one_that_never_was(
    here: World, argument: str, hidden: str, unknown: str, code: str
) -> None:
    by = administrator(frozenset({VUNG_ANG}), sectors=frozenset({"roads"}))
    asked: list[dict[str, Any]] = [{argument: hidden}, {argument: unknown}]
    outside, never = [await explained(here, "an", by=by, **each) for each in asked]
    assert outside.codes == never.codes == [code]
    assert outside.errors[0]["extensions"]["field"] == [argument]
    assert str(outside.errors).replace(hidden, "...") == str(never.errors).replace(unknown, "...")
    assert (await explained(here, "an", **asked[0])).errors == []


async def test_an_action_that_there_is_not_is_refused_with_those_there_are(here: World) -> None:
    told = await explained(here, "an", action="DELETE")
    assert [error["message"] for error in told.errors] == [
        "Không có việc “DELETE”. Hãy chọn một trong: READ, RECORD, ASSIGN, ADMINISTER, PROPOSE, APPROVE."
    ]


@pytest.mark.parametrize(
    ("by", "is_shown"),
    [
        pytest.param(ADMINISTRATOR, True, id="an administrator"),
        pytest.param(OF_VUNG_ANG, True, id="an administrator of one commune"),
        pytest.param(administrator(ends=TODAY), False, id="one whose grant has ended"),
        pytest.param(administrator(actions=frozenset({Action.READ})), False, id="whoever only reads accounts"),
        pytest.param(
            administrator(data_classes=frozenset({DataClass.AGGREGATE})), False, id="whoever administers figures"
        ),
        pytest.param(replace(ADMINISTRATOR, grants=()), False, id="whoever was granted nothing"),
    ],
)
async def test_only_administrators_are_shown_the_question(here: World, by: Caller, is_shown: bool) -> None:
    shown = await ask(here, '{ __type(name: "AccessDecision") { name } }', by=by, on=TODAY)
    told = await explained(here, "an", by=by)
    assert shown.data == {"__type": {"name": "AccessDecision"} if is_shown else None}
    assert (told.errors == []) is is_shown
    if not is_shown:
        assert told.codes == ["GRAPHQL_VALIDATION_FAILED"]
        assert told.errors[0]["message"] == "Cannot query field 'explainAccess' on type 'Query'."
