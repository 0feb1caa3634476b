"""What the report of July 2025 prints is what answers, section by section, with what it says of it and against what."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from dean06_server.demo.questions import MONTH, ON, PROVINCE
from tests.journeys.conftest import Person, SignIn

FIGURES = """query ($unit: String!, $month: String!) {
  observations(units: {codes: [$unit]}, periods: [$month], windows: [PERIOD, TO_DATE]) {
    indicator { code windows }
    window numerator denominator value display qualifier comment
    parts { part { code } value }
    target { ...Level }
    targets { ...Level }
    assessment gap
    compare(with: BASELINE) { change observation { display } }
    rank(among: {codes: [$unit]}) { position of stated }
    statements { printed section numerator denominator value }
  }
}
fragment Level on Target { value comparator kind check dueOn validFrom basis { label } }"""
TIERS = """query ($unit: String!, $month: String!, $indicator: String!) {
  observations(units: {codes: [$unit]}, periods: [$month], indicators: [$indicator], slice: TIER) {
    tier numerator denominator display target { value comparator basis { label } } assessment gap
    statements { printed section }
  }
}"""
BELOW = """query ($month: String!) {
  belowTarget(period: $month) {
    indicator { code } total byTier { tier count }
    rows { unit { code } value gap target { value } statements { printed section } }
  }
}"""
DOCUMENTS = """query ($unit: String!) {
  documents(preparedBy: {codes: [$unit]}, first: 50) { edges { node { label kind issuer issuedOn } } }
}"""
TASKS = """query ($on: Date!) {
  taskSummary(on: $on) { total openInTerm openOverdue withoutDeadline ongoing }
  tasks(on: $on, first: 100, orderBy: CODE) {
    edges {
      node {
        code cell lead { code } leadGroup { code } cooperating { code }
        startsOn deadline deadlineText deadlinePrecision
        mentions { section deadlineText statedState }
        progress { edges { node { on unit { code } done remaining } } }
        condition { indicator { code } target { value kind } met }
      }
    }
  }
}"""

REPORT = "Báo cáo Đề án 06 tháng 7/2025"
PENSIONS = "social_insurance.pension_cashless_rate"
FULL = "social_insurance.pension_cashless_full_communes"
CHANGED = "social_insurance.pension_cashless_new_in_month"
UNEMPLOYMENT = "social_insurance.unemployment_benefit_cashless_rate"
VERIFIED = "social_insurance.insured_identity_verified_rate"
UNVERIFIED = "social_insurance.insured_identity_unverified"
ONLINE = "public_services.dvc_online_dossier_rate"
FULL_PROCESS = "public_services.dvc_full_online_dossier_rate"
COMPONENTS = "public_services.dossier_component_digitized_rate"
RESULTS = "public_services.dossier_result_digitized_rate"
PAYMENT = "public_services.online_payment_rate"
BIRTHS = "identity.linked_birth_rate"
DEATHS = "identity.linked_death_rate"
ID_CARDS = "identity.id_card_dossiers_collected"
RECORDS = "justice.criminal_record_vneid_rate"
TAX_CODES = "tax.tax_code_match_rate"
LOOK_UPS = "health.bhyt_idcard_lookup_success_rate"
FEES = "health.hospital_cashless_payment_rate"
BOOKS = "health.health_book_vneid_rate"
COURSES = "local.mooc_registration_rate"

Figures = dict[tuple[str, str], dict[str, Any]]
Tasks = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def figures(secretariat: Person) -> Figures:
    """The province's figures of the month; a stock once, under the window of the period."""
    return figures_of(secretariat, PROVINCE)


def figures_of(person: Person, unit: str) -> Figures:
    return {
        (each["indicator"]["code"], each["window"]): each
        for each in person.data(FIGURES, unit=unit, month=MONTH)["observations"]
        if each["window"] in each["indicator"]["windows"]
    }


def judged(figure: dict[str, Any]) -> str | None:
    target = figure["target"]
    return None if target is None else f"{target['comparator']} {target['value']}"


def levels(figure: dict[str, Any]) -> set[tuple[str | None, ...]]:
    return {
        (f"{each['kind']} {each['comparator']} {each['value']}", each["dueOn"], each["basis"]["label"])
        for each in figure["targets"]
    }


# documents, and 1.1 who prepared which


NUMBERED = {
    "01/2021/QĐ-UBND": ("Quyết định", "2021-01-19"),
    "766/QĐ-TTg": ("Quyết định", "2022-06-23"),
    "18/CT-TTg": ("Chỉ thị", "2023-05-30"),
    "23/CT-TTg": ("Chỉ thị", "2023-07-09"),
    "16/CT-TTg": ("Chỉ thị", "2024-05-20"),
    "170/NQ-HĐND": ("Nghị quyết", "2024-07-18"),
    "9582/BKHĐT-ĐKKD": ("Văn bản", "2024-11-21"),
    "129/CĐ-TTg": ("Công điện", "2024-12-09"),
    "1159/CĐS-PCĐS": ("Văn bản", "2024-12-11"),
    "621/UBND-NC2": ("Văn bản", "2025-02-05"),
    "07/CT-TTg": ("Chỉ thị", "2025-03-14"),
    "87/KH-TCTĐA06": ("Kế hoạch", "2025-03-17"),
    "3184/UBND-VX1": ("Văn bản", "2025-05-20"),
    "212/KH-CAT-STP-TAND": ("Kế hoạch", "2025-06-06"),
    "300/KH-UBND": ("Kế hoạch", "2025-06-07"),
    "1357/QĐ-UBND": ("Quyết định", "2025-06-15"),
    "130/TTr-CAT-PC06": ("Tờ trình", "2025-06-19"),
    "1416/QĐ-UBND": ("Quyết định", "2025-06-20"),
    "2096/CAT-PC06": ("Văn bản", "2025-06-23"),
    "2218/KH-SYT": ("Kế hoạch", "2025-06-23"),
    "1628/QĐ-UBND": ("Quyết định", "2025-06-28"),
    "1758/QĐ-UBND": ("Quyết định", "2025-07-02"),
    "1765/QĐ-UBND": ("Quyết định", "2025-07-03"),
    "1766/QĐ-UBND": ("Quyết định", "2025-07-03"),
    "4441/KH-QLHC-CT": ("Kế hoạch", "2025-07-03"),
    "4777/UBND-NC": ("Văn bản", "2025-07-05"),
    "1824/QĐ-UBND": ("Quyết định", "2025-07-15"),
    "1552/BTTTT-TTH": ("Văn bản", None),
    "329/KH-BCA-BTP-TANDTC": ("Kế hoạch", None),
    "708/BTTTT-CATTT": ("Văn bản", None),
}


def test_every_number_that_the_report_cites_is_a_document_with_its_kind_and_day(secretariat: Person) -> None:
    answer = secretariat.data("{ documents(first: 100) { edges { node { number kind issuedOn } } } }")
    nodes = [edge["node"] for edge in answer["documents"]["edges"]]
    known = {node["number"]: (node["kind"], node["issuedOn"]) for node in nodes}
    assert NUMBERED.items() <= known.items()
    assert set(known) - set(NUMBERED) == {None, "19/2025/QĐ-TTg"}, "the list of units rests on one that is not cited"


@pytest.mark.parametrize(
    ("unit", "prepared"),
    [
        pytest.param(
            "so-tai-chinh",
            {
                ("1628/QĐ-UBND", "2025-06-28"),
                ("1758/QĐ-UBND", "2025-07-02"),
                ("1416/QĐ-UBND", "2025-06-20"),
                ("Thẩm định dự án an toàn hệ thống thông tin Đề án 06, lần 3", None),
            },
            id="(1) the finance department",
        ),
        pytest.param(
            "so-khoa-hoc-va-cong-nghe",
            {("1357/QĐ-UBND", "2025-06-15"), ("1765/QĐ-UBND", "2025-07-03"), ("1766/QĐ-UBND", "2025-07-03")},
            id="(2) the science department",
        ),
        pytest.param(
            "cong-an-tinh",
            {
                ("Văn bản chỉ đạo tiếp tục triển khai Đề án 06", None),
                ("130/TTr-CAT-PC06", "2025-06-19"),
                ("4777/UBND-NC", "2025-07-05"),
                ("2096/CAT-PC06", "2025-06-23"),
                (REPORT, "2025-07-28"),
            },
            id="(3) the police, who also wrote the report",
        ),
        pytest.param("ubnd-tinh", {("300/KH-UBND", "2025-06-07")}, id="(4) the province's committee"),
        pytest.param("so-y-te", {("2218/KH-SYT", "2025-06-23")}, id="(4) the health department"),
    ],
)
def test_section_1_1_names_what_a_unit_prepared(
    secretariat: Person, unit: str, prepared: set[tuple[str, str | None]]
) -> None:
    edges = secretariat.data(DOCUMENTS, unit=unit)["documents"]["edges"]
    assert {(edge["node"]["label"], edge["node"]["issuedOn"]) for edge in edges} == prepared


def test_a_document_prepared_by_one_unit_may_be_issued_by_another(secretariat: Person) -> None:
    edges = secretariat.data(DOCUMENTS, unit="cong-an-tinh")["documents"]["edges"]
    assert {(edge["node"]["label"], edge["node"]["kind"], edge["node"]["issuer"]) for edge in edges} == {
        ("Văn bản chỉ đạo tiếp tục triển khai Đề án 06", "Văn bản", "UBND tỉnh Hà Tĩnh"),
        ("130/TTr-CAT-PC06", "Tờ trình", "Công an tỉnh Hà Tĩnh"),
        ("4777/UBND-NC", "Văn bản", "UBND tỉnh Hà Tĩnh"),
        ("2096/CAT-PC06", "Văn bản", "Công an tỉnh Hà Tĩnh"),
        (REPORT, "Báo cáo", "Công an tỉnh Hà Tĩnh"),
    }


# 1.2 and 2: figures of the province


PRINTED = {
    "1.2(1) pensions": (PENSIONS, "99,68%", "GE 99.5", "MET", "-0.18", ["1.2(1): 99.68%"]),
    "1.2(1) communes without cash": (FULL, "30,43%", None, "NO_TARGET", None, ["1.2(1): 21 xã, phường/69 xã, phường"]),
    "1.2(1) unemployment benefit": (UNEMPLOYMENT, "100%", "GE 99.5", "MET", "-0.50", ["1.2(1): 100%"]),
    "1.2(1) changed in the month": (CHANGED, "101 người", None, "NO_TARGET", None, ["1.2(1): 101 trường hợp"]),
    "1.2(2) online": (ONLINE, "85,5%", "GE 80", "NOT_DUE", "-5.50", ["1.2(2): 85.5%"]),
    "1.2(2) full-process": (FULL_PROCESS, "98,78%", None, "NO_TARGET", None, ["1.2(2): 98.78%"]),
    "1.2(2) components": (COMPONENTS, "87,91%", None, "NO_TARGET", None, ["1.2(2): 87.91%"]),
    "2.2 results": (RESULTS, "99,44%", None, "NO_TARGET", None, ["2.2: 99,44%", "1.2(2): 99.94%"]),
    "1.2(3) births": (BIRTHS, "92%", None, "NO_TARGET", None, ["1.2(3): 92%"]),
    "1.2(3) deaths": (DEATHS, "90%", None, "NO_TARGET", None, ["1.2(3): 90%"]),
    "1.2(4) of the month": (RECORDS, "88,9%", "GE 80", "MET", "-8.90", ["1.2(4): 89%"]),
    "1.2(4) to date": (RECORDS, "77,86%", "GE 80", "NOT_MET", "2.14", ["1.2(4): 77%", "2.4: 77%"]),
    "1.2(5) matched": (VERIFIED, "hơn 99,98%", None, "NO_TARGET", None, ["1.2(5): hơn 99,98%"]),
    "1.2(5) not matched": (UNVERIFIED, "221 người", None, "NO_TARGET", None, ["1.2(5): 221 người (~ 0.02%)"]),
    "1.2(6) to date": (ID_CARDS, "dưới 600.000 hồ sơ", None, "NO_TARGET", None, ["1.2(6): gần 600 nghìn hồ sơ"]),
    "1.2(7) look-ups": (LOOK_UPS, "94%", "GT 90", "MET", "-4.00", ["1.2(7): 94%"]),
    "2.2 online payment": (PAYMENT, "97,96%", "GE 70", "MET", "-27.96", ["2.2: 97.96%"]),
    "2.3 tax codes": (TAX_CODES, "63%", None, "NO_TARGET", None, ["2.3: 63% (152.218 tài khoản)"]),
    "2.4 hospital fees": (FEES, "42,9%", "GE 50", "NOT_MET", "7.10", ["2.4: 42.9%"]),
    "2.4 e-health books": (BOOKS, "hơn 31%", None, "NO_TARGET", None, ["2.4: hơn 31%"]),
}
"""Of each place: what answers, the level it is held against, how, by how much, and every place that states it."""


@pytest.mark.parametrize("place", PRINTED)
def test_what_is_printed_of_the_province_is_what_answers(figures: Figures, place: str) -> None:
    code, *expected = PRINTED[place]
    figure = figures[str(code), "TO_DATE" if "to date" in place else "PERIOD"]
    stated = [f"{each['section']}: {each['printed']}" for each in figure["statements"]]
    assert [figure["display"], judged(figure), figure["assessment"], figure["gap"], stated] == expected


def test_the_report_has_twenty_figures_of_the_province_and_no_other_answers(figures: Figures) -> None:
    answering = {key for key, figure in figures.items() if figure["assessment"] != "NO_DATA"}
    assert len(answering) == 20
    assert Counter(code.partition(".")[0] for code, _ in answering) == {
        "social_insurance": 6,
        "public_services": 5,
        "health": 3,
        "identity": 3,
        "justice": 2,
        "tax": 1,
    }


@pytest.mark.parametrize(
    ("login", "sector", "answering"),
    [
        pytest.param("tax", "tax", 1, id="tax"),
        pytest.param("health", "health", 3, id="health"),
        pytest.param("justice", "justice", 2, id="justice"),
        pytest.param("social-insurance", "social_insurance", 6, id="social insurance"),
    ],
)
def test_the_software_of_a_sector_is_answered_as_the_secretariat_is_and_of_its_sector_alone(
    sign_in: SignIn, figures: Figures, login: str, sector: str, answering: int
) -> None:
    own = figures_of(sign_in(login), PROVINCE)
    assert own == {key: figure for key, figure in figures.items() if key[0].partition(".")[0] == sector}
    assert sum(figure["assessment"] != "NO_DATA" for figure in own.values()) == answering


@pytest.mark.parametrize(
    ("code", "window", "counts"),
    [
        pytest.param(PENSIONS, "PERIOD", ("70060", "70287"), id="pensioners"),
        pytest.param(FULL, "PERIOD", ("21", "69"), id="communes"),
        pytest.param(RECORDS, "PERIOD", ("1089", "1225"), id="certificates of the month"),
        pytest.param(RECORDS, "TO_DATE", ("20505", "26337"), id="certificates since the beginning"),
        pytest.param(VERIFIED, "PERIOD", ("1158663", "1158884"), id="insured persons"),
        pytest.param(RESULTS, "PERIOD", ("11670", "11736"), id="dossiers with a result"),
        pytest.param(ONLINE, "PERIOD", (None, None), id="none printed for online dossiers"),
    ],
)
def test_counts_answer_where_counts_are_printed(
    figures: Figures, code: str, window: str, counts: tuple[str | None, str | None]
) -> None:
    figure = figures[code, window]
    assert (figure["numerator"], figure["denominator"]) == counts


def test_an_inexact_figure_keeps_its_word(figures: Figures) -> None:
    inexact = {code: figure["qualifier"] for (code, _), figure in figures.items() if figure["qualifier"] != "EXACT"}
    assert inexact == {VERIFIED: "MORE_THAN", BOOKS: "MORE_THAN", ID_CARDS: "LESS_THAN"}


# 1.2(1)


def test_pensioners_paid_in_cash_complete_the_count(figures: Figures) -> None:
    pensions = figures[PENSIONS, "PERIOD"]
    assert pensions["parts"] == [{"part": {"code": "cash"}, "value": "227"}]
    assert int(pensions["denominator"]) - int(pensions["numerator"]) == 227


def test_pensions_are_compared_with_before_the_work_began_as_stated(figures: Figures) -> None:
    """46,034 is a number of persons; the figure of that time is not printed."""
    assert figures[PENSIONS, "PERIOD"]["compare"] == {"change": "46034", "observation": None}
    stated = {code for (code, _), figure in figures.items() if figure["compare"] is not None}
    assert stated == {PENSIONS}


@pytest.mark.parametrize("code", [PENSIONS, UNEMPLOYMENT])
def test_a_floor_is_judged_and_the_aspiration_for_the_year_stands_beside_it(figures: Figures, code: str) -> None:
    figure = figures[code, "PERIOD"]
    assert levels(figure) == {
        ("FLOOR GE 99.5", None, REPORT),
        ("ASPIRATION GE 100", "2025-12-31", REPORT),
    }
    assert figure["target"]["kind"] == "FLOOR"


# 1.2(5)


def test_the_unverified_are_the_insured_without_the_verified_for_two_reasons(figures: Figures) -> None:
    verified, unverified = figures[VERIFIED, "PERIOD"], figures[UNVERIFIED, "PERIOD"]
    parts = {each["part"]["code"]: int(each["value"]) for each in unverified["parts"]}
    assert parts == {"without_id": 56, "unverified": 165}
    assert sum(parts.values()) == 221 == int(unverified["numerator"])
    assert int(verified["denominator"]) - int(verified["numerator"]) == 221


def test_the_province_is_first_of_thirty_four_in_matching_the_insured(figures: Figures) -> None:
    assert figures[VERIFIED, "PERIOD"]["rank"] == {"position": 1, "of": 34, "stated": True}
    assert {code for (code, _), figure in figures.items() if (figure["rank"] or {}).get("stated")} == {VERIFIED}


# 1.2(2) and 2.2


def test_of_two_contradicting_statements_the_one_with_counts_answers(figures: Figures) -> None:
    stated = figures[RESULTS, "PERIOD"]["statements"]
    assert [(each["section"], each["value"], each["numerator"], each["denominator"]) for each in stated] == [
        ("2.2", "99.44", "11670", "11736"),
        ("1.2(2)", "99.94", None, None),
    ]


def test_each_tier_has_its_own_level_and_the_tiers_add_up_to_the_province(
    secretariat: Person, figures: Figures
) -> None:
    tiers = secretariat.data(TIERS, unit=PROVINCE, month=MONTH, indicator=RESULTS)["observations"]
    told = {each["tier"]: each for each in tiers if each["numerator"] is not None}
    assert {
        tier: (each["numerator"], each["denominator"], each["display"], judged(each), each["assessment"], each["gap"])
        for tier, each in told.items()
    } == {
        "PROVINCIAL": ("7094", "7128", "99,52%", "GE 100", "NOT_MET", "0.48"),
        "COMMUNE": ("4576", "4608", "99,31%", "GE 95", "MET", "-4.31"),
    }
    assert {each["target"]["basis"]["label"] for each in told.values()} == {"1824/QĐ-UBND"}
    assert {tier: each["statements"] for tier, each in told.items()} == {
        "PROVINCIAL": [{"section": "2.2", "printed": "99,52%"}],
        "COMMUNE": [{"section": "2.2", "printed": "99,31%"}],
    }
    for count in ("numerator", "denominator"):
        assert sum(int(each[count]) for each in told.values()) == int(figures[RESULTS, "PERIOD"][count])


@pytest.fixture(scope="module")
def below(secretariat: Person) -> dict[str, dict[str, Any]]:
    return {each["indicator"]["code"]: each for each in secretariat.data(BELOW, month=MONTH)["belowTarget"]}


def listed(shortfall: dict[str, Any]) -> dict[str, tuple[str, str, str]]:
    """Of each unit: what is printed, the level it misses, and by how much."""
    return {
        row["unit"]["code"]: (row["statements"][0]["printed"], row["target"]["value"], row["gap"])
        for row in shortfall["rows"]
    }


def test_nineteen_communes_and_one_department_are_below_seventy_percent_of_online_payment(
    below: dict[str, dict[str, Any]],
) -> None:
    assert below[PAYMENT]["total"] == 20
    assert below[PAYMENT]["byTier"] == [{"tier": "PROVINCIAL", "count": 1}, {"tier": "COMMUNE", "count": 19}]
    assert listed(below[PAYMENT]) == {
        "so-xay-dung": ("40%", "70", "30.00"),
        "18823": ("65,22%", "70", "4.78"),
        "18844": ("1,92%", "70", "68.08"),
        "18736": ("0%", "70", "70.00"),
        "18742": ("22,22%", "70", "47.78"),
        "18100": ("31,03%", "70", "38.97"),
        "18652": ("0%", "70", "70.00"),
        "18685": ("0%", "70", "70.00"),
        "18562": ("0%", "70", "70.00"),
        "18409": ("50%", "70", "20.00"),
        "18406": ("50%", "70", "20.00"),
        "18418": ("0%", "70", "70.00"),
        "18436": ("57,78%", "70", "12.22"),
        "18484": ("15,38%", "70", "54.62"),
        "18373": ("49,02%", "70", "20.98"),
        "18394": ("0%", "70", "70.00"),
        "18364": ("68,42%", "70", "1.58"),
        "18172": ("0%", "70", "70.00"),
        "18322": ("41,18%", "70", "28.82"),
        "18523": ("28,57%", "70", "41.43"),
    }


def test_eight_provincial_units_and_one_commune_are_below_their_level_of_digitised_results(
    below: dict[str, dict[str, Any]],
) -> None:
    """Branches named after abolished districts are of the provincial tier."""
    assert below[RESULTS]["total"] == 9
    assert below[RESULTS]["byTier"] == [{"tier": "PROVINCIAL", "count": 8}, {"tier": "COMMUNE", "count": 1}]
    assert listed(below[RESULTS]) == {
        "so-y-te": ("96,12%", "100", "3.88"),
        "vpdkdd-tp-ha-tinh": ("98,57%", "100", "1.43"),
        "vpdkdd-huong-son": ("99,58%", "100", "0.42"),
        "vpdkdd-huong-khe": ("99,54%", "100", "0.46"),
        "vpdkdd-can-loc": ("99,81%", "100", "0.19"),
        "vpdkdd-thi-xa-ky-anh": ("99,34%", "100", "0.66"),
        "vpdkdd-thach-ha": ("99,85%", "100", "0.15"),
        "vpdkdd-nghi-xuan": ("97,88%", "100", "2.12"),
        "18787": ("93,85%", "95", "1.15"),
    }


def test_of_the_province_itself_only_hospital_fees_are_below_in_the_month(below: dict[str, dict[str, Any]]) -> None:
    assert set(below) == {PAYMENT, RESULTS, FEES}
    assert [row["unit"]["code"] for row in below[FEES]["rows"]] == [PROVINCE]


# targets that were given without a figure


GIVEN = {
    "1.1(4) medical records": ("health.emr_completed_facility_rate", "ASPIRATION GE 100", "2025-09-30", "2218/KH-SYT"),
    "3.1(1) passwords": ("local.password_rotation_rate", "ASSIGNED GE 100", None, "01/2021/QĐ-UBND"),
    "3.1(4) paper": ("justice.procedures_requiring_paper_record", "ASSIGNED LE 0", None, "23/CT-TTg"),
    "3.1(5) offered": ("public_services.dvc_full_provision_rate", "ASPIRATION GE 100", "2025-12-31", REPORT),
    "3.1(5) adults": ("public_services.adult_dvc_user_rate", "ASPIRATION GE 40", "2025-12-31", REPORT),
    "3.1(5) passed": ("public_services.dossier_personal_id_linked_rate", "ASSIGNED GE 100", "2025-06-30", REPORT),
    "3.2.1(2) enterprises": ("local.enterprise_online_procedure_rate", "ASSIGNED GE 100", None, REPORT),
    "3.2.4(4) stations": ("local.telecom_5g_station_ratio", "ASPIRATION GE 50", None, REPORT),
    "3.2.5(1) visits": ("health.health_book_visit_usage_rate", "ASPIRATION GE 80", None, REPORT),
    "3.2.5(1) residents": ("health.vneid_health_integration_rate", "ASPIRATION GE 80", None, REPORT),
    "3.2.5(2) facilities": ("health.facility_bhxh_interop_rate", "ASSIGNED GE 100", None, REPORT),
    "3.2.5(2) data": ("health.health_visit_data_interop_rate", "ASSIGNED GE 100", None, REPORT),
}


@pytest.mark.parametrize("place", GIVEN)
def test_a_level_without_a_figure_waits_for_one(figures: Figures, place: str) -> None:
    code, *level = GIVEN[place]
    figure = figures[code, "PERIOD"]
    assert (figure["display"], figure["assessment"]) == ("chưa báo cáo", "NO_DATA")
    assert levels(figure) == {tuple(level)}


def test_the_police_are_to_register_all_of_themselves_and_the_level_speaks_to_nobody_else(
    secretariat: Person, figures: Figures
) -> None:
    police = figures_of(secretariat, "cong-an-tinh")
    assert levels(police[COURSES, "PERIOD"]) == {("ASSIGNED GE 100", None, REPORT)}
    assert levels(figures[COURSES, "PERIOD"]) == set()


def test_a_level_for_another_denominator_is_not_held_against_health_books(figures: Figures) -> None:
    """80 % is asked of visits and of residents with all documents, not of residents with a book."""
    assert figures[BOOKS, "PERIOD"]["targets"] == []


def test_the_decision_of_mid_july_holds_from_its_day(figures: Figures) -> None:
    [level] = figures[PAYMENT, "PERIOD"]["targets"]
    assert (level["validFrom"], level["basis"]["label"]) == ("2025-07-15", "1824/QĐ-UBND")


# 2.1 and 3: tasks


@pytest.fixture(scope="module")
def answered(secretariat: Person) -> dict[str, Any]:
    return secretariat.data(TASKS, on=ON.isoformat())


@pytest.fixture(scope="module")
def tasks(answered: dict[str, Any]) -> Tasks:
    return {edge["node"]["code"]: edge["node"] for edge in answered["tasks"]["edges"]}


def test_fifty_six_orders_are_fifty_two_tasks(answered: dict[str, Any], tasks: Tasks) -> None:
    assert answered["taskSummary"] == {
        "total": 52,
        "openInTerm": 3,
        "openOverdue": 2,
        "withoutDeadline": 17,
        "ongoing": 30,
    }
    assert len(tasks) == 52
    assert sum(len(task["mentions"]) for task in tasks.values()) == 56


def test_every_section_of_the_directions_is_mentioned_once_for_each_of_its_orders(tasks: Tasks) -> None:
    sections = Counter(mention["section"] for task in tasks.values() for mention in task["mentions"])
    orders = {"3.1": 6, "3.2.1": 8, "3.2.2": 5, "3.2.3": 3, "3.2.4": 4, "3.2.5": 5, "3.2.6": 2}
    orders |= {"3.2.9": 6, "3.2.10": 2, "3.2.13": 8}
    printed = {f"{section}({number})" for section, last in orders.items() for number in range(1, last + 1)}
    assert sections == {"2.1": 3} | dict.fromkeys(printed | {"3.2.7", "3.2.8", "3.2.11", "3.2.12"}, 1)


def test_three_tasks_are_stated_overdue_and_all_of_them_are_ordered_again(tasks: Tasks) -> None:
    overdue = {
        code: {mention["section"]: mention["deadlineText"] for mention in task["mentions"]}
        for code, task in tasks.items()
        if any(mention["statedState"] for mention in task["mentions"])
    }
    assert overdue == {
        "HT25-001": {"2.1": None, "3.2.3(3)": None},
        "HT25-002": {"2.1": "trước ngày 30/04/2025", "3.2.8": "trước ngày 30/04/2025"},
        "HT25-003": {"2.1": "trước tháng 6/2025", "3.2.2(2)": None},
    }


def test_a_deadline_is_as_exact_as_it_is_printed(tasks: Tasks) -> None:
    """Ninety days are counted from the day of the plan; for fifty days no beginning is printed."""
    dated = {
        code: (task["startsOn"], task["deadline"], task["deadlinePrecision"])
        for code, task in tasks.items()
        if task["startsOn"] or task["deadline"]
    }
    assert dated == {
        "HT25-002": (None, "2025-04-30", "DAY"),
        "HT25-003": (None, "2025-05-31", "MONTH"),
        "HT25-008": (None, "2025-12-31", "YEAR"),
        "HT25-011": ("2025-07-01", None, None),
        "HT25-014": ("2025-06-06", "2025-09-04", "DERIVED"),
        "HT25-034": (None, "2025-08-31", "MONTH"),
    }
    assert (tasks["HT25-015"]["deadlineText"], tasks["HT25-015"]["cell"]) == (
        "cao điểm 50 ngày đêm",
        "OPEN_NO_DEADLINE",
    )


def test_a_milestone_that_had_passed_is_printed_beside_the_deadline(tasks: Tasks) -> None:
    [mention] = tasks["HT25-008"]["mentions"]
    assert mention["deadlineText"] == "đến hết năm 2025; hết tháng 6 năm 2025"


def test_an_order_to_all_communes_or_offices_is_led_by_the_group(tasks: Tasks) -> None:
    led: dict[str, set[str]] = {}
    for code, task in tasks.items():
        if task["leadGroup"] is not None:
            led.setdefault(task["leadGroup"]["code"], set()).add(code.removeprefix("HT25-"))
    assert led == {
        "so-nganh-dia-phuong": {"004", "005", "006", "008", "009", "050"},
        "cac-xa-phuong": {"045", "046", "047", "048", "049", "051", "052"},
    }


def test_whom_the_tax_office_is_to_cooperate_with_leads(tasks: Tasks) -> None:
    shared = tasks["HT25-017"]
    assert (shared["lead"]["code"], [unit["code"] for unit in shared["cooperating"]]) == ("cong-an-tinh", ["thue-tinh"])
    assert {mention["section"] for mention in shared["mentions"]} == {"3.2.1(8)", "3.2.9(6)"}


def test_what_was_done_and_what_remains_is_told_where_the_report_tells_it(tasks: Tasks) -> None:
    told = {
        code: [(edge["node"]["unit"]["code"], edge["node"]["on"]) for edge in task["progress"]["edges"]]
        for code, task in tasks.items()
        if task["progress"]["edges"]
    }
    assert told == {
        "HT25-001": [("so-nong-nghiep-va-moi-truong", "2025-07-28")],
        "HT25-022": [("so-nong-nghiep-va-moi-truong", "2025-07-28")],
        "HT25-044": [("bhxh-khu-vuc-xv", "2025-07-28")],
    }
    assert all(
        edge["node"]["done"] and edge["node"]["remaining"] for code in told for edge in tasks[code]["progress"]["edges"]
    )


def test_a_task_that_is_to_reach_a_level_says_whether_it_is_reached(tasks: Tasks) -> None:
    conditions = {
        code: (each["indicator"]["code"], each["target"]["value"], each["met"])
        for code, task in tasks.items()
        if (each := task["condition"]) is not None
    }
    assert conditions == {
        "HT25-004": ("local.password_rotation_rate", "100", None),
        "HT25-007": ("justice.procedures_requiring_paper_record", "0", None),
        "HT25-008": ("public_services.dvc_full_provision_rate", "100", None),
        "HT25-011": ("local.enterprise_online_procedure_rate", "100", None),
        "HT25-016": ("local.mooc_registration_rate", "100", None),
        "HT25-027": ("local.telecom_5g_station_ratio", "50", None),
        "HT25-028": ("health.health_book_visit_usage_rate", "80", None),
        "HT25-029": ("health.facility_bhxh_interop_rate", "100", None),
        "HT25-044": (PENSIONS, "99.5", True),
    }


# the systems that it names


def test_every_system_is_listed_with_its_owner_and_its_links(secretariat: Person) -> None:
    answer = secretariat.data("{ systems { code owner { code } links { to { code } state remark } } }")
    systems = {each["code"]: each for each in answer["systems"]}
    assert len(systems) == 24
    assert sum(len(each["links"]) for each in systems.values()) == 11
    assert systems["vneid"]["owner"] == {"code": "bo-cong-an"}
    [to_vneid] = systems["so-suc-khoe-dien-tu"]["links"]
    assert (to_vneid["to"]["code"], to_vneid["state"]) == ("vneid", "IN_USE")
