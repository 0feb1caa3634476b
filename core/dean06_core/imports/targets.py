"""Rows of assigned levels."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from dean06_core import targets
from dean06_core.imports.cells import Cells, day, flag, number, one_of, period, text
from dean06_core.imports.references import References
from dean06_core.outcomes import Tally
from dean06_core.targets import Assignment, Comparator, TargetCheck, TargetKind
from dean06_core.units import Tier


def read(row: Cells, references: References) -> Assignment:
    indicator, value = row.need("indicator", text), row.need("value", number)
    comparator = row.get("comparator", one_of(Comparator), Comparator.GE)
    kind = row.get("kind", one_of(TargetKind), TargetKind.ASSIGNED)
    check = row.get("check", one_of(TargetCheck), TargetCheck.EACH_PERIOD)
    unit, group, tier = row.get("unit", text), row.get("group", text), row.get("tier", one_of(Tier))
    is_national, within = row.get("national", flag, False), row.get("within", text)
    of_period, due_on = row.get("period", period), row.get("due_on", day)
    valid_from, valid_to = row.need("valid_from", day), row.get("valid_to", day)
    basis = row.get("basis", text)
    row.finish()
    assignment = Assignment(
        indicator=row.attempt("indicator", references.indicator, indicator),
        value=value,
        comparator=comparator,
        kind=kind,
        check=check,
        within=row.attempt("within", references.inside, within, valid_from, is_national=is_national),
        unit=None if unit is None else row.attempt("unit", references.unit, unit, valid_from),
        group=None if group is None else row.attempt("group", references.group, group),
        tier=tier,
        is_national=is_national,
        period=of_period,
        due_on=due_on,
        valid_from=valid_from,
        valid_to=valid_to,
        basis=None if basis is None else row.attempt("basis", references.document, basis),
    )
    row.stop_if_wrong()
    return assignment


async def write(session: AsyncSession, entries: Sequence[Assignment], references: References, now: datetime) -> Tally:
    assigned = await targets.assign_all(session, entries, catalogue=references.catalogue)
    return Tally.of(outcome for _, outcome in assigned)
