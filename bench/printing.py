"""Runs as lines of a table that can stand in the README as they are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from bench import computing, hiding
from bench import walls as walls_cost
from bench.running import Run, median
from bench.shape import Scale

_COLUMNS: Final = (
    ("", 2),
    ("caller", 8),
    ("leaf fields", 11),
    ("rows", 6),
    ("statements", 10),
    ("clock ms", 8),
    ("CPU ms", 7),
    ("walled SQL", 10),
    ("plain SQL", 9),
    ("CPU/plain", 9),
    ("walled/plain", 12),
    ("us/leaf", 7),
)
_GROWTH_COLUMNS: Final = (
    ("", 2),
    ("asked about", 16),
    ("rows", 6),
    ("statements", 10),
    ("CPU ms", 7),
    ("CPU/leaf fields", 15),
)
_COMPUTED_COLUMNS: Final = (
    ("computed", 34),
    ("of", 9),
    ("rows", 7),
    ("figures", 7),
    ("statements", 10),
    ("clock ms", 8),
    ("CPU ms", 8),
    ("one pass", 8),
    ("CPU/pass", 8),
)
_WALL_COLUMNS: Final = (
    ("", 2),
    ("caller", 8),
    ("on", 10),
    ("rows", 6),
    ("plain rows", 10),
    ("plain ms", 8),
    ("walled ms", 9),
    ("walled/plain", 12),
    ("middle half", 11),
    ("plain SQL", 9),
    ("walled SQL", 10),
    ("walled/plain", 12),
    ("middle half", 11),
)
_BUILT_COLUMNS: Final = (
    ("hidden is", 29),
    ("types", 5),
    ("whole ms", 8),
    ("view ms", 7),
    ("view/whole", 10),
    ("MB of 100", 9),
)
_TOLD_COLUMNS: Final = (
    ("asked about", 23),
    ("rounds", 6),
    ("outside ms", 10),
    ("never ms", 8),
    ("ratio", 5),
)


def head(scale: Scale, rounds: int) -> None:
    print(f"\n{scale.name} scale: {scale.units:,} units, {scale.observations:,} observations, {scale.tasks:,} tasks.")
    print(f"Medians of at most {rounds} rounds. clock: what a caller waits for; all other times are the processor's.")
    print("plain SQL: the same statements on the driver alone. walled SQL: with the caller's pass, behind the wall.\n")
    _heading(_COLUMNS)


def line(run: Run) -> None:
    answered, walled, plain = run.answered.processor, run.walled.processor, run.plain.processor
    _row(
        _COLUMNS,
        run.case.question.name,
        run.case.caller.login,
        f"{run.leaves:,}",
        f"{run.rows:,}",
        str(run.statements),
        *(_milliseconds(seconds) for seconds in (run.answered.clock, answered, walled, plain)),
        f"{answered / plain:,.1f}",
        f"{walled / plain:,.1f}",
        f"{answered / run.leaves * 1e6:,.1f}",
    )


def growth_head() -> None:
    print("\nThe same about less, as the national caller. CPU/leaf fields: how many times the processor's time grew")
    print("for each time that the answer grew, since the first line of the question; 1 is linear.\n")
    _heading(_GROWTH_COLUMNS)


def growth(runs: Sequence[Run]) -> None:
    first = runs[0]
    for run in runs:
        grown = (run.answered.processor / first.answered.processor) / (run.leaves / first.leaves)
        _row(
            _GROWTH_COLUMNS,
            run.case.question.name,
            f"{run.case.size.count} {run.case.size.things}",
            f"{run.rows:,}",
            str(run.statements),
            _milliseconds(run.answered.processor),
            f"{grown:.2f}",
        )


def computed_head(scale: Scale) -> None:
    print(f"\nFigures of one province from {scale.records:,} records of each kind, measured behind the wall.")
    print("one pass: the processor's time for counting each unit's rows of the same table.\n")
    _heading(_COMPUTED_COLUMNS)


def computed(run: computing.Run) -> None:
    _row(
        _COMPUTED_COLUMNS,
        run.case.indicator.code.partition(".")[2],
        f"{run.case.months} months",
        f"{run.rows:,}",
        f"{run.figures:,}",
        str(run.statements),
        *(_milliseconds(seconds) for seconds in (run.computed.clock, run.computed.processor, run.passed.processor)),
        f"{run.computed.processor / run.passed.processor:,.1f}",
    )


def walls_head(scale: Scale, rounds: int) -> None:
    print(f"\n{scale.name} scale: {scale.units:,} units, {scale.observations:,} observations, {scale.tasks:,} tasks.")
    print(f"Medians of at most {rounds} rounds in turns, with the caller's pass and without wall. SQL: only the")
    print("statements, with what begins and ends their transaction. Of PostgreSQL both processes count.\n")
    _heading(_WALL_COLUMNS)


def walls(run: walls_cost.Run, on: str) -> None:
    walled, plain = run.rows
    cells = []
    for beside in (run.answered, run.sent):
        medians = (median(beside.plain).processor, median(beside.walled).processor)
        low, high = beside.spread
        cells += [*(_milliseconds(each) for each in medians), f"{beside.ratio:.2f}", f"{low:.2f}-{high:.2f}"]
    _row(_WALL_COLUMNS, run.case.question.name, run.case.caller.login, on, f"{walled:,}", f"{plain:,}", *cells)


def built_head() -> None:
    print("\nA view beside the whole schema of which it is a copy: the processor's time.")
    print("MB of 100: the memory of as many views as are kept.\n")
    _heading(_BUILT_COLUMNS)


def built(run: hiding.Built) -> None:
    _row(
        _BUILT_COLUMNS,
        run.hidden,
        str(run.types),
        f"{run.whole:,.1f}",
        f"{run.view:,.2f}",
        f"{run.view / run.whole:.3f}",
        f"{run.megabytes:,.1f}",
    )


def told_head() -> None:
    print(
        "\nOne sector of one province asks about what is outside and, in turns, about what there never was; medians.\n"
    )
    _heading(_TOLD_COLUMNS)


def told(run: hiding.Told) -> None:
    _row(
        _TOLD_COLUMNS,
        run.asked,
        str(run.rounds),
        f"{run.outside:,.2f}",
        f"{run.never:,.2f}",
        f"{run.ratio:.2f}",
    )


def _milliseconds(seconds: float) -> str:
    return f"{seconds * 1000:,.2f}" if seconds < 0.01 else f"{seconds * 1000:,.1f}"


def _heading(columns: Sequence[tuple[str, int]]) -> None:
    _row(columns, *(title for title, _ in columns))
    print("|" + "|".join("-" * (width + 2) for _, width in columns) + "|")


def _row(columns: Sequence[tuple[str, int]], *cells: str) -> None:
    padded = [
        cell.ljust(width) if place < 2 else cell.rjust(width)
        for place, (cell, (_, width)) in enumerate(zip(cells, columns, strict=True))
    ]
    print("| " + " | ".join(padded) + " |", flush=True)
