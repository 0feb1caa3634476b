"""From the command line and over HTTP: who is shut out is told why, is woken, and what he holds is reviewed."""

from __future__ import annotations

import asyncio
import re
from datetime import date, timedelta
from typing import Any

import pytest
from click.testing import CliRunner, Result
from passlib.hash import argon2
from starlette.testclient import TestClient

from dean06_auth import passwords, roles
from dean06_auth.secret_boxes import SecretBox
from dean06_core import unit_register
from dean06_core.database import Address
from dean06_core.directory import Directory
from dean06_core.unit_register import UnitEntry
from dean06_core.units import Tier, UnitLevel
from dean06_server import clock
from dean06_server.cli import main
from dean06_server.installation import Installation
from tests.server.conftest import NOON, Hands, tell
from tests.server.hiring import PASSWORD, equipped, hired

CODES: dict[str, list[str]] = {}
"""What is left of the recovery codes of whoever has a second factor, by login."""
STORED = argon2.using(type="ID", memory_cost=8, time_cost=1, parallelism=1).hash(PASSWORD)
SIGN_IN = """mutation ($login: String!) { signIn(login: $login, password: "mat-khau-thu") {
    token errors { code message } } }"""


@pytest.fixture(autouse=True)
def province(
    installation: Installation, address: Address, monkeypatch: pytest.MonkeyPatch, hands: Hands, secrets_key: bytes
) -> None:
    """The head of an office, its officer, an administrator and an approver; the clock where the test puts it."""
    monkeypatch.setattr(passwords, "protect", _quickly)
    monkeypatch.setattr(passwords, "is_outdated", lambda _: False)
    asyncio.run(_fill(installation, address, SecretBox((secrets_key,))))
    tell(monkeypatch, address)
    monkeypatch.setattr(clock, "now", hands)
    monkeypatch.setattr(Installation, "found", lambda: installation)


async def _quickly(_password: str) -> str:
    """Everybody's password as stored with weak parameters: hashing is slow by intention and not what is tried here."""
    return str(STORED)


def run(login: str, *arguments: str) -> Result:
    shown = [PASSWORD, CODES[login].pop()] if login in CODES else [PASSWORD]
    return CliRunner().invoke(
        main, ["account", *arguments, "--by", login], input="".join(f"{each}\n" for each in shown)
    )


def lines(login: str, *arguments: str) -> list[str]:
    done = run(login, *arguments)
    asked = re.sub(rf"(Mật khẩu|Mã xác thực thứ hai) của {login}:", "", done.stderr)
    assert (done.exit_code, asked.strip()) == (0, "")
    return done.stdout.splitlines()


def signed_in(client: TestClient, login: str = "officer") -> dict[str, Any]:
    answered = client.post("/graphql", json={"query": SIGN_IN, "variables": {"login": login}}).json()
    told: dict[str, Any] = answered["data"]["signIn"]
    return told


def asked(client: TestClient, token: str) -> Any:
    return client.post("/graphql", json={"query": "{ me { login } }"}, headers={"Authorization": f"Bearer {token}"})


def test_whoever_is_away_too_long_is_told_why_and_comes_in_again_once_he_was_woken(
    client: TestClient, hands: Hands
) -> None:
    assert signed_in(client)["errors"] == []
    hands.at = NOON + timedelta(days=44)
    assert signed_in(client, "head")["errors"] == []
    idle = lines("head", "idle")
    assert "officer: không dùng từ 28/07/2025, 44 ngày, sẽ không vào được từ 12/09/2025" in idle
    assert not any(line.startswith("head") for line in idle)
    hands.at = NOON + timedelta(days=46)
    [refused] = signed_in(client)["errors"]
    assert (refused["code"], "thủ trưởng đơn vị" in refused["message"]) == ("ACCOUNT_DORMANT", True)
    assert lines("head", "wake", "officer")[0] == "officer: Người thử (ACTIVE)"
    assert signed_in(client)["errors"] == []
    assert "Không ai tự mở lại" in run("head", "wake", "head").stderr


def test_the_holder_of_a_token_is_told_that_he_was_suspended_and_why(client: TestClient) -> None:
    token = signed_in(client)["token"]
    assert asked(client, token).status_code == 200
    assert lines("head", "suspend", "officer", "--reason", "Nghi dùng chung")[0] == "officer: Người thử (SUSPENDED)"
    answered = asked(client, token)
    [error] = answered.json()["errors"]
    assert (answered.status_code, error["extensions"]["code"]) == (401, "ACCOUNT_SUSPENDED")
    assert "lý do: Nghi dùng chung" in error["message"]
    assert answered.headers["WWW-Authenticate"].startswith("Bearer")
    assert lines("head", "restore", "officer", "--reason", "Đã xác minh")[0] == "officer: Người thử (ACTIVE)"
    assert asked(client, token).json()["errors"][0]["extensions"]["code"] == "TOKEN_SUSPENDED"
    assert signed_in(client)["errors"] == []
    assert lines("head", "close", "officer", "--reason", "Nghỉ hưu")[0] == "officer: Người thử (CLOSED)"
    assert [error["code"] for error in signed_in(client)["errors"]] == ["ACCOUNT_CLOSED"]


def test_a_review_is_opened_shown_and_decided() -> None:
    opened = lines("admin", "review", "open", "office")
    assert [re.sub(r"[0-9a-f-]{36}", "ID", line) for line in opened] == [
        "review ID: Sở Thử (office), hạn 28/01/2026, OPEN",
        "review ID: Sở Thử (office), quyền của người rà soát, hạn 28/01/2026, OPEN",
    ]
    shown = lines("head", "review", "list")
    grant = next(line for line in shown if "officer officer, chưa dùng, 0 ngày trong 6 tháng" in line).split()[1]
    review = opened[0].split()[1].rstrip(":")
    told = lines("head", "review", "decide", review, "--end", grant.rstrip(":"), "--reason", "Rà soát")
    assert [told[0].endswith("DECIDED"), told[1].endswith("thu hồi")] == [True, True]


def test_proposals_that_wait_are_listed_for_the_approver() -> None:
    days = ("--starts", "2025-07-28", "--ends", "2026-07-01")
    ordered = ("--unit", "office", "--function", "Nhập", "--decision", "QĐ 1")
    duty = lines("admin", "duty", "officer", *ordered, *days)[1].split()[1].rstrip(":")
    [grant] = lines("admin", "propose", "leader", duty, "--class", "AGGREGATE", *days)
    assert lines("approver", "pending") == [f"{grant}: leader [A], 28/07/2025 đến trước 01/07/2026, admin đề nghị"]


async def _fill(installation: Installation, address: Address, box: SecretBox) -> None:
    database = installation.database(address)
    async with database.service() as session:
        await unit_register.enter(
            session,
            [
                UnitEntry(
                    code="office",
                    name="Sở Thử",
                    level=UnitLevel.DEPARTMENT,
                    tier=Tier.PROVINCIAL,
                    valid_from=date(1991, 8, 12),
                    parent="42",
                )
            ],
        )
        directory = await Directory.load(session)
        office, whole = (directory.named(code, NOON.date()).key for code in ("office", "42"))
        for login, role, unit in (
            ("head", roles.UNIT_HEAD, office),
            ("officer", roles.OFFICER, office),
            ("admin", roles.ADMINISTRATOR, whole),
            ("approver", roles.APPROVER, whole),
        ):
            account = await hired(session, login, role, unit=unit, now=NOON)
            if role in (roles.ADMINISTRATOR, roles.APPROVER):
                CODES[login] = await equipped(session, account, box, NOON)
    await database.close()
