"""A commune asks and sees itself: its figures, its tasks, and of other units not even that they exist."""

from __future__ import annotations

import json

import pytest

from dean06_server.demo import DATA
from dean06_server.demo.questions import COMMUNE, MONTH, NEIGHBOUR, ON, document
from tests.journeys.conftest import Person, SignIn


def test_its_online_payment_misses_the_target(commune: Person) -> None:
    answer = commune.data(document("commune"), commune=COMMUNE, neighbour=NEIGHBOUR, month=MONTH, on=ON.isoformat())
    [payment] = answer["unit"]["indicators"]
    assert answer["unit"]["name"] == "Phường Vũng Áng"
    assert (payment["value"], payment["display"]) == ("65.22", "65,22%")
    assert payment["target"] == {"value": "70", "comparator": "GE", "kind": "ASSIGNED"}
    assert (payment["assessment"], payment["gap"]) == ("NOT_MET", "4.78")


def test_it_lists_itself_alone(commune: Person) -> None:
    listed = commune.data("{ units { totalCount edges { node { code } } } }")["units"]
    assert listed == {"totalCount": 1, "edges": [{"node": {"code": COMMUNE}}]}


@pytest.mark.parametrize("code", [NEIGHBOUR, "42", "so-y-te", "99999"])
def test_another_unit_is_as_if_it_did_not_exist(commune: Person, secretariat: Person, code: str) -> None:
    query = "query ($code: String!) { unit(code: $code) { name } }"
    assert commune.data(query, code=code) == {"unit": None}
    assert commune.data(query, code=COMMUNE)["unit"]["name"] == "Phường Vũng Áng"
    assert (secretariat.data(query, code=code)["unit"] is None) is (code == "99999")


def test_figures_of_another_unit_are_refused_as_those_of_no_unit_are(commune: Person) -> None:
    query = """query ($code: String!) {
      observations(units: {codes: [$code]}, periods: ["2025-07"]) { value }
    }"""
    refused = [json.dumps(commune.ask(query, code=code)).replace(code, "...") for code in (NEIGHBOUR, "99999", "42")]
    assert len(set(refused)) == 1
    assert "UNIT_UNKNOWN" in refused[0]


def test_figures_of_all_its_units_are_its_own(commune: Person) -> None:
    query = '{ observations(units: {}, periods: ["2025-07"]) { unit { code } value } }'
    found = commune.data(query)["observations"]
    assert {each["unit"]["code"] for each in found} == {COMMUNE}
    assert [each["value"] for each in found if each["value"] is not None] == ["65.22"]


def test_who_is_below_target_is_itself_alone(commune: Person) -> None:
    listed = commune.data(document("below_target"), month=MONTH)["belowTarget"]
    assert [(each["total"], [row["unit"]["code"] for row in each["rows"]]) for each in listed] == [(1, [COMMUNE])]


def test_its_tasks_are_those_it_was_ordered(commune: Person) -> None:
    """Of an order to a group it sees its own part."""
    groups = {group["code"] for group in json.loads((DATA / "groups.json").read_text()) if COMMUNE in group["members"]}
    ordered = [
        task
        for task in json.loads((DATA / "tasks.json").read_text())
        if task.get("lead_group") in groups or COMMUNE in (task.get("lead"), *task["cooperating"])
    ]
    query = "query ($on: Date!) { taskSummary(on: $on) { total } tasks(on: $on, first: 100) { totalCount } }"
    answer = commune.data(query, on=ON.isoformat())
    assert answer == {"taskSummary": {"total": len(ordered)}, "tasks": {"totalCount": len(ordered)}}


def test_its_head_sees_the_same(commune: Person, sign_in: SignIn) -> None:
    variables = {"commune": COMMUNE, "neighbour": NEIGHBOUR, "month": MONTH, "on": ON.isoformat()}
    query = document("commune")
    assert sign_in("head.18823").data(query, **variables) == commune.data(query, **variables)
