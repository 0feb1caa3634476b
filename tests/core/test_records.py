"""A table says who may see its rows, keys are made by the application, and a moment has its time zone."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise
from uuid import RFC_4122

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import sqlite
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from dean06_core import documents, units
from dean06_core.access import DIRECTORY, Access, DataClass, Via, within
from dean06_core.errors import StartUpError
from dean06_core.records import Record, UtcDateTime, declared_access, mapped_in, new_id, records_of

HANOI = timezone(timedelta(hours=7))


def table(access: object) -> type[Record]:
    """A mapped class with that declaration; a Record in all but its metadata, which is everybody's."""

    class Apart(DeclarativeBase):
        pass

    class Visit(Apart):
        __tablename__ = "visit"
        __access__ = access

        id: Mapped[int] = mapped_column(primary_key=True)
        unit_key: Mapped[int]
        sector: Mapped[str]

    return Visit  # type: ignore[return-value]  # a Record in all but its metadata


def test_a_declared_table_is_found_under_its_name() -> None:
    access = Access(DataClass.RECORD, unit="unit_key", sector="sector")

    assert declared_access([table(access)]) == {"visit": access}


@pytest.mark.parametrize("access", [pytest.param(None, id="none"), pytest.param("RECORD", id="a word")])
def test_a_table_that_does_not_say_who_may_see_it_stops_start_up(access: object) -> None:
    undeclared = table(access)

    with pytest.raises(StartUpError) as stopped:
        declared_access([undeclared])

    assert str(stopped.value) == (
        f"Table 'visit' ({__name__}.table.<locals>.Visit) does not say who may see its rows. "
        "Give the class an __access__ = Access(data_class=..., unit=..., sector=...)."
    )


@pytest.mark.parametrize(
    ("access", "missing"),
    [
        pytest.param(Access(DataClass.RECORD, unit="unit_id"), "unit_id", id="the unit"),
        pytest.param(Access(DataClass.RECORD, unit="unit_key", sector="sektor"), "sektor", id="the sector"),
        pytest.param(within("patient_id", "patient"), "patient_id", id="the parent"),
        pytest.param(
            Access(DataClass.RECORD, written_where=Access(DataClass.RECORD, unit="unit_id")),
            "unit_id",
            id="the unit for which it is written",
        ),
        pytest.param(
            Access(DataClass.RECORD, unit=Via("patient", "id", "unit_key", of="patient_id")),
            "patient_id",
            id="the key of where the unit stands",
        ),
    ],
)
def test_a_declaration_that_names_a_missing_column_stops_start_up(access: Access, missing: str) -> None:
    with pytest.raises(StartUpError) as stopped:
        declared_access([table(access)])

    assert str(stopped.value) == (
        f"Table 'visit' declares access through its column '{missing}', which it does not have. "
        "Its columns are: id, unit_key, sector."
    )


@pytest.mark.parametrize(
    ("access", "missing"),
    [
        pytest.param(Access(DataClass.RECORD, unit=Via("visit", "visit_id", "unit_key")), "visit_id", id="the key"),
        pytest.param(
            Access(DataClass.RECORD, written_where=Access(DataClass.RECORD, sector=Via("visit", "id", "sektor"))),
            "sektor",
            id="the sector for which it is written",
        ),
    ],
)
def test_a_declaration_that_names_a_missing_column_of_another_table_stops_start_up(
    access: Access, missing: str
) -> None:
    with pytest.raises(StartUpError) as stopped:
        declared_access([table(access)])

    assert str(stopped.value) == (
        f"Table 'visit' declares access through the column '{missing}' of 'visit', which has none. "
        "Its columns are: id, unit_key, sector."
    )


def test_a_way_through_columns_that_are_there_is_a_declaration() -> None:
    through = Access(DataClass.RECORD, unit=Via("visit", "id", "unit_key"), sector=Via("elsewhere", "key", "sector"))

    assert declared_access([table(through)]) == {"visit": through}


def test_every_table_of_core_is_declared() -> None:
    own = records_of("dean06_core")

    assert units.UnitRow in own
    assert set(declared_access(own)) == {record.__tablename__ for record in own}


def test_the_tables_of_a_package_are_its_own_in_order_of_name() -> None:
    own = records_of("dean06_core.documents")

    assert documents.LegalDocument in own
    assert {record.__module__ for record in own} == {"dean06_core.documents"}
    assert [record.__tablename__ for record in own] == sorted(record.__tablename__ for record in own)
    assert mapped_in("dean06_core.document") == []


def test_the_directory_is_a_declaration_too() -> None:
    assert declared_access([table(DIRECTORY)]) == {"visit": DIRECTORY}


def stored(moment: datetime | None) -> datetime | None:
    return UtcDateTime().process_bind_param(moment, sqlite.dialect())


def read(moment: datetime | None) -> datetime | None:
    return UtcDateTime().process_result_value(moment, sqlite.dialect())


def test_a_moment_is_kept_as_utc() -> None:
    assert stored(datetime(2026, 6, 1, 8, 30, tzinfo=HANOI)) == datetime(2026, 6, 1, 1, 30)  # noqa: DTZ001  as stored
    assert read(datetime(2026, 6, 1, 1, 30)) == datetime(2026, 6, 1, 1, 30, tzinfo=UTC)  # noqa: DTZ001  as stored


def test_a_moment_without_its_time_zone_is_refused() -> None:
    naive = datetime(2026, 6, 1, 8, 30)  # noqa: DTZ001  that is the offence

    with pytest.raises(
        ValueError, match=r"A moment needs its time zone; datetime\.datetime\(2026, 6, 1, 8, 30\) has none"
    ):
        stored(naive)


def test_no_moment_stays_none() -> None:
    assert stored(None) is None
    assert read(None) is None


@given(st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1), timezones=st.just(HANOI) | st.just(UTC)))  # noqa: DTZ001  bounds have no zone
def test_a_moment_comes_back_as_the_same_moment(moment: datetime) -> None:
    assert read(stored(moment)) == moment


def test_later_moments_are_later_in_the_database_whatever_their_zone() -> None:
    noon_in_hanoi = datetime(2026, 6, 1, 12, tzinfo=HANOI)
    six_in_greenwich = datetime(2026, 6, 1, 6, tzinfo=UTC)

    assert noon_in_hanoi < six_in_greenwich
    kept = sa.select(sa.literal(noon_in_hanoi, UtcDateTime()) < sa.literal(six_in_greenwich, UtcDateTime()))
    engine = sa.create_engine("sqlite://")
    with engine.connect() as connection:
        assert connection.scalar(kept) == 1
    engine.dispose()


def test_keys_rise_in_time() -> None:
    keys = [new_id() for _ in range(2_000)]

    assert all(earlier < later for earlier, later in pairwise(keys))
    assert {(key.version, key.variant) for key in keys} == {(7, RFC_4122)}


def test_no_two_keys_are_equal() -> None:
    assert len({new_id() for _ in range(10_000)}) == 10_000


def test_a_key_carries_the_moment_it_was_made() -> None:
    before = time.time_ns() // 1_000_000
    made = [new_id().int >> 80 for _ in range(5_000)]
    after = time.time_ns() // 1_000_000

    assert before <= made[0]
    assert made[-1] <= after
