"""Whoever guesses passwords from many places at once takes a small part of this process, and the rest is others'.

Counted in memory, for this process alone: what has to outlast it, ``lockouts`` counts.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime, timedelta
from typing import Final

from dean06_auth import passwords
from dean06_auth.making_way import QUESTIONS
from dean06_core.errors import BadInput

A_SECOND: Final = 2
"""Failures that are looked at. Each costs a password's worker 25 ms, and all others what two questions cost them."""
AT_ONCE: Final = 20
"""How many may fail at one moment after a quiet time, as when an office begins its day."""
FEW: Final = 1
"""How many attempts are looked at at a time."""
REMEMBERED: Final = timedelta(minutes=15)
MOST_SOURCES: Final = 10_000


class Flood:
    """A bucket of attempts that refills. Empty, it stops sources that failed lately; of others it holds back nobody.

    Those that are looked at take turns, and let questions go first, so that they
    never stand between others and a connection.
    """

    def __init__(self) -> None:
        self._turns = asyncio.Semaphore(FEW)
        self._waiting = 0
        self._left = float(AT_ONCE)
        self._at: datetime | None = None
        self._failed: dict[str, datetime] = {}

    def refuse(self, source: str, now: datetime) -> None:
        """TOO_BUSY while no attempt from there would be looked at."""
        self._refill(now)
        if self._left < 1 and self._failed_lately(source, now):
            raise _too_busy()

    @contextmanager
    def attempt(self, source: str, now: datetime) -> Iterator[None]:
        """TOO_BUSY before anything is looked at; counts as failed until it ends without an error."""
        self.refuse(source, now)
        taken, before = min(1.0, self._left), self._failed.get(source)
        self._left -= taken
        self._note(source, now)
        yield
        self._left = min(AT_ONCE, self._left + taken)
        self._failed.pop(source, None)
        if before is not None:
            self._note(source, before)

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """One of a few that use the database and a password's worker; TOO_BUSY where too many wait for that."""
        if self._waiting >= passwords.WAITING:
            raise _too_busy()
        self._waiting += 1
        try:
            await self._turns.acquire()
        finally:
            self._waiting -= 1
        try:
            await QUESTIONS.go_first()
            yield
        finally:
            self._turns.release()

    def _refill(self, now: datetime) -> None:
        if self._at is not None and self._at < now:
            self._left = min(AT_ONCE, self._left + A_SECOND * (now - self._at).total_seconds())
        self._at = now if self._at is None else max(now, self._at)

    def _failed_lately(self, source: str, now: datetime) -> bool:
        return source in self._failed and now - self._failed[source] < REMEMBERED

    def _note(self, source: str, now: datetime) -> None:
        self._failed.pop(source, None)
        self._failed[source] = now
        while len(self._failed) > MOST_SOURCES:
            del self._failed[next(iter(self._failed))]


def _too_busy() -> BadInput:
    return BadInput("TOO_BUSY", "Đang có quá nhiều lượt đăng nhập cùng lúc. Hãy thử lại sau vài giây.")


FLOOD: Final = Flood()
