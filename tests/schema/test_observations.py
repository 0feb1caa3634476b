"""What a statement says beside its figure: how much it changed since its own starting point, and a rank by others."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.core.worlds import PROVINCE, Place, province, stated, world
from tests.schema.asking import ask

pytestmark = pytest.mark.anyio

ASKED = """{ observations(units: {}, periods: ["2025-07"]) {
    unit { code }
    compare(with: BASELINE) { change observation { value } }
    rank(among: {levels: [PROVINCE]}) { position of stated }
} }"""


async def test_a_baseline_is_the_change_that_the_statement_states(tmp_path: Path) -> None:
    async with world(tmp_path, province(Place(2))) as here:
        await here.add(
            stated(PROVINCE, 70_060, 70_287, change_scaled=46_034_000_000, changed_since="trước khi triển khai"),
            stated(2, 1, 2),
        )
        answer = await ask(here, ASKED)
        assert [each["compare"] for each in answer.data["observations"]] == [
            {"change": "46034", "observation": None},
            None,
        ]


async def test_a_rank_by_others_is_marked_as_theirs(tmp_path: Path) -> None:
    async with world(tmp_path, province(Place(2))) as here:
        await here.add(stated(PROVINCE, 7, 10, rank=1, rank_of=34))
        [province_, commune] = (await ask(here, ASKED)).data["observations"]
        assert province_["rank"] == {"position": 1, "of": 34, "stated": True}
        assert commune["rank"] is None
