"""Guessing from many places at once stops those places, and nobody who has not failed."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dean06_auth import passwords
from dean06_auth.floods import A_SECOND, AT_ONCE, FEW, MOST_SOURCES, REMEMBERED, Flood
from dean06_core.errors import BadInput

pytestmark = pytest.mark.anyio

NOW = datetime(2025, 7, 28, 5, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def fails(flood: Flood, source: str, now: datetime = NOW) -> bool:
    """Whether the attempt was looked at; it fails."""
    with pytest.raises(BadInput) as refused, flood.attempt(source, now):
        raise BadInput("SIGN_IN_FAILED", "Không đăng nhập được.")
    return refused.value.code == "SIGN_IN_FAILED"


def comes_in(flood: Flood, source: str, now: datetime = NOW) -> bool:
    with suppress(BadInput), flood.attempt(source, now):
        return True
    return False


def flooded() -> Flood:
    flood = Flood()
    for _ in range(AT_ONCE):
        assert fails(flood, "there")
    return flood


def test_so_many_at_once_are_looked_at_and_then_so_many_a_second() -> None:
    flood = flooded()
    assert not fails(flood, "there")
    assert [fails(flood, "there", NOW + SECOND) for _ in range(A_SECOND + 1)] == [*[True] * A_SECOND, False]


def test_who_has_not_failed_comes_in_meanwhile_and_who_failed_a_while_ago() -> None:
    flood = flooded()
    assert not comes_in(flood, "there")
    assert comes_in(flood, "here")
    assert comes_in(flood, "there", NOW + REMEMBERED)


def test_who_comes_in_takes_nothing_from_others() -> None:
    flood = Flood()
    assert fails(flood, "here")
    assert all(comes_in(flood, "here") for _ in range(3 * AT_ONCE))


def test_a_clock_that_goes_back_fills_nothing() -> None:
    flood = flooded()
    assert not fails(flood, "there", NOW - SECOND)
    assert not fails(flood, "there", NOW)


def test_of_many_sources_the_latest_are_remembered() -> None:
    flood = flooded()
    for number in range(MOST_SOURCES):
        fails(flood, f"elsewhere {number}")
    assert comes_in(flood, "there")
    assert not comes_in(flood, f"elsewhere {MOST_SOURCES - 1}")


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 900)), max_size=120))
def test_no_more_failures_of_known_sources_are_looked_at_than_the_bucket_gave(steps: list[tuple[str, int]]) -> None:
    flood, now, looked_at = Flood(), NOW, 0
    for source, milliseconds in steps:
        now += timedelta(milliseconds=milliseconds)
        looked_at += fails(flood, source, now)
    assert looked_at <= AT_ONCE + 3 + A_SECOND * (now - NOW).total_seconds()


async def test_a_few_take_turns_others_wait_and_too_many_are_told() -> None:
    flood, goes_on, inside = Flood(), asyncio.Event(), list[int]()

    async def take(number: int) -> bool:
        try:
            async with flood.turn():
                inside.append(number)
                await goes_on.wait()
        except BadInput as refused:
            return refused.code != "TOO_BUSY"
        return True

    at_once = [asyncio.create_task(take(number)) for number in range(FEW + passwords.WAITING + 3)]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert inside == [*range(FEW)]
    goes_on.set()
    done = await asyncio.gather(*at_once)
    assert done == [*[True] * (FEW + passwords.WAITING), *[False] * 3]
    assert inside == [*range(FEW + passwords.WAITING)]
