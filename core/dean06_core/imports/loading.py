"""The one way in for rows of any noun: all of a file, or nothing of it with everything that is wrong."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType, ModuleType
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncSession

from dean06_core.catalogue import Catalogue
from dean06_core.directory import Directory
from dean06_core.documents import Shelf
from dean06_core.errors import BadInput
from dean06_core.imports import documents, groups, indicators, mentions, observations, systems, targets, tasks, units
from dean06_core.imports.cells import Cells, understood
from dean06_core.imports.reading import Row
from dean06_core.imports.records import RecordNoun
from dean06_core.imports.references import References
from dean06_core.imports.reports import Errors, ImportReport
from dean06_core.outcomes import Refused, Tally
from dean06_core.record_imports import RecordImport
from dean06_core.sectors import Sector
from dean06_core.targets import Assigned


@dataclass(frozen=True, slots=True)
class _Noun:
    """How rows of a noun are read and written, and which reference data is stale afterwards."""

    read: Callable[[Cells, References], Any]
    write: Callable[[AsyncSession, Sequence[Any], References, datetime], Coroutine[Any, Any, Tally]]
    changes: str | None = None
    is_one_whole: bool = False
    """Its rows name one another, so that one wrong row makes others look wrong."""


def _noun(module: ModuleType, changes: str | None = None, *, is_one_whole: bool = False) -> _Noun:
    return _Noun(module.read, module.write, changes, is_one_whole)


_NOUNS: Final = {
    "units": _noun(units, "directory", is_one_whole=True),
    "groups": _noun(groups, "directory"),
    "documents": _noun(documents),
    "indicators": _noun(indicators),
    "targets": _noun(targets),
    "observations": _noun(observations),
    "tasks": _noun(tasks),
    "mentions": _noun(mentions),
    "systems": _noun(systems),
}
_NO_OTHERS: Final[Mapping[str, RecordImport]] = MappingProxyType({})
NOUNS: Final = tuple(_NOUNS)
"""In the order in which they refer to one another."""


async def run(
    session: AsyncSession,
    *,
    noun: str,
    rows: Sequence[Row],
    directory: Directory,
    catalogue: Catalogue,
    now: datetime,
    sectors: Sequence[Sector] = (),
    others: Mapping[str, RecordImport] = _NO_OTHERS,
    province: str | None = None,
    by: str | None = None,
    dry_run: bool = False,
) -> ImportReport:
    """Import all rows of a noun; with an error, or in a dry run, nothing stays written.

    A noun is one of core's, one of ``others``, or ``sector.name`` for records of
    one of the ``sectors``. ``by`` is the login of whoever brings the file. ``province`` is
    the code of the province that the rows are about, needed where there are
    several. The session stays usable, whatever was refused.
    """
    kind = _kind(noun, sectors, others)
    shelf, assigned = await Shelf.load(session), await Assigned.load(session, catalogue)
    references = References(directory, catalogue, shelf, assigned, now.date(), province, by)
    errors = Errors(frozenset(column for row in rows for column in row.cells))
    entries = understood(rows, errors, lambda row: kind.read(row, references))
    tally = Tally()
    savepoint = await session.begin_nested()
    try:
        if not (errors.in_order and kind.is_one_whole):
            tally = await kind.write(session, [entry for _, entry in entries], references, now)
    except Refused as refused:
        errors.add_refused(refused, [number for number, _ in entries])
    if errors.in_order or dry_run:
        await savepoint.rollback()
    else:
        await savepoint.commit()
    if errors.in_order:
        return ImportReport(noun=noun, errors=errors.in_order, dry_run=dry_run)
    return ImportReport(
        noun=noun,
        created=tally.created,
        updated=tally.updated,
        unchanged=tally.unchanged,
        dry_run=dry_run,
        changed=frozenset({kind.changes} if kind.changes and not dry_run and tally.created + tally.updated else ()),
        units=frozenset() if dry_run else tally.units,
        since=None if dry_run else tally.since,
    )


def nouns(sectors: Iterable[Sector], others: Iterable[str] = ()) -> tuple[str, ...]:
    """Everything that can be imported: what core knows, what stands beside it, then the records of the sectors."""
    return *NOUNS, *others, *(f"{sector.code}.{name}" for sector in sectors for name in sector.records)


def _kind(noun: str, sectors: Sequence[Sector], others: Mapping[str, RecordImport]) -> _Noun:
    if noun in _NOUNS:
        return _NOUNS[noun]
    of_sectors = {f"{sector.code}.{name}": each for sector in sectors for name, each in sector.records.items()}
    declared = {**others, **of_sectors}.get(noun)
    if declared is not None:
        records = RecordNoun(noun, declared)
        return _Noun(records.read, records.write)
    raise BadInput(
        "NOUN_UNKNOWN",
        f"Không nhập được “{noun}”. Hãy chọn một trong: {', '.join(nouns(sectors, others))}.",
        field=("noun",),
    )
