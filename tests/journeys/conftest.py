"""The demonstration, served over real HTTP on a free port of this machine, and people who sign in to it."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import httpx2
import pytest
import uvicorn
from passlib.totp import TOTP

from dean06_auth.attempts import Door
from dean06_auth.profile import VN_L3_2026
from dean06_auth.secret_boxes import SecretBox
from dean06_core.database import Address
from dean06_core.testing.places import place
from dean06_server import app, clock, demo
from dean06_server.demo.questions import document
from dean06_server.installation import Installation


@dataclass(frozen=True)
class Person:
    """Somebody who is signed in."""

    client: httpx2.Client
    token: str

    def ask(self, query: str, **variables: Any) -> dict[str, Any]:
        """The whole answer to a query: data, errors, or both."""
        headers = {"Authorization": f"Bearer {self.token}"}
        body = {"query": query, "variables": variables}
        answered: dict[str, Any] = self.client.post("/graphql", json=body, headers=headers).json()
        return answered

    def data(self, query: str, **variables: Any) -> dict[str, Any]:
        """The data of an answer without errors."""
        answered = self.ask(query, **variables)
        assert "errors" not in answered, answered["errors"]
        data: dict[str, Any] = answered["data"]
        return data


SignIn = Callable[[str], Person]
UNHURRIED = replace(VN_L3_2026, session_idle_minutes=480, session_idle_minutes_admin=480)
"""Sessions are kept for all tests of a process, however long the others take."""


@pytest.fixture(scope="session")
def installation() -> Installation:
    return Installation.found()


@pytest.fixture(scope="session")
def demonstration(
    installation: Installation, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Address, str]]:
    """Where a demo database is, and its password."""

    async def make(address: Address) -> str:
        database = installation.database(address)
        made = await demo.make(installation, database, now=clock.now())
        await database.close()
        return made.password

    with place(tmp_path_factory.mktemp("journeys")) as address:
        yield address, asyncio.run(make(address))


@pytest.fixture(scope="session")
def address(installation: Installation, demonstration: tuple[Address, str]) -> Iterator[str]:
    site = app.create(installation, demonstration[0], door=Door(UNHURRIED, SecretBox((b"k" * 32,))))
    server = uvicorn.Server(uvicorn.Config(site, log_level="warning", access_log=False))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        serving = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        serving.start()
        while not server.started and serving.is_alive():
            time.sleep(0.01)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = True
        serving.join()


@pytest.fixture(scope="session")
def client(address: str) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=address, trust_env=False, timeout=30) as opened:
        yield opened


@pytest.fixture(scope="session")
def sign_in(client: httpx2.Client, demonstration: tuple[Address, str]) -> SignIn:
    """Sign in with a login of the demonstration, with a second factor where its role needs one; once a login."""
    known: dict[str, Person] = {}

    def enter(login: str) -> Person:
        if login not in known:
            variables = {"login": login, "password": demonstration[1]}
            answered = client.post("/graphql", json={"query": document("sign_in"), "variables": variables}).json()
            assert answered["data"]["signIn"]["errors"] == []
            known[login] = Person(client, answered["data"]["signIn"]["token"])
            _take_second_factor(known[login], demonstration[1])
        return known[login]

    return enter


@pytest.fixture(scope="session")
def health(sign_in: SignIn) -> Person:
    return sign_in("health")


@pytest.fixture(scope="session")
def secretariat(sign_in: SignIn) -> Person:
    return sign_in("secretariat")


@pytest.fixture(scope="session")
def commune(sign_in: SignIn) -> Person:
    return sign_in("commune.18823")


def _take_second_factor(person: Person, password: str) -> None:
    """Whoever may not do anything else yet enrols a device and confirms it."""
    if person.data("{ signedIn }")["signedIn"]:
        return
    enrol = "mutation ($password: String!) { enrolSecondFactor(current: $password) { uri errors { code } } }"
    device = TOTP.from_uri(person.data(enrol, password=password)["enrolSecondFactor"]["uri"])
    confirm = "mutation ($code: String!) { confirmSecondFactor(code: $code) { errors { code } } }"
    assert person.data(confirm, code=device.generate().token)["confirmSecondFactor"]["errors"] == []
