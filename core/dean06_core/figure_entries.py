"""What an officer enters for a period: cells by the codes that he knows, kept as statements of his own unit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy.ext.asyncio import AsyncSession

from dean06_core import answers, recording
from dean06_core.access import Action, DataClass, Scope
from dean06_core.acting import Actor
from dean06_core.catalogue import Catalogue
from dean06_core.documents import Shelf
from dean06_core.errors import BadInput
from dean06_core.figures import Cell, Figure
from dean06_core.observations import Qualifier
from dean06_core.outcomes import Outcome, Refusals, refused_at
from dean06_core.periods import Period, Window
from dean06_core.statements import Statement, check

MOST_ENTRIES = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureEntry:
    """One cell. ``indicator`` and ``unit`` are codes, ``document`` is a document's label or number."""

    indicator: str
    unit: str
    window: Window = Window.PERIOD
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    value: Decimal | None = None
    parts: tuple[tuple[str, Decimal], ...] = ()
    qualifier: Qualifier = Qualifier.EXACT
    no_activity: bool = False
    as_of: date | None = None
    comment: str | None = None
    document: str | None = None
    section: str | None = None


@dataclass(frozen=True, slots=True)
class Entered:
    """How each entered cell is answered now, and how many said only what was known."""

    figures: list[Figure]
    unchanged: int


async def enter(
    session: AsyncSession, actor: Actor, entries: Sequence[FigureEntry], *, period: Period, dry_run: bool = False
) -> Entered:
    """State the entries in the name of the actor's unit, all or none.

    ENTRY_NOT_ALLOWED where he may look and not record. A dry run answers as if
    it were kept, and keeps nothing.
    """
    if len(entries) > MOST_ENTRIES:
        raise BadInput(
            "TOO_MANY_ENTRIES",
            f"Mỗi lần ghi tối đa {MOST_ENTRIES} ô; lần này có {len(entries)}. Hãy chia nhỏ.",
            field=("cells",),
        )
    shelf = await Shelf.load(session) if any(entry.document for entry in entries) else Shelf({}, {})
    refusals = Refusals()
    statements: list[Statement] = []
    for number, entry in enumerate(entries):
        with refusals.of_entry(number):
            statements.append(_statement(entry, period, actor, shelf))
    refusals.stop_if_any()
    directory, catalogue = actor.directory, actor.catalogue
    async with session.begin_nested() as kept:
        recorded = await recording.record_all(
            session, statements, catalogue=catalogue, directory=directory, now=actor.now
        )
        cells = [_cell(statement, catalogue) for statement in statements]
        figures = await answers.of_cells(session, directory, catalogue, list(dict.fromkeys(cells)))
        if dry_run:
            await kept.rollback()
    return Entered(figures, sum(each.outcome is Outcome.UNCHANGED for each in recorded))


def _statement(entry: FigureEntry, period: Period, actor: Actor, shelf: Shelf) -> Statement:
    with refused_at("indicator"):
        indicator = actor.catalogue.named(entry.indicator)
    with refused_at("unit"):
        unit = actor.directory.named(entry.unit, period.last_day)
    if not actor.may(Action.RECORD, Scope(DataClass.AGGREGATE, unit.key, indicator.sector)):
        raise BadInput(
            "ENTRY_NOT_ALLOWED",
            f"Tài khoản không được nhập “{indicator.name}” của {unit.name}. Hãy bỏ dòng này, hoặc đề nghị cấp quyền.",
            field=("unit",),
        )
    with refused_at("document"):
        document = None if entry.document is None else shelf.named(entry.document)
    statement = Statement(
        indicator=indicator.code,
        unit=unit.key,
        period=period,
        window=entry.window,
        reporter=actor.caller.unit,
        numerator=_count("numerator", entry.numerator),
        denominator=_count("denominator", entry.denominator),
        value=entry.value,
        parts=entry.parts,
        qualifier=entry.qualifier,
        no_activity=entry.no_activity,
        as_of=entry.as_of,
        comment=entry.comment,
        document=document,
        section=entry.section,
    )
    check(statement, indicator)
    return statement


def _count(field: str, written: Decimal | None) -> int | None:
    if written is None:
        return None
    if not written.is_finite() or written != written.to_integral_value():
        raise BadInput("NUMBER_NOT_WHOLE", f"“{written}” không phải là số nguyên. Hãy sửa số.", field=(field,))
    return int(written)


def _cell(statement: Statement, catalogue: Catalogue) -> Cell:
    return Cell(catalogue.key(statement.indicator), statement.unit, statement.period, statement.window)
