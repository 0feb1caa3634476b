"""A password is kept as argon2id, compared as people type it, and only so many wait at one time."""

from __future__ import annotations

import asyncio
import threading
import unicodedata
from collections.abc import Iterator

import pytest

from dean06_auth import passwords
from dean06_core.errors import BadInput
from tests.conftest import AS_IN_USE

pytestmark = pytest.mark.anyio

PASSWORD = "Mật khẩu số 1"


@pytest.fixture(autouse=True)
def as_in_use(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "_HASHER", AS_IN_USE)


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Checking a password takes until the gate is opened, and then no time."""
    opened = threading.Event()

    def wait(_password: bytes, _stored: str) -> bool:
        return opened.wait(timeout=10)

    monkeypatch.setattr(passwords, "_check", wait)
    yield opened
    opened.set()


async def test_what_is_stored_is_argon2id_with_the_parameters_of_owasp() -> None:
    stored = await passwords.protect(PASSWORD)
    assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert not passwords.is_outdated(stored)
    assert await passwords.check(PASSWORD, against=stored)
    assert not await passwords.check("Mật khẩu số 2", against=stored)


async def test_a_password_typed_with_separate_marks_is_the_same_password() -> None:
    stored = await passwords.protect(unicodedata.normalize("NFC", PASSWORD))
    assert await passwords.check(unicodedata.normalize("NFD", PASSWORD), against=stored)


async def test_nothing_matches_where_nothing_is_stored() -> None:
    assert not await passwords.check(PASSWORD, against=None)


async def test_checking_against_nothing_is_the_same_work_as_against_a_password(monkeypatch: pytest.MonkeyPatch) -> None:
    checked: list[str] = []

    def agree(_password: bytes, stored: str) -> bool:
        checked.append(stored)
        return True

    monkeypatch.setattr(passwords, "_check", agree)
    assert not await passwords.check(PASSWORD, against=None)
    (against,) = checked
    assert not passwords.is_outdated(against)


@pytest.mark.parametrize(
    "typed",
    [
        pytest.param("a" * (passwords.LONGEST + 1), id="longer than any password may be"),
        pytest.param("\ud800", id="half a letter"),
        pytest.param("a\0b", id="with a null"),
    ],
)
async def test_what_nobody_could_have_stored_is_just_wrong(typed: str) -> None:
    assert not await passwords.check(typed, against=None)


def test_a_password_stored_with_other_parameters_is_outdated() -> None:
    assert passwords.is_outdated("$argon2id$v=19$m=8192,t=2,p=1$" + "A" * 22 + "$" + "A" * 43)


async def test_fifty_may_wait_while_two_are_checked_and_the_next_is_told_to_come_back(gate: threading.Event) -> None:
    waiting = [asyncio.ensure_future(passwords.check(PASSWORD, against="x")) for _ in range(52)]
    await asyncio.sleep(0)
    with pytest.raises(BadInput) as refused:
        await passwords.check(PASSWORD, against="x")
    assert refused.value.code == "TOO_BUSY"
    assert refused.value.message == "Đang có quá nhiều lượt đăng nhập cùng lúc. Hãy thử lại sau vài giây."
    gate.set()
    assert all(await asyncio.gather(*waiting))
    assert await passwords.check(PASSWORD, against="x")


async def test_whoever_gives_up_waiting_leaves_his_place(gate: threading.Event) -> None:
    waiting = [asyncio.ensure_future(passwords.check(PASSWORD, against="x")) for _ in range(52)]
    await asyncio.sleep(0)
    waiting.pop().cancel()
    await asyncio.sleep(0)
    waiting.append(asyncio.ensure_future(passwords.check(PASSWORD, against="x")))
    await asyncio.sleep(0)
    gate.set()
    assert all(await asyncio.gather(*waiting))
