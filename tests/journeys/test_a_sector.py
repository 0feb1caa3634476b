"""A sector's frontend asks for its month and gets its own slice, as the report of July 2025 states it."""

from __future__ import annotations

from typing import Any

from dean06_server.demo.questions import MONTH, PROVINCE, document
from tests.journeys.conftest import Person

FEES = "health.hospital_cashless_payment_rate"
BOOKS = "health.health_book_vneid_rate"
LOOKUPS = "health.bhyt_idcard_lookup_success_rate"


def slice_of(health: Person) -> dict[str, dict[str, Any]]:
    answer = health.data(document("sector_figures"), province=PROVINCE, month=MONTH)
    return {each["indicator"]["code"]: each for each in answer["observations"]}


def test_it_sees_what_was_reported_of_it_and_nothing_else(health: Person) -> None:
    assert health.data("{ sectors { code name } }") == {"sectors": [{"code": "health", "name": "Y tế"}]}
    assert set(slice_of(health)) == {FEES, BOOKS, LOOKUPS}


def test_cashless_hospital_fees_miss_their_floor(health: Person) -> None:
    fees = slice_of(health)[FEES]
    assert (fees["value"], fees["display"]) == ("42.90", "42,9%")
    assert fees["target"] == {"value": "50", "comparator": "GE", "kind": "FLOOR"}
    assert (fees["assessment"], fees["gap"]) == ("NOT_MET", "7.10")


def test_health_books_are_more_than_a_value_and_have_no_target(health: Person) -> None:
    books = slice_of(health)[BOOKS]
    assert (books["value"], books["display"]) == ("31.00", "hơn 31%")
    assert (books["target"], books["assessment"], books["gap"]) == (None, "NO_TARGET", None)


def test_id_card_lookups_are_above_their_target(health: Person) -> None:
    lookups = slice_of(health)[LOOKUPS]
    assert (lookups["value"], lookups["display"]) == ("94.00", "94%")
    assert lookups["target"] == {"value": "90", "comparator": "GT", "kind": "ASSIGNED"}
    assert (lookups["assessment"], lookups["gap"]) == ("MET", "-4.00")


def test_what_was_not_reported_is_told_as_missing(health: Person) -> None:
    query = """query ($unit: String!, $month: String!) {
      observations(units: {codes: [$unit]}, periods: [$month], assessments: [NO_DATA]) {
        indicator { code } value display status
      }
    }"""
    missing = health.data(query, unit=PROVINCE, month=MONTH)["observations"]
    assert {(each["value"], each["display"], each["status"]) for each in missing} == {(None, "chưa báo cáo", "NO_DATA")}
    assert all(each["indicator"]["code"].startswith("health.") for each in missing)
