"""Five failures lock a login at the source that failed, for hours; from elsewhere its owner still gets in."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import pytest
from passlib.hash import argon2

from dean06_auth import lockouts, passwords, sign_ins
from dean06_auth.accounts import AccountCredential
from dean06_auth.attempts import Shown
from dean06_auth.lockouts import SignInAttempts
from dean06_auth.profile import VN_L3_2026
from dean06_auth.sessions import Origin
from dean06_core.database import Database
from dean06_core.errors import BadInput
from tests.auth.province import NOW, TODAY, count, hire

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("however_many")]

PASSWORD = "một mật khẩu dài"
STORED = argon2.using(type="ID", memory_cost=8, time_cost=1, parallelism=1).hash(PASSWORD)
OFFICE, ELSEWHERE = Origin("10.1.2.3"), Origin("203.0.113.9")


@pytest.fixture(autouse=True)
async def employed(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """An account whose password is quick to check and stays as it is stored."""
    monkeypatch.setattr(passwords, "is_outdated", lambda _stored: False)
    async with database.service() as session:
        account = await hire(session, "an")
        session.add(AccountCredential(account_id=account.id, password_hash=STORED, password_set_at=NOW))


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds that attempts were made to wait, which they do not."""
    waited: list[float] = []

    async def wait(seconds: float) -> None:
        waited.append(seconds)

    monkeypatch.setattr(lockouts, "_wait", wait)
    return waited


async def tell(
    database: Database, password: str, *, login: str = "an", origin: Origin = OFFICE, at: datetime = NOW
) -> str:
    """DONE, or the code of the refusal."""
    try:
        await sign_ins.sign_in(database, Shown(login, password), now=at, on=TODAY, origin=origin)
    except BadInput as refused:
        return refused.code
    return "DONE"


async def fail(database: Database, times: int, *, login: str = "an", origin: Origin = OFFICE) -> None:
    for _ in range(times):
        assert await tell(database, "sai", login=login, origin=origin) == "SIGN_IN_FAILED"


async def test_after_four_failures_the_right_password_is_taken_and_they_are_forgotten(
    database: Database, pauses: list[float]
) -> None:
    for _ in range(2):
        await fail(database, 4)
        assert await tell(database, PASSWORD) == "DONE"
    assert pauses == []


async def test_after_five_failures_the_right_password_is_as_wrong_as_any(
    database: Database, pauses: list[float]
) -> None:
    await fail(database, 5)
    assert await tell(database, PASSWORD) == "SIGN_IN_FAILED"


async def test_whoever_locks_a_login_does_not_lock_its_owner_elsewhere(database: Database, pauses: list[float]) -> None:
    await fail(database, 60, origin=ELSEWHERE)
    assert await tell(database, PASSWORD, origin=ELSEWHERE) == "SIGN_IN_FAILED"
    pauses.clear()
    assert await tell(database, PASSWORD, origin=OFFICE) == "DONE"
    assert pauses == [4.0], "the owner is slowed and let in"


@pytest.mark.parametrize(
    ("after", "told"),
    [
        pytest.param(timedelta(hours=12) - timedelta(seconds=1), "SIGN_IN_FAILED", id="a second too early"),
        pytest.param(timedelta(hours=12), "DONE", id="twelve hours after the fifth"),
    ],
)
async def test_a_lock_ends_by_itself_and_trying_does_not_prolong_it(
    database: Database, pauses: list[float], after: timedelta, told: str
) -> None:
    await fail(database, 5)
    await tell(database, PASSWORD, at=NOW + timedelta(hours=11))
    assert await tell(database, PASSWORD, at=NOW + after) == told


async def test_an_operator_can_lift_it_everywhere(database: Database, pauses: list[float]) -> None:
    await fail(database, 5)
    await fail(database, 5, origin=ELSEWHERE)
    async with database.service() as session:
        assert await lockouts.lift(session, login="an") == 2
    assert await tell(database, PASSWORD) == "DONE"
    assert await tell(database, PASSWORD, origin=ELSEWHERE) == "DONE"


async def test_a_login_that_nobody_has_is_locked_and_answered_in_the_same_way(
    database: Database, pauses: list[float], statements: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    checked: list[bytes] = []
    monkeypatch.setattr(passwords, "_check", lambda password, _stored: checked.append(password))
    monkeypatch.setattr(lockouts, "TOLD_OF_SOURCE_A_MINUTE", 100)
    costs = {}
    for login in ("an", "khong-co"):
        await fail(database, 5, login=login)
        statements.clear()
        checked.clear()
        assert await tell(database, PASSWORD, login=login) == "SIGN_IN_FAILED"
        costs[login] = list(statements), list(checked)
    assert costs["an"] == costs["khong-co"]
    assert costs["an"][1] == [PASSWORD.encode()], "a locked login costs the same hash"


async def test_many_guesses_at_one_moment_are_no_more_than_five(database: Database, pauses: list[float]) -> None:
    guesses = ["sai"] * 20 + [PASSWORD]
    assert set(await asyncio.gather(*(tell(database, guess) for guess in guesses))) == {"SIGN_IN_FAILED"}


async def test_many_logins_from_one_source_are_slowed_and_other_sources_are_not(
    database: Database, pauses: list[float]
) -> None:
    for number in range(40):
        await fail(database, 1, login=f"nguoi-{number}", origin=ELSEWHERE)
    assert pauses[-1] == pytest.approx(1.9)
    pauses.clear()
    assert await tell(database, PASSWORD, origin=OFFICE) == "DONE"
    assert pauses == []


async def test_no_more_of_one_source_wait_than_may_and_the_next_costs_no_statement(
    database: Database, statements: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    crowded, released = asyncio.Event(), asyncio.Event()

    async def wait(_seconds: float) -> None:
        if lockouts._pausing[ELSEWHERE.source] == lockouts.MOST_PAUSING:
            crowded.set()
        await released.wait()

    monkeypatch.setattr(lockouts, "_wait", wait)
    await fail(database, 5, login="binh", origin=ELSEWHERE)
    flood = [
        asyncio.ensure_future(tell(database, "sai", login="binh", origin=ELSEWHERE))
        for _ in range(lockouts.MOST_PAUSING)
    ]
    await asyncio.wait_for(crowded.wait(), timeout=20)
    statements.clear()
    assert await tell(database, PASSWORD, origin=ELSEWHERE) == "TOO_BUSY"
    assert statements == []
    assert await tell(database, PASSWORD, origin=OFFICE) == "DONE"
    released.set()
    assert set(await asyncio.gather(*flood)) == {"SIGN_IN_FAILED"}
    assert not lockouts._pausing


async def test_what_was_refused_because_the_server_is_busy_counts_for_nothing(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def busy(_password: str, *, against: str | None) -> bool:
        raise BadInput("TOO_BUSY", "Hãy thử lại.")

    with monkeypatch.context() as patched:
        patched.setattr(passwords, "check", busy)
        for _ in range(8):
            assert await tell(database, PASSWORD) == "TOO_BUSY"
    assert await tell(database, PASSWORD) == "DONE"


async def test_invented_logins_and_success_leave_few_rows_and_old_ones_are_taken_away(
    database: Database, pauses: list[float]
) -> None:
    await fail(database, 3)
    async with database.service() as session:
        assert await count(session, SignInAttempts) == 5
        await lockouts.forget_old(session, profile=VN_L3_2026, now=NOW + timedelta(hours=12))
        assert await count(session, SignInAttempts) == 0
    assert 0 <= lockouts.bucket_of("an") < 1 << 18


@pytest.mark.parametrize(("others", "seconds"), [(0, 0), (20, 0), (21, 0.1), (1000, 4.0)])
async def test_a_pause_grows_with_what_failed_and_has_an_end(others: int, seconds: float) -> None:
    assert lockouts.pause_for(others) == pytest.approx(seconds)
