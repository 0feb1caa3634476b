"""A province with one unit and one account, served in this process; the clock stands where a test puts it."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from dean06_auth import roles
from dean06_core import unit_register
from dean06_core.database import Address, Database
from dean06_core.directory import Directory
from dean06_core.testing.places import Template, place, template
from dean06_core.unit_register import UnitEntry
from dean06_core.units import Tier, UnitLevel
from dean06_server import app, clock, demo
from dean06_server.demo import Made
from dean06_server.installation import Installation
from tests.server.hiring import admitted, hired

NOON = datetime(2025, 7, 28, 5, 0, tzinfo=UTC)
"""In Vietnam."""
NOW = clock.now()
"""When the tests began; commands go by the clock of the machine."""


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
def filled(installation: Installation) -> tuple[Template, str]:
    """A database with one unit and the account ``clerk``, who reads health from noon on; and his token of an hour."""
    tokens: list[str] = []

    async def fill(address: Address) -> None:
        tokens.append(await _fill(installation, installation.database(address)))

    return asyncio.run(template(fill)), tokens[0]


@pytest.fixture
def address(filled: tuple[Template, str], tmp_path: Path) -> Iterator[Address]:
    """Where a copy of it is, for one test."""
    with filled[0].copied(tmp_path) as copied:
        yield copied


@pytest.fixture
def nowhere(tmp_path: Path) -> Iterator[Address]:
    """Where a database may be made, and none is yet."""
    with place(tmp_path) as empty:
        yield empty


@dataclass(frozen=True)
class Demonstration:
    """What ``dean06 demo`` makes, made once."""

    template: Template
    made: Made


@pytest.fixture(scope="session")
def demonstration(installation: Installation) -> Demonstration:
    made: list[Made] = []

    async def make(address: Address) -> None:
        database = installation.database(address)
        made.append(await demo.make(installation, database, now=NOW))
        await database.close()

    return Demonstration(asyncio.run(template(make)), made[0])


@pytest.fixture
def demonstrated(demonstration: Demonstration, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Address]:
    """A copy of it, where commands find it."""
    with demonstration.template.copied(tmp_path) as copied:
        tell(monkeypatch, copied)
        yield copied


def tell(patched: pytest.MonkeyPatch, address: Address) -> None:
    """Set the variables by which a command finds a database."""
    for whose, url in (("", address.url), ("CALLERS_", address.callers), ("OWNER_", address.owner)):
        patched.setenv(f"DEAN06_DATABASE_{whose}URL", url or "")


@pytest.fixture
def token(filled: tuple[Template, str]) -> str:
    return filled[1]


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
def secrets_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> bytes:
    """The key for secrets of second factors, where the settings say that it is."""
    key, file = b"k" * 32, tmp_path / "secrets.key"
    file.touch(mode=0o600)
    file.write_text(base64.b64encode(key).decode())
    monkeypatch.setenv("DEAN06_SECRETS_KEY", str(file))
    return key


@pytest.fixture
def client(installation: Installation, address: Address, hands: Hands) -> Iterator[TestClient]:
    site = app.create(installation, address, now=hands)
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
        clerk = await hired(session, "clerk", roles.SECTOR_FRONTEND, unit=unit.key, now=NOON)
        token = await admitted(session, clerk, NOON)
    await database.close()
    return token
