"""A small province behind the wall: tables with every kind of declaration, and rows of its own and of others.

The tables are made with plain SQL and mapped apart from ``Record``, whose metadata is everybody's.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Final

from sqlalchemy import ForeignKey
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from dean06_core.access import ALL, DIRECTORY, INTERNAL, Access, DataClass, Right, Via, within
from dean06_core.backends.sqlite import sqlite_of
from dean06_core.database import Database

A, R, G = DataClass.AGGREGATE, DataClass.RECORD, DataClass.GOVERNANCE

TABLES: Final = {
    "unit": DIRECTORY,
    "visit": Access(R, unit="unit_id", sector="sector"),
    "note": within("visit_id", "visit"),
    "remark": within("note_id", "note"),
    "birth": Access(R, unit="unit_id", sector_is="justice"),
    "goal": Access(A, unit="unit_id", sector="sector", unit_optional=True),
    "job": Access(A, unit=Via("job_party", "job_id", "unit_id"), sector=Via("job_sector", "job_id", "sector")),
    "job_party": within("job_id", "job"),
    "job_sector": within("job_id", "job"),
    "survey": Access(A, unit="unit_id"),
    "notice": Access(G, sector="sector"),
    "ledger": INTERNAL,
    "ledger_line": within("ledger_id", "ledger"),
    "absent": DIRECTORY,
}
"""``absent`` is declared and not there, as the table of a plugin whose migrations have not run."""

SCHEMA: Final = """
create table unit (id integer primary key, name text);
create table visit (id integer primary key autoincrement, unit_id int references unit, sector text, name text,
                    amount int, doubled int generated always as (amount * 2));
create index visit_name on visit (name);
create index visit_unit on visit (unit_id, sector);
create table note (id integer primary key, visit_id int references visit, name text);
create table remark (id text primary key, note_id int references note, name text) without rowid;
create table birth (id integer primary key, unit_id int, name text);
create table goal (id integer primary key, unit_id int, sector text, name text);
create table job (id integer primary key, name text);
create table job_party (job_id integer, unit_id integer, name text, primary key (job_id, unit_id));
create table job_sector (job_id integer, sector text, name text);
create table survey (id integer primary key, unit_id int, name text);
create table notice (id integer primary key, sector text, name text);
create table ledger (id integer primary key, name text);
create table ledger_line (id integer primary key, ledger_id int, name text);
create table undeclared (id integer primary key, name text);
create view every_visit as select * from visit;
create virtual table searched using fts5 (name);
"""

ROWS: Final = """
insert into unit values (1, 'Vũng Áng'), (2, 'Thạch Hà');
insert into visit (id, unit_id, sector, name, amount) values
    (1, 1, 'health', 'own one', 10),
    (2, 1, 'health', 'own two', 5),
    (3, 2, 'health', 'foreign unit', 1000),
    (4, 1, 'tax', 'foreign sector', 2000),
    (5, 1, null, 'foreign for want of a sector', 4000);
insert into note values (1, 1, 'own'), (2, 3, 'foreign'), (3, 99, 'foreign orphan');
insert into remark values ('a', 1, 'own'), ('b', 2, 'foreign');
insert into ledger values (1, 'foreign');
insert into ledger_line values (1, 1, 'foreign');
insert into undeclared values (1, 'foreign');
insert into searched values ('foreign');
analyze;
"""

OFFICER: Final = (
    Right(DataClass.DIRECTORY, ALL, ALL),
    Right(R, frozenset({"health"}), frozenset({1})),
    Right(G, ALL, ALL),
)
SECRETARIAT: Final = tuple(Right(data_class, ALL, ALL) for data_class in DataClass)


class Apart(DeclarativeBase):
    """The registry of this module alone."""


class Unit(Apart):
    __tablename__ = "unit"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    visits: Mapped[list[Visit]] = relationship(back_populates="unit", order_by="Visit.id")


class Visit(Apart):
    __tablename__ = "visit"

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    sector: Mapped[str | None]
    name: Mapped[str]
    amount: Mapped[int]
    unit: Mapped[Unit] = relationship(back_populates="visits")
    notes: Mapped[list[Note]] = relationship(back_populates="visit", order_by="Note.id")


class Note(Apart):
    __tablename__ = "note"

    id: Mapped[int] = mapped_column(primary_key=True)
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"))
    name: Mapped[str]
    visit: Mapped[Visit] = relationship(back_populates="notes")


class Ledger(Apart):
    __tablename__ = "ledger"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


def make(path: Path, rows: str = ROWS) -> None:
    """Make the province's file, by no way of ours."""
    connection = sqlite3.connect(path)
    connection.executescript(f"pragma journal_mode = wal; {SCHEMA} {rows}")
    connection.close()


def open_database(path: Path, readers: int = 1) -> Database:
    return Database(f"sqlite:///{path}", TABLES, readers=readers)


def assert_keeps_its_secret(database: Database, shown: object) -> None:
    """Whoever knows the secret names the inner views, and reads everything."""
    for wall in sqlite_of(database)._walls.values():
        assert wall._secret not in repr(shown) + str(shown)


async def names(session: AsyncSession, table: str = "visit") -> list[str]:
    connection = await session.connection()
    return [name for (name,) in await connection.exec_driver_sql(f"select name from {table} order by id")]
