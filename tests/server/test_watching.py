"""Over HTTP: a session that is carried to another computer is noticed, and goes on when its holder confirms himself."""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result
from passlib.totp import TOTP
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.testclient import TestClient

from dean06_auth import accounts, roles
from dean06_auth.attempts import Door
from dean06_auth.callers import Visit
from dean06_auth.profile import VN_L3_2026
from dean06_auth.secret_boxes import SecretBox
from dean06_auth.sessions import Origin, begin
from dean06_auth.shared_use import WATCH, SessionUse, SharedUseNote, Watch
from dean06_auth.shared_use.uses import Rule, Severity
from dean06_auth.shared_use.watch import Rung
from dean06_auth.tokens import AccessToken
from dean06_core.access import ALL, Caller
from dean06_core.audit import AuditEvent
from dean06_core.database import Address, Database
from dean06_core.directory import Directory
from dean06_core.errors import StartUpError
from dean06_server import app, clock
from dean06_server.cli import main
from dean06_server.clock import business_day
from dean06_server.installation import Installation
from dean06_server.settings import Settings
from dean06_server.watches import watch_of
from dean06_server.watching import Watching
from tests.server.conftest import NOON, Hands, tell
from tests.server.hiring import PASSWORD, hired

SIGN_IN = f'mutation ($login: String!) {{ signIn(login: $login, password: "{PASSWORD}") {{ token }} }}'
CONFIRM = """mutation ($current: String, $code: String) {
    confirmAgain(current: $current, secondFactor: $code) { errors { code field } } }"""
ENROL = f'mutation {{ enrolSecondFactor(current: "{PASSWORD}") {{ uri }} }}'
TAKE = "mutation ($code: String!) { confirmSecondFactor(code: $code) { recoveryCodes } }"
FIELDS = "{ __schema { queryType { fields { name } } mutationType { fields { name } } } }"
MINUTE = timedelta(minutes=1)
PATIENCE = 20.0

Ask = Callable[..., dict[str, Any]]


@pytest.fixture
def client(installation: Installation, address: Address, hands: Hands) -> Iterator[TestClient]:
    site = app.create(installation, address, now=hands, door=Door(box=SecretBox((b"k" * 32,))))
    with TestClient(site, raise_server_exceptions=False) as opened:
        yield opened


@pytest.fixture
def ask(client: TestClient) -> Ask:
    def send(query: str, token: str | None = None, *, agent: str = "Firefox", **variables: Any) -> dict[str, Any]:
        headers = {"User-Agent": agent} | ({} if token is None else {"Authorization": f"Bearer {token}"})
        body = {"query": query, "variables": variables}
        answered: dict[str, Any] = client.post("/graphql", json=body, headers=headers).json()
        return answered

    return send


def run(address: Address, installation: Installation, work: Callable[[Database], Any]) -> Any:
    async def done() -> Any:
        database = installation.database(address)
        try:
            return await work(database)
        finally:
            await database.close()

    return asyncio.run(done())


def carry(ask: Ask, hands: Hands, token: str) -> set[str]:
    """Use a session on two computers in turns; the fields that it is shown once that was noticed."""
    for agent in ("Firefox", "Chrome", "Firefox"):
        hands.at += 2 * MINUTE
        ask("{ signedIn }", token, agent=agent)
    ends = time.monotonic() + PATIENCE
    while "confirmAgain" not in (shown := _shown(ask, token)) or "me" in shown:
        assert time.monotonic() < ends, "nobody noticed"
        time.sleep(0.02)
    return shown


def _shown(ask: Ask, token: str) -> set[str]:
    schema = ask(FIELDS, token)["data"]["__schema"]
    return {field["name"] for kind in schema.values() for field in kind["fields"]}


def test_a_carried_session_is_confirmed_with_the_password_before_anything_else(
    ask: Ask, hands: Hands, installation: Installation, address: Address
) -> None:
    token = ask(SIGN_IN, login="clerk")["data"]["signIn"]["token"]
    assert "me" in _shown(ask, token)
    assert carry(ask, hands, token) & {"signOut", "confirmAgain", "me", "changePassword", "endSession"} == {
        "signOut",
        "confirmAgain",
    }
    for variables, code, field in (
        ({}, "PROOF_MISSING", "current"),
        ({"code": "123456"}, "PROOF_MISSING", "current"),
        ({"current": "khong-phai"}, "PASSWORD_WRONG", "current"),
    ):
        refused = ask(CONFIRM, token, **variables)["data"]["confirmAgain"]["errors"]
        assert refused == [{"code": code, "field": [field]}]
    assert ask(CONFIRM, token, current=PASSWORD)["data"]["confirmAgain"]["errors"] == []
    assert "me" in _shown(ask, token)
    assert run(address, installation, _events_of_rules) == [("shared_use.step_up", "rule:interleaved", "clerk")]


def test_whoever_has_a_second_factor_confirms_with_it_and_not_with_a_password_that_others_know(
    ask: Ask, hands: Hands, installation: Installation, address: Address
) -> None:
    run(address, installation, _hire_administrator)
    token = ask(SIGN_IN, login="admin")["data"]["signIn"]["token"]
    device = TOTP.from_uri(ask(ENROL, token)["data"]["enrolSecondFactor"]["uri"])
    recovery = ask(TAKE, token, code=device.generate(hands.at).token)["data"]["confirmSecondFactor"]["recoveryCodes"]
    carry(ask, hands, token)
    for variables, code in (
        ({"current": PASSWORD}, "PROOF_MISSING"),
        ({"code": "000000"}, "PASSWORD_WRONG"),
    ):
        refused = ask(CONFIRM, token, **variables)["data"]["confirmAgain"]["errors"]
        assert refused == [{"code": code, "field": ["secondFactor"]}]
    assert ask(CONFIRM, token, code=device.generate(hands.at).token)["data"]["confirmAgain"]["errors"] == []
    assert "me" in _shown(ask, token)
    assert len(recovery) == 10


async def _events_of_operators(database: Database) -> list[tuple[str, Any]]:
    async with database.service_reading() as session:
        found = await session.scalars(sa.select(AuditEvent).where(AuditEvent.login.startswith("operator:")))
        return [(event.action, json.loads(event.body)) for event in found]


async def _events_of_rules(database: Database) -> list[tuple[str, str, str]]:
    of_rules = sa.select(AuditEvent).where(AuditEvent.login.startswith("rule:"))
    async with database.service_reading() as session:
        return [(each.action, each.login, each.subject) for each in await session.scalars(of_rules)]


async def _hire_administrator(database: Database) -> None:
    async with database.service() as session:
        unit = (await Directory.load(session)).named("42", NOON.date())
        await hired(session, "admin", roles.ADMINISTRATOR, unit=unit.key, now=NOON, sectors=ALL)


def test_noting_a_request_sends_nothing_and_a_minute_is_written_once(
    installation: Installation, address: Address
) -> None:
    async def work(database: Database) -> None:
        visit, directory = await _visit(database)
        watching, sent = Watching(database), list[str]()

        def note_sent(_connection: object, _cursor: object, statement: str, *_: object) -> None:
            sent.append(statement.lower())

        def note(seconds: int, agent: str = "Firefox") -> None:
            now = NOON + timedelta(seconds=seconds)
            watching.note(visit, Origin("192.0.2.1", agent), directory, now, business_day(now))

        event.listen(database.services.sync_engine, "before_cursor_execute", note_sent)
        for seconds in range(50):
            note(seconds)
        assert sent == []
        await asyncio.gather(*watching._writing)
        assert sum("insert into session_use" in each for each in sent) == 1
        note(60)
        note(61, "Chrome")
        await watching.settle()
        assert sum("insert into session_use" in each for each in sent) == 3, "the last one when it settles"
        event.remove(database.services.sync_engine, "before_cursor_execute", note_sent)
        async with database.service_reading() as session:
            rows = await session.execute(sa.select(SessionUse.minute, SessionUse.count).order_by(SessionUse.minute))
            assert sorted(tuple(row) for row in rows) == [
                (NOON, 50),
                (NOON + MINUTE, 1),
                (NOON + MINUTE, 1),
            ]

    run(address, installation, work)


def test_a_database_that_keeps_nothing_hinders_nobody(
    installation: Installation, address: Address, caplog: pytest.LogCaptureFixture
) -> None:
    async def work(database: Database) -> None:
        visit, directory = await _visit(database)
        watching = Watching(database)
        gone = replace(visit, token_id=visit.caller.account or visit.token_id)
        watching.note(gone, Origin("192.0.2.1", "Firefox"), directory, NOON, NOON.date())
        await watching.settle()

    run(address, installation, work)
    assert "The use of 1 sessions was not kept: IntegrityError" in caplog.text


async def _visit(database: Database) -> tuple[Visit, Directory]:
    async with database.service() as session:
        directory = await Directory.load(session)
        account = await accounts.find(session, login="clerk")
        assert account is not None
        origin = Origin("192.0.2.1", "Firefox")
        await begin(session, account_id=account.id, origin=origin, second_factor=False, profile=VN_L3_2026, now=NOON)
        token = await session.scalar(sa.select(AccessToken.id).where(AccessToken.device_kind.is_not(None)))
        assert token is not None
    caller = Caller(account.login, account.name, account.unit_key, (), account.id)
    return Visit(caller, token, NOON, is_session=True), directory


# commands and settings


def command(*arguments: str, password: str = "") -> Result:
    return CliRunner().invoke(main, ["account", *arguments], input=f"{password}\n")


def test_what_is_kept_is_held_against_the_rules_by_a_command(
    installation: Installation, address: Address, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(monkeypatch, address)
    monkeypatch.setattr(clock, "now", lambda: NOON + timedelta(hours=1))

    async def use(database: Database) -> None:
        visit, directory = await _visit(database)
        watching = Watching(database)
        for place, agent in enumerate(("Firefox", "Chrome", "Firefox")):
            now = NOON + 5 * place * MINUTE
            watching.note(visit, Origin("192.0.2.1", agent), directory, now, NOON.date())
        await watching.settle()

    run(address, installation, use)
    told = command("shared-use", "--from", "2025-07-28", "--to", "2025-07-28")
    assert (told.exit_code, told.stdout) == (
        0,
        "clerk: INTERLEAVED (HIGH) Ngày 28/07/2025 dùng xen kẽ trên 2 máy tính trong một giờ, trong cùng một phiên "
        "làm việc: chuyển qua lại lúc 12:00, 12:05, 12:10\n",
    )
    assert run(address, installation, _events_of_operators) == [
        ("looking.over", {"before": "2025-07-29", "findings": 1, "from": "2025-07-28"})
    ]
    assert command("shared-use", "--from", "2025-07-28", "--to", "2025-07-27").exit_code == 2


def test_a_note_is_marked_as_seen_by_a_command(
    installation: Installation, address: Address, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(monkeypatch, address)
    monkeypatch.setattr(clock, "now", lambda: NOON)

    async def settle(database: Database) -> str:
        async with database.service() as session:
            unit = (await Directory.load(session)).named("42", NOON.date())
            await hired(session, "head", roles.UNIT_HEAD, unit=unit.key, now=NOON, sectors=ALL)
            return str(await _noted(session))

    note = run(address, installation, settle)
    assert command("note-seen", note, "--by", "head", password=PASSWORD).stdout == f"{note}: đã xem\n"


async def _noted(session: AsyncSession) -> Any:
    account = await accounts.find(session, login="clerk")
    assert account is not None
    note = SharedUseNote(
        account_id=account.id,
        rule=Rule.INTERLEAVED,
        severity=Severity.HIGH,
        rung=Rung.END_SESSIONS,
        since=NOON,
        last=NOON,
        found_at=NOON,
        found_on=NOON.date(),
        evidence="Dùng xen kẽ",
    )
    session.add(note)
    await session.flush()
    return note.id


def settings_with(file: Path | None) -> Settings:
    return Settings.read({} if file is None else {"DEAN06_SHARED_USE": str(file)})


def test_a_province_sets_its_own_hours_holidays_thresholds_and_tops(tmp_path: Path) -> None:
    file = tmp_path / "shared-use.toml"
    file.write_text(
        """replacements = 6
holidays = [2026-09-02]
[hours]
closes = 18:30:00
[hours_of."42.113"]
opens = 00:00:00
closes = 23:59:00
busy_closes = 23:59:00
days = [0, 1, 2, 3, 4, 5, 6]
[tops]
interleaved = "suspend"
""",
        encoding="utf-8",
    )
    watch: Watch = watch_of(settings_with(file))
    assert (watch.replacements, watch.returns, str(watch.hours.closes)) == (6, WATCH.returns, "18:30:00")
    assert len(watch.hours_at("42.113").days) == 7
    assert {rule: top for rule, top in watch.tops.items() if top is not WATCH.tops[rule]} == {
        Rule.INTERLEAVED: Rung.SUSPEND
    }
    assert watch_of(settings_with(None)) == WATCH


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("replacements = 0", "'replacements' of the file of shared use is 0. Write a whole number from 1 on."),
        ("typing = 1", "The file of shared use has the unknown line 'typing'."),
        ("[tops]\ninterleaved = 'delete'", "Write one of interleaved, simultaneous, volume, outside_hours = one of"),
        ("[hours]\nopens = 21:00:00", "Working hours have to open before they close"),
        ("[hours]\nlunch = 12:00:00", "Working hours have opens, closes and busy_closes"),
        ("holidays = ['Tết']", "Write a list of days"),
        ("replacements", "The file of shared use is not TOML"),
    ],
)
def test_a_file_that_cannot_be_meant_stops_the_server(tmp_path: Path, written: str, told: str) -> None:
    file = tmp_path / "shared-use.toml"
    file.write_text(written, encoding="utf-8")
    with pytest.raises(StartUpError, match=re.escape(told)):
        watch_of(settings_with(file))
    with pytest.raises(StartUpError, match="DEAN06_SHARED_USE names the file"):
        watch_of(settings_with(tmp_path / "nowhere.toml"))
