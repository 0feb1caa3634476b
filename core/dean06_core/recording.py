"""Taking down what was stated: each statement in its place and revision, and the one of each cell that answers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from operator import itemgetter
from typing import Any, Final, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from dean06_core.catalogue import Catalogue
from dean06_core.directory import Directory, Unit
from dean06_core.errors import BadInput
from dean06_core.indicators import Indicator, IndicatorKind
from dean06_core.observations import DataState, Observation, ObservationPart, Source, scaled
from dean06_core.outcomes import Outcome, Refusals
from dean06_core.periods import Period, Window
from dean06_core.records import new_id
from dean06_core.statements import Statement, check, choose, outweighs
from dean06_core.units import UnitLevel, UnitSuccession

_AT_ONCE: Final = 500
_AREAS: Final = frozenset({UnitLevel.COUNTRY, UnitLevel.REGION, UnitLevel.PROVINCE, UnitLevel.DISTRICT})
_CELL: Final = ("indicator_key", "period", "window", "share", "unit_key")
_PLACE: Final = (*_CELL, "reporter_key", "stated_in")
_CONTENT: Final = (
    "numerator",
    "denominator",
    "value_scaled",
    "printed",
    "qualifier",
    "no_activity",
    "as_of",
    "comment",
    "source",
    "change_scaled",
    "changed_since",
    "rank",
    "rank_of",
)
_LIVE: Final = tuple(dict.fromkeys((*_PLACE, *_CONTENT, "id", "state", "recorded_at", "official", "revision")))
_Key = tuple[Any, ...]
_cell_of, _place_of, _content_of = itemgetter(*_CELL), itemgetter(*_PLACE), itemgetter(*_CONTENT)


class Recorded(NamedTuple):
    """CREATED: a first statement; UPDATED: the next revision; UNCHANGED: it was stated there already."""

    outcome: Outcome
    id: UUID


async def record(
    session: AsyncSession, statement: Statement, *, catalogue: Catalogue, directory: Directory, now: datetime
) -> Observation:
    """Keep one statement, as a first one or as the next revision, and choose anew which one answers."""
    [recorded] = await record_all(session, [statement], catalogue=catalogue, directory=directory, now=now)
    return await session.get_one(Observation, recorded.id, populate_existing=True)


async def record_all(
    session: AsyncSession,
    statements: Sequence[Statement],
    *,
    catalogue: Catalogue,
    directory: Directory,
    now: datetime,
) -> list[Recorded]:
    """Keep many statements; at most seven statements to the database for each 500. Refused as a whole.

    Said again in the same place by the same reporter, the same is UNCHANGED and
    a higher state or another content is the next revision. UNIT_NOT_IN_PERIOD
    for a unit that was not there on the period's last day, LEVEL_WRONG for one
    that neither reports the indicator nor has anybody inside who does; what is
    computed goes by where the records are.
    """
    drafts = await _draft_all(session, statements, catalogue, directory)
    neighbours = sorted(range(len(drafts)), key=lambda number: drafts[number].cell)
    recorded: dict[int, Recorded] = {}
    for start in range(0, len(drafts), _AT_ONCE):
        numbers = neighbours[start : start + _AT_ONCE]
        kept = await _keep(session, [drafts[number] for number in numbers], now)
        recorded |= zip(numbers, kept, strict=True)
    return [recorded[number] for number in range(len(drafts))]


async def withdraw_computed(
    session: AsyncSession,
    indicator: str,
    *,
    units: Collection[int],
    periods: Collection[Period],
    still: Collection[tuple[int, str, Window]],
    catalogue: Catalogue,
    directory: Directory,
    now: datetime,
) -> list[Recorded]:
    """Let what was computed of units and periods answer no longer, but for those (unit, period, window) that still are.

    It stays on record as known until now; another statement of the cell answers
    from here on, if there is one.
    """
    found = await session.execute(
        sa.select(Observation.id, *(getattr(Observation, name) for name in _PLACE)).where(
            Observation.indicator_key == catalogue.key(indicator),
            Observation.unit_key.in_(units),
            Observation.period.in_([period.code for period in periods]),
            Observation.source == Source.COMPUTED,
            Observation.superseded_at.is_(None),
        )
    )
    gone = [row for row in found if (row.unit_key, row.period, row.window) not in still]
    if not gone:
        return []
    live = await _read(session, {_cell_of(row._mapping) for row in gone}, set())
    for row in gone:
        del live[_cell_of(row._mapping)][_place_of(row._mapping)]
    declared = catalogue.by_code[indicator].responsible
    last_days = {period.code: period.last_day for period in periods}
    responsible = {
        _cell_of(row._mapping): None if declared is None else directory.key_by_code(declared, last_days[row.period])
        for row in gone
    }
    demoted, promoted = _choose_anew(live, responsible, {})
    connection = await session.connection()
    await _change(connection, [row.id for row in gone], superseded_at=now, official=False)
    await _change(connection, demoted, official=False)
    await _change(connection, promoted, official=True)
    return [Recorded(Outcome.UPDATED, row.id) for row in gone]


@dataclass(slots=True, eq=False)
class _Draft:
    """A statement as it will be kept, but for its revision."""

    row: dict[str, Any]
    parts: dict[str, int]
    responsible_key: int | None
    cell: _Key
    place: _Key
    content: _Key


@dataclass(slots=True, eq=False)
class _Live:
    """A statement that no other has replaced, with what decides whether it answers."""

    id: UUID
    state: DataState
    reporter_key: int
    numerator: int | None
    recorded_at: datetime
    official: bool
    revision: int
    content: _Key

    def says_all_of(self, draft: _Draft) -> bool:
        """Whether the draft would add nothing; to say it again as a mere draft takes no weight away."""
        return self.content == draft.content and not outweighs(draft.row["state"], self.state)


async def _draft_all(
    session: AsyncSession, statements: Sequence[Statement], catalogue: Catalogue, directory: Directory
) -> list[_Draft]:
    refusals, levels = Refusals(), _Levels(directory)
    drafts: list[_Draft] = []
    absent: dict[int, Statement] = {}
    first_in: dict[_Key, _Draft] = {}
    for number, statement in enumerate(statements):
        with refusals.of_entry(number):
            check(statement, catalogue.named(statement.indicator))
            if statement.source is Source.REPORTED:
                levels.refuse_wrong(statement, catalogue.named(statement.indicator))
            draft = _draft(statement, catalogue, directory)
            drafts.append(draft)
            first = first_in.setdefault(draft.place, draft)
            if first.content != draft.content or first.row["state"] != draft.row["state"]:
                raise _stated_twice(statement, catalogue, directory)
        last_day = statement.period.last_day
        if not directory.unit(statement.unit, last_day).holds(last_day):
            absent[number] = statement
    if absent:
        successors = await _successors(session, {statement.unit for statement in absent.values()})
        for number, statement in absent.items():
            refusals.add(number, _not_in_period(statement, successors[statement.unit], directory))
    refusals.stop_if_any()
    return drafts


class _Levels:
    """Which units may state an indicator: of the levels that report it, areas, and whoever has such units inside."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory
        self._inside: dict[tuple[int, date], frozenset[UnitLevel]] = {}

    def refuse_wrong(self, statement: Statement, indicator: Indicator) -> None:
        unit, levels = self._directory.unit(statement.unit, statement.period.last_day), indicator.reported_at
        if not levels or unit.level in _AREAS or levels & self._of(unit, statement.period.last_day):
            return
        raise BadInput(
            "LEVEL_WRONG",
            f"“{indicator.name}” do cấp {', '.join(sorted(levels))} báo cáo; {unit.name} là cấp {unit.level} và không "
            "có đơn vị cấp đó bên trong. Hãy sửa đơn vị hoặc chỉ tiêu.",
            field=("unit",),
        )

    def _of(self, unit: Unit, on: date) -> frozenset[UnitLevel]:
        if (unit.key, on) not in self._inside:
            below = self._directory.descendants(unit.key, on)
            self._inside[unit.key, on] = frozenset({unit.level, *(each.level for each in below)})
        return self._inside[unit.key, on]


def _draft(statement: Statement, catalogue: Catalogue, directory: Directory) -> _Draft:
    indicator = catalogue.named(statement.indicator)
    period = statement.period
    responsible = indicator.responsible
    numerator, denominator, value = _figures(statement, indicator)
    row = {
        "indicator_key": catalogue.key(indicator.code),
        "unit_key": statement.unit,
        "sector": indicator.sector,
        "share": statement.share,
        "period": period.code,
        "period_starts": period.starts,
        "period_ends": period.ends,
        "window": indicator.stored_window(statement.window),
        "numerator": numerator,
        "denominator": denominator,
        "value_scaled": value,
        "printed": statement.printed,
        "qualifier": statement.qualifier,
        "no_activity": statement.no_activity,
        "as_of": statement.as_of,
        "comment": statement.comment,
        "source": statement.source,
        "state": statement.state,
        "reporter_key": statement.reporter,
        "document_id": statement.document,
        "section": statement.section,
        "stated_in": _place(statement, directory),
        "change_scaled": None if statement.change is None else scaled(statement.change),
        "changed_since": statement.changed_since,
        "rank": statement.rank,
        "rank_of": statement.rank_of,
    }
    parts = {part: scaled(value) for part, value in statement.parts}
    return _Draft(
        row,
        parts,
        None if responsible is None else directory.key_by_code(responsible, period.last_day),
        _cell_of(row),
        _place_of(row),
        (*_content_of(row), parts),
    )


def _figures(statement: Statement, indicator: Indicator) -> tuple[int | None, int | None, int | None]:
    """Nothing arising is 0 of 0, so that it adds up; the whole value of a count is its numerator."""
    value = statement.value
    if statement.no_activity and indicator.kind in {IndicatorKind.RATIO, IndicatorKind.COUNT}:
        return 0, (0 if indicator.kind is IndicatorKind.RATIO else None), None
    if value is not None and indicator.kind is IndicatorKind.COUNT and value == value.to_integral_value():
        return int(value), None, None
    return statement.numerator, statement.denominator, None if value is None else scaled(value)


def _place(statement: Statement, directory: Directory) -> str:
    if statement.document is not None:
        return f"document:{statement.document}#{statement.section or ''}"
    if statement.entry is None and statement.source is Source.COMPUTED:
        return "computed"
    return f"entry:{statement.entry or directory.unit(statement.reporter, statement.period.last_day).id}"


def _stated_twice(statement: Statement, catalogue: Catalogue, directory: Directory) -> BadInput:
    unit = directory.unit(statement.unit, statement.period.last_day)
    return BadInput(
        "STATED_TWICE",
        f"“{catalogue.named(statement.indicator).name}” của {unit.name} kỳ {statement.period} được ghi hai lần "
        "khác nhau ở cùng một chỗ. Hãy giữ một, hoặc ghi rõ mục (section).",
        field=("indicator",),
    )


async def _successors(session: AsyncSession, units: Collection[int]) -> Mapping[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    columns = UnitSuccession.predecessor_key, UnitSuccession.successor_key
    for predecessor, successor in await session.execute(sa.select(*columns).where(columns[0].in_(units))):
        found[predecessor].append(successor)
    return found


def _not_in_period(statement: Statement, successors: Collection[int], directory: Directory) -> BadInput:
    last_day = statement.period.last_day
    unit = directory.unit(statement.unit, last_day)
    if last_day < unit.valid_from:
        what = f"chỉ có từ ngày {unit.valid_from:%d/%m/%Y}. Hãy chọn kỳ kết thúc sau ngày đó."
    elif successors:
        listed = sorted(directory.unit(key, last_day).name for key in successors)
        what = f"chỉ có đến ngày {unit.valid_to:%d/%m/%Y}; đơn vị kế thừa: {', '.join(listed)}. Hãy ghi đơn vị đó."
    else:
        what = f"chỉ có đến ngày {unit.valid_to:%d/%m/%Y}. Hãy chọn kỳ kết thúc trước ngày đó."
    return BadInput("UNIT_NOT_IN_PERIOD", f"Kỳ {statement.period}: “{unit.name}” {what}", field=("unit",))


async def _keep(session: AsyncSession, drafts: Sequence[_Draft], now: datetime) -> list[Recorded]:
    live = await _read(session, {draft.cell for draft in drafts}, {draft.place for draft in drafts})
    recorded: list[Recorded] = []
    fresh: dict[UUID, dict[str, Any]] = {}
    parts: list[dict[str, Any]] = []
    superseded: list[UUID] = []
    for draft in drafts:
        old = live[draft.cell].get(draft.place)
        if old is not None and old.says_all_of(draft):
            recorded.append(Recorded(Outcome.UNCHANGED, old.id))
            continue
        revision = 1
        if old is not None:
            revision = old.revision + 1
            superseded.append(old.id)
        new = _Live(
            new_id(),
            draft.row["state"],
            draft.row["reporter_key"],
            draft.row["numerator"],
            now,
            False,
            revision,
            draft.content,
        )
        live[draft.cell][draft.place] = new
        fresh[new.id] = draft.row | {"id": new.id, "revision": revision, "recorded_at": now, "official": False}
        parts += [{"observation_id": new.id, "part": part, "value_scaled": n} for part, n in draft.parts.items()]
        recorded.append(Recorded(Outcome.CREATED if old is None else Outcome.UPDATED, new.id))
    demoted, promoted = _choose_anew(live, {draft.cell: draft.responsible_key for draft in drafts}, fresh)
    connection = await session.connection()
    await _change(connection, superseded, superseded_at=now, official=False)
    await _change(connection, demoted, official=False)
    if fresh:
        await connection.execute(sa.insert(Observation), [*fresh.values()])
    if parts:
        await connection.execute(sa.insert(ObservationPart), parts)
    await _change(connection, promoted, official=True)
    return recorded


def _choose_anew(
    live: Mapping[_Key, Mapping[_Key, _Live]],
    responsible: Mapping[_Key, int | None],
    fresh: Mapping[UUID, dict[str, Any]],
) -> tuple[list[UUID], list[UUID]]:
    """Which kept statements answer no longer, and which now do; a fresh one is told directly."""
    demoted: list[UUID] = []
    promoted: list[UUID] = []
    for cell, stated in live.items():
        chosen = choose(stated.values(), responsible[cell])
        for one in stated.values():
            if one.id in fresh:
                fresh[one.id]["official"] = one is chosen
            elif one.official and one is not chosen:
                demoted.append(one.id)
            elif one is chosen and not one.official:
                promoted.append(one.id)
    return demoted, promoted


async def _read(
    session: AsyncSession, cells: Collection[_Key], places: Collection[_Key]
) -> dict[_Key, dict[_Key, _Live]]:
    """What is live in cells, by cell and place, with the parts of what is in some places; two statements.

    Neighbours share most of their cell, so a list for each column of it means
    few cells that nobody asked for, and a statement that is compiled once.
    """
    wanted: dict[_Key, dict[_Key, _Live]] = {cell: {} for cell in cells}
    rows = await session.execute(
        sa.select(*(getattr(Observation, name) for name in _LIVE)).where(
            *(
                getattr(Observation, name).in_({*values})
                for name, values in zip(_CELL, zip(*wanted, strict=True), strict=True)
            ),
            Observation.superseded_at.is_(None),
        )
    )
    found = [row._mapping for row in rows if _cell_of(row._mapping) in wanted]
    parts = await _read_parts(session, [row["id"] for row in found if _place_of(row) in places])
    for row in found:
        wanted[_cell_of(row)][_place_of(row)] = _Live(
            row["id"],
            row["state"],
            row["reporter_key"],
            row["numerator"],
            row["recorded_at"],
            row["official"],
            row["revision"],
            (*_content_of(row), parts[row["id"]]),
        )
    return wanted


async def _read_parts(session: AsyncSession, ids: Sequence[UUID]) -> Mapping[UUID, dict[str, int]]:
    found: dict[UUID, dict[str, int]] = defaultdict(dict)
    if ids:
        part = ObservationPart
        for row in await session.execute(
            sa.select(part.observation_id, part.part, part.value_scaled).where(part.observation_id.in_(ids))
        ):
            found[row.observation_id][row.part] = row.value_scaled
    return found


async def _change(connection: AsyncConnection, ids: Sequence[UUID], **values: object) -> None:
    if ids:
        change = sa.update(Observation).where(Observation.id == sa.bindparam("which")).values(**values)
        await connection.execute(change, [{"which": id_} for id_ in ids])
