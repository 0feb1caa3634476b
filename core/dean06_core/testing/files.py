"""Made-up files of one kind of record: what is kept of them, and what a second time changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random
from typing import Any, Final

import pytest
import sqlalchemy as sa

from dean06_core import imports
from dean06_core.by_hand import Samples
from dean06_core.imports import ImportReport
from dean06_core.testing.filled_provinces import NOW, FilledProvince
from dean06_core.testing.importing import made_up

_ROWS: Final = 60


async def faults_of_loading(here: FilledProvince, name: str, samples: Samples) -> list[str]:
    """What is wrong with loading the sector's records of this name, once and again."""
    noun, declared = f"{here.sector.code}.{name}", here.sector.records[name]
    rows = list(made_up(declared.record, declared, Random(6), _ROWS, samples))  # noqa: S311  the same every time
    report = await _run(here, noun, [row.cells for row in rows], dry_run=True)
    refused = {error.row for error in report.errors}
    sound = [row for number, row in enumerate(rows, start=1) if number not in refused]
    if not sound:
        told = f" The first refusal: {report.errors[0].field}: {report.errors[0].message}" if refused else ""
        return [
            f"No sound row of '{noun}' could be made up. "
            f"Give its columns cells in SAMPLES of your module by_hand.{told}"
        ]
    first = await _run(here, noun, [row.cells for row in sound])
    again = await _run(here, noun, [row.cells for row in sound])
    kept = {
        _key(declared.key, vars(record)): record for record in await here.session.scalars(sa.select(declared.record))
    }
    faults: list[str] = []
    for row in sound:
        record = kept.get(_key(declared.key, row.values))
        if record is None:
            faults.append(f"'{noun}' did not keep the row {dict(row.cells)}.")
            continue
        faults += [
            f"'{noun}' kept {column} as {getattr(record, column)!r} where the file says {row.cells[column]!r}. "
            f"Let parse return the value that the column holds."
            for column, value in row.values.items()
            if getattr(record, column) != value
        ]
    if (first.created, len(kept)) != (len(sound), len(sound)):
        faults.append(f"'{noun}' made {len(kept)} records of {len(sound)} sound rows.")
    if again.unchanged != len(sound):
        faults.append(f"'{noun}' changed {again.updated} records when the same file was loaded again.")
    return faults


async def _run(
    here: FilledProvince, noun: str, cells: Sequence[Mapping[str, Any]], *, dry_run: bool = False
) -> ImportReport:
    try:
        return await imports.run(
            here.session,
            noun=noun,
            rows=imports.rows_of(cells),
            directory=here.directory,
            catalogue=here.catalogue,
            now=NOW,
            sectors=[here.sector],
            dry_run=dry_run,
        )
    except sa.exc.IntegrityError as error:
        refused = str(error.orig)
    pytest.fail(f"'{noun}' lets a row through that its table refuses: {refused}. Refuse it in check=.", pytrace=False)


def _key(names: Sequence[str], values: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(values[name] for name in names)
