"""Rows of figures: what a reporter states of an indicator, a unit and a period."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from dean06_core import recording
from dean06_core.imports.cells import Cells, count, day, flag, number, one_of, period, prose, text
from dean06_core.imports.references import References
from dean06_core.observations import DataState, Qualifier
from dean06_core.outcomes import Tally
from dean06_core.periods import Window
from dean06_core.statements import Statement
from dean06_core.units import Tier


def read(row: Cells, references: References) -> Statement:
    """Without a state, what an issued document says is published and anything else is a draft."""
    indicator, unit, reporter = row.need("indicator", text), row.need("unit", text), row.need("reporter", text)
    tier, group = row.get("tier", one_of(Tier)), row.get("group", text)
    of_period, window = row.need("period", period), row.get("window", one_of(Window), Window.PERIOD)
    numerator, denominator = row.get("numerator", count), row.get("denominator", count)
    value, printed = row.get("value", number), row.get("printed", prose)
    qualifier = row.get("qualifier", one_of(Qualifier), Qualifier.EXACT)
    no_activity, as_of = row.get("no_activity", flag, False), row.get("as_of", day)
    document, section, comment = row.get("document", text), row.get("section", text), row.get("comment", prose)
    parts = tuple(
        (part.need("part", text), part.need("value", number)) for part in row.objects("parts", ("part", "value"))
    )
    change, changed_since = row.get("change", number), row.get("changed_since", prose)
    rank, rank_of = row.get("rank", count), row.get("rank_of", count)
    stated_state = DataState.DRAFT if document is None else DataState.PUBLISHED
    state = row.get("state", one_of(DataState), stated_state)
    row.finish()
    last_day = of_period.last_day
    statement = Statement(
        indicator=row.attempt("indicator", references.indicator, indicator),
        unit=row.attempt("unit", references.unit_ever, unit, last_day),
        tier=tier,
        group=None if group is None else row.attempt("group", references.group, group),
        period=of_period,
        window=window,
        numerator=numerator,
        denominator=denominator,
        value=value,
        parts=parts,
        change=change,
        changed_since=changed_since,
        rank=rank,
        rank_of=rank_of,
        printed=printed,
        qualifier=qualifier,
        no_activity=no_activity,
        as_of=as_of,
        comment=comment,
        state=state,
        reporter=row.attempt("reporter", references.unit, reporter, last_day),
        document=None if document is None else row.attempt("document", references.document, document),
        section=section,
    )
    row.stop_if_wrong()
    return statement


async def write(session: AsyncSession, entries: Sequence[Statement], references: References, now: datetime) -> Tally:
    recorded = await recording.record_all(
        session, entries, catalogue=references.catalogue, directory=references.directory, now=now
    )
    return Tally.of(outcome for outcome, _ in recorded)
