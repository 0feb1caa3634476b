"""A supervisor restarts what is not alive and sends nothing to what is not ready; a broken plugin is neither."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient

from dean06_core import migrating
from dean06_core.database import Address
from dean06_core.plugins import GROUP
from dean06_server import app
from dean06_server.installation import AUTH, Installation
from tests.server.conftest import Hands

TOKEN = {"Authorization": "Bearer nobody"}
READY = {"status": "ready", "broken": []}


@contextmanager
def serving(installation: Installation, address: Address) -> Iterator[TestClient]:
    site = app.create(installation, address, now=Hands())
    with TestClient(site, raise_server_exceptions=False) as client:
        yield client


def test_a_fitting_database_is_ready(client: TestClient) -> None:
    answered = client.get("/readyz")
    assert (answered.status_code, answered.json()) == (200, READY)
    assert answered.headers["cache-control"] == "no-store"


def test_a_broken_plugin_is_named_and_everything_else_serves_on(address: Address, token: str) -> None:
    land = EntryPoint("land", "dean06_land.plugin", GROUP)
    installation = Installation.found([*entry_points(group=GROUP), land])
    with serving(installation, address) as client:
        answered = client.get("/readyz")
        assert answered.status_code == 200
        assert answered.json() == {"status": "ready", "broken": [{"plugin": "land", "version": "?"}]}
        headers = {"Authorization": f"Bearer {token}"}
        asked = client.post("/graphql", json={"query": "{ me { login } }"}, headers=headers)
        assert asked.json() == {"data": {"me": {"login": "clerk"}}}


def test_a_database_without_tables_is_not_ready_and_says_which_histories(
    installation: Installation, nowhere: Address
) -> None:
    with serving(installation, nowhere) as client:
        answered = client.get("/readyz")
        assert answered.status_code == 503
        assert answered.json() == {
            "status": "not ready",
            "because": "migration",
            "histories": [
                "core",
                "auth",
                "health",
                "identity",
                "justice",
                "public_services",
                "social_insurance",
                "tax",
            ],
        }
        assert client.get("/livez").json() == {"status": "alive"}
        asked = client.post("/graphql", json={"query": "{ __typename }"}, headers=TOKEN)
        assert asked.status_code == 503
        assert asked.json()["errors"][0]["extensions"] == {"code": "DATABASE_UNAVAILABLE"}


def test_a_database_of_a_newer_release_is_not_ready(installation: Installation, address: Address) -> None:
    asyncio.run(migrate_as_a_newer_release(installation, address))
    with serving(installation, address) as client:
        answered = client.get("/readyz")
        assert (answered.status_code, answered.json()["histories"]) == (503, ["auth"])


@pytest.mark.sqlite
def test_a_file_that_is_no_database_is_not_ready(installation: Installation, tmp_path: Path) -> None:
    (tmp_path / "notes.db").write_text("Không phải cơ sở dữ liệu. " * 100)
    with serving(installation, Address(f"sqlite:///{tmp_path / 'notes.db'}")) as client:
        answered = client.get("/readyz")
        assert (answered.status_code, answered.json()) == (503, {"status": "not ready", "because": "database"})
        assert client.get("/livez").status_code == 200
        asked = {"query": "{ __typename }"}
        assert client.post("/graphql", json=asked, headers=TOKEN).status_code == 503
        assert client.post("/graphql", json=asked).status_code == 200, "nothing is read for somebody without a token"


@pytest.mark.parametrize("path", ["/livez", "/readyz"])
def test_a_probe_is_only_asked(client: TestClient, path: str) -> None:
    assert client.post(path).status_code == 405


async def migrate_as_a_newer_release(installation: Installation, address: Address) -> None:
    database = installation.database(address)
    async with database.owner.begin() as connection:
        table = AUTH.version_table
        await connection.execute(sa.update(table).values(version_num="auth_9999"))
    states = await migrating.state(database, installation.histories)
    assert [state.history.name for state in states if state.is_newer] == ["auth"]
    await database.close()
