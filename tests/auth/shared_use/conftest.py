"""The small province with the audit log beside it, and one officer of Vũng Áng with a session on a computer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from dean06_auth import sessions
from dean06_auth.accounts import Account
from dean06_auth.profile import VN_L3_2026, DeviceKind
from dean06_auth.sessions import Origin
from dean06_auth.shared_use.responses import Whose
from dean06_auth.tokens import AccessToken
from dean06_core import migrating
from dean06_core.audit import AuditEvent
from dean06_core.database import Address, Database
from dean06_core.migrating import CORE, History
from dean06_core.records import declared_access, records_of
from dean06_core.testing.places import Template, template
from tests.auth import province
from tests.auth.province import NOW, VUNG_ANG, hire

RECORDS = [*records_of("dean06_core.units"), *records_of("dean06_core.audit"), *records_of("dean06_auth")]


@pytest.fixture(scope="session")
def watched() -> Template:
    return asyncio.run(template(_settle))


async def _settle(address: Address) -> None:
    database = Database(address, declared_access(RECORDS))
    await migrating.upgrade(database, [CORE, History("auth", "dean06_auth.migrations")])
    async with database.service() as session:
        await session.run_sync(province.settle)
        await hire(session)
    await database.close()


@pytest.fixture
async def database(tmp_path: Path, watched: Template) -> AsyncIterator[Database]:
    with watched.copied(tmp_path) as address:
        database = Database(address, declared_access(RECORDS), readers=1)
        yield database
        await database.close()


@dataclass
class Officer:
    """One who is looked at, in a database of his own."""

    database: Database
    whose: Whose

    async def begin(self, *, kind: DeviceKind = DeviceKind.DESKTOP, after: timedelta = timedelta()) -> AccessToken:
        """A new session, in place of the one on the same kind of device."""
        async with self.database.service() as session:
            await sessions.begin(
                session,
                account_id=self.whose.account,
                origin=Origin("nat", "Firefox", kind),
                second_factor=False,
                profile=VN_L3_2026,
                now=NOW + after,
            )
            found = await session.scalars(
                sa.select(AccessToken)
                .where(AccessToken.account_id == self.whose.account, AccessToken.revoked_at.is_(None))
                .order_by(AccessToken.id.desc())
            )
            return found.first() or pytest.fail("no session")

    async def tokens(self) -> list[AccessToken]:
        async with self.database.service_reading() as session:
            found = await session.scalars(sa.select(AccessToken).order_by(AccessToken.id))
            return [*found]

    async def events(self) -> list[AuditEvent]:
        async with self.database.service_reading() as session:
            return [*await session.scalars(sa.select(AuditEvent).order_by(AuditEvent.id))]

    async def account(self) -> Account:
        async with self.database.service_reading() as session:
            return await session.get_one(Account, self.whose.account)


@pytest.fixture
async def officer(database: Database) -> Officer:
    async with database.service_reading() as session:
        account = await session.scalar(sa.select(Account).where(Account.login == "an"))
        assert account is not None
    return Officer(database, Whose(account.id, "an", VUNG_ANG, f"unit-{VUNG_ANG}", "Phường Vũng Áng"))
