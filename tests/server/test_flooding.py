"""Over HTTP: whoever guesses passwords is refused before anything of his requests is read, and nobody else is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import copy_context
from datetime import timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send

from dean06_auth import making_way
from dean06_auth.floods import AT_ONCE
from dean06_auth.making_way import Questions
from dean06_core.database import Address
from dean06_server import app, desk
from dean06_server.installation import Installation
from tests.server.conftest import Hands

GUESS = 'mutation { signIn(login: "can-bo-%d", password: "đoán mò") { token errors { code } } }'
ME = "{ me { login } }"

Ask = Callable[..., Any]


@pytest.fixture
def client(installation: Installation, address: Address, hands: Hands) -> Iterator[TestClient]:
    """Comes from where its header ``Source`` says."""
    site = app.create(installation, address, now=hands)

    async def placed(scope: Scope, receive: Receive, send: Send) -> None:
        headers = dict(scope.get("headers", ()))
        await site({**scope, "client": (headers.get(b"source", b"").decode(), 50_000)}, receive, send)

    with TestClient(placed) as opened:
        yield opened


@pytest.fixture
def ask(client: TestClient) -> Ask:
    def send(query: str, source: str, token: str | None = None) -> Any:
        headers = {"Source": source} | ({} if token is None else {"Authorization": f"Bearer {token}"})
        return client.post("/graphql", json={"query": query}, headers=headers)

    return send


@pytest.fixture
def guessed(ask: Ask) -> str:
    """Where somebody has guessed as often as one may at one moment."""
    source = "198.51.100.7"
    for number in range(AT_ONCE):
        assert ask(GUESS % number, source).status_code == 200
    return source


def test_who_guesses_on_is_told_to_wait_and_after_a_while_is_looked_at_again(
    ask: Ask, guessed: str, hands: Hands
) -> None:
    refused = ask(GUESS % 99, guessed)
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "5")
    assert [error["extensions"] for error in refused.json()["errors"]] == [{"code": "TOO_BUSY"}]
    hands.at += timedelta(seconds=5)
    assert ask(GUESS % 99, guessed).json()["data"]["signIn"]["errors"] == [{"code": "SIGN_IN_FAILED"}]


def test_others_sign_in_meanwhile_and_who_is_in_is_answered_wherever_he_is(ask: Ask, guessed: str, token: str) -> None:
    assert ask(GUESS % 99, "203.0.113.9").json()["data"]["signIn"]["errors"] == [{"code": "SIGN_IN_FAILED"}]
    assert ask(ME, guessed, token).json()["data"]["me"]["login"]
    assert ask(ME, guessed).status_code == 429


def test_nothing_of_it_is_read(client: TestClient, guessed: str) -> None:
    headers = {"Content-Type": "text/plain", "Source": guessed}
    assert client.post("/graphql", content=b"\xff", headers=headers).status_code == 429
    assert client.post("/graphql", content=b"\xff", headers={**headers, "Source": "203.0.113.9"}).status_code == 415


def test_what_is_asked_with_a_token_goes_first_and_nothing_else(
    ask: Ask, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    went_first = 0

    class Counted(Questions):
        @contextmanager
        def asked(self) -> Iterator[None]:
            nonlocal went_first
            went_first += 1
            with super().asked():
                yield

    monkeypatch.setattr(desk, "QUESTIONS", Counted())
    ask(GUESS % 1, "203.0.113.9")
    ask("{ units { totalCount } }", "203.0.113.9")
    assert went_first == 0
    assert ask(ME, "203.0.113.9", token).json()["data"]["me"]["login"]
    assert went_first == 1


@pytest.fixture
def gave_way(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Of each step of an attempt, whether there was a question to wait for."""
    found: list[bool] = []

    async def go_first(questions: Questions) -> None:
        found.append(bool(questions._open))

    monkeypatch.setattr(Questions, "go_first", go_first)
    return found


@pytest.fixture
def question() -> Iterator[None]:
    """Asked by somebody else, and not yet answered."""
    elsewhere, asked = copy_context(), making_way.QUESTIONS.asked()
    elsewhere.run(asked.__enter__)
    yield
    elsewhere.run(asked.__exit__, None, None, None)


@pytest.mark.usefixtures("question")
def test_each_step_of_a_sign_in_gives_way_to_a_question(ask: Ask, gave_way: list[bool]) -> None:
    assert ask(GUESS % 1, "203.0.113.9").json()["data"]["signIn"]["errors"] == [{"code": "SIGN_IN_FAILED"}]
    assert gave_way == [True, True, True]


def test_whoever_changes_his_password_does_not_wait_for_himself(ask: Ask, token: str, gave_way: list[bool]) -> None:
    changing = 'mutation { changePassword(current: "sai", new: "Mận chín 27 cây số") { errors { code } } }'
    changed = ask(changing, "203.0.113.9", token).json()["data"]["changePassword"]
    assert changed["errors"] == [{"code": "PASSWORD_WRONG"}]
    assert gave_way == [False, False, False]
