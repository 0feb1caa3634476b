"""The sector's own fields tell records without persons, count them by commune, and only what the caller may see."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from dean06_core.imports import ImportReport

pytestmark = pytest.mark.anyio

Load = Callable[..., Awaitable[ImportReport]]
Ask = Callable[..., Awaitable[dict[str, Any]]]

PENSIONS = (
    {"ref": "1", "unit": "18823", "benefit": "PENSION", "started_on": "1987-03-01", "cashless_since": "2020-01-01"},
    {"ref": "2", "unit": "18823", "benefit": "PENSION", "started_on": "2010-01-01", "ended_on": "2025-07-28"},
    {"ref": "3", "unit": "18823", "benefit": "ASSISTANCE", "started_on": "2025-07-28"},
    {"ref": "4", "unit": "18844", "benefit": "PENSION", "started_on": "2015-01-01", "cashless_since": "2025-07-29"},
)
PERSONS = (
    {"ref": "1", "unit": "18823", "joined_on": "2012-09-01", "has_personal_id": True, "verified_on": "2025-07-28"},
    {"ref": "2", "unit": "18823", "joined_on": "2012-09-01", "has_personal_id": False},
    {"ref": "3", "unit": "18823", "joined_on": "2012-09-01", "has_personal_id": True},
    {"ref": "4", "unit": "18823", "joined_on": "2012-09-01", "has_personal_id": True, "left_on": "2025-07-28"},
    {"ref": "5", "unit": "18844", "joined_on": "2012-09-01", "has_personal_id": True, "is_armed_forces": True},
    {"ref": "6", "unit": "18823", "joined_on": "2025-07-28", "has_personal_id": True},
)
BY_UNIT = "beneficiariesByUnit{} {{ unitCode unitName receiving cashless cash }}"


@pytest.fixture
async def loaded(load: Load) -> None:
    assert (await load("beneficiaries", *PENSIONS)).errors == ()
    assert (await load("insured_persons", *({"is_armed_forces": False} | row for row in PERSONS))).errors == ()


@pytest.mark.usefixtures("loaded")
async def test_payments_are_told_one_by_one(ask: Ask) -> None:
    answer = await ask(
        """{ beneficiaries(first: 1) { edges { node { unitCode unitName benefit startedOn endedOn cashlessSince } }
             pageInfo { hasNextPage } } }"""
    )
    assert [edge["node"] for edge in answer["beneficiaries"]["edges"]] == [
        {
            "unitCode": "18823",
            "unitName": "Phường Vũng Áng",
            "benefit": "PENSION",
            "startedOn": "1987-03-01",
            "endedOn": None,
            "cashlessSince": "2020-01-01",
        }
    ]
    assert answer["beneficiaries"]["pageInfo"] == {"hasNextPage": True}


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize("field", ["beneficiaries", "insuredPersons"])
async def test_a_commune_has_the_name_of_today_however_old_the_record_is(ask: Ask, field: str) -> None:
    answer = await ask(f'{{ {field}(unit: "18844") {{ edges {{ node {{ unitName }} }} }} }}')
    assert [edge["node"]["unitName"] for edge in answer[field]["edges"]] == ["Xã Kỳ Thượng"]


@pytest.mark.usefixtures("loaded")
async def test_payments_are_counted_as_of_today(ask: Ask) -> None:
    answer = await ask("{ " + BY_UNIT.format("") + " }")
    assert answer["beneficiariesByUnit"] == [
        {"unitCode": "18823", "unitName": "Phường Vũng Áng", "receiving": 2, "cashless": 1, "cash": 1},
        {"unitCode": "18844", "unitName": "Xã Kỳ Thượng", "receiving": 1, "cashless": 0, "cash": 1},
    ]


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize(
    ("arguments", "counts"),
    [
        pytest.param('(on: "2025-07-27")', [("18823", 2, 1), ("18844", 1, 0)], id="the day before"),
        pytest.param('(on: "2025-07-29")', [("18823", 2, 1), ("18844", 1, 1)], id="the day after"),
        pytest.param('(on: "1987-02-28")', [], id="before anything was paid"),
        pytest.param("(benefits: [PENSION])", [("18823", 1, 1), ("18844", 1, 0)], id="pensions alone"),
        pytest.param("(benefits: [ASSISTANCE, ALLOWANCE])", [("18823", 1, 0)], id="two other benefits"),
        pytest.param("(benefits: [])", [], id="of no benefit"),
        pytest.param('(unit: "18844")', [("18844", 1, 0)], id="one commune"),
    ],
)
async def test_payments_are_counted_for_a_day_and_for_benefits(
    ask: Ask, arguments: str, counts: list[tuple[str, int, int]]
) -> None:
    answer = await ask("{ " + BY_UNIT.format(arguments) + " }")
    assert [(each["unitCode"], each["receiving"], each["cashless"]) for each in answer["beneficiariesByUnit"]] == counts


@pytest.mark.usefixtures("loaded")
async def test_the_insured_are_counted_with_the_two_reasons_for_not_being_verified(ask: Ask) -> None:
    answer = await ask("{ insuredPersonsByUnit { unitCode unitName insured verified withoutId unverified } }")
    assert answer["insuredPersonsByUnit"] == [
        {
            "unitCode": "18823",
            "unitName": "Phường Vũng Áng",
            "insured": 4,
            "verified": 1,
            "withoutId": 1,
            "unverified": 2,
        }
    ]
    before = await ask('{ insuredPersonsByUnit(on: "2025-07-27") { insured verified withoutId unverified } }')
    assert before["insuredPersonsByUnit"] == [{"insured": 4, "verified": 0, "withoutId": 1, "unverified": 3}]


@pytest.mark.usefixtures("loaded")
async def test_who_sees_one_commune_is_told_of_that_one(ask: Ask) -> None:
    query = """{ beneficiaries { edges { node { unitCode } } }
                 insuredPersons { edges { node { unitCode joinedOn isArmedForces } } } }"""
    own, all_ = await ask(query, "18844"), await ask(query)
    assert [edge["node"]["unitCode"] for edge in own["beneficiaries"]["edges"]] == ["18844"]
    assert [edge["node"] for edge in own["insuredPersons"]["edges"]] == [
        {"unitCode": "18844", "joinedOn": "2012-09-01", "isArmedForces": True}
    ]
    assert (len(all_["beneficiaries"]["edges"]), len(all_["insuredPersons"]["edges"])) == (4, 6)
