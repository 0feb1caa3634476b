"""Legal documents are listed with the latest first, and lead to who prepared them and to what rests on them."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from dean06_core.documents import DocumentAuthor, LegalDocument
from dean06_core.records import new_id
from dean06_core.tasks import TaskBasis
from tests.core.worlds import world
from tests.schema.asking import ask, official, told
from tests.schema.orders import COMMUNE, NEIGHBOUR, OFFICE, PLACES, give, order

pytestmark = pytest.mark.anyio


def paper(label: str, issued_on: date | None = None, **other: Any) -> LegalDocument:
    return LegalDocument(id=new_id(), label=label, kind="Báo cáo", issued_on=issued_on, **other)


def labels(connection: dict[str, Any]) -> list[str]:
    return [edge["node"]["label"] for edge in connection["edges"]]


async def test_a_document_tells_what_is_on_file(tmp_path: Path) -> None:
    document = paper("BC 96", date(2025, 7, 1), number="96/BC-UBND", title="Kết quả tháng 6", issuer="UBND tỉnh")
    async with world(tmp_path, PLACES) as here:
        await here.add(document)
        await here.add(*(DocumentAuthor(document_id=document.id, unit_key=unit) for unit in (COMMUNE, OFFICE)))
        asked = "{ documents { edges { node { label number title kind issuer issuedOn preparedBy { code } } } } }"
        found = await told(here, asked, by=official(units=frozenset({NEIGHBOUR})))
        assert [edge["node"] for edge in found["documents"]["edges"]] == [
            {
                "label": "BC 96",
                "number": "96/BC-UBND",
                "title": "Kết quả tháng 6",
                "kind": "Báo cáo",
                "issuer": "UBND tỉnh",
                "issuedOn": "2025-07-01",
                "preparedBy": [{"code": "u2"}, {"code": "u3"}],
            }
        ]


async def test_the_latest_comes_first_and_what_has_no_day_last(tmp_path: Path) -> None:
    async with world(tmp_path, PLACES) as here:
        await here.add(
            paper("Tháng 6", date(2025, 7, 1)),
            paper("Không ngày"),
            paper("Tháng 7", date(2025, 8, 1)),
            paper("Cùng ngày", date(2025, 7, 1)),
        )
        asked = """query ($after: String) { documents(first: 1, after: $after) {
            totalCount pageInfo { hasNextPage hasPreviousPage endCursor } edges { node { label } } } }"""
        walked: list[str] = []
        after = None
        for place in range(4):
            page = (await told(here, asked, {"after": after}))["documents"]
            walked += labels(page)
            info, after = page["pageInfo"], page["pageInfo"]["endCursor"]
            assert (info["hasPreviousPage"], info["hasNextPage"]) == (place > 0, place < 3)
            assert page["totalCount"] == 4
        assert walked == ["Tháng 7", "Cùng ngày", "Tháng 6", "Không ngày"]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        pytest.param("", ["C", "B", "A"], id="all"),
        pytest.param('issuedFrom: "2025-07-01"', ["C", "B"], id="from a day on, that day included"),
        pytest.param('issuedTo: "2025-07-01"', ["B", "A"], id="to a day, that day included"),
        pytest.param('issuedFrom: "2025-07-01", issuedTo: "2025-07-01"', ["B"], id="of one day"),
        pytest.param('preparedBy: {codes: ["u3"]}', ["C", "B"], id="of a unit"),
        pytest.param('preparedBy: {codes: ["u3"]}, issuedTo: "2025-07-01"', ["B"], id="of a unit to a day"),
        pytest.param('preparedBy: {codes: ["u4"]}', [], id="of a unit that prepared nothing"),
    ],
)
async def test_the_list_is_narrowed(tmp_path: Path, arguments: str, expected: list[str]) -> None:
    papers = [paper("A", date(2025, 6, 1)), paper("B", date(2025, 7, 1)), paper("C", date(2025, 8, 1))]
    async with world(tmp_path, PLACES) as here:
        await here.add(*papers)
        await here.add(*(DocumentAuthor(document_id=each.id, unit_key=COMMUNE) for each in papers[1:]))
        asked = f"{{ documents{f'({arguments})' if arguments else ''} {{ totalCount edges {{ node {{ label }} }} }} }}"
        found = (await told(here, asked))["documents"]
        assert (labels(found), found["totalCount"]) == (expected, len(expected))


async def test_a_document_leads_to_the_tasks_that_the_caller_may_see(tmp_path: Path) -> None:
    document = paper("1824/QĐ-UBND")
    async with world(tmp_path, PLACES) as here:
        await here.add(document)
        for code, lead in (("T1", OFFICE), ("T2", COMMUNE)):
            rows = order(code, lead=lead)
            await give(here, [*rows, TaskBasis(task_id=rows[0].id, document_id=document.id)])
        asked = "{ documents { edges { node { tasks { totalCount edges { node { code } } } } } } }"

        async def seen(units: frozenset[int]) -> Any:
            found = await told(here, asked, by=official(units=units))
            tasks = found["documents"]["edges"][0]["node"]["tasks"]
            return tasks["totalCount"], [edge["node"]["code"] for edge in tasks["edges"]]

        assert await seen(frozenset({OFFICE, COMMUNE})) == (2, ["T1", "T2"])
        assert await seen(frozenset({COMMUNE})) == (1, ["T2"])


@pytest.mark.parametrize("many", [2, 50])
async def test_statements_do_not_grow_with_the_number_of_documents(tmp_path: Path, many: int) -> None:
    async with world(tmp_path, PLACES) as here:
        await here.add(*(paper(f"BC {number}") for number in range(many)))
        answer = await ask(
            here, "{ documents { edges { node { preparedBy { code } tasks { edges { node { code } } } } } } }"
        )
        assert (answer.errors, len(answer.data["documents"]["edges"])) == ([], many)
        assert len(answer.statements) == 3
