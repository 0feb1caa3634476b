"""What every test of the sector may ask for: a small province, files for it, and the sector's own fields."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any, Final

import pytest

from dean06_core.database import Database
from dean06_core.imports import ImportReport
from dean06_core.testing import COMMUNES, SmallProvince, place, small_province
from dean06_core.units import Tier, UnitLevel
from dean06_justice.plugin import SECTOR

UNITS: Final = (*COMMUNES, place("so-xay-dung", "Sở Xây dựng", UnitLevel.DEPARTMENT, Tier.PROVINCIAL))


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
