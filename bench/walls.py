"""What walls cost: each question with a caller's pass and, in turns, as a service that sees everything.

Once as it is answered, and once only the statements that the engine sent behind
the wall, each time in a session with all that begins and ends it. Without wall
the caller's limits in memory are the same, so that the same figures are asked
for; only of tasks a service then finds everybody's.
"""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import sqlalchemy as sa

from bench.running import ROUNDS, Bench, Case, Sent, Took, listening, timing
from dean06_core.backends.postgresql import Postgresql

HELD: Final = "Q2"
MOST: Final = 1.15
"""What Q2 may take behind the wall for each time that it takes without, whoever asks."""

_SECONDS_A_CASE: Final = 6.0
_SENT_A_ROUND: Final = 4
"""Statements take less than the answers made of them, so they are sent so much more often."""


@dataclass(frozen=True, slots=True)
class Beside:
    """What the rounds took behind the wall and without it; each pair ran one after the other."""

    walled: Sequence[Took]
    plain: Sequence[Took]

    @property
    def ratio(self) -> float:
        return statistics.median(self._ratios)

    @property
    def spread(self) -> tuple[float, float]:
        """Between which ratios the middle half of the rounds lie."""
        if len(self._ratios) == 1:
            return self.ratio, self.ratio
        low, _, high = statistics.quantiles(self._ratios, n=4, method="inclusive")
        return low, high

    @property
    def _ratios(self) -> list[float]:
        return [one.processor / other.processor for one, other in zip(self.walled, self.plain, strict=True)]


@dataclass(frozen=True, slots=True)
class Run:
    """``rows`` are those that the statements fetched behind the wall, and without it."""

    case: Case
    rows: tuple[int, int]
    answered: Beside
    sent: Beside

    @property
    def is_too_dear(self) -> bool:
        """In three quarters of the pairs: the median of a few answers of half a second moves by a fifth by chance."""
        return self.case.question.name == HELD and self.answered.spread[0] > MOST


Processor = Callable[[], float]


async def run(bench: Bench, case: Case, processor: Processor, *, rounds: int = ROUNDS) -> Run:
    with listening(bench.database) as sent:
        await bench.answer(case)
    rows = await _send(bench, case, sent, True), await _send(bench, case, sent, False)

    async def answer(walled: bool) -> object:
        return await bench.answer(case, walled=walled)

    async def send(walled: bool) -> object:
        return await _send(bench, case, sent, walled)

    return Run(
        case, rows, await _beside(answer, rounds, processor), await _beside(send, _SENT_A_ROUND * rounds, processor)
    )


async def processor_of(bench: Bench) -> Processor | None:
    """The processor's seconds of this process and of what serves it; None for a server on another machine.

    Linux tells it of each process to the nanosecond.
    """
    if not isinstance(bench.database.backend, Postgresql):
        return time.process_time
    files = []
    for engine in (bench.database.readers, bench.database.services):
        async with engine.connect() as connection:
            files.append(Path(f"/proc/{await connection.scalar(sa.text('select pg_backend_pid()'))}"))
    if not all((file / "schedstat").exists() and "postgres" in (file / "cmdline").read_text() for file in files):
        return None
    return lambda: time.process_time() + sum(int((file / "schedstat").read_text().split()[0]) for file in files) / 1e9


async def _beside(ask: Callable[[bool], Awaitable[object]], rounds: int, processor: Processor) -> Beside:
    """The two take turns in going first; garbage is collected in between, which would fall to either by chance."""
    took: dict[bool, list[Took]] = {True: [], False: []}
    for walled in took:
        await ask(walled)
    gc.freeze()
    gc.disable()
    started = time.perf_counter()
    try:
        while not took[True] or (len(took[True]) < rounds and time.perf_counter() - started < _SECONDS_A_CASE):
            for walled in (True, False) if len(took[True]) % 2 else (False, True):
                gc.collect()
                with timing(took[walled], processor):
                    await ask(walled)
    finally:
        gc.enable()
        gc.unfreeze()
    return Beside(took[True], took[False])


async def _send(bench: Bench, case: Case, sent: Sequence[Sent], walled: bool) -> int:
    async with bench.session(case, walled=walled) as session:
        connection = await session.connection()
        return sum(
            [len((await connection.exec_driver_sql(statement, parameters)).all()) for statement, parameters in sent]
        )
