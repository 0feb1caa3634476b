"""Runs as lines of a table that can stand in the README as they are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from bench.running import Run
from bench.shape import Scale

_COLUMNS: Final = (
    ("", 2),
    ("caller", 8),
    ("leaf fields", 11),
    ("rows", 6),
    ("statements", 10),
    ("engine ms", 9),
    ("behind wall ms", 14),
    ("plain ms", 8),
    ("engine/plain", 12),
    ("wall/plain", 10),
    ("us/leaf", 7),
)
_GROWTH_COLUMNS: Final = (
    ("", 2),
    ("asked about", 14),
    ("rows", 6),
    ("statements", 10),
    ("engine ms", 9),
    ("time/leaf fields", 16),
)


def head(scale: Scale, rounds: int) -> None:
    print(f"\n{scale.name} scale: {scale.units:,} units, {scale.observations:,} observations, {scale.tasks:,} tasks")
    print(f"Medians of at most {rounds} rounds. plain: the same statements on the driver, no wall, no GraphQL.\n")
    _heading(_COLUMNS)


def line(run: Run) -> None:
    _row(
        _COLUMNS,
        run.case.question.name,
        run.case.caller.login,
        f"{run.leaves:,}",
        f"{run.rows:,}",
        str(run.statements),
        *(_milliseconds(seconds) for seconds in (run.answered, run.walled, run.plain)),
        f"{run.answered / run.plain:.1f}",
        f"{run.walled / run.plain:.1f}",
        f"{run.answered / run.leaves * 1e6:.1f}",
    )


def growth_head() -> None:
    print("\nThe same about less, as the national caller. time/leaf fields: how much faster than its answer the time")
    print("grew since the first line of the question; 1 is linear.\n")
    _heading(_GROWTH_COLUMNS)


def growth(runs: Sequence[Run]) -> None:
    first = runs[0]
    for run in runs:
        _row(
            _GROWTH_COLUMNS,
            run.case.question.name,
            f"{run.case.size.count} {run.case.size.things}",
            f"{run.rows:,}",
            str(run.statements),
            _milliseconds(run.answered),
            f"{run.answered / first.answered / (run.leaves / first.leaves):.2f}",
        )


def _milliseconds(seconds: float) -> str:
    return f"{seconds * 1000:,.1f}"


def _heading(columns: Sequence[tuple[str, int]]) -> None:
    _row(columns, *(title for title, _ in columns))
    print("|" + "|".join("-" * (width + 2) for _, width in columns) + "|")


def _row(columns: Sequence[tuple[str, int]], *cells: str) -> None:
    padded = [
        cell.ljust(width) if place < 2 else cell.rjust(width)
        for place, (cell, (_, width)) in enumerate(zip(cells, columns, strict=True))
    ]
    print("| " + " | ".join(padded) + " |", flush=True)
