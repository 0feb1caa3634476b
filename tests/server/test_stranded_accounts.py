"""Whoever works at a unit that is gone may only look, is listed, and works again once he is moved to its successor."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from typing import Any

import pytest
from click.testing import CliRunner
from starlette.testclient import TestClient

from dean06_auth import roles
from dean06_core import unit_register
from dean06_core.database import Address
from dean06_core.directory import Directory
from dean06_core.unit_register import Predecessor, UnitEntry
from dean06_core.units import SuccessionKind, Tier, UnitLevel
from dean06_server import clock
from dean06_server.cli import main
from dean06_server.installation import Installation
from tests.server.conftest import NOON, tell
from tests.server.hiring import admitted, hired

BEGINNING, MERGER = date(1991, 8, 12), date(2025, 7, 1)
LOGIN = "can-bo.18823"
RECORD = """mutation { recordObservations(input: {period: "2025-07", cells: [
    {indicator: "health.health_book_vneid_rate", unit: "18500", numerator: 7, denominator: 10}]}) {
    observations { display } errors { code } } }"""


@pytest.fixture
def token(installation: Installation, address: Address, monkeypatch: pytest.MonkeyPatch) -> str:
    """An officer of a commune that was merged into another at the beginning of the month."""
    tell(monkeypatch, address)
    monkeypatch.setattr(clock, "now", lambda: NOON)
    return asyncio.run(_strand(installation, address))


def run(*arguments: str) -> str:
    return CliRunner().invoke(main, ["account", *arguments], catch_exceptions=False).output


def entered(client: TestClient, token: str) -> Any:
    headers = {"Authorization": f"Bearer {token}"}
    return client.post("/graphql", json={"query": RECORD}, headers=headers).json()["data"]["recordObservations"]


def test_he_looks_is_listed_and_enters_again_once_he_was_moved(client: TestClient, token: str) -> None:
    assert [error["code"] for error in entered(client, token)["errors"]] == ["ACCOUNT_READ_ONLY"]
    assert run("stranded") == f"{LOGIN}: Xã Cũ (18499) không còn từ ngày 01/07/2025; Xã Mới (18500)\n"
    assert run("move", LOGIN, "18500") == f"{LOGIN}: Xã Mới (18500)\n"
    assert run("stranded") == "Mọi tài khoản đều ở đơn vị đang hoạt động\n"
    assert entered(client, token) == {"observations": [{"display": "70%"}], "errors": []}


@pytest.mark.parametrize(
    ("login", "code", "told"),
    [(LOGIN, "18499", "Không có đơn vị"), (LOGIN, "99", "Không có đơn vị"), ("ai-do", "18500", "Không có tài khoản")],
)
def test_he_is_not_moved_to_a_unit_that_is_not_there(token: str, login: str, code: str, told: str) -> None:
    refused = CliRunner().invoke(main, ["account", "move", login, code])
    assert (refused.exit_code, told in refused.output) == (1, True)
    assert run("stranded").startswith(LOGIN)


async def _strand(installation: Installation, address: Address) -> str:
    database = installation.database(address)
    async with database.service() as session:
        old = _commune("18499", "Xã Cũ", BEGINNING, MERGER)
        await unit_register.enter(
            session,
            [old, _commune("18500", "Xã Mới", MERGER, None, (Predecessor(code="18499", kind=SuccessionKind.MERGE),))],
        )
        directory = await Directory.load(session)
        gone = directory.named("18499", MERGER - timedelta(days=1))
        officer = await hired(session, LOGIN, roles.OFFICER, unit=gone.key, now=NOON)
        token = await admitted(session, officer, NOON)
    await database.close()
    return token


def _commune(
    code: str, name: str, valid_from: date, valid_to: date | None = None, predecessors: tuple[Predecessor, ...] = ()
) -> UnitEntry:
    return UnitEntry(
        code=code,
        name=name,
        level=UnitLevel.COMMUNE,
        tier=Tier.COMMUNE,
        valid_from=valid_from,
        valid_to=valid_to,
        parent="42",
        predecessors=predecessors,
    )
