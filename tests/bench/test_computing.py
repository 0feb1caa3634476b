"""Computing is measured over records that a sector could have been given, as core has it measured."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from bench import computing, generating, records
from bench.computing import Bench, Case
from bench.shape import FULL, SEED, SMALL, Scale

from dean06_core.records import table_of
from dean06_social_insurance.by_hand import BY_HAND
from dean06_social_insurance.plugin import SECTOR

pytestmark = [pytest.mark.anyio, pytest.mark.sqlite]


TINY = Scale("tiny", provinces=2, departments=1, communes=3, facilities=1, tasks=20)
FEW, MONTHS = 300, 3


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("computing") / "records.db"
    records.generate(path, TINY, FEW)
    return path


@pytest.fixture
async def bench(made: Path) -> AsyncIterator[Bench]:
    async with computing.opened(made) as bench:
        yield bench


def test_a_province_has_as_many_records_as_a_large_one() -> None:
    assert (FULL.records, SMALL.records) == (200_100, 34_800)


def test_the_same_seed_makes_the_same_records(made: Path, tmp_path: Path) -> None:
    for name, seed in (("same.db", SEED), ("other.db", SEED + 1)):
        records.generate(tmp_path / name, TINY, FEW, seed=seed)
    same, other = (generating.checksum(tmp_path / name) for name in ("same.db", "other.db"))
    assert generating.checksum(made) == same != other


async def test_every_record_is_one_that_a_file_could_have_brought(bench: Bench) -> None:
    imports = {declared.record: declared for declared in SECTOR.records.values()}
    async with bench.database.service_reading() as session:
        for kind in records.KINDS:
            found = (await session.scalars(sa.select(kind))).all()
            assert len(found) == FEW
            check = imports[kind].check
            assert check is not None
            for record in found:
                check({column.key: getattr(record, column.key) for column in table_of(kind).columns})


def test_every_indicator_that_follows_from_records_is_computed_of_few_and_of_many_months() -> None:
    assert {(case.indicator.code, case.months) for case in computing.cases()} == {
        (code, months) for code in SECTOR.resolvers for months in computing.MONTHS
    }


async def test_what_is_timed_is_what_counting_by_hand_gives(bench: Bench) -> None:
    async with bench.database.service_reading() as session:
        everything = [record for kind in records.KINDS for record in await session.scalars(sa.select(kind))]
    for indicator in SECTOR.indicators:
        case = Case(indicator, MONTHS)
        run = await computing.run(bench, case, rounds=1)
        inside = {unit: {unit} for unit in bench.units} | await communes_of_the_province(bench)
        by_hand = BY_HAND[indicator.code](everything, inside, case.spans)
        assert (run.rows, run.figures, run.statements) == (FEW, len(by_hand), 1), indicator.code
        assert by_hand


async def communes_of_the_province(bench: Bench) -> dict[int, set[int]]:
    """The only province that is made, with its communes; nobody else there has records."""
    async with bench.database.service_reading() as session:
        levels = sa.text("select unit_key, level from unit_version")
        found = [*await session.execute(levels)]
    [province] = [key for key, level in found if level == "PROVINCE"]
    return {province: {province, *(key for key, level in found if level == "COMMUNE")}}
