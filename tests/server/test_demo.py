"""The demonstration is made from nothing, made again without harm, and never in somebody's own database."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from dean06_auth import sign_ins
from dean06_auth.attempts import Shown
from dean06_auth.grants import GrantRow
from dean06_core.database import Address, Database, backend_of
from dean06_core.errors import BadInput, StartUpError
from dean06_core.testing.databases import everything_kept
from dean06_server import demo
from dean06_server.cli import main
from dean06_server.clock import business_day
from dean06_server.demo import Made, mark
from dean06_server.demo.accounts import PEOPLE
from dean06_server.installation import Installation
from tests.server.conftest import NOW, Demonstration, tell

pytestmark = pytest.mark.anyio

TODAY = business_day(NOW)


@pytest.fixture
def made(demonstration: Demonstration) -> Made:
    return demonstration.made


@pytest.fixture
async def copied(installation: Installation, demonstration: Demonstration, tmp_path: Path) -> AsyncIterator[Database]:
    """The demonstration again, for one test."""
    with demonstration.template.copied(tmp_path) as address:
        opened = installation.database(address)
        yield opened
        await opened.close()


@pytest.fixture
def told(nowhere: Address, monkeypatch: pytest.MonkeyPatch) -> Address:
    """Where commands make a database."""
    tell(monkeypatch, nowhere)
    return nowhere


@pytest.fixture
async def database(installation: Installation, nowhere: Address) -> AsyncIterator[Database]:
    """One that nothing was made in yet."""
    opened = installation.database(nowhere)
    yield opened
    await opened.close()


async def sign_in(database: Database, login: str, password: str) -> None:
    await sign_ins.sign_in(database, Shown(login, password), now=NOW, on=TODAY)


async def test_it_is_filled_with_the_report_of_a_month(made: Made) -> None:
    assert {noun: (report.created, report.errors) for noun, report in made.reports.items()} == {
        "units": (324, ()),
        "groups": (4, ()),
        "documents": (41, ()),
        "indicators": (4, ()),
        "targets": (25, ()),
        "observations": (53, ()),
        "tasks": (52, ()),
        "mentions": (0, ()),
        "systems": (24, ()),
    }


async def test_every_account_signs_in_with_the_one_password(copied: Database, made: Made) -> None:
    assert [person.login for person in PEOPLE] == [
        "secretariat",
        "secretariat.2",
        "health",
        "tax",
        "justice",
        "social-insurance",
        "commune.18823",
        "head.18823",
        "admin",
        "approver",
        "auditor",
    ]
    for person in PEOPLE:
        await sign_in(copied, person.login, made.password)


async def test_made_again_the_rows_stay_and_the_password_is_another(
    installation: Installation, copied: Database, made: Made
) -> None:
    again = await demo.make(installation, copied, now=NOW)
    assert {(report.created, report.updated) for report in again.reports.values()} == {(0, 0)}
    assert again.password != made.password
    await sign_in(copied, "health", again.password)
    with pytest.raises(BadInput):
        await sign_in(copied, "health", made.password)


async def test_made_again_after_a_year_the_grants_are_renewed(installation: Installation, copied: Database) -> None:
    async def granted() -> int:
        async with copied.service_reading() as session:
            return await session.scalar(sa.select(sa.func.count()).select_from(GrantRow)) or 0

    places = sum(len(person.sees) for person in PEOPLE)
    assert await granted() == places
    await demo.make(installation, copied, now=NOW + timedelta(days=300))
    assert await granted() == places
    await demo.make(installation, copied, now=NOW + timedelta(days=340))
    assert await granted() == 2 * places


async def test_somebodys_own_database_is_refused_and_left_as_it_is(
    installation: Installation, database: Database
) -> None:
    await installation.bring_up(database)
    before = await everything_kept(database)
    with pytest.raises(StartUpError, match="was not made by 'dean06 demo' and is left as it is"):
        await demo.make(installation, database, now=NOW)
    assert not await mark.is_demo(database)
    assert await everything_kept(database) == before


async def test_the_mark_travels_with_a_copy(copied: Database) -> None:
    assert await mark.is_demo(copied)


# the command


def test_the_command_asks_its_questions_and_says_how_to_go_on(told: Address) -> None:
    shown = CliRunner().invoke(main, ["demo"])
    assert shown.exit_code == 0, shown.output
    for truth in (
        "42,9%",
        "≥ 50% (tối thiểu)",
        "hơn 31%",
        "> 90% (được giao)",
        "Cannot query field 'justice' on type 'Query'.",
        "99.94% (mục 1.2(2))",
        "20 đơn vị chưa đạt (1 cấp tỉnh, 19 cấp xã)",
        "9 đơn vị chưa đạt (8 cấp tỉnh, 1 cấp xã)",
        "báo cáo nêu quá hạn",
        "65,22%",
        "Xã bên cạnh (18844): không có.",
        backend_of(told, {}).name,
        "http://localhost:8000/graphiql/",
    ):
        assert truth in shown.output
    assert re.search(r"Tổng số +│ 52 ", shown.output)


def test_without_questions_it_only_fills_the_database(installation: Installation, told: Address) -> None:
    shown = CliRunner().invoke(main, ["demo", "--no-questions"])
    assert shown.exit_code == 0, shown.output
    assert "42,9%" not in shown.output
    assert re.search(r"Mật khẩu: +[a-z0-9]{4}-[a-z0-9]{4}-[a-z0-9]{4} ", shown.output)
    assert asyncio.run(_is_demo(installation, told))


def test_an_operator_takes_any_token_in_a_demonstration_and_not_elsewhere(
    installation: Installation, demonstrated: Address
) -> None:
    taken = CliRunner().invoke(main, ["account", "token", "admin"])
    assert taken.exit_code == 0
    assert re.fullmatch(r"d06_[A-Za-z0-9_-]{43}\n", taken.stdout)
    assert "Hết hạn lúc" in taken.stderr
    asyncio.run(_take_the_mark_away(installation, demonstrated))
    refused = CliRunner().invoke(main, ["account", "token", "admin", "--reason", "Thử"])
    assert refused.exit_code == 1
    assert "không lấy mã truy cập thay được" in refused.output
    without_reason = CliRunner().invoke(main, ["account", "token", "health"])
    assert "Hãy ghi lý do bằng --reason." in without_reason.output
    assert CliRunner().invoke(main, ["account", "token", "health", "--reason", "Thử"]).exit_code == 0


@pytest.mark.usefixtures("demonstrated")
def test_the_schema_of_an_account_is_without_what_it_may_not_see() -> None:
    shown = CliRunner().invoke(main, ["schema", "--as", "health"])
    assert shown.exit_code == 0
    assert "  health: " in shown.output
    assert "justice" not in shown.output.lower()
    unknown = CliRunner().invoke(main, ["schema", "--as", "nobody"])
    assert (unknown.exit_code, unknown.output) == (1, "Error: There is no account 'nobody'.\n")


async def _is_demo(installation: Installation, address: Address) -> bool:
    database = installation.database(address)
    try:
        return await mark.is_demo(database)
    finally:
        await database.close()


async def _take_the_mark_away(installation: Installation, address: Address) -> None:
    database = installation.database(address)
    await database.backend.write_mark("")
    await database.close()
