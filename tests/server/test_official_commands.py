"""Officials enter figures and levels, and give and confirm tasks, from the command line with their own grants."""

from __future__ import annotations

import asyncio
import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from dean06_auth import roles
from dean06_core import documents
from dean06_core.database import Address
from dean06_core.directory import Directory
from dean06_core.documents import DocumentEntry
from dean06_server import clock
from dean06_server.cli import main
from dean06_server.installation import Installation
from tests.server.conftest import NOON, tell
from tests.server.hiring import PASSWORD, hired

RATE = "health.health_book_vneid_rate"
DECISION = "15/QĐ-UBND"
COUNTS = {"numerator": 70, "denominator": 100}


@pytest.fixture(autouse=True)
def province(installation: Installation, address: Address, monkeypatch: pytest.MonkeyPatch) -> None:
    """An officer and a secretary of the province, both for health; a decision; the clock at noon."""
    asyncio.run(_fill(installation, address))
    tell(monkeypatch, address)
    monkeypatch.setattr(clock, "now", lambda: NOON)
    monkeypatch.setenv("COLUMNS", "200")


def run(login: str, *arguments: str, password: str = PASSWORD) -> Result:
    return CliRunner().invoke(main, [*arguments, "--by", login], input=f"{password}\n")


@pytest.fixture
def sheet(tmp_path: Path) -> Any:
    def write(*rows: dict[str, Any]) -> str:
        file = tmp_path / "rows.json"
        file.write_text(json.dumps(rows), encoding="utf-8")
        return str(file)

    return write


def test_figures_are_entered_tried_and_entered_again(sheet: Any) -> None:
    enter = "enter", "figures", sheet({"indicator": RATE, "unit": "42", **COUNTS}), "--period", "2025-07"
    tried = run("officer", *enter, "--dry-run")
    assert (tried.exit_code, tried.stdout) == (0, "1 ô sẽ được ghi, 0 ô giữ nguyên\n")
    assert run("officer", *enter).stdout == "1 ô đã ghi, 0 ô giữ nguyên\n"
    assert run("officer", *enter).stdout == "0 ô đã ghi, 1 ô giữ nguyên\n"


def test_every_wrong_row_is_told_by_its_place_in_the_file(sheet: Any) -> None:
    good = {"indicator": RATE, "unit": "42", **COUNTS}
    enter = "enter", "figures", sheet(good, {**good, "unit": "99"}, {**good, "numerator": 101}), "--period", "2025-07"
    refused = run("officer", *enter)
    assert refused.exit_code == 1
    assert re.findall(r"(\d)\W+(unit|numerator)\W+(\w+)", refused.stderr) == [
        ("2", "unit", "UNIT_UNKNOWN"),
        ("3", "numerator", "NUMERATOR_ABOVE_DENOMINATOR"),
    ]
    misread = run("officer", "enter", "figures", sheet({**good, "tu_so": 1}), "--period", "2025-07")
    assert (misread.exit_code, "COLUMN_UNKNOWN" in misread.stderr) == (1, True)


def test_a_role_enters_what_is_its_own_and_nothing_else(sheet: Any) -> None:
    figures = "enter", "figures", sheet({"indicator": RATE, "unit": "42", **COUNTS}), "--period", "2025-07"
    assert "ENTRY_NOT_ALLOWED" in run("secretary", *figures).stderr
    assert run("officer", *figures).exit_code == 0
    level = {"indicator": RATE, "value": 95, "valid_from": "2025-07-01"}
    targets = "enter", "targets", sheet(level), "--basis", DECISION
    assert "TARGET_NOT_ALLOWED" in run("officer", *targets).stderr
    assert run("secretary", *targets).stdout == "1 mức đã giao\n"


def test_a_wrong_password_enters_nothing(sheet: Any) -> None:
    figures = "enter", "figures", sheet({"indicator": RATE, "unit": "42", **COUNTS}), "--period", "2025-07"
    refused = run("officer", *figures, password="khong-phai")
    assert (refused.exit_code, "Không đăng nhập được" in refused.stderr) == (1, True)
    assert run("officer", *figures).stdout == "1 ô đã ghi, 0 ô giữ nguyên\n"


def test_a_task_is_given_reported_on_extended_and_confirmed() -> None:
    order = "--title", "Tạo sổ sức khỏe", "--group", "Y tế", "--lead", "42", "--sector", "health"
    given = run("secretary", "task", "assign", *order, "--deadline", "2025-08-31")
    assert given.exit_code == 0, given.output
    code = given.stdout.partition(":")[0]
    assert given.stdout == f"{code}: Tạo sổ sức khỏe (chưa hoàn thành, trong hạn, hạn 31/08/2025)\n"

    later = run("secretary", "task", "extend", code, "--to", "2025-09-30", "--basis", DECISION)
    assert later.stdout == f"{code}: Tạo sổ sức khỏe (chưa hoàn thành, trong hạn, hạn 30/09/2025)\n"
    assert run("officer", "task", "report", code, "--done", "Xong", "--finished").exit_code == 0
    assert run("secretary", "task", "confirm", code, "--return", "Còn 2 xã").exit_code == 0
    assert run("officer", "task", "report", code, "--done", "Đủ các xã", "--finished").exit_code == 0
    done = run("secretary", "task", "confirm", code)
    assert done.stdout == f"{code}: Tạo sổ sức khỏe (hoàn thành đúng hạn, hạn 30/09/2025)\n"
    again = run("secretary", "task", "confirm", code)
    assert (again.exit_code, "chờ xác nhận" in again.stderr) == (1, True)


def test_a_code_that_stands_for_no_task_is_told() -> None:
    refused = run("officer", "task", "report", "NV250728-00000", "--done", "Xong")
    assert (refused.exit_code, "NV250728-00000" in refused.stderr) == (1, True)


async def _fill(installation: Installation, address: Address) -> None:
    database = installation.database(address)
    async with database.service() as session:
        unit = (await Directory.load(session)).named("42", NOON.date())
        await documents.file(session, DocumentEntry(number=DECISION, label=DECISION, kind="Quyết định"))
        for login, role in (("officer", roles.OFFICER), ("secretary", roles.SECRETARIAT)):
            await hired(session, login, role, unit=unit.key, now=NOON)
    await database.close()
