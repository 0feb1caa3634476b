"""How often a sign-in may fail: counted by login and source together, so that nobody locks out somebody elsewhere.

Attempts are counted before the password is looked at and taken back when it
was right, so that many at one moment are not all let through; one too many
waits a second for those before it, which may have been right. What fails
elsewhere for one login, or for many logins from one source, only slows the next
answer, the same for a right and a wrong password. A login that nobody has is
counted like any other.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from dean06_auth.profile import Profile
from dean06_core.access import INTERNAL
from dean06_core.errors import BadInput
from dean06_core.records import Record, dialect_of, insert_unless

SLOWING_WINDOW: Final = timedelta(minutes=15)
FREE_FAILURES: Final = 20
PAUSE_OF_ONE_TOO_MANY: Final = 1.0
LONGEST_PAUSE: Final = 4.0
"""In seconds."""
MOST_PAUSING: Final = 20
"""From one source. With ``LONGEST_PAUSE`` five passwords a second are looked at, however many it sends."""
TOLD_A_MINUTE: Final = 60
TOLD_OF_SOURCE_A_MINUTE: Final = 10
"""How many refusals the audit log is told one by one, of all sources and of one; the others are counted for it."""

_SECONDS_EACH: Final = 0.1
_BUCKETS: Final = 1 << 18
_EVERY: Final = -1
_TOLD: Final = -2
_UNTOLD: Final = -3
_EVERYWHERE: Final = ""
_MINUTE: Final = timedelta(minutes=1)
_NEVER_OVER: Final = timedelta(days=36_500)
_ALWAYS: Final = 1 << 62
_pausing: Final[Counter[str]] = Counter()


class SignInAttempts(Record):
    """Attempts not known to be right, by source and login, by login (source empty) and by source (bucket -1).

    Bucket -2: refusals of the minute that the audit log might be told, of a source and of all (source empty).
    Bucket -3: refusals of a source of which the log has yet to be told how many they were.
    A login is one of 2**18 buckets, so that invented logins fill no disk; two
    that share one share their failures at one source. ``since`` is the last
    attempt that was counted, or the first of the window where it only slows.
    """

    __tablename__ = "sign_in_attempts"
    __access__ = INTERNAL

    source: Mapped[str] = mapped_column(primary_key=True)
    bucket: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, index=True)
    count: Mapped[int]
    since: Mapped[datetime] = mapped_column(index=True)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try, already counted. ``pause`` is how long to wait, in seconds, before the password is looked at.

    ``number``: the how manieth of its login at its source that was not right.
    ``is_one_too_many``: it is locked unless, after the pause, ``is_locked`` says otherwise.
    """

    source: str
    bucket: int
    is_one_too_many: bool
    pause: float
    number: int


async def begin(session: AsyncSession, *, login: str, source: str, profile: Profile, now: datetime) -> Attempt:
    """Count a try of a login, as it is stored, from a source; three statements, whoever it is."""
    bucket = bucket_of(login)
    here = await _counted(session, source, bucket, profile.failures_before_lock, now, profile.lock_lasts)
    of_login = await _counted(session, _EVERYWHERE, bucket, 1, now, SLOWING_WINDOW)
    of_source = await _counted(session, source, _EVERY, 1, now, SLOWING_WINDOW)
    is_one_too_many = here > profile.failures_before_lock
    slowed = pause_for(max(of_login, of_source) - here)
    pause = max(slowed, PAUSE_OF_ONE_TOO_MANY) if is_one_too_many else slowed
    return Attempt(source, bucket, is_one_too_many, pause, here)


async def is_locked(session: AsyncSession, attempt: Attempt, *, profile: Profile) -> bool:
    """Whether the attempts before it are still too many, now that they are over; a statement if there were."""
    if not attempt.is_one_too_many:
        return False
    count = await session.scalar(
        sa.select(SignInAttempts.count).where(
            SignInAttempts.source == attempt.source, SignInAttempts.bucket == attempt.bucket
        )
    )
    return (count or 0) > profile.failures_before_lock


async def take_back(session: AsyncSession, attempt: Attempt, *, forget: bool) -> None:
    """It was right: what failed before at this source is forgotten. Without ``forget`` it only was not tried."""
    if forget:
        await session.execute(sa.delete(SignInAttempts).where(*_is(attempt.source, attempt.bucket)))
    else:
        await _less(session, attempt.source, attempt.bucket)
    await _less(session, _EVERYWHERE, attempt.bucket)
    await _less(session, attempt.source, _EVERY)


async def told(session: AsyncSession, attempt: Attempt, *, profile: Profile, now: datetime) -> int | None:
    """Whether the log is told of this refusal by itself: None if not, else how many of its source it was not told of.

    It is told of each until the login is locked at its source, and that it was;
    of ten of a source in a minute, and of sixty of all sources together. Two
    or three statements, whoever it is.
    """
    source = attempt.source
    if attempt.number <= profile.failures_before_lock + 1:
        of_source = await _counted(session, source, _TOLD, 1, now, _MINUTE)
        of_all = await _counted(session, _EVERYWHERE, _TOLD, 1, now, _MINUTE)
        if of_source <= TOLD_OF_SOURCE_A_MINUTE and of_all <= TOLD_A_MINUTE:
            waiting = sa.delete(SignInAttempts).where(*_is(source, _UNTOLD)).returning(SignInAttempts.count)
            return await session.scalar(waiting) or 0
    await _counted(session, source, _UNTOLD, _ALWAYS, now, _NEVER_OVER)
    return None


async def lift(session: AsyncSession, *, login: str) -> int:
    """Let a login, as it is stored, try again from everywhere; how many sources that concerns."""
    lifted = await session.execute(
        sa.delete(SignInAttempts)
        .where(SignInAttempts.bucket == bucket_of(login), SignInAttempts.source != _EVERYWHERE)
        .returning(SignInAttempts.source)
    )
    return len(lifted.all())


async def forget_old(session: AsyncSession, *, profile: Profile, now: datetime) -> dict[str, int]:
    """Take away what no longer counts; by source, how many refusals the log was never told of."""
    is_old = SignInAttempts.since <= now - profile.lock_lasts
    untold = await session.execute(
        sa.delete(SignInAttempts)
        .where(is_old, SignInAttempts.bucket == _UNTOLD)
        .returning(SignInAttempts.source, SignInAttempts.count.label("number"))
    )
    found = {row.source: row.number for row in untold}
    await session.execute(sa.delete(SignInAttempts).where(is_old))
    return found


def pause_for(others: int) -> float:
    """Seconds to wait where so many attempts of others failed lately; none for the first twenty."""
    return min(LONGEST_PAUSE, max(0, others - FREE_FAILURES) * _SECONDS_EACH)


def refuse_if_crowded(source: str) -> None:
    """TOO_BUSY while as many attempts of that source wait as may; nothing is counted for it."""
    if _pausing[source] >= MOST_PAUSING:
        raise BadInput("TOO_BUSY", "Đang có quá nhiều lượt đăng nhập cùng lúc. Hãy thử lại sau vài giây.")


async def pause(attempt: Attempt) -> None:
    """Wait as the attempt says; TOO_BUSY where ``refuse_if_crowded`` says so."""
    if not attempt.pause:
        return
    refuse_if_crowded(attempt.source)
    _pausing[attempt.source] += 1
    try:
        await _wait(attempt.pause)
    finally:
        _pausing[attempt.source] -= 1
        if not _pausing[attempt.source]:
            del _pausing[attempt.source]


async def _wait(seconds: float) -> None:
    await asyncio.sleep(seconds)


def bucket_of(login: str) -> int:
    return int.from_bytes(hashlib.sha256(login.encode("utf-8", "surrogatepass")).digest()[:8]) % _BUCKETS


async def _counted(
    session: AsyncSession, source: str, bucket: int, until: int, now: datetime, window: timedelta
) -> int:
    """One more; ``since`` moves for the first ``until``, and after ``window`` it begins again."""
    given = {"source": source, "bucket": bucket, "now": now, "until": until, "over": now - window}
    found: int = await session.scalar(_one_more(dialect_of(session)), given)
    return found


@cache
def _one_more(dialect: str) -> Any:
    """Put together once: three of them are sent for every attempt."""
    row, now = SignInAttempts, sa.bindparam("now", type_=SignInAttempts.since.type)
    is_over = row.since <= sa.bindparam("over", type_=row.since.type)
    restarts = sa.or_(is_over, row.count < sa.bindparam("until", type_=sa.BigInteger()))
    made = insert_unless(dialect, row).values(
        source=sa.bindparam("source"), bucket=sa.bindparam("bucket"), count=1, since=now
    )
    return made.on_conflict_do_update(
        index_elements=[row.source, row.bucket],
        set_={
            "count": sa.case((is_over, 1), else_=row.count + 1),
            "since": sa.case((restarts, now), else_=row.since),
        },
    ).returning(row.count)


def _is(source: str, bucket: int) -> tuple[sa.ColumnElement[bool], sa.ColumnElement[bool]]:
    return SignInAttempts.source == source, SignInAttempts.bucket == bucket


async def _less(session: AsyncSession, source: str, bucket: int) -> None:
    await session.execute(
        sa.update(SignInAttempts)
        .where(*_is(source, bucket), SignInAttempts.count > 0)
        .values(count=SignInAttempts.count - 1)
    )
