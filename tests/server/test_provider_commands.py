"""An operator says whose an account is; the number is typed unseen, and stands nowhere afterwards."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result

from dean06_auth import people, provider_people
from dean06_auth.people import PersonKey
from dean06_core.audit import AuditEvent, AuditPersonal
from dean06_core.database import Address
from dean06_server import clock
from dean06_server.cli import main
from dean06_server.installation import Installation
from tests.server.conftest import NOON, tell

NUMBER, OTHER = "042198001234", "042198005678"
SECRET = b"k" * people.SHORTEST_KEY


@pytest.fixture(autouse=True)
def key(installation: Installation, address: Address, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What is installed is looked up once for all commands: putting the schema together takes a second."""
    tell(monkeypatch, address)
    monkeypatch.setattr(Installation, "found", staticmethod(lambda: installation))
    monkeypatch.setattr(clock, "now", lambda: NOON)
    file = tmp_path / "people.key"
    file.write_bytes(base64.b64encode(SECRET))
    file.chmod(0o600)
    monkeypatch.setenv("DEAN06_PEOPLE_KEY", str(file))
    return file


def run(*arguments: str, typed: str = "") -> Result:
    return CliRunner().invoke(main, ["account", *arguments], input=typed)


@pytest.fixture
def holder(installation: Installation, address: Address) -> Callable[[str], str | None]:
    def holder(number: str) -> str | None:
        async def found() -> str | None:
            database = installation.database(address)
            async with database.service_reading() as session:
                account = await provider_people.holder(session, number=number, key=PersonKey(SECRET))
                login = None if account is None else account.login
            await database.close()
            return login

        return asyncio.run(found())

    return holder


def test_an_account_is_identified_with_a_number_that_is_typed_twice(holder: Callable[[str], str | None]) -> None:
    told = run("identify", "clerk", typed=f"{NUMBER}\n{NUMBER}\n")
    assert (told.exit_code, told.stdout) == (0, "clerk: đã gắn với một số định danh\n")
    assert (NUMBER in told.output, holder(NUMBER)) == (False, "clerk")
    assert run("identify", "clerk", NUMBER).exit_code == 2


def test_that_it_was_said_is_recorded_without_the_number(installation: Installation, address: Address) -> None:
    for number in (NUMBER, OTHER):
        run("identify", "clerk", typed=f"{number}\n{number}\n")

    async def told() -> list[tuple[str, str]]:
        database = installation.database(address)
        async with database.service_reading() as session:
            asked = sa.select(AuditEvent).where(AuditEvent.action == "provider_people.identify")
            events = list(await session.scalars(asked.order_by(AuditEvent.id)))
            personal = list(await session.scalars(sa.select(AuditPersonal.told)))
        await database.close()
        assert not any(number in each.body for each in events for number in (NUMBER, OTHER))
        assert not any(number in each for each in personal for number in (NUMBER, OTHER))
        return [(each.login.partition(":")[0], each.outcome) for each in events]

    assert asyncio.run(told()) == [("operator", "DONE"), ("operator", "PERSON_ALREADY_KNOWN")]


def test_a_file_may_hold_the_number(holder: Callable[[str], str | None], tmp_path: Path) -> None:
    file = tmp_path / "number"
    file.write_text(f"{NUMBER}\n", encoding="utf-8")
    assert run("identify", "clerk", "--citizen-number-file", str(file)).exit_code == 0
    assert holder(NUMBER) == "clerk"


def test_a_person_is_not_given_a_second_account(holder: Callable[[str], str | None]) -> None:
    opening = "--name", "Trần Thị Bình", "--unit", "42", "--citizen-number"
    typed = "mot-mat-khau\nmot-mat-khau\n"
    run("identify", "clerk", typed=f"{NUMBER}\n{NUMBER}\n")
    refused = run("open", "binh", *opening, typed=f"{NUMBER}\n{NUMBER}\n{typed}")
    assert (refused.exit_code, "đã có tài khoản “clerk”" in refused.stderr) == (1, True)
    assert NUMBER not in refused.output
    assert run("open", "binh", *opening, typed=f"{OTHER}\n{OTHER}\n{typed}").exit_code == 0
    assert holder(OTHER) == "binh"
    assert "số định danh của một người khác" in run("identify", "binh", typed=f"{NUMBER}\n{NUMBER}\n").stderr


def test_without_the_key_nobody_is_identified(key: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key.chmod(0o644)
    assert "chmod 600" in run("identify", "clerk", typed=f"{NUMBER}\n{NUMBER}\n").stderr
    monkeypatch.delenv("DEAN06_PEOPLE_KEY")
    told = run("identify", "clerk", typed=f"{NUMBER}\n{NUMBER}\n")
    assert (told.exit_code, "Set DEAN06_PEOPLE_KEY" in told.stderr) == (1, True)
