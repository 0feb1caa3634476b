"""The sector's own fields tell its records as they stand on the day of asking."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from dean06_core.imports import ImportReport

pytestmark = pytest.mark.anyio

Load = Callable[..., Awaitable[ImportReport]]
Ask = Callable[[str], Awaitable[dict[str, Any]]]

DOSSIER = {
    "unit": "18823",
    "received_on": "2025-07-02",
    "due_on": "2025-07-09",
    "channel": "DIRECT",
    **dict.fromkeys(("has_fee", "paid_online", "returns_paper_result", "result_digitised"), False),
    **dict.fromkeys(("components_digitised", "data_reused", "identity_verified"), False),
}


async def test_dossiers_are_told_and_counted_with_what_became_of_them(load: Load, ask: Ask) -> None:
    await load(
        "dossiers",
        DOSSIER | {"ref": 1, "resolved_on": "2025-07-03", "channel": "ONLINE"},
        DOSSIER | {"ref": 2, "refused_on": "2025-07-04"},
        DOSSIER | {"ref": 3},
    )
    answer = await ask(
        "{ dossiersByUnit { unitName received resolved refused online } "
        "dossiers { edges { node { resolvedOn refusedOn verificationKind } } } }"
    )
    assert answer["dossiersByUnit"] == [
        {"unitName": "Phường Vũng Áng", "received": 3, "resolved": 1, "refused": 1, "online": 1}
    ]
    assert [edge["node"] for edge in answer["dossiers"]["edges"]] == [
        {"resolvedOn": "2025-07-03", "refusedOn": None, "verificationKind": None},
        {"resolvedOn": None, "refusedOn": "2025-07-04", "verificationKind": None},
        {"resolvedOn": None, "refusedOn": None, "verificationKind": None},
    ]


async def test_verified_identities_are_counted_by_kind_and_by_channel(load: Load, ask: Ask) -> None:
    verified = DOSSIER | {"identity_verified": True}
    await load(
        "dossiers",
        verified | {"ref": 1, "verification_kind": "CITIZEN", "verification_channel": "CARD"},
        verified | {"ref": 2, "verification_kind": "HOUSEHOLD", "verification_channel": "SERVICE"},
        verified | {"ref": 3, "verification_kind": "CITIZEN", "verification_channel": "VNEID"},
        verified | {"ref": 4},
        DOSSIER | {"ref": 5},
        verified | {"ref": 6, "received_on": "2025-07-01", "verification_kind": "CITIZEN"},
    )
    answer = await ask(
        '{ verificationsByUnit(from: "2025-07-02") '
        "{ unitCode received verified ofCitizens ofHouseholds throughService throughCard throughVneid } }"
    )
    assert answer["verificationsByUnit"] == [
        {
            "unitCode": "18823",
            "received": 5,
            "verified": 4,
            "ofCitizens": 2,
            "ofHouseholds": 1,
            "throughService": 1,
            "throughCard": 1,
            "throughVneid": 1,
        }
    ]


async def test_essential_services_are_told_by_owner(load: Load, ask: Ask) -> None:
    service = {"unit": "so-xay-dung", "name": "Dịch vụ", "listed_on": "2022-01-06"}
    await load(
        "essential_services",
        service | {"code": "1", "integrated_on": "2025-07-28"},
        service | {"code": "2", "integrated_on": "2025-07-29"},
        service | {"code": "3", "unit": "18823"},
    )
    answer = await ask(
        "{ essentialServicesByUnit { unitCode services integrated } "
        'essentialServices(unit: "18823") { edges { node { code unitName integratedOn } } } }'
    )
    assert sorted(answer["essentialServicesByUnit"], key=str) == [
        {"unitCode": "18823", "services": 1, "integrated": 0},
        {"unitCode": "so-xay-dung", "services": 2, "integrated": 1},
    ]
    assert [edge["node"] for edge in answer["essentialServices"]["edges"]] == [
        {"code": "3", "unitName": "Phường Vũng Áng", "integratedOn": None}
    ]


async def test_procedures_are_told_with_the_day_on_which_they_were_offered(load: Load, ask: Ask) -> None:
    eligible = {"unit": "42", "name": "Thủ tục", "eligible_since": "2024-01-01"}
    await load("procedures", eligible | {"code": "1"}, eligible | {"code": "2", "published_on": "2025-03-01"})
    answer = await ask("{ procedures { edges { node { code unitCode publishedOn } } } }")
    assert [edge["node"] for edge in answer["procedures"]["edges"]] == [
        {"code": "1", "unitCode": "42", "publishedOn": None},
        {"code": "2", "unitCode": "42", "publishedOn": "2025-03-01"},
    ]


async def test_adults_are_counted_in_the_year_of_asking(load: Load, ask: Ask) -> None:
    adult = {"unit": "18823", "counted_since": "2025-01-01", "counted_until": "2026-01-01"}
    await load(
        "adults",
        adult | {"ref": 1, "first_online_on": "2025-07-28"},
        adult | {"ref": 2, "first_online_on": "2025-07-29"},
        adult | {"ref": 3, "counted_until": "2025-07-28", "first_online_on": "2025-02-01"},
        adult
        | {"ref": 4, "counted_since": "2024-01-01", "counted_until": "2025-01-01", "first_online_on": "2024-02-01"},
    )
    answer = await ask("{ adultsByUnit { unitName adults users } }")
    assert answer["adultsByUnit"] == [{"unitName": "Phường Vũng Áng", "adults": 2, "users": 1}]
