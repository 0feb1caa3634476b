"""No way to accounts, grants, passwords or tokens leads outside the pass, and no caller changes any of them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dean06_auth import accounts, people, tokens
from dean06_auth.accounts import Account
from dean06_auth.duties import Duty, StandIn
from dean06_auth.lockouts import SignInAttempts
from dean06_auth.moves import AccountMove
from dean06_auth.own_passwords import EarlierPassword
from dean06_auth.profile import DeviceKind
from dean06_auth.provider_sign_ins import ProviderFlow, ProviderHandover
from dean06_auth.registers import SystemAccount, SystemHeadcount
from dean06_auth.review_rows import AccessReview, ReviewedGrant
from dean06_auth.second_factors import RecoveryCode, SecondFactor
from dean06_auth.shared_use import SessionUse, SharedUseNote
from dean06_auth.shared_use.uses import Rule, Severity
from dean06_auth.shared_use.watch import Rung
from dean06_auth.standing_days import AccountDay, DayKind
from dean06_auth.tokens import AccessToken
from dean06_core.database import Database
from dean06_core.records import Record, declared_access, new_id, records_of
from dean06_core.testing import faults
from dean06_core.testing.leaks import Matrix
from dean06_core.testing.places import Template
from tests.auth.conftest import RECORDS
from tests.auth.province import DONG_LOC, NEXT_YEAR, NOW, TODAY, VUNG_ANG, give, hire

pytestmark = pytest.mark.anyio

TABLES = declared_access([*records_of("dean06_core.units"), *records_of("dean06_auth")])
OWN = [pytest.param(record, id=record.__tablename__) for record in records_of("dean06_auth")]


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
async def matrix(tmp_path_factory: pytest.TempPathFactory, settled: Template) -> AsyncIterator[Matrix]:
    """One for all: whatever one way left behind, the next would meet."""
    with settled.copied(tmp_path_factory.mktemp("leaks")) as address:
        database = Database(address, declared_access(RECORDS), readers=1)
        yield await _matrix_of(database)
        await database.close()


async def _matrix_of(database: Database) -> Matrix:
    """Each of two communes has an account with a password, a duty, a grant and a token; a third account has nothing.

    One more account in each would be of somebody who has none.
    """
    async with database.service() as session:
        await hire(session, "chi")
        for login, unit in (("an", VUNG_ANG), ("binh", DONG_LOC)):
            await _settle_in(session, login, unit)
        somebody = [(await people.unknown(session)).id for _ in range(3)]
        accounts_there = (await session.execute(sa.select(Account.__table__))).mappings().all()
        factors = (await session.execute(sa.select(SecondFactor.__table__))).mappings().all()
        noted = (await session.execute(sa.select(SharedUseNote.__table__))).mappings().all()
        reviews = (await session.execute(sa.select(AccessReview.__table__))).mappings().all()
    of_heads = [{**row, "id": new_id(), "of_reviewers": True} for row in reviews]
    waiting = [{**row, "id": new_id(), "confirmed_at": None} for row in factors]
    later = [{**row, "id": new_id(), "since": row["since"] + timedelta(hours=1)} for row in noted]
    spares = [
        {**row, "id": new_id(), "login": f"{row['login']}.2", "person_id": person}
        for row, person in zip(accounts_there, somebody, strict=True)
    ]
    copies = {"account": spares, "access_review": of_heads, "second_factor": waiting, "shared_use_note": later}
    return await Matrix.of(database, TABLES, copies)


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
    duty = Duty(
        account_id=account.id,
        unit_key=unit,
        function="Nhập số liệu",
        decision="QĐ 01/QĐ-UBND",
        starts=TODAY,
        ends=NEXT_YEAR,
        assigned_by="quan-tri",
        assigned_at=NOW,
    )
    session.add(duty)
    await session.flush()
    stand_in = StandIn(
        duty_id=duty.id,
        account_id=account.id,
        starts=TODAY,
        ends=TODAY + timedelta(days=5),
        named_by="thu-truong",
        named_at=NOW,
    )
    session.add(stand_in)
    grant = await give(session, account)
    review = AccessReview(
        unit_key=unit, of_reviewers=False, opened_on=TODAY, opened_by="quan-tri", due_on=TODAY + timedelta(days=30)
    )
    session.add_all([review, AccountDay(account_id=account.id, on=TODAY, kind=DayKind.USED)])
    await session.flush()
    session.add(ReviewedGrant(review_id=review.id, grant_id=grant.id))
    await tokens.issue(session, account_id=account.id, now=NOW, lifetime=timedelta(hours=1))
    session.add_all(
        [
            EarlierPassword(account_id=account.id, password_hash="$argon2id$", replaced_at=NOW),
            AccountMove(account_id=account.id, on=TODAY, left_key=unit),
            RecoveryCode(account_id=account.id, digest=bytes(range(unit, unit + 32)), made_at=NOW),
            SecondFactor(account_id=account.id, sealed=b"sealed", enrolled_at=NOW, confirmed_at=NOW),
            SystemAccount(system="mot-cua", as_of=TODAY, login=login, holder=login, unit_key=unit),
            SystemHeadcount(system="mot-cua", as_of=TODAY, unit_key=unit, people=1),
            SignInAttempts(source=f"192.0.2.{unit}", bucket=unit, count=1, since=NOW),
            ProviderFlow(digest=bytes(range(unit, unit + 32)), source="192.0.2.1", sealed=b"sealed", expires_at=NOW),
            ProviderHandover(
                digest=bytes(range(unit, unit + 32)), account_id=account.id, second_factor=False, expires_at=NOW
            ),
        ]
    )
    await session.flush()
    used_in = await session.scalar(sa.select(AccessToken.id).where(AccessToken.account_id == account.id))
    session.add_all(
        [
            SessionUse(
                session_id=used_in,
                minute=NOW,
                device=login,
                source="nat",
                device_kind=DeviceKind.DESKTOP,
                account_id=account.id,
                day=TODAY,
                count=1,
            ),
            SharedUseNote(
                account_id=account.id,
                rule=Rule.INTERLEAVED,
                severity=Severity.HIGH,
                rung=Rung.END_SESSIONS,
                since=NOW,
                last=NOW,
                found_at=NOW,
                found_on=TODAY,
                evidence="Dùng xen kẽ trên 2 máy tính",
            ),
        ]
    )
    await session.flush()
