"""Making a benchmark database: core's own tables and histories, filled in bulk, the same from the same seed.

It is made in a file of another name that takes its place when it is whole. So
what was interrupted is begun anew and never measured.
"""

from __future__ import annotations

import asyncio
import random
import sqlite3
import time
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.schema import CreateTable

from bench.shape import (
    COMMON_INDICATORS,
    NOT_STATED_BY_PROVINCES,
    SEED,
    TODAY,
    Place,
    Scale,
    places,
    sectors,
)
from dean06_core import catalogue, migrating, spelling, unit_tree
from dean06_core.database import Database
from dean06_core.documents import LegalDocument
from dean06_core.indicators import Indicator, IndicatorKind
from dean06_core.migrating import History, HistoryState
from dean06_core.observations import VALUE_SCALE, DataState, Observation, Qualifier, Source
from dean06_core.periods import Period, Window
from dean06_core.records import Record, table_of
from dean06_core.targets import Comparator, Target, TargetCheck, TargetKind, TargetRule
from dean06_core.tasks import (
    DatePrecision,
    PartyRole,
    Task,
    TaskBasis,
    TaskEvent,
    TaskEventKind,
    TaskOrigin,
    TaskParty,
    TaskRecurrence,
    TaskSector,
)
from dean06_core.units import Tier, UnitCode, UnitGroupMember, UnitGroupRow, UnitLevel, UnitRow, UnitVersion

Tell = Callable[[str], None]

_CONTENTS: Final = 3
"""Raise it when the same scale and seed give other rows, so that older files are made anew."""

_FILLED: Final = (
    *(UnitRow, UnitVersion, UnitCode, UnitGroupRow, UnitGroupMember, LegalDocument, Target, Observation),
    *(Task, TaskParty, TaskSector, TaskBasis, TaskEvent),
)
_SINCE: Final = date(2024, 1, 1)
_FIRST_ORDER: Final = date(2025, 1, 6)
_LAST_DEADLINE: Final = date(2025, 8, 31)
_DOCUMENTS: Final = 20
_PRIME: Final = 2_147_483_647


def fault(path: Path, scale: Scale, seed: int = SEED) -> str | None:
    """Why the file cannot be measured, or None: a whole database of that scale and seed, with the tables of today."""
    if not path.exists():
        return f"{path} is not there."
    [core] = asyncio.run(_revisions(path))
    if not core.is_current:
        return f"{path} is at revision {core.current} of core's tables, and here the newest is {core.head}."
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as connection:
        mark = connection.execute("pragma user_version").fetchone()[0]
    if mark != _mark(scale, seed):
        return f"{path} was made for another scale, other contents or other tables."
    return None


def generate(path: Path, scale: Scale, *, seed: int = SEED, tell: Tell = print) -> None:
    """Make the database, in place of whatever is at ``path``."""
    partial = path.with_name(path.name + ".partial")
    path.parent.mkdir(parents=True, exist_ok=True)
    _remove(partial)
    started = time.perf_counter()
    try:
        asyncio.run(settle(partial, scale))
        with bulk(partial) as connection:
            _targets(connection, scale)
            _tasks(connection, scale, random.Random(seed))
            tell(f"{scale.units:,} units, {scale.targets:,} targets, {scale.tasks:,} tasks")
            _observations(connection, scale, seed, tell, started)
            connection.exec_driver_sql(f"pragma user_version = {_mark(scale, seed)}")
    except BaseException:
        _remove(partial)
        raise
    _remove(path)
    partial.rename(path)
    tell(f"{path}: {path.stat().st_size / 2**20:,.0f} MiB in {time.perf_counter() - started:,.0f} s")


def checksum(path: Path) -> int:
    """A number that changes with any row of any table."""
    total = 0
    with closing(sqlite3.connect(path)) as connection:
        names = connection.execute("select name from sqlite_master where type = 'table' order by name").fetchall()
        for (name,) in names:
            for row in connection.execute(f'select * from "{name}" order by rowid'):
                total = zlib.crc32(repr(row).encode(), total)
    return total


def id_of(moment: datetime, number: int) -> UUID:
    """A UUIDv7 of a moment that is the same in every run; ``_ID`` is how SQL writes it."""
    return UUID(_ID % (_milliseconds(moment), number))


_ID: Final = "%012x70008000%012x"


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def _mark(scale: Scale, seed: int) -> int:
    """The tables as they are declared count too: a revision may have been rewritten before it was released."""
    tables = [str(CreateTable(table_of(record))) for record in _FILLED]
    return zlib.crc32(repr((_CONTENTS, scale, seed, tables)).encode()) & 0x7FFFFFFF


def _remove(path: Path) -> None:
    for suffix in ("", "-wal", "-shm", "-journal"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


async def _revisions(path: Path) -> list[HistoryState]:
    database = Database(f"sqlite:///{path}", {})
    try:
        return await migrating.state(database, [migrating.CORE])
    finally:
        await database.close()


async def settle(path: Path, scale: Scale, histories: Sequence[History] = (migrating.CORE,)) -> None:
    """The tables, the units with the closure that core derives from them, and the indicators as core keeps them."""
    database = Database(f"sqlite:///{path}", {})
    try:
        await migrating.upgrade(database, histories)
        async with database.service() as session:
            for record, rows in _units(scale):
                await session.execute(sa.insert(record), rows)
            await unit_tree.rebuild(session)
            await catalogue.register(session, sectors())
            await session.execute(sa.insert(LegalDocument), list(_documents()))
    finally:
        await database.close()


def _units(scale: Scale) -> Iterator[tuple[type[Record], list[dict[str, Any]]]]:
    every = places(scale)
    spell = {"valid_from": _SINCE, "valid_to": None}
    moment = _at(_SINCE)
    yield UnitRow, [{"key": place.key, "id": id_of(moment, place.key)} for place in every]
    yield (
        UnitVersion,
        [
            {
                "id": id_of(moment, place.key),
                "unit_key": place.key,
                "name": place.name,
                "level": place.level,
                "tier": place.tier,
                "parent_key": place.parent_key,
                "basis": None,
                **spell,
            }
            for place in every
        ],
    )
    yield (
        UnitCode,
        [
            {
                "id": id_of(moment, place.key),
                "unit_key": place.key,
                "scheme": place.scheme,
                "code": place.code,
                **spell,
            }
            for place in every
        ],
    )
    provinces = [place for place in every if place.level is UnitLevel.PROVINCE]
    yield (
        UnitGroupRow,
        [
            {
                "key": place.province,
                "code": f"xa-{place.code}",
                "name": f"Các xã của {place.name}",
                "within_key": place.key,
            }
            for place in provinces
        ],
    )
    yield (
        UnitGroupMember,
        [
            {"group_key": place.province, "unit_key": place.key, **spell}
            for place in every
            if place.level is UnitLevel.COMMUNE
        ],
    )


def _documents() -> Iterator[dict[str, Any]]:
    for number in range(1, _DOCUMENTS + 1):
        yield {
            "id": _document(number),
            "label": f"{number}/KH-UBND",
            "number": f"{number}/KH-UBND",
            "title": f"Kế hoạch số {number}",
            "kind": "Kế hoạch",
            "issuer": "Ủy ban nhân dân",
            "issued_on": _SINCE + timedelta(days=number),
        }


def _document(number: int) -> UUID:
    return id_of(_at(_SINCE), number)


@contextmanager
def bulk(path: Path) -> Iterator[sa.Connection]:
    """A connection for a file that nobody else has and that is thrown away where anything goes wrong."""
    engine = sa.create_engine(f"sqlite:///{path}")
    try:
        with engine.connect() as connection:
            for pragma in ("journal_mode = off", "synchronous = off", "cache_size = -400000", "temp_store = memory"):
                connection.exec_driver_sql(f"pragma {pragma}")
            yield connection
            connection.commit()
            connection.exec_driver_sql("pragma journal_mode = wal")
    finally:
        engine.dispose()


def _targets(connection: sa.Connection, scale: Scale) -> None:
    """Five an indicator: for the nation, for province 1 and two of its tiers, and for its first commune."""
    country, province = places(scale)[:2]
    commune = next(place for place in places(scale) if place.level is UnitLevel.COMMUNE)
    rows: list[dict[str, Any]] = []
    for key, indicator in _keyed():
        for rule, within, addressee, tier, kind, value in (
            (TargetRule.NATIONAL, country, None, None, TargetKind.FLOOR, 50),
            (TargetRule.PROVINCE, province, None, None, TargetKind.ASPIRATION, 90),
            (TargetRule.TIER, province, None, Tier.PROVINCIAL, TargetKind.ASSIGNED, 80),
            (TargetRule.TIER, province, None, Tier.COMMUNE, TargetKind.ASSIGNED, 70),
            (TargetRule.UNIT, commune, commune, None, TargetKind.ASSIGNED, 75),
        ):
            rows.append(
                {
                    "id": id_of(_at(_SINCE), len(rows) + 1),
                    "indicator_key": key,
                    "sector": indicator.sector,
                    "rule": rule,
                    "within_key": within.key,
                    "addressee_key": None if addressee is None else addressee.key,
                    "tier": tier,
                    "group_key": None,
                    "period": None,
                    "value_scaled": value * VALUE_SCALE,
                    "comparator": Comparator.GE,
                    "kind": kind,
                    "check": TargetCheck.EACH_PERIOD,
                    "due_on": None,
                    "valid_from": _SINCE,
                    "valid_to": None,
                    "basis_id": _document(1),
                }
            )
    connection.execute(sa.insert(Target), rows)


def _keyed() -> Iterator[tuple[int, Indicator]]:
    """The indicators with the keys that core gives them in an empty catalogue."""
    return enumerate((indicator for sector in sectors() for indicator in sector.indicators), start=1)


def _tasks(connection: sa.Connection, scale: Scale, chance: random.Random) -> None:
    every = places(scale)
    departments = _by_province(place for place in every if place.level is UnitLevel.DEPARTMENT)
    communes = _by_province(place for place in every if place.level is UnitLevel.COMMUNE)
    codes = [sector.code for sector in sectors()]
    rows: dict[type[Record], list[dict[str, Any]]] = {
        record: [] for record in (Task, TaskParty, TaskSector, TaskBasis, TaskEvent)
    }
    for number in range(1, scale.tasks + 1):
        province = 1 + number % scale.provinces
        lead = chance.choice(departments[province])
        ordered_in = chance.sample(codes, chance.choice((1, 1, 1, 2)))
        task = _task(number, lead, min(ordered_in), chance)
        rows[Task].append(task)
        rows[TaskParty].append({"task_id": task["id"], "unit_key": lead.key, "role": PartyRole.LEAD})
        rows[TaskParty] += [
            {"task_id": task["id"], "unit_key": unit.key, "role": PartyRole.COOPERATING}
            for unit in chance.sample(communes[province], 2)
        ]
        rows[TaskSector] += [{"task_id": task["id"], "sector": code} for code in ordered_in]
        rows[TaskBasis].append({"task_id": task["id"], "document_id": _document(chance.randint(1, _DOCUMENTS))})
        for kind, on, deadline in _events(task, chance):
            rows[TaskEvent].append(
                {
                    "id": id_of(_at(_FIRST_ORDER), len(rows[TaskEvent]) + 1),
                    "task_id": task["id"],
                    "kind": kind,
                    "on": on,
                    "deadline": deadline,
                    "basis_id": None,
                    "by_key": lead.key,
                    "recorded_at": _at(on),
                }
            )
    for record, made in rows.items():
        connection.execute(sa.insert(record), made)


def _by_province(every: Iterable[Place]) -> dict[int, list[Place]]:
    found: dict[int, list[Place]] = {}
    for place in every:
        found.setdefault(place.province, []).append(place)
    return found


def _task(number: int, lead: Place, sector: str, chance: random.Random) -> dict[str, Any]:
    [recurrence] = chance.choices(
        (TaskRecurrence.ONE_OFF, TaskRecurrence.CAMPAIGN, TaskRecurrence.RECURRING, TaskRecurrence.ONGOING),
        weights=(90, 4, 3, 3),
    )
    starts = _FIRST_ORDER + timedelta(days=chance.randrange((TODAY - _FIRST_ORDER).days))
    is_timed = recurrence in {TaskRecurrence.ONE_OFF, TaskRecurrence.CAMPAIGN} and chance.random() > 0.03
    days = (_LAST_DEADLINE - starts).days
    title = f"Nhiệm vụ số {number}: rà soát, làm sạch dữ liệu"
    return {
        "id": id_of(_at(starts), number),
        "code": f"nv-{number:05d}",
        "title": title,
        "title_folded": spelling.fold(title),
        "group": f"Nhóm {1 + number % 5}",
        "origin": chance.choice(tuple(TaskOrigin)),
        "recurrence": recurrence,
        "lead_key": lead.key,
        "lead_group_key": None,
        "addressee_key": lead.key,
        "sector": sector,
        "assigned_by_key": lead.parent_key,
        "person": None,
        "product": None,
        "parent_id": None,
        "starts_on": starts,
        "deadline": starts + timedelta(days=chance.randrange(1, min(days, 60))) if is_timed else None,
        "deadline_text": None,
        "deadline_precision": DatePrecision.DAY if is_timed else None,
    }


def _events(task: dict[str, Any], chance: random.Random) -> Iterator[tuple[TaskEventKind, date, date | None]]:
    """Every task is assigned; one in eight is extended, a quarter is done, a few are cancelled or reopened."""
    starts, deadline = task["starts_on"], task["deadline"]
    yield TaskEventKind.ASSIGNED, starts, None
    if deadline is not None and chance.random() < 0.125:
        yield TaskEventKind.EXTENDED, deadline, deadline + timedelta(days=30)
    closed = starts + timedelta(days=chance.randrange(1, 2 + (TODAY - starts).days))
    fate = chance.random()
    if fate < 0.25:
        yield TaskEventKind.DONE, closed, None
        if fate < 0.01:
            yield TaskEventKind.REOPENED, closed + timedelta(days=1), None
    elif fate < 0.27:
        yield TaskEventKind.CANCELLED, closed, None


_CELLS: Final = sa.Table(
    "bench_cell",
    sa.MetaData(),
    sa.Column("number", sa.BigInteger(), primary_key=True),
    sa.Column("unit_key", sa.BigInteger()),
    sa.Column("indicator_key", sa.BigInteger()),
    sa.Column("sector", sa.Text()),
    sa.Column("is_count", sa.Boolean()),
    sa.Column("stated_in", sa.Text()),
    prefixes=["temporary"],
)
"""Every pair of a unit and an indicator that it states each week, in order."""


def _observations(connection: sa.Connection, scale: Scale, seed: int, tell: Tell, started: float) -> None:
    """Week by week and unit by unit, as reports come in; the indexes that can wait are made at the end."""
    waiting = connection.execute(
        sa.text("select name, sql from sqlite_master where type = 'index' and tbl_name = 'observation' and sql <> ''")
    ).all()
    for name, _ in waiting:
        connection.exec_driver_sql(f'drop index "{name}"')
    cells = list(_cells(scale))
    _CELLS.create(connection)
    connection.execute(sa.insert(_CELLS), cells)
    for week, period in enumerate(scale.periods, start=1):
        connection.execute(_stated(period, week, scale, seed))
        if week % 2 == 0:
            elapsed = time.perf_counter() - started
            tell(f"week {week:2} of {scale.weeks}: {week * len(cells):,} observations, {elapsed:,.0f} s")
    _CELLS.drop(connection)
    for name, made_by in waiting:
        connection.exec_driver_sql(made_by)
        tell(f"index {name}, {time.perf_counter() - started:,.0f} s")


def _cells(scale: Scale) -> Iterator[dict[str, Any]]:
    indicators = list(_keyed())
    number = 0
    for place in places(scale):
        stated_in = f"entry:{id_of(_at(_SINCE), place.key)}"
        for key, indicator in indicators:
            if _states(place, key):
                number += 1
                yield {
                    "number": number,
                    "unit_key": place.key,
                    "indicator_key": key,
                    "sector": indicator.sector,
                    "is_count": indicator.kind is IndicatorKind.COUNT,
                    "stated_in": stated_in,
                }


def _states(place: Place, indicator: int) -> bool:
    if place.level is UnitLevel.COUNTRY:
        return False
    if place.level is UnitLevel.PROVINCE:
        return indicator <= COMMON_INDICATORS and indicator != NOT_STATED_BY_PROVINCES
    return indicator <= COMMON_INDICATORS or (place.level is UnitLevel.COMMUNE and place.province == 1)


def _stated(period: Period, week: int, scale: Scale, seed: int) -> sa.Insert:
    """One week: one statement in a hundred says that nothing arose, the two newest weeks are not accepted yet."""
    cell = _CELLS.c
    recorded_at = _at(period.ends)
    drawn = (cell.number * 7919 + week * 104_729 + seed * 1_299_709) % _PRIME * 48_271 % _PRIME
    nothing_arose = drawn % 97 == 0
    denominator = sa.case((nothing_arose, 0), else_=200 + drawn % 1301)
    state = {scale.weeks: DataState.DRAFT, scale.weeks - 1: DataState.CLOSED}.get(week, DataState.ACCEPTED)
    values = {
        "id": sa.func.printf(_ID, _milliseconds(recorded_at), cell.number),
        "indicator_key": cell.indicator_key,
        "unit_key": cell.unit_key,
        "sector": cell.sector,
        "share": "",
        "period": period.code,
        "period_starts": period.starts,
        "period_ends": period.ends,
        "window": Window.PERIOD,
        "numerator": denominator * (350 + drawn // 1301 % 651) // 1000,
        "denominator": sa.case((cell.is_count, sa.null()), else_=denominator),
        "qualifier": Qualifier.EXACT,
        "no_activity": nothing_arose,
        "as_of": period.last_day,
        "source": Source.REPORTED,
        "state": state,
        "reporter_key": cell.unit_key,
        "stated_in": cell.stated_in,
        "revision": 1,
        "recorded_at": recorded_at,
        "official": True,
    }
    into = Observation.__table__.c
    chosen = [
        value if isinstance(value, sa.ColumnElement) else sa.literal(value, into[name].type)
        for name, value in values.items()
    ]
    return sa.insert(Observation).from_select([*values], sa.select(*chosen).order_by(cell.number))


def _at(day: date) -> datetime:
    """Nine in the morning in Vietnam."""
    return datetime(day.year, day.month, day.day, 2, tzinfo=UTC)
