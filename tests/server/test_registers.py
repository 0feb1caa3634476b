"""The register of another system is loaded from a workbook, and what is wrong with its accounts is asked over HTTP."""

from __future__ import annotations

import asyncio
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner, Result
from starlette.testclient import TestClient

from dean06_auth import roles
from dean06_core.access import ALL
from dean06_core.database import Address
from dean06_core.directory import Directory
from dean06_core.systems import System
from dean06_server.cli import main
from dean06_server.installation import Installation
from tests.server.conftest import NOON, tell
from tests.server.hiring import admitted, hired

COLUMNS = ["system", "as_of", "login", "holder", "unit", "function", "last_used_on", "lookups", "password_set_on"]
REPORT = """{ accountReport(system: "mot-cua") { asOf total passwordChangeRate
    byUnit { total staffWithFunction } accounts { edges { node { login faults evidence } } } } }"""


@pytest.fixture
def token(installation: Installation, address: Address, monkeypatch: pytest.MonkeyPatch) -> str:
    """Of somebody who checks accounts, in a province with one registered system."""
    tell(monkeypatch, address)
    monkeypatch.setenv("COLUMNS", "200")
    return asyncio.run(_settle(installation, address))


def line(login: str, holder: str, *, unit: str = "42", used: date | None = date(2025, 7, 20)) -> list[Any]:
    return ["mot-cua", date(2025, 7, 25), login, holder, unit, "Một cửa", used, 12, date(2025, 7, 1)]


def load(folder: Path, noun: str, *lines: list[Any]) -> Result:
    book = openpyxl.Workbook()
    for each in lines:
        book.active.append(each)
    book.save(folder / "rows.xlsx")
    return CliRunner().invoke(main, ["import", noun, str(folder / "rows.xlsx")])


def test_a_register_is_loaded_and_what_is_wrong_is_told(client: TestClient, token: str, tmp_path: Path) -> None:
    lines = line("an", "An"), line("chung", "Bình"), line("chung", "Chi"), line("cu", "Dung", used=None)
    loaded = load(tmp_path, "system-accounts", COLUMNS, *lines)
    assert (loaded.exit_code, loaded.stdout) == (
        0,
        "system-accounts đã ghi: 4 dòng mới, 0 dòng thay đổi, 0 dòng giữ nguyên\n",
    )
    counted = load(
        tmp_path, "system-headcounts", ["system", "as_of", "unit", "people"], ["mot-cua", date(2025, 7, 25), "42", 2]
    )
    assert counted.exit_code == 0, counted.output

    answered = client.post("/graphql", json={"query": REPORT}, headers={"Authorization": f"Bearer {token}"})
    report = answered.json()["data"]["accountReport"]
    assert (report["asOf"], report["total"], report["passwordChangeRate"]) == ("2025-07-25", 3, "100.00")
    assert report["byUnit"] == [{"total": 3, "staffWithFunction": 2}]
    assert [(edge["node"]["login"], edge["node"]["faults"]) for edge in report["accounts"]["edges"]] == [
        ("chung", ["SHARED"]),
        ("cu", ["SURPLUS", "DORMANT"]),
    ]


def test_a_register_that_cannot_be_is_told_by_row_and_not_loaded(token: str, tmp_path: Path) -> None:
    wrong = line("an", "An", unit="99"), line("binh", "Bình", used=date(2025, 7, 26))
    refused = load(tmp_path, "system-accounts", COLUMNS, line("chi", "Chi"), *wrong)
    assert refused.exit_code == 1
    assert "UNIT_UNKNOWN" in refused.stderr
    assert "DAY_AFTER_REGISTER" in refused.stderr
    assert "1 dòng mới" in load(tmp_path, "system-accounts", COLUMNS, line("chi", "Chi")).stdout


async def _settle(installation: Installation, address: Address) -> str:
    database = installation.database(address)
    async with database.service() as session:
        unit = (await Directory.load(session)).named("42", NOON.date())
        session.add(System(code="mot-cua", name="Một cửa điện tử"))
        auditor = await hired(session, "kiem-tra", roles.AUDITOR, unit=unit.key, now=NOON, sectors=ALL)
        token = await admitted(session, auditor, NOON)
    await database.close()
    return token
