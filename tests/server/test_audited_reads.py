"""To read records, citizens or accounts leaves an event of the operation, and without the event there is no answer."""

from __future__ import annotations

import asyncio
import hashlib
import json
from typing import Any

import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result
from sqlalchemy.exc import OperationalError
from starlette.testclient import TestClient

from dean06_auth import accounts, roles
from dean06_core import audit
from dean06_core.access import ALL
from dean06_core.audit import AuditEvent, AuditPersonal, Event
from dean06_core.database import Address
from dean06_core.directory import Directory
from dean06_core.systems import System
from dean06_server import operators
from dean06_server.cli import main
from dean06_server.installation import Installation
from tests.server.conftest import NOON, tell
from tests.server.hiring import PASSWORD, admitted, hired

REPORT = "query Review($system: String!) { accountReport(system: $system) { total } }"
ME = "{ me { login duties { function } grants { role duty { function } } } }"


@pytest.fixture
def keeper(installation: Installation, address: Address, monkeypatch: pytest.MonkeyPatch) -> str:
    """The token of somebody who checks accounts, in a province with one registered system."""
    tell(monkeypatch, address)

    async def settle() -> str:
        database = installation.database(address)
        async with database.service() as session:
            session.add(System(code="mot-cua", name="Một cửa điện tử"))
            unit = (await Directory.load(session)).named("42", NOON.date())
            checker = await hired(session, "kiem-tra", roles.AUDITOR, unit=unit.key, now=NOON, sectors=ALL)
            token = await admitted(session, checker, NOON)
        await database.close()
        return token

    return asyncio.run(settle())


def ask(client: TestClient, token: str, query: str, **variables: Any) -> Any:
    body = {"query": query, "variables": variables}
    return client.post("/graphql", json=body, headers={"Authorization": f"Bearer {token}"}).json()


def logged(installation: Installation, address: Address, action: str | None = None) -> list[AuditEvent]:
    async def read() -> list[AuditEvent]:
        database = installation.database(address)
        async with database.service_reading() as session:
            found = [*await session.scalars(sa.select(AuditEvent).order_by(AuditEvent.id))]
        await database.close()
        return [event for event in found if action in (None, event.action)]

    return asyncio.run(read())


def test_what_was_read_is_told_by_table_and_not_what_was_asked(
    client: TestClient, keeper: str, installation: Installation, address: Address
) -> None:
    assert ask(client, keeper, REPORT, system="mot-cua")["data"] == {"accountReport": {"total": 0}}
    [event] = logged(installation, address, "read")
    assert (event.login, event.role, event.outcome, event.recorded_at) == ("kiem-tra", "auditor", "DONE", NOON)
    body = json.loads(event.body)
    assert body["document"] == hashlib.sha256(REPORT.encode()).hexdigest()
    assert (body["operation"], body["classes"]) == ("Review", ["G"])
    assert body["tables"] == {"system_account": 1, "system_headcount": 0}, "its newest day, of none"
    assert "mot-cua" not in event.body


def test_one_operation_leaves_one_event(
    client: TestClient, keeper: str, installation: Installation, address: Address
) -> None:
    fields = " ".join(f'a{number}: accountReport(system: "mot-cua") {{ total }}' for number in range(3))
    assert "errors" not in ask(client, keeper, f"{{ {fields} }}")
    assert len(logged(installation, address, "read")) == 1


@pytest.mark.parametrize("query", [ME, "{ signedIn }", "{ units { edges { node { code } } } }"])
def test_oneself_and_what_is_public_or_aggregated_is_not_recorded(
    client: TestClient, keeper: str, installation: Installation, address: Address, query: str
) -> None:
    assert "errors" not in ask(client, keeper, query)
    assert logged(installation, address, "read") == []


def test_how_often_somebody_opened_records_is_told_for_a_period(
    client: TestClient, keeper: str, installation: Installation, address: Address
) -> None:
    asked = '{ me { july: lookups(period: "2025-07") june: lookups(period: "2025-06") } }'
    ask(client, keeper, REPORT, system="mot-cua")
    assert ask(client, keeper, asked)["data"]["me"] == {"july": 0, "june": 0}, "accounts are no records of citizens"
    asyncio.run(_opened(installation, address))
    assert ask(client, keeper, asked)["data"]["me"] == {"july": 1, "june": 0}
    [error] = ask(client, keeper, '{ me { lookups(period: "2025-13") } }')["errors"]
    assert error["extensions"]["code"] == "PERIOD_INVALID"


async def _opened(installation: Installation, address: Address) -> None:
    """What stands in the log once the keeper has opened a record of a citizen."""
    database = installation.database(address)
    async with database.service() as session:
        account = await accounts.find(session, login="kiem-tra")
        assert account is not None
        details = {"classes": ["R"]}
        await audit.record(session, audit.Event(action="read", at=NOON, account=account.id, details=details))
    await database.close()


def test_what_cannot_be_recorded_is_not_answered(
    client: TestClient, keeper: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object) -> None:
        raise OperationalError("insert", {}, OSError("no room"))

    with monkeypatch.context() as patched:
        patched.setattr(audit, "record", fail)
        answer = ask(client, keeper, REPORT, system="mot-cua")
        assert ([error["extensions"]["code"] for error in answer["errors"]], "data" in answer) == (
            ["NOT_RECORDED"],
            False,
        )
        assert "errors" not in ask(client, keeper, "{ signedIn }")
    assert "errors" not in ask(client, keeper, REPORT, system="mot-cua")


def run(*arguments: object, typed: str = "") -> Result:
    return CliRunner().invoke(main, [*map(str, arguments)], input=typed)


def test_what_an_operator_does_is_told_under_his_name(
    keeper: str, installation: Installation, address: Address
) -> None:
    opened = run("account", "open", "moi", "--name", "Trần Thị Mới", "--unit", "42", typed=f"{PASSWORD}\n{PASSWORD}\n")
    assert opened.exit_code == 0, opened.output
    assert run("account", "unlock", "moi").exit_code == 0
    assert run("account", "token", "moi", "--reason", "Hỗ trợ").exit_code == 0
    assert run("account", "token", "khong-co", "--reason", "Hỗ trợ").exit_code == 1
    events = logged(installation, address)
    assert [(event.action, event.outcome) for event in events] == [
        ("accounts.open", "DONE"),
        ("lockouts.lift", "DONE"),
        ("operator_tokens.issue", "DONE"),
        ("operator_tokens.issue", "ACCOUNT_UNKNOWN"),
    ]
    assert {(event.login, event.account_id) for event in events} == {(operators.login(), None)}
    assert json.loads(events[0].body)["changes"]["account"][0]["after"]["state"] == "ACTIVE"
    for event in events:
        assert not any(word in str(vars(event)) for word in ("Mới", "Hỗ trợ", PASSWORD))


def test_an_import_is_told_with_its_counts_and_a_dry_run_is_not(
    keeper: str, installation: Installation, address: Address, tmp_path: Any
) -> None:
    file = tmp_path / "documents.csv"
    file.write_text("label,number,kind\n15/QĐ-UBND,15/QĐ-UBND,Quyết định\n", encoding="utf-8")
    assert run("import", "documents", file, "--dry-run").exit_code == 0
    assert run("import", "documents", file).exit_code == 0
    file.write_text("label,number,kind\n16/QĐ-UBND,16/QĐ-UBND,\n", encoding="utf-8")
    assert run("import", "documents", file).exit_code == 1
    told = [(event.outcome, event.subject, json.loads(event.body)) for event in logged(installation, address)]
    assert [(outcome, subject) for outcome, subject, _ in told] == [
        ("DONE", "documents"),
        ("ROWS_REFUSED", "documents"),
    ]
    assert (told[0][2]["created"], told[1][2]["rows"], told[1][2]["errors"] > 0) == (1, 1, True)


def test_the_log_is_listed_and_what_it_says_of_persons_erased(
    keeper: str, installation: Installation, address: Address
) -> None:
    asyncio.run(_keep(installation, address, "an", "binh"))
    newest = run("audit", "list", "--first", 1)
    binh, an = (json.loads(told.stdout) for told in (newest, run("audit", "list", *newest.stderr.split())))
    assert (an["personal"], binh["personal"], newest.stderr.startswith("--after ")) == (
        {"login": "an"},
        {"login": "binh"},
        True,
    )
    assert run("audit", "erase", an["event"], "--reason", " ").exit_code == 2
    erased = run("audit", "erase", an["event"], "--reason", "Bà Ẩn yêu cầu")
    assert (erased.exit_code, erased.stdout) == (0, "Đã xóa dữ liệu cá nhân của 1 sự kiện\n")
    [telling] = logged(installation, address, "audit.erase")
    assert json.loads(telling.body) == {"erased": 1, "events": [an["event"]]}
    assert (telling.login, "yêu cầu" in str(vars(telling))) == (operators.login(), False)
    still = [json.loads(line) for line in run("audit", "list", "--action", "test").stdout.splitlines()]
    assert [(line["event"], line["personal"]) for line in still] == [
        (binh["event"], {"login": "binh"}),
        (an["event"], None),
    ]
    assert asyncio.run(_personal(installation, address)) == 2, "of the other event, and why it was erased"


async def _keep(installation: Installation, address: Address, *logins: str) -> None:
    database = installation.database(address)
    async with database.service() as session:
        for login in logins:
            await audit.record(session, Event(action="test", at=NOON, personal={"login": login}))
    await database.close()


async def _personal(installation: Installation, address: Address) -> int:
    database = installation.database(address)
    async with database.service_reading() as session:
        found = await session.scalar(sa.select(sa.func.count()).select_from(AuditPersonal)) or 0
    await database.close()
    return found
