"""What every plugin promises, as tests that the plugin's own suite inherits."""

from __future__ import annotations

import socket
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from importlib.metadata import entry_points
from pathlib import Path
from random import Random
from tempfile import mkdtemp
from types import MappingProxyType, ModuleType
from typing import Any, Final

import pytest
import sqlalchemy as sa
import strawberry
from graphql import (
    GraphQLEnumType,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    is_leaf_type,
)
from sqlalchemy.ext.asyncio import AsyncSession

from dean06_core import imports, migrating, plugins, sectors
from dean06_core.access import ALL, Action, Caller, DataClass, Grant
from dean06_core.catalogue import Catalogue
from dean06_core.database import Database
from dean06_core.directory import Directory
from dean06_core.errors import StartUpError
from dean06_core.graphql import Context
from dean06_core.imports import ImportReport
from dean06_core.indicators import Indicator
from dean06_core.measuring import Measurement, Span
from dean06_core.pages import LARGEST_SIZE
from dean06_core.periods import Period, PeriodType, Window, containing
from dean06_core.plugins import Plugin
from dean06_core.records import Record, records_of
from dean06_core.sectors import Sector
from dean06_core.testing.databases import differences, migrated_database, statements
from dean06_core.testing.importing import COMMUNES, Samples, add_records, enter_communes, made_up

ByHand = Callable[[Sequence[Any], Sequence[int], Sequence[Span]], set[Measurement]]
"""What an indicator's resolver should find in these records of the sector, of these units, in these spans."""

_NATION: Final = range(1, 3504)
"""As many unit keys as there are provinces, communes and what lies between in the whole country."""
_SPANS: Final = tuple(
    Span.of(Period.parse(code), window) for code in ("2024-12", "2025-W27", "2025-06", "2025-07") for window in Window
)
_NOW: Final = datetime(2025, 8, 5, tzinfo=UTC)
_FEW, _SOME, _MANY = 3, 60, LARGEST_SIZE + 50
_DEEPEST: Final = 5
_MOST_TOLD: Final = 5
_NO_SAMPLES: Final[Samples] = MappingProxyType({})
_NOTHING_BY_HAND: Final[Mapping[str, ByHand]] = MappingProxyType({})


class PluginContract:
    """Subclass it in the plugin's tests and name the module that its entry point names::

        class TestLand(PluginContract):
            plugin = dean06_land.plugin

    ``by_hand`` counts an indicator row by row, by its code, so that its resolver
    is compared with that; ``partial(measured_by_hand, ...)`` is one. ``samples``
    are cells for columns that cannot be made up, such as codes with a rule of
    their own, by the column's name.
    """

    plugin: ModuleType
    by_hand: Mapping[str, ByHand] = _NOTHING_BY_HAND
    samples: Samples = _NO_SAMPLES
    pytestmark = pytest.mark.anyio

    @pytest.fixture
    def anyio_backend(self) -> str:
        return "asyncio"

    @property
    def sector(self) -> Sector:
        declared = self.plugin.declare_sector()
        assert isinstance(declared, Sector)
        return declared

    def test_declares_the_same_value_every_time(self) -> None:
        if self.sector != self.sector:
            _break("declare_sector() returned another value the second time. Return one constant.")

    def test_declares_without_a_database_or_a_network(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def refuse(*_: object, **__: object) -> None:
            _break("declare_sector() opened a database or a connection. Declare from constants alone.")

        monkeypatch.setattr(sqlite3, "connect", refuse)
        monkeypatch.setattr(socket.socket, "connect", refuse)
        assert self.sector

    def test_is_found_through_its_entry_point(self) -> None:
        own = [point for point in entry_points(group=plugins.GROUP) if point.value == self.plugin.__name__]
        if not own:
            _break(f"No entry point in the group 'dean06' names '{self.plugin.__name__}'. Add it, and install again.")
        found: list[Plugin] = []
        _break(*_refusals(lambda: found.extend(plugins.discover(own).broken)))
        _break(*(f"It is left out: {plugin.broken}" for plugin in found))

    def test_can_be_composed(self) -> None:
        _break(*_refusals(lambda: sectors.check(self.sector)))

    def test_every_indicator_is_prefixed_and_told_to_officials(self) -> None:
        if not self.sector.indicators:
            _break(f"Sector '{self.sector.code}' declares no indicator.")
        faults = [
            f"Indicator '{indicator.code}' has no {field} that an official could read. Write it in "
            f"{'English' if field == 'name_en' else 'Vietnamese'}."
            for indicator in self.sector.indicators
            for field in undocumented(indicator)
        ]
        _break(*faults)

    def test_every_mapped_class_is_declared(self) -> None:
        package = self.plugin.__name__.partition(".")[0]
        undeclared = set(records_of(package)) - set(self.sector.tables)
        _break(*sorted(f"{record.__qualname__} is in no Sector(tables=...). Name it there." for record in undeclared))

    async def test_migrations_make_the_tables_as_declared_and_remove_them(self, tmp_path: Path) -> None:
        tables = set(self.sector.table_access)
        own = migrating.histories_of([self.sector])
        async with migrated_database(tmp_path, *own) as database:
            _break(*_otherwise(await differences(database, tables)))
            assert await migrating.upgrade(database, [migrating.CORE, *own]) == []
            for history in own:
                assert await migrating.downgrade(database, history)
            left = sorted(tables & await _existing(database))
            _break(*(f"Table '{table}' is left after downgrade(). Drop it there." for table in left))
            assert await migrating.orphans(database, [migrating.CORE]) == []

    async def test_a_resolver_asks_once_however_many_units_and_spans(self, tmp_path: Path) -> None:
        async with (
            migrated_database(tmp_path, *migrating.histories_of([self.sector])) as database,
            AsyncSession(database.services) as session,
        ):
            for code, resolver in self.sector.resolvers.items():
                for units, spans in ((_NATION[:2], _SPANS), (_NATION, _a_year_of_spans())):
                    with statements(database) as sent:
                        found = await resolver(session, units, spans)
                    if found:
                        _break(f"The resolver of '{code}' measured {found[0]} where there is no record.")
                    if len(sent) != 1:
                        _break(
                            f"The resolver of '{code}' sent {len(sent)} statements for {len(units)} units. "
                            f"Ask for all units and spans in one."
                        )

    async def test_a_resolver_measures_what_counting_one_by_one_gives(self, tmp_path: Path) -> None:
        async with self._province(tmp_path, _SOME) as here:
            asked = here.units[:-1]
            for code, resolver in self.sector.resolvers.items():
                found = await resolver(here.session, asked, _SPANS)
                if len(found) != len({(each.unit, each.period, each.window) for each in found}):
                    _break(f"The resolver of '{code}' measured one unit and span twice. Group by all of them.")
                alone = [
                    each for unit in asked for span in _SPANS for each in await resolver(here.session, [unit], [span])
                ]
                _compare(code, found, alone, "asking for that alone")
                if code in self.by_hand:
                    _compare(code, found, self.by_hand[code](here.records, asked, _SPANS), "counting by hand")

    def test_its_fields_are_prefixed_and_told_to_officials(self) -> None:
        _break(*(fault for schema in self._schemas() for fault in _untold(schema, self.sector)))

    async def test_its_fields_answer_by_pages_and_ask_as_often_for_many_records(self, tmp_path: Path) -> None:
        for schema in self._schemas():
            questions = _questions(schema._schema)
            few = await self._asked(tmp_path, _FEW, schema, questions.values())
            many = await self._asked(tmp_path, _MANY, schema, questions.values())
            for field, before, after in zip(questions, few, many, strict=True):
                if after.longest > LARGEST_SIZE:
                    _break(
                        f"Field '{field}' answers a list of {after.longest} for one unit. "
                        f"Give it First and After, and let it return a Connection."
                    )
                if after.statements > before.statements:
                    _break(
                        f"Field '{field}' sends {before.statements} statements for few records and "
                        f"{after.statements} for many. Ask for all parents at once with batch_field."
                    )

    async def test_an_import_keeps_what_a_file_says_and_again_leaves_it(self, tmp_path: Path) -> None:
        for name in self.sector.records:
            async with self._province(tmp_path, 0) as here:
                _break(*await self._imported(here, name))

    async def _imported(self, here: _Province, name: str) -> list[str]:
        """What is wrong with loading made-up files of one kind of record."""
        noun, declared = f"{self.sector.code}.{name}", self.sector.records[name]
        rows = list(made_up(declared.record, declared, Random(6), _SOME, self.samples))  # noqa: S311  the same every time
        report = await self._run(here, noun, [row.cells for row in rows], dry_run=True)
        refused = {error.row for error in report.errors}
        sound = [row for number, row in enumerate(rows, start=1) if number not in refused]
        if not sound:
            told = f" The first refusal: {report.errors[0].field}: {report.errors[0].message}" if refused else ""
            return [f"No sound row of '{noun}' could be made up. Give the contract samples = {{column: cells}}.{told}"]
        first = await self._run(here, noun, [row.cells for row in sound])
        again = await self._run(here, noun, [row.cells for row in sound])
        kept = {
            _key(declared.key, vars(record)): record
            for record in await here.session.scalars(sa.select(declared.record))
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
        self, here: _Province, noun: str, cells: Sequence[Mapping[str, Any]], *, dry_run: bool = False
    ) -> ImportReport:
        try:
            return await imports.run(
                here.session,
                noun=noun,
                rows=imports.rows_of(cells),
                directory=here.directory,
                catalogue=here.catalogue,
                now=_NOW,
                sectors=[self.sector],
                dry_run=dry_run,
            )
        except sa.exc.IntegrityError as error:
            refused = str(error.orig)
        pytest.fail(
            f"'{noun}' lets a row through that its table refuses: {refused}. Refuse it in check=.", pytrace=False
        )

    def _schemas(self) -> list[strawberry.Schema]:
        """The sector's part of the API by itself; none if it adds no fields."""
        return [] if self.sector.query is None else [strawberry.Schema(query=self.sector.query)]

    async def _asked(
        self, folder: Path, count: int, schema: strawberry.Schema, questions: Iterable[str]
    ) -> list[_Answered]:
        """How each question is answered where one unit has so many records."""
        assert self.sector.query is not None
        found: list[_Answered] = []
        async with self._province(folder, count, units=1) as here:
            for question in questions:
                with statements(here.database) as sent:
                    answer = await schema.execute(
                        question, context_value=here.context(), root_value=self.sector.query()
                    )
                for error in answer.errors or []:
                    _break(f"{question} failed: {error.message}")
                found.append(_Answered(len(sent), _longest(answer.data)))
        return found

    @asynccontextmanager
    async def _province(self, folder: Path, count: int, units: int = len(COMMUNES)) -> AsyncIterator[_Province]:
        """A database with communes and some made-up records of the sector, which belong to the first of them."""
        own = Path(mkdtemp(dir=folder))
        async with migrated_database(own, *migrating.histories_of([self.sector])) as database:
            async with database.service() as session:
                directory = await enter_communes(session)
            keys = [directory.named(code, _NOW.date()).key for code in COMMUNES]
            async with AsyncSession(database.services, expire_on_commit=False) as session:
                catalogue = await Catalogue.load(session, [self.sector])
                records = await add_records(session, self.sector, keys[:units], count, self.samples)
                missing = set(self.sector.tables) - {type(record) for record in records} if count else set()
                _break(
                    *(
                        f"No record of '{record.__tablename__}' could be made up. "
                        f"Give the contract samples = {{column: cells}}."
                        for record in missing
                    )
                )
                yield _Province(database, session, directory, catalogue, keys, records)


@dataclass(frozen=True, slots=True)
class _Province:
    database: Database
    session: AsyncSession
    directory: Directory
    catalogue: Catalogue
    units: list[int]
    records: list[Record]

    def context(self) -> Context:
        """An operation of somebody who sees everything."""
        on = _NOW.date()
        everything = Grant("any", frozenset(Action), ALL, ALL, frozenset(DataClass), on, on + timedelta(days=1))
        caller = Caller("contract", "Hợp đồng", self.units[0], (everything,))
        return Context(caller, on, _NOW, self.directory, self.catalogue, self.session)


@dataclass(frozen=True, slots=True)
class _Answered:
    statements: int
    longest: int


def _break(*faults: str) -> None:
    """Fail with these sentences, the first of them if they are many; with none the promise is kept."""
    if faults:
        more = [f"... and {len(faults) - _MOST_TOLD} more."] if len(faults) > _MOST_TOLD else []
        pytest.fail("\n".join([*faults[:_MOST_TOLD], *more]), pytrace=False)


def _refusals(ask: Callable[[], object]) -> list[str]:
    try:
        ask()
    except StartUpError as error:
        return [str(error)]
    return []


def _otherwise(found: Sequence[Any]) -> list[str]:
    """What ``differences`` found, by the clauses of tables and indexes as far as they tell it."""
    told: list[str] = []
    for each in found:
        if len(each) == 3 and all(side is None or isinstance(side, list) for side in each[1:]):
            name, made, declared = each[0], set(each[1] or ()), set(each[2] or ())
            told.append(
                f"'{name}' is made by the migrations with {sorted(made - declared) or 'nothing more'} "
                f"and declared by its class with {sorted(declared - made) or 'nothing more'}. Make the two alike."
            )
    return told or [f"The migrations make something else than the classes say: {each}" for each in found]


def _compare(code: str, found: Iterable[Measurement], expected: Iterable[Measurement], counted: str) -> None:
    """Break the promise of a resolver at the first unit and span of which the two do not say the same."""
    measured, right = ({(each.unit, each.period, each.window): each for each in side} for side in (found, expected))
    for cell in sorted(measured.keys() | right.keys()):
        if measured.get(cell) != right.get(cell):
            _break(
                f"The resolver of '{code}' measures {_told(measured.get(cell))} where {counted} gives "
                f"{_told(right.get(cell))}: unit {cell[0]}, {cell[1]}, {cell[2]}."
            )


def _told(measured: Measurement | None) -> str:
    if measured is None:
        return "nothing"
    below = "" if measured.denominator is None else f" of {measured.denominator}"
    return f"{measured.numerator}{below} as of {measured.as_of}"


def _key(names: Sequence[str], values: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(values[name] for name in names)


def _longest(data: Any) -> int:
    """How long the longest list in an answer is."""
    if isinstance(data, dict):
        return max(map(_longest, data.values()), default=0)
    return max([len(data), *map(_longest, data)]) if isinstance(data, list) else 0


def _questions(schema: GraphQLSchema) -> dict[str, str]:
    """For each field that needs no argument, a query that asks it for everything it has."""
    assert schema.query_type is not None
    root = schema.query_type
    return {
        f"{root.name}.{name}": f"{{ {name}{_selection(field.type, _DEEPEST)} }}"
        for name, field in root.fields.items()
        if not any(isinstance(argument.type, GraphQLNonNull) for argument in field.args.values())
    }


def _selection(type_: Any, depth: int) -> str:
    named = get_named_type(type_)
    if is_leaf_type(named) or not isinstance(named, GraphQLObjectType):
        return "" if is_leaf_type(named) else " { __typename }"
    asked = [
        name + _selection(field.type, depth - 1)
        for name, field in named.fields.items()
        if not any(isinstance(argument.type, GraphQLNonNull) for argument in field.args.values())
        and (depth > 1 or is_leaf_type(get_named_type(field.type)))
    ]
    return f" {{ __typename {' '.join(asked)} }}"


def _untold(schema: strawberry.Schema, sector: Sector) -> Iterator[str]:
    """What a reader of the API could not tell: whose a type is, or in Vietnamese what something means."""
    prefix = "".join(word.capitalize() for word in sector.code.split("_"))
    for name, type_ in schema._schema.type_map.items():
        if name.startswith("__") or (is_leaf_type(type_) and not isinstance(type_, GraphQLEnumType)):
            continue
        if not name.startswith(prefix) and not _is_of_core(type_):
            yield f"Type '{name}' does not say whose it is. Call it '{prefix}{name}'."
        for what, description in _described(type_):
            if not description or description.isascii():
                yield f"{what} has no description that an official could read. Write description=... in Vietnamese."


def _is_of_core(type_: GraphQLNamedType) -> bool:
    definition = type_.extensions.get("strawberry-definition")
    made = getattr(definition, "origin", None) or getattr(definition, "wrapped_cls", None)
    return str(getattr(made, "__module__", "")).startswith("dean06_core.")


def _described(type_: GraphQLNamedType) -> Iterator[tuple[str, str | None]]:
    yield f"Type '{type_.name}'", type_.description
    if isinstance(type_, GraphQLEnumType):
        yield from ((f"Value '{type_.name}.{name}'", value.description) for name, value in type_.values.items())
    for name, field in getattr(type_, "fields", {}).items():
        yield f"Field '{type_.name}.{name}'", field.description
        for argument, each in getattr(field, "args", {}).items():
            yield f"Argument '{type_.name}.{name}({argument}:)'", each.description


async def _existing(database: Database) -> set[str]:
    async with database.services.connect() as connection:
        return set(await connection.run_sync(lambda opened: sa.inspect(opened).get_table_names()))


def undocumented(indicator: Indicator) -> list[str]:
    """The texts of an indicator that an official could not use: missing, or not Vietnamese where they have to be."""
    vietnamese = {"name": indicator.name, "definition": indicator.definition, "numerator": indicator.numerator}
    if indicator.denominator is not None:
        vietnamese["denominator"] = indicator.denominator
    missing = [field for field, text in vietnamese.items() if text.isascii()]
    return missing if indicator.name_en.strip() and indicator.name_en.isascii() else [*missing, "name_en"]


def _a_year_of_spans() -> list[Span]:
    weeks = [containing(date(2025, 1, 6) + timedelta(weeks=number), PeriodType.WEEK) for number in range(51)]
    return [Span.of(period, window) for period in (*weeks, Period.parse("2025")) for window in Window]
