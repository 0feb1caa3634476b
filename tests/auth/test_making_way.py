"""Questions of those who are in are answered before the next step of an attempt, which waits a while at most."""

from __future__ import annotations

import asyncio
from contextlib import ExitStack

import pytest

from dean06_auth import making_way
from dean06_auth.making_way import Questions

pytestmark = pytest.mark.anyio

FOR_EVER = 3600.0


@pytest.fixture
def for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(making_way, "LONGEST", FOR_EVER)


@pytest.fixture
def hardly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(making_way, "LONGEST", 0.001)


async def goes_on(step: asyncio.Task[None]) -> bool:
    """Whether it is done when everything had its turn."""
    for _ in range(5):
        await asyncio.sleep(0)
    return step.done()


@pytest.mark.usefixtures("for_ever")
async def test_a_step_waits_until_every_question_is_answered_and_goes_on_at_once() -> None:
    questions = Questions()
    with questions.asked():
        with questions.asked():
            step = asyncio.create_task(questions.go_first())
            assert not await goes_on(step)
        assert not await goes_on(step)
    assert await goes_on(step)


@pytest.mark.usefixtures("for_ever")
async def test_where_nothing_is_asked_no_step_waits() -> None:
    questions = Questions()
    assert await goes_on(asyncio.create_task(questions.go_first()))
    with pytest.raises(RuntimeError), questions.asked():
        raise RuntimeError
    assert await goes_on(asyncio.create_task(questions.go_first()))


@pytest.mark.usefixtures("hardly")
async def test_questions_without_end_hold_a_step_up_for_a_while_only() -> None:
    questions = Questions()
    with questions.asked():
        await asyncio.wait_for(questions.go_first(), FOR_EVER)
    assert await goes_on(asyncio.create_task(questions.go_first()))


@pytest.mark.usefixtures("for_ever")
async def test_whoever_tries_a_password_inside_a_question_waits_for_others_and_not_for_himself() -> None:
    questions = Questions()

    async def change_password() -> None:
        with questions.asked(), questions.put_back():
            await questions.go_first()

    assert await goes_on(asyncio.create_task(change_password()))
    with questions.asked():
        changing = [asyncio.create_task(change_password()) for _ in range(2)]
        assert not any([await goes_on(each) for each in changing])
    assert all([await goes_on(each) for each in changing])


@pytest.mark.usefixtures("for_ever")
async def test_steps_that_were_given_up_leave_nothing_behind() -> None:
    questions = Questions()
    with ExitStack() as asked:
        asked.enter_context(questions.asked())
        step = asyncio.create_task(questions.go_first())
        assert not await goes_on(step)
        step.cancel()
        with pytest.raises(asyncio.CancelledError):
            await step
    assert await goes_on(asyncio.create_task(questions.go_first()))
