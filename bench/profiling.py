"""Where the time of one question goes, by function; the profiler slows Python down, so only shares mean anything."""

from __future__ import annotations

import cProfile
import pstats
import time
from pathlib import Path
from typing import Final

from bench import running
from bench.shape import Scale

_SECONDS: Final = 5.0
_LINES: Final = 30


async def profile(path: Path, scale: Scale, name: str) -> None:
    """Ask as the national caller for some seconds. Waiting for the database shows as ``poll`` of the event loop."""
    async with running.opened(path, scale) as bench:
        case = next(case for case in bench.cases() if case.question.name == name)
        await bench.answer(case)
        profiler = cProfile.Profile()
        times = 0
        started = time.perf_counter()
        profiler.enable()
        while time.perf_counter() - started < _SECONDS:
            await bench.answer(case)
            times += 1
        profiler.disable()
    print(f"{case}, {times} times")
    found = pstats.Stats(profiler)
    found.sort_stats("tottime").print_stats(_LINES)
    found.sort_stats("cumulative").print_stats("dean06|bench", _LINES)
