"""``python -m bench``: make the database if it is not there, ask the questions, compute figures, print what it took."""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from collections.abc import Mapping
from contextlib import AsyncExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from bench import (
    audited_reads,
    auditing,
    computing,
    flooding,
    generating,
    hiding,
    plans,
    printing,
    profiling,
    questions,
    records,
    running,
    server,
    walls,
)
from bench.shape import FULL, SCALES, Scale
from dean06_core.database import Address


def main() -> int:
    asked = _arguments()
    scale = SCALES[asked.scale]
    path: Path = asked.database or Path("var") / f"bench-{scale.name}.db"
    try:
        if asked.audit:
            return _measure_audit(asked.rounds)
        if asked.flood:
            return _measure_flood(asked.rounds)
        if asked.records:
            return _compute(scale, asked.rounds)
        if fault := generating.fault(path, scale):
            print(f"{fault} Making it: {scale.units:,} units, {scale.observations:,} observations")
            generating.generate(path, scale)
        if asked.hiding:
            return asyncio.run(_measure_hiding(path, scale))
        if asked.postgresql:
            with server.filled(path) as address:
                return asyncio.run(_measure_walls({"SQLite": path, "PostgreSQL": address}, scale, asked.rounds))
        if asked.profile:
            asyncio.run(profiling.profile(path, scale, asked.profile.upper()))
        else:
            asyncio.run(_measure(path, scale, asked.rounds))
            _compute(scale, asked.rounds)
            return asyncio.run(_measure_hiding(path, scale))
    except KeyboardInterrupt:
        print("Interrupted. What is whole is kept; run it again to go on.", file=sys.stderr)
        return 130
    return 0


async def _measure(path: Path, scale: Scale, rounds: int) -> None:
    started = time.perf_counter()
    async with running.opened(path, scale) as bench:
        printing.head(scale, rounds)
        for case in bench.cases():
            printing.line(await running.run(bench, case, rounds=rounds))
        printing.growth_head()
        for cases in bench.growing():
            printing.growth([await running.run(bench, case, rounds=rounds) for case in cases])
    print(f"\nMeasured in {time.perf_counter() - started:,.0f} s")


async def _measure_walls(held: Mapping[str, Path | Address], scale: Scale, rounds: int) -> int:
    """1 where a wall turns an index into a scan, or makes the question that is held to a limit dearer than that."""
    started = time.perf_counter()
    faults = []
    async with AsyncExitStack() as stack:
        benches = {on: await stack.enter_async_context(running.opened(place, scale)) for on, place in held.items()}
        processors = {on: await walls.processor_of(bench) or time.perf_counter for on, bench in benches.items()}
        printing.walls_head(scale, rounds)
        for cases in zip(*(bench.cases() for bench in benches.values()), strict=True):
            for case, (on, bench) in zip(cases, benches.items(), strict=True):
                faults += [f"{on}, {said}" for said in await plans.turned(bench, case)]
                run = await walls.run(bench, case, processors[on], rounds=rounds)
                printing.walls(run, on)
                if run.is_too_dear:
                    faults.append(f"{on}, {case}: {run.answered.ratio:.3f} times, and {walls.MOST} is allowed")
    print(f"\nMeasured in {time.perf_counter() - started:,.0f} s")
    for fault in faults:
        print(fault, file=sys.stderr)
    return 1 if faults else 0


def _compute(scale: Scale, rounds: int) -> int:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "records.db"
        records.generate(path, scale, scale.records)
        asyncio.run(_measure_computing(path, scale, rounds))
    return 0


async def _measure_computing(path: Path, scale: Scale, rounds: int) -> None:
    started = time.perf_counter()
    async with computing.opened(path) as bench:
        printing.computed_head(scale)
        for case in computing.cases():
            printing.computed(await computing.run(bench, case, rounds=rounds))
    print(f"\nComputed in {time.perf_counter() - started:,.0f} s")


async def _measure_hiding(path: Path, scale: Scale) -> int:
    """1 where time tells apart what words do not."""
    printing.built_head()
    for case in hiding.built():
        printing.built(case)
    async with running.opened(path, scale) as bench:
        found = await hiding.told(bench)
    printing.told_head()
    for told in found:
        printing.told(told)
    apart = [told.asked for told in found if told.ratio > hiding.FURTHEST]
    if apart:
        print(f"Time tells apart: {', '.join(apart)}.", file=sys.stderr)
    return 1 if apart else 0


def _measure_audit(rounds: int) -> int:
    """1 where the log costs writers more, or is verified more slowly, than was promised."""
    with auditing.served() as address:
        measured = asyncio.run(auditing.measure(address, rounds=rounds))
        cost = asyncio.run(audited_reads.measure(address))
    auditing.tell(measured)
    audited_reads.tell(cost)
    for fault in measured.faults:
        print(fault, file=sys.stderr)
    return 1 if measured.faults else 0


def _measure_flood(rounds: int) -> int:
    """1 where whoever guesses passwords keeps others waiting for longer than is allowed."""
    with flooding.served() as (url, password):
        measured = asyncio.run(flooding.measure(url, password, rounds=rounds))
    flooding.tell(measured)
    for fault in measured.faults:
        print(fault, file=sys.stderr)
    return 1 if measured.faults else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--scale", choices=[*SCALES], default=FULL.name)
    parser.add_argument("--database", type=Path, help="where the database is or is to be made; var/bench-SCALE.db")
    parser.add_argument("--rounds", type=int, default=running.ROUNDS, help="how often each question is asked")
    parser.add_argument("--records", action="store_true", help="only say how long a sector's figures take")
    parser.add_argument("--postgresql", action="store_true", help="only say what walls cost, beside SQLite")
    parser.add_argument("--hiding", action="store_true", help="only say what views cost, and whether time tells them")
    parser.add_argument("--audit", action="store_true", help="only say what the audit log costs, on PostgreSQL")
    parser.add_argument(
        "--flood", action="store_true", help="only say what others notice of 200 failed sign-ins a second"
    )
    names = [question.name.lower() for question in questions.load()]
    parser.add_argument("--profile", choices=names, help="instead say where its time goes")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
