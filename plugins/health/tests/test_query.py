"""The sector's own fields tell its records as they stand on the day of asking."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from dean06_core.imports import ImportReport

pytestmark = pytest.mark.anyio

Load = Callable[..., Awaitable[ImportReport]]
Ask = Callable[[str], Awaitable[dict[str, Any]]]


async def test_a_facility_is_overdue_once_its_deadline_has_passed_without_emr(load: Load, ask: Ask) -> None:
    due = {"unit": "bvdk-ky-anh", "counted_since": "2025-01-01", "beds": 90, "emr_due_on": "2025-07-27"}
    await load(
        "facilities",
        due | {"code": "42001"},
        due | {"code": "42002", "emr_due_on": "2025-07-28"},
        due | {"code": "42003", "emr_published_on": "2025-07-28", "kiosk_since": "2025-03-01"},
    )
    answer = await ask("{ facilities { edges { node { code unitCode beds emrOverdue kioskSince } } } }")
    told = {edge["node"].pop("code"): edge["node"] for edge in answer["facilities"]["edges"]}
    assert {code: node["emrOverdue"] for code, node in told.items()} == {"42001": True, "42002": False, "42003": False}
    assert told["42003"] == {"unitCode": "bvdk-ky-anh", "beds": 90, "emrOverdue": False, "kioskSince": "2025-03-01"}


async def test_residents_are_counted_as_they_are_on_the_day_of_asking(load: Load, ask: Ask) -> None:
    since = {"unit": "18823", "counted_since": "2025-07-01"}
    await load(
        "residents",
        since | {"ref": 1, "book_since": "2025-07-28", "documents_complete_since": "2025-07-29"},
        since | {"ref": 2, "book_since": "2025-07-02", "documents_complete_since": "2025-07-28"},
        since | {"ref": 3, "counted_until": "2025-07-28", "book_since": "2025-07-02"},
        since | {"ref": 4, "counted_since": "2025-07-29"},
        since | {"ref": 5, "unit": "18844"},
    )
    answer = await ask("{ residentsByUnit { unitName residents withBook withAllDocuments } }")
    assert answer["residentsByUnit"] == [
        {"unitName": "Phường Vũng Áng", "residents": 2, "withBook": 2, "withAllDocuments": 1},
        {"unitName": "Xã Kỳ Thượng", "residents": 1, "withBook": 0, "withAllDocuments": 0},
    ]
    listed = await ask('{ residents(unit: "18844") { edges { node { unitCode countedSince bookSince } } } }')
    assert [edge["node"] for edge in listed["residents"]["edges"]] == [
        {"unitCode": "18844", "countedSince": "2025-07-01", "bookSince": None}
    ]


async def test_visits_are_told_and_counted(load: Load, ask: Ask) -> None:
    visit = {"unit": "bvdk-ky-anh", "visited_on": "2025-07-02", "used_health_book": True, "data_sent": True}
    await load("visits", visit | {"ref": 1}, visit | {"ref": 2, "paid_cashless": True, "used_health_book": False})
    answer = await ask("{ visits { edges { node { dataSent } } } visitsByUnit { visits paidCashless usedHealthBook } }")
    assert len(answer["visits"]["edges"]) == 2
    assert answer["visitsByUnit"] == [{"visits": 2, "paidCashless": 1, "usedHealthBook": 1}]
