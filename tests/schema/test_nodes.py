"""What was seen once is found again by its id; for whom it is hidden, and where it never was, the answer is null."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from dean06_core.documents import LegalDocument
from dean06_core.records import new_id
from dean06_schema.nodes import MOST_IDS, global_id
from tests.core.worlds import world
from tests.schema.asking import ask, official, told
from tests.schema.orders import COMMUNE, NEIGHBOUR, PLACES, give, order

pytestmark = pytest.mark.anyio

NODES = "query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }"


async def test_every_kind_of_object_is_found_by_its_id_with_one_statement_a_kind(tmp_path: Path) -> None:
    paper = LegalDocument(id=new_id(), label="BC 96", kind="Báo cáo")
    async with world(tmp_path, PLACES) as here:
        await here.add(paper)
        first, second = order("T1"), order("T2")
        await give(here, first, second)
        unit = (await told(here, '{ unit(code: "u3") { id } }'))["unit"]["id"]
        me = (await told(here, "{ me { id } }"))["me"]["id"]
        ids = [
            global_id("Task", second[0].id),
            unit,
            global_id("LegalDocument", paper.id),
            me,
            global_id("Task", first[0].id),
            global_id("Task", second[0].id),
        ]
        answer = await ask(here, NODES, {"ids": ids})
        kinds = ["Task", "Unit", "LegalDocument", "Account", "Task", "Task"]
        assert answer.data == {"nodes": [{"__typename": kind, "id": id_} for kind, id_ in zip(kinds, ids, strict=True)]}
        assert len(answer.statements) == 2


async def test_one_object_under_many_names_is_asked_for_together(tmp_path: Path) -> None:
    async with world(tmp_path, PLACES) as here:
        orders = [order(f"T{number}") for number in range(5)]
        await give(here, *orders)
        ids = [global_id("Task", rows[0].id) for rows in orders]
        asked = " ".join(f'n{place}: node(id: "{id_}") {{ ... on Task {{ code }} }}' for place, id_ in enumerate(ids))
        answer = await ask(here, f"{{ {asked} }}")
        assert answer.data == {f"n{place}": {"code": f"T{place}"} for place in range(5)}
        assert len(answer.statements) == 1


async def test_what_is_hidden_is_answered_as_what_never_was(tmp_path: Path) -> None:
    async with world(tmp_path, PLACES) as here:
        rows = order("T1", lead=COMMUNE)
        await give(here, rows)
        ids = [
            global_id("Task", rows[0].id),
            (await told(here, '{ unit(code: "u3") { id } }'))["unit"]["id"],
            global_id("Account", UUID(int=8)),
        ]
        nowhere = [global_id(kind, new_id()) for kind in ("Task", "Unit", "Account")]
        own = await told(here, NODES, {"ids": ids}, by=official(units=frozenset({COMMUNE})))
        other = await told(here, NODES, {"ids": ids}, by=official(units=frozenset({NEIGHBOUR})))
        assert [node and node["__typename"] for node in own["nodes"]] == ["Task", "Unit", None]
        assert other == await told(here, NODES, {"ids": nowhere}) == {"nodes": [None, None, None]}


def encoded(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


SOME = "019512a0-0000-7000-8000-000000000001"


@pytest.mark.parametrize(
    "id_",
    [
        pytest.param("", id="nothing"),
        pytest.param("x", id="too short"),
        pytest.param("Task:1", id="not encoded"),
        pytest.param("đơn-vị", id="letters beyond ASCII"),
        pytest.param(encoded("Task"), id="no key"),
        pytest.param(encoded("Task:1"), id="a key of another kind"),
        pytest.param(encoded(f"Nothing:{SOME}"), id="a kind that does not exist"),
        pytest.param(encoded(f"Task:{SOME}") + "=", id="padded"),
        pytest.param(encoded(f"Task:{SOME.upper()}"), id="another spelling of the same"),
        pytest.param(base64.urlsafe_b64encode(b"Task:\xff").decode(), id="not text"),
    ],
)
async def test_what_cannot_be_an_id_is_refused(tmp_path: Path, id_: str) -> None:
    async with world(tmp_path, PLACES) as here:
        one = await ask(here, "query ($id: ID!) { node(id: $id) { id } }", {"id": id_})
        many = await ask(here, NODES, {"ids": [id_]})
        assert (one.data, one.codes, many.codes) == ({"node": None}, ["BAD_ID"], ["BAD_ID"])


async def test_a_well_formed_id_is_not_refused(tmp_path: Path) -> None:
    async with world(tmp_path, PLACES) as here:
        assert await told(here, NODES, {"ids": [encoded(f"Task:{SOME}")]}) == {"nodes": [None]}


@pytest.mark.parametrize(
    ("many", "codes"),
    [pytest.param(MOST_IDS, [], id="a hundred"), pytest.param(MOST_IDS + 1, ["TOO_MANY_IDS"], id="one more")],
)
async def test_only_so_many_are_found_at_once(tmp_path: Path, many: int, codes: list[str]) -> None:
    async with world(tmp_path, PLACES) as here:
        answer: Any = await ask(here, NODES, {"ids": [encoded(f"Task:{SOME}")] * many})
        assert answer.codes == codes
