"""A province with one unit and one account, served in this process; the clock stands where a test puts it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from dean06_auth import accounts, grants, roles, tokens
from dean06_core import unit_register
from dean06_core.access import ALL
from dean06_core.database import Database
from dean06_core.directory import Directory
from dean06_core.unit_register import UnitEntry
from dean06_core.units import Tier, UnitLevel
from dean06_server import app
from dean06_server.installation import Installation

NOON = datetime(2025, 7, 28, 5, 0, tzinfo=UTC)
"""In Vietnam."""

PASSWORD = "mat-khau-thu"


@dataclass
class Hands:
    """Of a clock that a test moves."""

    at: datetime = NOON

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture(scope="session")
def installation() -> Installation:
    return Installation.found()


@pytest.fixture(scope="session")
def filled(installation: Installation, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A database with one unit and the account ``clerk``, who reads health from noon on; and his token of an hour."""
    path = tmp_path_factory.mktemp("server") / "dean06.db"
    return path, asyncio.run(_fill(installation, installation.database(f"sqlite:///{path}")))


@pytest.fixture
def database_url(filled: tuple[Path, str], tmp_path: Path) -> str:
    """A copy of it for one test."""
    path = tmp_path / "dean06.db"
    path.write_bytes(filled[0].read_bytes())
    return f"sqlite:///{path}"


@pytest.fixture
def token(filled: tuple[Path, str]) -> str:
    return filled[1]


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
def client(installation: Installation, database_url: str, hands: Hands) -> Iterator[TestClient]:
    site = app.create(installation, database_url, now=hands)
    with TestClient(site, raise_server_exceptions=False) as opened:
        yield opened


async def _fill(installation: Installation, database: Database) -> str:
    await installation.bring_up(database)
    async with database.service() as session:
        entry = UnitEntry(
            code="42",
            name="Tỉnh Hà Tĩnh",
            level=UnitLevel.PROVINCE,
            tier=Tier.PROVINCIAL,
            valid_from=date(1991, 8, 12),
        )
        await unit_register.enter(session, [entry])
        unit = (await Directory.load(session)).named("42", NOON.date())
        clerk = await accounts.open(
            session, login="clerk", name="Người thử", unit_key=unit.key, password=PASSWORD, now=NOON
        )
        await grants.give(
            session,
            account=clerk,
            role=roles.SECTOR_FRONTEND.name,
            sectors={"health"},
            units=ALL,
            data_classes=roles.SECTOR_FRONTEND.data_classes,
            starts=NOON.date(),
            ends=date(2026, 7, 28),
            basis="Thử",
        )
        issued = await tokens.issue(session, account_id=clerk.id, now=NOON, lifetime=timedelta(hours=1))
    await database.close()
    return issued.token
