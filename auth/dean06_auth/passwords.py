"""A password is kept only as argon2id, and checking one costs the same whether the login exists or not."""

from __future__ import annotations

import asyncio
import os
import threading
import unicodedata
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from typing import Any, Final, TypeVar

from passlib.hash import argon2

from dean06_core.errors import BadInput

LONGEST: Final = 1024
_LONGEST_TYPED: Final = 4 * LONGEST
"""In letters with their marks apart, of which a Vietnamese letter has three at most."""
WORKERS: Final = 2
WAITING: Final = 50

_MEMORY_KIB: Final = 19_456
_PASSES: Final = 2
_HASHER: Final = argon2.using(type="ID", memory_cost=_MEMORY_KIB, time_cost=_PASSES, parallelism=1)
_NOBODY: Final = f"$argon2id$v=19$m={_MEMORY_KIB},t={_PASSES},p=1${'A' * 22}${'A' * 43}"


def _after_others() -> None:
    """On Linux a thread has a niceness of its own: whoever is answered goes before whoever is checked."""
    with suppress(OSError, AttributeError):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 10)


_workers: Final = ThreadPoolExecutor(WORKERS, thread_name_prefix="passwords", initializer=_after_others)
_jobs: Final[set[Future[Any]]] = set()

_T = TypeVar("_T")


def tidy(password: str) -> str:
    """NFC: keyboards differ in how they write a Vietnamese letter."""
    return unicodedata.normalize("NFC", password)


def is_too_long(password: str) -> bool:
    """Whether nobody can have it; what is far too long is not even tidied."""
    return len(password) > _LONGEST_TYPED or len(tidy(password)) > LONGEST


def refuse_if_busy() -> None:
    """TOO_BUSY when as many passwords wait for a worker as may."""
    if len(_jobs) >= WORKERS + WAITING:
        raise BadInput("TOO_BUSY", "Đang có quá nhiều lượt đăng nhập cùng lúc. Hãy thử lại sau vài giây.")


async def protect(password: str) -> str:
    """What may be stored of a password of at most ``LONGEST`` characters.

    Costs 19 MiB and some 25 ms of a worker (OWASP's argon2id parameters);
    TOO_BUSY when more than ``WAITING`` passwords wait for one.
    """
    return await _in_turn(_protect, _encoded(password))


async def check(password: str, *, against: str | None) -> bool:
    """Whether this is the password that was stored; ``against`` None takes as long and is never true.

    TOO_BUSY when more than ``WAITING`` passwords wait for a worker.
    """
    if is_too_long(password):
        return False
    return await _in_turn(_check, _encoded(password), against or _NOBODY) and against is not None


def is_outdated(stored: str) -> bool:
    """Whether it was stored with other parameters than are used today."""
    return bool(_HASHER.needs_update(stored))


def _encoded(password: str) -> bytes:
    return tidy(password).encode("utf-8", "surrogatepass")


def _protect(password: bytes) -> str:
    return str(_HASHER.hash(password))


def _check(password: bytes, stored: str) -> bool:
    return bool(_HASHER.verify(password, stored))


async def _in_turn(work: Callable[..., _T], *arguments: object) -> _T:
    refuse_if_busy()
    job = _workers.submit(work, *arguments)
    _jobs.add(job)
    job.add_done_callback(_jobs.discard)
    return await asyncio.wrap_future(job)
