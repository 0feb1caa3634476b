"""``bench`` is no distribution: like ``python -m bench`` it is found where one stands, in the root of the workspace."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2]))

from bench import generating, running
from bench.running import Bench
from bench.shape import SMALL


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("bench") / "small.db"
    generating.generate(path, SMALL, tell=lambda _: None)
    return path


@pytest.fixture
async def bench(small: Path) -> AsyncIterator[Bench]:
    async with running.opened(small, SMALL) as bench:
        yield bench
