"""What every test of the sector may ask for: a small province, files for it, and the sector's own fields."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any, Final

import pytest

from dean06_core.database import Database
from dean06_core.imports import ImportReport
from dean06_core.testing import COMMUNES, SmallProvince, place, small_province
from dean06_core.testing.provinces import LONG_AGO, REFORM
from dean06_identity.plugin import SECTOR

UNITS: Final = (
    *COMMUNES,
    place("18100", "Phường Thạch Hạ", valid_from=LONG_AGO, valid_to=REFORM),
    place("18100", "Phường Trần Phú"),
)


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[SmallProvince]:
    async with small_province(tmp_path, SECTOR, UNITS) as here:
        yield here


@pytest.fixture
def province(here: SmallProvince) -> Database:
    return here.database


@pytest.fixture
def load(here: SmallProvince) -> Callable[..., Awaitable[ImportReport]]:
    return here.load


@pytest.fixture
def ask(here: SmallProvince) -> Callable[..., Awaitable[dict[str, Any]]]:
    return here.ask
