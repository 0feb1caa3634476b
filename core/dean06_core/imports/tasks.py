"""Rows of orders, with what is known of them so far."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dean06_core import orders
from dean06_core.imports.cells import Cells, day, number, one_of, prose, text, texts
from dean06_core.imports.references import References
from dean06_core.orders import Event, Mention, Order, Progress
from dean06_core.outcomes import Tally
from dean06_core.targets import Description, TargetKind
from dean06_core.tasks import DatePrecision, TaskEventKind, TaskOrigin, TaskRecurrence
from dean06_core.units import Tier


def read(row: Cells, references: References) -> Order:
    code, title, group = row.need("code", text), row.need("title", text), row.need("group", text)
    origin = row.need("origin", one_of(TaskOrigin))
    recurrence = row.get("recurrence", one_of(TaskRecurrence), TaskRecurrence.ONE_OFF)
    assigned_on, assigned_by = row.need("assigned_on", day), row.get("assigned_by", text)
    lead, lead_group = row.get("lead", text), row.get("lead_group", text)
    cooperating = row.get("cooperating", texts, ())
    person, product = row.get("person", text), row.get("product", text)
    starts_on, deadline = row.get("starts_on", day), row.get("deadline", day)
    deadline_text = row.get("deadline_text", text)
    deadline_precision = row.get("deadline_precision", one_of(DatePrecision))
    basis, sectors = row.get("basis", texts, ()), row.get("sectors", texts, ())
    mentions = [
        (
            mention.need("document", text),
            mention.get("section", text, ""),
            mention.get("deadline_text", text),
            mention.get("stated_state", text),
        )
        for mention in row.objects("mentions", ("document", "section", "deadline_text", "stated_state"))
    ]
    progress = [
        (
            said.need("on", day),
            said.need("unit", text),
            said.need("done", prose),
            said.get("remaining", prose),
            said.get("documents", texts, ()),
        )
        for said in row.objects("progress", ("on", "unit", "done", "remaining", "documents"))
    ]
    events = [
        (
            event.need("kind", one_of(TaskEventKind)),
            event.need("on", day),
            event.get("deadline", day),
            event.get("basis", text),
        )
        for event in row.objects("events", ("kind", "on", "deadline", "basis"))
    ]
    conditions = [
        (
            condition.need("indicator", text),
            condition.get("value", number),
            condition.get("kind", one_of(TargetKind)),
            condition.get("tier", one_of(Tier)),
            condition.get("unit", text),
            condition.get("basis", text),
        )
        for condition in row.objects("condition", ("indicator", "value", "kind", "tier", "unit", "basis"))
    ]
    if len(conditions) > 1:
        row.refuse("condition", "CELL_INVALID", "Một nhiệm vụ chỉ gắn với một mức giao. Hãy giữ một condition.")
    row.finish()
    order = Order(
        code=code,
        title=title,
        group=group,
        origin=origin,
        recurrence=recurrence,
        assigned_on=assigned_on,
        lead=None if lead is None else row.attempt("lead", references.unit, lead, assigned_on),
        lead_group=None if lead_group is None else row.attempt("lead_group", references.group, lead_group),
        cooperating=tuple(row.attempt("cooperating", references.unit, unit, assigned_on) for unit in cooperating),
        person=person,
        product=product,
        starts_on=starts_on,
        deadline=deadline,
        deadline_text=deadline_text,
        deadline_precision=deadline_precision,
        assigned_by=None
        if assigned_by is None
        else row.attempt("assigned_by", references.unit, assigned_by, assigned_on),
        basis=frozenset(row.attempt("basis", references.document, document) for document in basis),
        condition=_condition(row, references, conditions[0], assigned_on) if conditions else None,
        sectors=frozenset(row.attempt("sectors", references.sector, sector) for sector in sectors),
        mentions=tuple(
            Mention(row.attempt("mentions", references.document, document), section, deadline_text, stated_state)
            for document, section, deadline_text, stated_state in mentions
        ),
        progress=tuple(
            Progress(
                on,
                row.attempt("progress", references.unit, unit, on),
                done,
                remaining,
                tuple(row.attempt("progress", references.document, document) for document in documents),
            )
            for on, unit, done, remaining, documents in progress
        ),
        events=tuple(
            Event(kind, on, deadline, None if basis is None else row.attempt("events", references.document, basis))
            for kind, on, deadline, basis in events
        ),
    )
    row.stop_if_wrong()
    return order


def _condition(row: Cells, references: References, said: tuple[Any, ...], on: date) -> UUID:
    indicator, value, kind, tier, unit, basis = said
    description = Description(
        indicator=indicator,
        value=value,
        kind=kind,
        tier=tier,
        unit=None if unit is None else row.attempt("condition", references.unit, unit, on),
        basis=None if basis is None else row.attempt("condition", references.document, basis),
    )
    return row.attempt("condition", references.target, description)


async def write(session: AsyncSession, entries: Sequence[Order], references: References, now: datetime) -> Tally:
    return await orders.assign_all(session, entries, directory=references.directory, now=now)
