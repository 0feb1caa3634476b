"""Whoever is in is answered first: what tries a password lets questions go before each of its steps."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from typing import Final

LONGEST: Final = 0.1
"""Seconds after which a step is taken beside questions all the same."""

_is_asking: Final = ContextVar("dean06_is_asking", default=False)


class Questions:
    """How many are being answered by this process, of whoever showed a token."""

    def __init__(self) -> None:
        self._open = 0
        self._waiting: set[asyncio.Future[None]] = set()

    @contextmanager
    def asked(self) -> Iterator[None]:
        asking = _is_asking.set(True)
        self._open += 1
        try:
            yield
        finally:
            _is_asking.reset(asking)
            self._one_less()

    @contextmanager
    def put_back(self) -> Iterator[None]:
        """One that tries a password is no question meanwhile: none waits for it, least of all itself."""
        if not _is_asking.get():
            yield
            return
        self._one_less()
        try:
            yield
        finally:
            self._open += 1

    async def go_first(self) -> None:
        """Wait until none is being answered, though no longer than ``LONGEST``."""
        if not self._open:
            return
        answered = asyncio.get_running_loop().create_future()
        self._waiting.add(answered)
        try:
            with suppress(TimeoutError):
                async with asyncio.timeout(LONGEST):
                    await answered
        finally:
            self._waiting.discard(answered)

    def _one_less(self) -> None:
        self._open -= 1
        if not self._open:
            for each in self._waiting:
                if not each.done():
                    each.set_result(None)


QUESTIONS: Final = Questions()
