"""The sector's own fields tell its records as they stand on the day of asking."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from dean06_core.imports import ImportReport

pytestmark = pytest.mark.anyio

Load = Callable[..., Awaitable[ImportReport]]
Ask = Callable[[str], Awaitable[dict[str, Any]]]


async def test_a_campaign_is_followed_commune_by_commune(load: Load, ask: Ask) -> None:
    entry = {"unit": "18823", "found_on": "2025-04-28", "due_on": "2025-07-27"}
    await load(
        "marriages",
        entry | {"ref": 1, "cleaned_on": "2025-07-27"},
        entry | {"ref": 2, "cleaned_on": "2025-07-28"},
        entry | {"ref": 3},
        entry | {"ref": 4, "due_on": "2025-07-28"},
        entry | {"ref": 5, "due_on": None, "unit": "18844"},
    )
    answer = await ask("{ marriagesByUnit { unitName found cleaned cleanedInTime overdue } }")
    assert answer["marriagesByUnit"] == [
        {"unitName": "Phường Vũng Áng", "found": 4, "cleaned": 2, "cleanedInTime": 1, "overdue": 1},
        {"unitName": "Xã Kỳ Thượng", "found": 1, "cleaned": 0, "cleanedInTime": 0, "overdue": 0},
    ]
    listed = await ask('{ marriages(unit: "18844") { edges { node { unitCode foundOn dueOn cleanedOn } } } }')
    assert [edge["node"] for edge in listed["marriages"]["edges"]] == [
        {"unitCode": "18844", "foundOn": "2025-04-28", "dueOn": None, "cleanedOn": None}
    ]


async def test_procedures_are_told_with_who_answers_for_them(load: Load, ask: Ask) -> None:
    listed = {"unit": "so-xay-dung", "listed_on": "2023-07-09", "name": "Cấp chứng chỉ hành nghề"}
    await load(
        "procedures",
        listed | {"code": "1.001"},
        listed | {"code": "1.002", "paper_needed_until": "2025-07-28"},
        listed | {"code": "1.003", "paper_needed_until": "2025-07-29"},
        listed | {"code": "1.004", "listed_on": "2025-07-29"},
    )
    answer = await ask(
        "{ proceduresByUnit { unitCode listed needingPaper } "
        "procedures(first: 1) { edges { node { code name unitName paperNeededUntil } } } }"
    )
    assert answer == {
        "proceduresByUnit": [{"unitCode": "so-xay-dung", "listed": 3, "needingPaper": 2}],
        "procedures": {
            "edges": [
                {
                    "node": {
                        "code": "1.001",
                        "name": "Cấp chứng chỉ hành nghề",
                        "unitName": "Sở Xây dựng",
                        "paperNeededUntil": None,
                    }
                }
            ]
        },
    }


async def test_certificates_are_told_and_counted(load: Load, ask: Ask) -> None:
    dossier = {"unit": "18823", "form": 1, "channel": "VNEID", "received_on": "2025-07-02"}
    await load("certificates", dossier | {"ref": 1}, dossier | {"ref": 2, "channel": "POST", "issued_on": "2025-07-09"})
    answer = await ask(
        "{ certificates { edges { node { channel } } } certificatesByUnit { received issued throughVneid } }"
    )
    assert [edge["node"]["channel"] for edge in answer["certificates"]["edges"]] == ["VNEID", "POST"]
    assert answer["certificatesByUnit"] == [{"received": 2, "issued": 1, "throughVneid": 1}]
