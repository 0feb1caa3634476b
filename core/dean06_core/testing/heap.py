"""For a conftest: what was imported is not walked again and again by the garbage collector while tests run."""

from __future__ import annotations

import gc


def pytest_collection_finish() -> None:
    """Import this hook into a conftest; tests take about a fifth less."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
