"""The sector's own fields tell its records one by one and counted, and only those of units that the caller may see."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from dean06_core.imports import ImportReport

pytestmark = pytest.mark.anyio

Load = Callable[..., Awaitable[ImportReport]]
Ask = Callable[..., Awaitable[dict[str, Any]]]

DOSSIER = {"unit": "18823", "received_on": "2026-09-01"}
ACCOUNT = {"unit": "18823", "kind": "CITIZEN", "eligible_from": "2024-07-01"}
REGISTRATION = {"unit": "18823", "kind": "BIRTH", "registered_on": "2026-09-01", "linked": True}


async def test_dossiers_are_told_by_day_and_counted_by_commune(load: Load, ask: Ask) -> None:
    await load(
        "card_dossiers",
        DOSSIER | {"ref": "1", "issued_on": "2026-09-10"},
        DOSSIER | {"ref": "2", "received_on": "2026-08-31"},
        DOSSIER | {"ref": "3", "unit": "18844"},
    )
    told = await ask('{ cardDossiers(unit: "18823") { edges { node { unitName receivedOn issuedOn } } } }')
    assert [edge["node"] for edge in told["cardDossiers"]["edges"]] == [
        {"unitName": "Phường Vũng Áng", "receivedOn": "2026-08-31", "issuedOn": None},
        {"unitName": "Phường Vũng Áng", "receivedOn": "2026-09-01", "issuedOn": "2026-09-10"},
    ]
    counted = await ask('{ cardDossiersByUnit(from: "2026-09-01") { unitCode received issued } }')
    assert counted["cardDossiersByUnit"] == [
        {"unitCode": "18823", "received": 1, "issued": 1},
        {"unitCode": "18844", "received": 1, "issued": 0},
    ]


async def test_accounts_are_told_and_counted_by_who_holds_them(load: Load, ask: Ask) -> None:
    issued = ACCOUNT | {"issued_on": "2025-07-01"}
    await load(
        "eid_accounts",
        ACCOUNT | {"ref": "1"},
        issued | {"ref": "2", "activated_on": "2025-07-02", "closed_on": "2025-07-03", "eligible_until": "2025-07-04"},
        issued | {"ref": "3"},
        issued | {"ref": "4"},
        issued | {"ref": "5", "kind": "FOREIGNER"},
        issued | {"ref": "6", "kind": "FOREIGNER"},
        issued | {"ref": "7", "kind": "ORGANISATION", "unit": "18844"},
    )
    counted = await ask(
        "{ eidAccountsByUnit "
        "{ unitCode eligible issuedToCitizens issuedToForeigners issuedToOrganisations activated } }"
    )
    assert counted["eidAccountsByUnit"] == [
        {
            "unitCode": "18823",
            "eligible": 6,
            "issuedToCitizens": 3,
            "issuedToForeigners": 2,
            "issuedToOrganisations": 0,
            "activated": 1,
        },
        {
            "unitCode": "18844",
            "eligible": 1,
            "issuedToCitizens": 0,
            "issuedToForeigners": 0,
            "issuedToOrganisations": 1,
            "activated": 0,
        },
    ]
    told = await ask(
        "{ eidAccounts { edges { node { kind eligibleFrom eligibleUntil issuedOn activatedOn closedOn } } } }"
    )
    nodes = [edge["node"] for edge in told["eidAccounts"]["edges"]]
    assert len(nodes) == 7
    assert {
        "kind": "CITIZEN",
        "eligibleFrom": "2024-07-01",
        "eligibleUntil": "2025-07-04",
        "issuedOn": "2025-07-01",
        "activatedOn": "2025-07-02",
        "closedOn": "2025-07-03",
    } in nodes


async def test_births_and_deaths_are_told_and_counted_apart(load: Load, ask: Ask) -> None:
    await load(
        "registrations",
        REGISTRATION | {"ref": "1"},
        REGISTRATION | {"ref": "2"},
        REGISTRATION | {"ref": "3", "linked": False},
        REGISTRATION | {"ref": "4", "kind": "DEATH"},
        REGISTRATION | {"ref": "5", "kind": "DEATH", "linked": False, "registered_on": "2026-08-31"},
    )
    counted = await ask("{ registrationsByUnit { unitName births linkedBirths deaths linkedDeaths } }")
    assert counted["registrationsByUnit"] == [
        {"unitName": "Phường Vũng Áng", "births": 3, "linkedBirths": 2, "deaths": 2, "linkedDeaths": 1}
    ]
    told = await ask("{ registrations(first: 1) { edges { node { kind registeredOn linked } } } }")
    assert [edge["node"] for edge in told["registrations"]["edges"]] == [
        {"kind": "DEATH", "registeredOn": "2026-08-31", "linked": False}
    ]


@pytest.mark.parametrize(
    ("noun", "row", "field"),
    [
        pytest.param("card_dossiers", DOSSIER, "cardDossiers", id="dossiers"),
        pytest.param("eid_accounts", ACCOUNT, "eidAccounts", id="accounts"),
        pytest.param("registrations", REGISTRATION, "registrations", id="registrations"),
    ],
)
async def test_records_of_other_communes_are_not_seen(
    load: Load, ask: Ask, noun: str, row: dict[str, Any], field: str
) -> None:
    await load(noun, row | {"ref": "1"}, row | {"ref": "2", "unit": "18844"})
    query = f"{{ {field} {{ edges {{ node {{ unitCode }} }} }} {field}ByUnit {{ unitCode }} }}"
    own, all_ = await ask(query, "18844"), await ask(query)
    assert [edge["node"]["unitCode"] for edge in own[field]["edges"]] == ["18844"]
    assert own[f"{field}ByUnit"] == [{"unitCode": "18844"}]
    assert sorted(edge["node"]["unitCode"] for edge in all_[field]["edges"]) == ["18823", "18844"]
    assert all_[f"{field}ByUnit"] == [{"unitCode": "18823"}, {"unitCode": "18844"}]
