"""On a server the operator has three logins; what is wrong with one of them is told in a sentence with the remedy."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result
from starlette.testclient import TestClient

from dean06_core.access import ALL, DataClass, Right
from dean06_core.database import Address, backend_of
from dean06_core.units import UnitRow
from dean06_server import app
from dean06_server.cli import main
from dean06_server.installation import Installation
from dean06_server.passes import PassExpired, tell_of_expiry
from tests.server.conftest import tell

pytestmark = pytest.mark.postgresql

Run = Callable[..., Result]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command whose environment names a database."""

    def invoke(address: Address, *arguments: str) -> Result:
        tell(monkeypatch, address)
        return CliRunner().invoke(main, arguments)

    return invoke


@contextmanager
def owning(address: Address) -> Iterator[sa.Connection]:
    engine = sa.create_engine(address.owner or address.url)
    with engine.begin() as connection:
        yield connection
    engine.dispose()


def changed(url: str | None, **parts: Any) -> str:
    return sa.make_url(url or "").set(**parts).render_as_string(hide_password=False)


def where_nobody_listens(url: str | None) -> str:
    return changed(url, host="127.0.0.1", port=9)


def refusal(ended: Result) -> str:
    assert ended.exit_code == 1
    assert isinstance(ended.exception, SystemExit), ended.exception
    return ended.output.removeprefix("Error: ").rstrip("\n")


@pytest.mark.parametrize("command", [("migrate",), ("demo", "--no-questions")], ids=lambda it: it[0])
def test_tables_are_made_by_their_owner_alone(nowhere: Address, run: Run, command: tuple[str, ...]) -> None:
    assert refusal(run(replace(nowhere, owner=None), *command)) == (
        "Tables are made by the login that owns them. Set DEAN06_DATABASE_OWNER_URL, "
        "for example to postgresql://dean06_owner@localhost/dean06."
    )
    assert run(nowhere, *command).exit_code == 0


def test_whoever_makes_no_tables_needs_no_owner(address: Address, run: Run) -> None:
    examined = run(replace(address, owner=None), "doctor")
    assert examined.exit_code == 0, examined.output
    assert "ok      walls" in examined.output.splitlines()


def test_services_that_own_tables_are_not_served(address: Address, run: Run) -> None:
    owner = sa.make_url(address.owner or "").username
    assert refusal(run(replace(address, url=address.owner or ""), "serve")) == (
        f"The login '{owner}' of {backend_of(address, {}).name} is above the walls: it is a superuser, has BYPASSRLS "
        "or owns tables. Open the database with a login that is none of this."
    )


def test_one_login_for_services_and_callers_is_refused(address: Address, run: Run) -> None:
    refused = refusal(run(replace(address, callers=address.url), "serve"))
    assert "so there would be no wall. Set DEAN06_DATABASE_CALLERS_URL to a login of its own." in refused


def test_a_login_that_nobody_made_is_named(nowhere: Address, run: Run) -> None:
    assert refusal(run(replace(nowhere, callers=changed(nowhere.callers, username="khong_co")), "migrate")) == (
        'A login of the database lacks something: role "khong_co" does not exist. '
        "docs/commands.md says how the three logins are made."
    )


def test_without_its_walls_a_database_is_not_served_until_it_is_migrated_again(
    address: Address, run: Run, installation: Installation
) -> None:
    with owning(address) as connection:
        connection.execute(sa.text("drop schema wall cascade"))
    told = f"The walls of {backend_of(address, {}).name} are not those of the installed tables. To go on, run: "
    assert refusal(run(address, "serve")) == f"{told}dean06 migrate"
    examined = run(address, "doctor")
    assert examined.exit_code == 1
    assert f"broken  walls: {told}dean06 migrate" in examined.output.splitlines()
    with TestClient(app.create(installation, address)) as client:
        answered = client.get("/readyz")
        assert (answered.status_code, answered.json()) == (503, {"status": "not ready", "because": "walls"})
        assert run(address, "migrate").exit_code == 0
        assert client.get("/readyz").status_code == 200
    assert run(address, "doctor").exit_code == 0


def test_a_server_that_does_not_answer_is_told_in_a_sentence(
    address: Address, run: Run, installation: Installation
) -> None:
    away = Address(*map(where_nobody_listens, (address.url, address.callers, address.owner)))
    for command in ("migrate", "serve", "demo"):
        refused = refusal(run(away, command))
        assert refused.startswith("The database cannot be used: connection failed: "), refused
        assert refused.endswith(". Ask: dean06 doctor")
    examined = run(away, "doctor")
    assert examined.exit_code == 1
    assert f"broken  database {backend_of(away, {}).name} cannot be opened by its services: " in examined.output
    with TestClient(app.create(installation, away), raise_server_exceptions=False) as client:
        assert client.get("/readyz").json() == {"status": "not ready", "because": "database"}
        asked = client.post("/graphql", json={"query": "{ __typename }"}, headers={"Authorization": "Bearer nobody"})
        assert (asked.status_code, asked.json()["errors"][0]["extensions"]["code"]) == (503, "DATABASE_UNAVAILABLE")


def test_a_password_is_in_no_sentence(address: Address, run: Run) -> None:
    secret = sa.make_url(address.url).password
    assert secret
    for command in ("migrate", "doctor", "serve"):
        assert secret not in run(replace(address, url=where_nobody_listens(address.url)), command).output


@pytest.mark.anyio
async def test_whoever_outlasts_his_pass_is_told_to_ask_for_less(address: Address, installation: Installation) -> None:
    database, rights = installation.database(address), (Right(DataClass.DIRECTORY, ALL, ALL),)
    tell_of_expiry(database)
    async with database.reading(rights) as session:
        assert len(list(await session.scalars(sa.select(UnitRow)))) == 1
    with owning(address) as connection:
        connection.execute(sa.text("update wall.pass set expires_at = now() - interval '1 second'"))
    async with database.reading(rights) as session:
        with pytest.raises(PassExpired) as told:
            await session.scalars(sa.select(UnitRow))
    assert (told.value.code, told.value.message) == (
        "PASS_EXPIRED",
        "Yêu cầu kéo dài quá thời hạn được đọc dữ liệu. Hãy bớt đơn vị, kỳ hoặc số dòng của truy vấn rồi gửi lại.",
    )
    await database.close()
