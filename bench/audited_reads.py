"""What it costs to record what was read: one question about accounts, in turns with its event and without."""

from __future__ import annotations

import statistics
import time
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from unittest import mock

from dean06_auth import accounts, grants, roles, tokens
from dean06_auth.registers import SystemAccount
from dean06_core import unit_register
from dean06_core.access import ALL
from dean06_core.database import Address, Database
from dean06_core.directory import Directory
from dean06_core.systems import System
from dean06_core.unit_register import UnitEntry
from dean06_core.units import Tier, UnitLevel
from dean06_schema.engine import Operation
from dean06_server import clock, recorded_reads
from dean06_server.desk import Desk
from dean06_server.installation import Installation
from dean06_server.reference import Reference

LISTED: Final = 500
ROUNDS: Final = 60
_CODE: Final = "bench"
_QUESTION: Final = Operation(
    """{ accountReport(system: "bench") {
      total accounts(first: 50) { edges { node { login faults unit { code } } } } } }"""
)


@dataclass(frozen=True, slots=True)
class Cost:
    """Medians, in milliseconds."""

    with_event: float
    without: float

    @property
    def ratio(self) -> float:
        return self.with_event / self.without


async def measure(address: Address | str) -> Cost:
    """In a database that is brought up to date and given a system of five hundred accounts."""
    installation = Installation.found()
    database = installation.database(address)
    try:
        await installation.bring_up(database)
        token = await _settle(database)
        desk = Desk(installation.engine, database, Reference(database, installation.sectors), clock.now)
        recorded, bare = list[float](), list[float]()
        for _ in range(ROUNDS):
            recorded.append(await _asked(desk, token))
            with mock.patch.object(recorded_reads, "keep", _skip):
                bare.append(await _asked(desk, token))
    finally:
        await database.close()
    return Cost(statistics.median(recorded), statistics.median(bare))


async def _asked(desk: Desk, token: str) -> float:
    began = time.perf_counter()
    answer = await desk.answer(_QUESTION, token)
    assert not answer.errors, answer.errors  # noqa: S101  a refusal would be measured as a fast answer
    return (time.perf_counter() - began) * 1000


async def _skip(*_: object) -> None:
    pass


def tell(cost: Cost) -> None:
    print(
        f"a question about {LISTED} accounts: {cost.with_event:.1f} ms with the event that tells of it, "
        f"{cost.without:.1f} ms without: {cost.ratio:.2f}"
    )


async def _settle(database: Database) -> str:
    now = clock.now()
    on = clock.business_day(now)
    async with database.service() as session:
        place = UnitEntry(
            code=_CODE, name="Tỉnh Thử", level=UnitLevel.PROVINCE, tier=Tier.PROVINCIAL, valid_from=date(2020, 1, 1)
        )
        await unit_register.enter(session, [place])
        unit = (await Directory.load(session)).named(_CODE, on).key
        session.add(System(code=_CODE, name="Hệ thống thử"))
        await session.flush()
        session.add_all(
            SystemAccount(system=_CODE, as_of=on, login=f"an{number:04d}", holder=f"An {number}", unit_key=unit)
            for number in range(LISTED)
        )
        auditor = await accounts.open(
            session,
            login="bench-auditor",
            name="Thử",
            unit_key=unit,
            password="mật khẩu để thử",  # noqa: S106  of nobody
            now=now,
        )
        await grants.give(
            session,
            account=auditor,
            role=roles.AUDITOR.name,
            sectors=ALL,
            units=ALL,
            data_classes=roles.AUDITOR.data_classes,
            starts=on,
            ends=on.replace(year=on.year + 1),
            basis="Thử",
        )
        issued = await tokens.issue(session, account_id=auditor.id, now=now, lifetime=timedelta(hours=1))
    return issued.token
