"""No way to accounts, grants, passwords or tokens leads outside the pass, and no caller changes any of them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from dean06_auth import accounts, tokens
from dean06_core.database import Database
from dean06_core.records import Record, declared_access, records_of
from dean06_core.testing import faults
from dean06_core.testing.leaks import Matrix
from tests.auth.province import DONG_LOC, NOW, VUNG_ANG, give, hire

pytestmark = pytest.mark.anyio

TABLES = declared_access([*records_of("dean06_core.units"), *records_of("dean06_auth")])
OWN = [pytest.param(record, id=record.__tablename__) for record in records_of("dean06_auth")]


@pytest.fixture
async def matrix(database: Database) -> Matrix:
    """Each of two communes has an account with a password, a grant and a token; a third account has nothing."""
    async with database.service() as session:
        await hire(session, "chi")
        for login, unit in (("an", VUNG_ANG), ("binh", DONG_LOC)):
            await _settle_in(session, login, unit)
    return await Matrix.of(database, TABLES)


@pytest.mark.parametrize("record", OWN)
async def test_no_way_shows_a_row_outside_the_pass(matrix: Matrix, record: type[Record]) -> None:
    faults.tell(*await matrix.reading(record))


@pytest.mark.parametrize("record", OWN)
async def test_no_way_changes_a_row(matrix: Matrix, record: type[Record]) -> None:
    faults.tell(*await matrix.changing(record))


async def _settle_in(session: AsyncSession, login: str, unit: int) -> None:
    account = await accounts.open(
        session, login=login, name="Nguyễn Văn An", unit_key=unit, password="một mật khẩu dài", now=NOW
    )
    await give(session, account)
    await tokens.issue(session, account_id=account.id, now=NOW, lifetime=timedelta(hours=1))
