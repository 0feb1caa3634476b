"""A wall hides rows and leaves plans alone: what is looked up by an index without it still is.

How a table is read depends on how much there is. So there are thousands of
tasks here: PostgreSQL goes through a few hundred whatever is asked.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from bench import generating, plans, running, server
from bench.running import Bench
from bench.shape import SMALL

from dean06_core.database import Address
from dean06_core.testing import places

pytestmark = pytest.mark.anyio

PLANNED = replace(SMALL, tasks=4_000)


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path | Address]:
    folder = tmp_path_factory.mktemp("plans")
    path = folder / "bench.db"
    generating.generate(path, PLANNED, tell=lambda _: None)
    if not places.is_server():
        yield path
        return
    with places.place(folder) as address:
        server.fill(address, path, tell=lambda _: None)
        yield address


@pytest.fixture
async def bench(held: Path | Address) -> AsyncIterator[Bench]:
    async with running.opened(held, PLANNED) as bench:
        yield bench


async def test_no_wall_turns_an_index_into_a_scan(bench: Bench) -> None:
    cases = bench.cases()
    assert {case.caller.login for case in cases} == {"national", "province", "commune"}
    assert [said for case in cases for said in await plans.turned(bench, case)] == []


def test_sqlite_is_said_to_look_something_up_no_longer() -> None:
    plain = ["SEARCH task USING INDEX ix_task_lead_key (lead_key=?)"]
    walled = ["SCAN t", "CORRELATED SCALAR SUBQUERY 4", "SCAN g", "SEARCH p USING INDEX ix_task_lead_key (lead_key=?)"]
    assert [*plans.compare_sqlite(plain, walled)] == [
        "no longer looked up by INDEX ix_task_lead_key (lead_key=?)",
        "1 more tables are gone through",
    ]


def test_sqlite_may_look_up_what_a_wall_asks_and_walk_what_it_has_made_itself() -> None:
    plain = ["SEARCH task USING COVERING INDEX ix_task_lead_key (lead_key=?)", "SCAN unit"]
    walled = [
        *("SEARCH t USING INDEX ix_task_lead_key (lead_key=?)", "SCAN g"),
        *("SEARCH t_ USING INDEX sqlite_autoindex_task_1 (id=?)", "SCAN t USING INDEX ix_unit_code"),
        *("MATERIALIZE found", "SCAN found"),
    ]
    assert [*plans.compare_sqlite(plain, walled)] == []


def test_postgresql_is_said_to_read_a_table_in_a_worse_way() -> None:
    looked_up = _read("Index Scan", **{"Index Cond": "(id = 1)"})
    walked, scanned = _read("Index Only Scan"), _read("Seq Scan")
    assert [*plans.compare_postgresql(_above(looked_up), _above(scanned))] == [
        "task as task_1 was LOOKED_UP and is SCANNED"
    ]
    assert [*plans.compare_postgresql(_above(looked_up), _above(walked))] == [
        "task as task_1 was LOOKED_UP and is INDEX_WALKED"
    ]


def test_postgresql_may_read_a_table_in_a_better_way_and_further_ones_for_the_wall() -> None:
    looked_up = _read("Bitmap Heap Scan", **{"Recheck Cond": "(id = 1)"})
    further = _read("Seq Scan") | {"Alias": "above"}
    assert [*plans.compare_postgresql(_above(_read("Seq Scan")), _above(looked_up, further))] == []


def test_postgresql_is_said_to_compile_what_it_did_not() -> None:
    plain = _above(_read("Seq Scan"))
    dear = _above(_read("Seq Scan")) | {"JIT": {"Functions": 152}}
    assert [*plans.compare_postgresql(plain, dear)] == ["compiled before it runs, because 120,000 is expected of it"]
    assert [*plans.compare_postgresql(dear, dear)] == [*plans.compare_postgresql(dear, plain)] == []


def _read(how: str, **conditions: str) -> dict[str, Any]:
    return {"Node Type": how, "Relation Name": "task", "Alias": "task_1", **conditions}


def _above(*nodes: dict[str, Any]) -> dict[str, Any]:
    return {"Plan": {"Node Type": "Nested Loop", "Total Cost": 120_000.0, "Plans": [*nodes]}}
