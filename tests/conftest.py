"""What every test may ask for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import pytest
from hypothesis import settings
from passlib.hash import argon2

from dean06_auth import attempts, passwords
from dean06_auth.floods import Flood
from dean06_core.testing.heap import pytest_collection_finish

__all__ = ["AS_IN_USE", "pytest_collection_finish"]

AS_IN_USE: Final[Any] = passwords._HASHER
CHEAP: Final = argon2.using(type="ID", memory_cost=64, time_cost=1, parallelism=1)

settings.register_profile("quick", max_examples=40, deadline=None)
settings.load_profile("quick")


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(autouse=True)
def flood(monkeypatch: pytest.MonkeyPatch) -> Flood:
    """What one test failed with holds nobody back in the next."""
    begun = Flood()
    monkeypatch.setattr(attempts, "FLOOD", begun)
    return begun


@pytest.fixture(scope="session", autouse=True)
def cheap_passwords() -> Iterator[None]:
    """Hundreds of accounts are opened and signed in to; what a password costs in use is tried where it is the point."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(passwords, "_HASHER", CHEAP)
        yield
