"""The sector's own fields tell its records one by one and count them for each commune."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from dean06_core.imports import ImportReport

pytestmark = pytest.mark.anyio

Load = Callable[..., Awaitable[ImportReport]]
Ask = Callable[[str], Awaitable[dict[str, Any]]]


def nodes(connection: dict[str, Any]) -> list[dict[str, Any]]:
    return [edge["node"] for edge in connection["edges"]]


async def test_taxpayers_are_told_without_their_codes_and_counted(load: Load, ask: Ask) -> None:
    listed = {"unit": "18823", "phase": 2, "listed_on": "2025-07-03", "tax_code": "0314409058"}
    await load(
        "taxpayers",
        listed | {"ref": 1, "matched_on": "2025-07-20"},
        listed | {"ref": 2, "matched_on": "2025-07-20", "closed_on": "2025-07-21"},
        listed | {"ref": 3, "unit": "18844", "phase": 1, "listed_on": "2025-07-04"},
    )
    answer = await ask(
        "{ taxpayers { edges { node { unitCode ref phase listedOn matchedOn closedOn } } }"
        " taxpayersByUnit { unitCode unitName listed matched closed } }"
    )
    assert sorted(node["ref"] for node in nodes(answer["taxpayers"])) == ["1", "2", "3"]
    assert nodes(answer["taxpayers"])[-1] == {
        "unitCode": "18844",
        "ref": "3",
        "phase": 1,
        "listedOn": "2025-07-04",
        "matchedOn": None,
        "closedOn": None,
    }
    assert answer["taxpayersByUnit"] == [
        {"unitCode": "18823", "unitName": "Phường Vũng Áng", "listed": 2, "matched": 2, "closed": 1},
        {"unitCode": "18844", "unitName": "Xã Kỳ Thượng", "listed": 1, "matched": 0, "closed": 0},
    ]


async def test_organisations_are_told_by_their_codes_and_counted(load: Load, ask: Ask) -> None:
    registered = {"unit": "18823", "registered_on": "1999-03-15"}
    await load(
        "organisations",
        registered | {"tax_code": "0100047516", "representative_matched_on": "2025-07-04"},
        registered | {"tax_code": "0100233488", "closed_on": "2025-07-04"},
    )
    answer = await ask(
        "{ organisations { edges { node { taxCode registeredOn representativeMatchedOn closedOn } } }"
        " organisationsByUnit { unitName registered representativeMatched closed } }"
    )
    told = {node.pop("taxCode"): node for node in nodes(answer["organisations"])}
    assert told == {
        "0100047516": {"registeredOn": "1999-03-15", "representativeMatchedOn": "2025-07-04", "closedOn": None},
        "0100233488": {"registeredOn": "1999-03-15", "representativeMatchedOn": None, "closedOn": "2025-07-04"},
    }
    assert answer["organisationsByUnit"] == [
        {"unitName": "Phường Vũng Áng", "registered": 2, "representativeMatched": 1, "closed": 1}
    ]


async def test_businesses_are_told_and_a_households_code_is_not(load: Load, ask: Ask) -> None:
    obliged = {"unit": "18823", "trade": "RETAIL", "revenue_group": "FROM_1_BILLION", "obliged_from": "2025-07-01"}
    await load(
        "businesses",
        obliged | {"ref": 1, "owner": "HOUSEHOLD", "ended_on": "2025-07-09"},
        obliged
        | {
            "ref": 2,
            "owner": "ORGANISATION",
            "tax_code": "0100047516",
            "obliged_from": "2025-07-02",
            "pos_einvoice_from": "2025-06-01",
        },
    )
    answer = await ask(
        "{ businesses { edges { node { ref owner taxCode trade revenueGroup obligedFrom posEinvoiceFrom endedOn } } }"
        " businessesByUnit { unitName obliged withPosEinvoice ended } }"
    )
    assert nodes(answer["businesses"]) == [
        {
            "ref": "1",
            "owner": "HOUSEHOLD",
            "taxCode": None,
            "trade": "RETAIL",
            "revenueGroup": "FROM_1_BILLION",
            "obligedFrom": "2025-07-01",
            "posEinvoiceFrom": None,
            "endedOn": "2025-07-09",
        },
        {
            "ref": "2",
            "owner": "ORGANISATION",
            "taxCode": "0100047516",
            "trade": "RETAIL",
            "revenueGroup": "FROM_1_BILLION",
            "obligedFrom": "2025-07-02",
            "posEinvoiceFrom": "2025-06-01",
            "endedOn": None,
        },
    ]
    assert answer["businessesByUnit"] == [
        {"unitName": "Phường Vũng Áng", "obliged": 2, "withPosEinvoice": 1, "ended": 1}
    ]


async def test_invoices_are_added_up_however_many_there_are(load: Load, ask: Ask) -> None:
    made = {"unit": "18823", "month": "2025-07", "counted_until": "2025-07-20"}
    await load(
        "invoice_counts",
        made | {"business_ref": 1, "symbol": "1C25MYY", "invoices": 3_000_000_000},
        made | {"business_ref": 1, "symbol": "2C25MYY", "invoices": 1},
        made | {"business_ref": 2, "symbol": "1C25MYY", "invoices": 4},
    )
    answer = await ask(
        "{ invoiceCounts { edges { node { businessRef symbol month countedUntil invoices } } }"
        " invoicesByUnit { unitName businesses invoices } }"
    )
    assert {
        "businessRef": "1",
        "symbol": "1C25MYY",
        "month": "2025-07-01",
        "countedUntil": "2025-07-20",
        "invoices": "3000000000",
    } in nodes(answer["invoiceCounts"])
    assert answer["invoicesByUnit"] == [{"unitName": "Phường Vũng Áng", "businesses": 2, "invoices": "3000000005"}]
    august = await ask('{ invoicesByUnit(from: "2025-08-01") { invoices } }')
    assert august["invoicesByUnit"] == []


async def test_fuel_stations_are_told_and_counted(load: Load, ask: Ask) -> None:
    opened = {"unit": "18844", "tax_code": "0100233488", "opened_on": "2012-05-01"}
    await load(
        "fuel_stations",
        opened | {"ref": 1, "per_sale_einvoice_from": "2024-01-01"},
        opened | {"ref": 2, "opened_on": "2013-05-01", "closed_on": "2025-07-01"},
    )
    answer = await ask(
        '{ fuelStations(to: "2013-01-01") { edges { node { ref taxCode openedOn perSaleEinvoiceFrom closedOn } } }'
        ' fuelStationsByUnit(unit: "18844") { unitName opened withPerSaleEinvoice closed } }'
    )
    assert nodes(answer["fuelStations"]) == [
        {
            "ref": "1",
            "taxCode": "0100233488",
            "openedOn": "2012-05-01",
            "perSaleEinvoiceFrom": "2024-01-01",
            "closedOn": None,
        }
    ]
    assert answer["fuelStationsByUnit"] == [
        {"unitName": "Xã Kỳ Thượng", "opened": 2, "withPerSaleEinvoice": 1, "closed": 1}
    ]
