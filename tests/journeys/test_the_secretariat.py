"""The secretariat asks across all sectors: what was reached, who is below target, which tasks are overdue."""

from __future__ import annotations

from typing import Any

import pytest

from dean06_server.demo.questions import MONTH, ON, PROVINCE, document
from tests.journeys.conftest import Person

PAYMENT = "public_services.online_payment_rate"
RESULTS = "public_services.dossier_result_digitized_rate"
RECORDS = "justice.criminal_record_vneid_rate"


# figures


@pytest.fixture(scope="module")
def answer(secretariat: Person) -> dict[str, Any]:
    return secretariat.data(document("figures_of_all_sectors"), province=PROVINCE, month=MONTH)


def rows(observations: list[dict[str, Any]]) -> dict[tuple[str, str], tuple[Any, ...]]:
    return {
        (each["indicator"]["code"], each["window"]): (
            each["display"],
            None if each["target"] is None else (each["target"]["comparator"], each["target"]["value"]),
            each["assessment"],
            each["gap"],
        )
        for each in observations
        if each["window"] in each["indicator"]["windows"]
    }


def test_every_loaded_indicator_has_its_value_target_assessment_and_gap(answer: dict[str, Any]) -> None:
    assert rows(answer["observations"]) == {
        ("public_services.dvc_online_dossier_rate", "PERIOD"): ("85,5%", ("GE", "80"), "NOT_DUE", "-5.50"),
        ("public_services.dvc_full_online_dossier_rate", "PERIOD"): ("98,78%", None, "NO_TARGET", None),
        (PAYMENT, "PERIOD"): ("97,96%", ("GE", "70"), "MET", "-27.96"),
        (RESULTS, "PERIOD"): ("99,44%", None, "NO_TARGET", None),
        ("public_services.dossier_component_digitized_rate", "PERIOD"): ("87,91%", None, "NO_TARGET", None),
        ("health.hospital_cashless_payment_rate", "PERIOD"): ("42,9%", ("GE", "50"), "NOT_MET", "7.10"),
        ("health.health_book_vneid_rate", "PERIOD"): ("hơn 31%", None, "NO_TARGET", None),
        ("health.bhyt_idcard_lookup_success_rate", "PERIOD"): ("94%", ("GT", "90"), "MET", "-4.00"),
        (RECORDS, "PERIOD"): ("88,9%", ("GE", "80"), "MET", "-8.90"),
        (RECORDS, "TO_DATE"): ("77,86%", ("GE", "80"), "NOT_MET", "2.14"),
        ("social_insurance.pension_cashless_rate", "PERIOD"): ("99,68%", ("GE", "99.5"), "MET", "-0.18"),
        ("social_insurance.pension_cashless_full_communes", "PERIOD"): ("30,43%", None, "NO_TARGET", None),
        ("social_insurance.pension_cashless_new_in_month", "PERIOD"): ("101 người", None, "NO_TARGET", None),
        ("social_insurance.unemployment_benefit_cashless_rate", "PERIOD"): ("100%", ("GE", "99.5"), "MET", "-0.50"),
        ("social_insurance.insured_identity_verified_rate", "PERIOD"): ("hơn 99,98%", None, "NO_TARGET", None),
        ("social_insurance.insured_identity_unverified", "PERIOD"): ("221 người", None, "NO_TARGET", None),
        ("identity.linked_birth_rate", "PERIOD"): ("92%", None, "NO_TARGET", None),
        ("identity.linked_death_rate", "PERIOD"): ("90%", None, "NO_TARGET", None),
        ("identity.id_card_dossiers_collected", "TO_DATE"): ("dưới 600.000 hồ sơ", None, "NO_TARGET", None),
        ("tax.tax_code_match_rate", "PERIOD"): ("63%", None, "NO_TARGET", None),
    }


def test_a_tier_is_measured_by_its_own_target(answer: dict[str, Any]) -> None:
    assert {each["tier"]: (each["display"], each["assessment"], each["gap"]) for each in answer["byTier"]} == {
        "PROVINCIAL": ("99,52%", "NOT_MET", "0.48"),
        "COMMUNE": ("99,31%", "MET", "-4.31"),
    }


def test_where_two_places_disagree_both_are_shown_and_one_answers(answer: dict[str, Any]) -> None:
    stated = {
        (each["indicator"]["code"], each["window"]): {(it["printed"], it["section"]) for it in each["statements"]}
        for each in answer["observations"]
    }
    assert stated[RESULTS, "PERIOD"] == {("99,44%", "2.2"), ("99.94%", "1.2(2)")}
    assert stated[RECORDS, "TO_DATE"] == {("77%", "1.2(4)"), ("77%", "2.4")}
    assert {key for key, places in stated.items() if len(places) > 1} == {(RESULTS, "PERIOD"), (RECORDS, "TO_DATE")}


# who is below target


@pytest.fixture(scope="module")
def below(secretariat: Person) -> dict[str, dict[str, Any]]:
    listed = secretariat.data(document("below_target"), month=MONTH)["belowTarget"]
    return {each["indicator"]["code"]: each for each in listed}


def displayed(shortfall: dict[str, Any]) -> dict[str, str]:
    return {row["unit"]["code"]: row["display"] for row in shortfall["rows"]}


def test_nineteen_communes_and_one_department_miss_online_payment(below: dict[str, dict[str, Any]]) -> None:
    """The report counts "20 UBND cấp xã" and lists a department among them."""
    assert below[PAYMENT]["total"] == 20
    assert below[PAYMENT]["byTier"] == [{"tier": "PROVINCIAL", "count": 1}, {"tier": "COMMUNE", "count": 19}]
    assert displayed(below[PAYMENT]) == {
        "so-xay-dung": "40%",
        "18823": "65,22%",
        "18844": "1,92%",
        "18736": "0%",
        "18742": "22,22%",
        "18100": "31,03%",
        "18652": "0%",
        "18685": "0%",
        "18562": "0%",
        "18409": "50%",
        "18406": "50%",
        "18418": "0%",
        "18436": "57,78%",
        "18484": "15,38%",
        "18373": "49,02%",
        "18394": "0%",
        "18364": "68,42%",
        "18172": "0%",
        "18322": "41,18%",
        "18523": "28,57%",
    }


def test_nine_units_miss_digitised_results(below: dict[str, dict[str, Any]]) -> None:
    assert below[RESULTS]["total"] == 9
    assert below[RESULTS]["byTier"] == [{"tier": "PROVINCIAL", "count": 8}, {"tier": "COMMUNE", "count": 1}]
    assert displayed(below[RESULTS]) == {
        "so-y-te": "96,12%",
        "vpdkdd-tp-ha-tinh": "98,57%",
        "vpdkdd-huong-son": "99,58%",
        "vpdkdd-huong-khe": "99,54%",
        "vpdkdd-can-loc": "99,81%",
        "vpdkdd-thi-xa-ky-anh": "99,34%",
        "vpdkdd-thach-ha": "99,85%",
        "vpdkdd-nghi-xuan": "97,88%",
        "18787": "93,85%",
    }


def test_the_paragraph_for_the_report_names_every_unit(below: dict[str, dict[str, Any]]) -> None:
    text = below[RESULTS]["text"]
    assert "09 đơn vị chưa đạt mức chỉ tiêu giao, gồm 08 đơn vị cấp tỉnh và 01 đơn vị cấp xã" in text
    assert all(row["unit"]["name"] in text and row["display"] in text for row in below[RESULTS]["rows"])


# tasks


@pytest.fixture(scope="module")
def tasks(secretariat: Person) -> dict[str, Any]:
    return secretariat.data(document("tasks"), on=ON.isoformat())


def nodes(connection: dict[str, Any]) -> list[dict[str, Any]]:
    return [edge["node"] for edge in connection["edges"]]


def test_every_task_is_in_one_cell_and_the_cells_add_up(tasks: dict[str, Any]) -> None:
    summary = tasks["taskSummary"]
    assert summary == {
        "total": 52,
        "doneOnTime": 0,
        "doneLate": 0,
        "openInTerm": 3,
        "openOverdue": 2,
        "withoutDeadline": 17,
        "ongoing": 30,
        "cancelled": 0,
    }
    assert sum(count for cell, count in summary.items() if cell != "total") == summary["total"]


def test_two_tasks_are_overdue_by_their_deadline(tasks: dict[str, Any]) -> None:
    assert [(task["code"], task["deadline"], task["overdueDays"]) for task in nodes(tasks["overdue"])] == [
        ("HT25-002", "2025-04-30", 89),
        ("HT25-003", "2025-05-31", 58),
    ]


def test_a_third_is_stated_overdue_without_a_deadline_and_stands_in_its_own_cell(tasks: dict[str, Any]) -> None:
    stated = [
        task["code"]
        for task in nodes(tasks["withoutDeadline"])
        if any(mention["statedState"] for mention in task["mentions"])
    ]
    assert stated == ["HT25-001"]


def test_a_repeated_order_is_a_mention_and_not_another_task(tasks: dict[str, Any]) -> None:
    assert tasks["tasks"]["totalCount"] == 52
    repeated = {
        task["code"]: {mention["section"] for mention in task["mentions"]}
        for task in nodes(tasks["tasks"])
        if len(task["mentions"]) > 1
    }
    assert repeated == {
        "HT25-001": {"2.1", "3.2.3(3)"},
        "HT25-002": {"2.1", "3.2.8"},
        "HT25-003": {"2.1", "3.2.2(2)"},
        "HT25-017": {"3.2.1(8)", "3.2.9(6)"},
    }
