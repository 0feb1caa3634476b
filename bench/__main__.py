"""``python -m bench``: make the database if it is not there, ask the questions, compute figures, print what it took."""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from bench import computing, generating, hiding, printing, profiling, questions, records, running
from bench.shape import FULL, SCALES, Scale


def main() -> int:
    asked = _arguments()
    scale = SCALES[asked.scale]
    path: Path = asked.database or Path("var") / f"bench-{scale.name}.db"
    try:
        if asked.records:
            return _compute(scale, asked.rounds)
        if not generating.is_made(path, scale):
            print(f"Making {path}: {scale.units:,} units, {scale.observations:,} observations")
            generating.generate(path, scale)
        if asked.hiding:
            return asyncio.run(_measure_hiding(path, scale))
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


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--scale", choices=[*SCALES], default=FULL.name)
    parser.add_argument("--database", type=Path, help="where the database is or is to be made; var/bench-SCALE.db")
    parser.add_argument("--rounds", type=int, default=running.ROUNDS, help="how often each question is asked")
    parser.add_argument("--records", action="store_true", help="only say how long a sector's figures take")
    parser.add_argument("--hiding", action="store_true", help="only say what views cost, and whether time tells them")
    names = [question.name.lower() for question in questions.load()]
    parser.add_argument("--profile", choices=names, help="instead say where its time goes")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
