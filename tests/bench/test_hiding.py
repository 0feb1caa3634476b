"""Views are measured beside the schema that they are copies of, and hidden codes beside codes that never were."""

from __future__ import annotations

import pytest
from bench import hiding
from bench.running import Bench

pytestmark = pytest.mark.anyio


def test_a_schema_of_so_many_types_is_built_and_its_views_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hiding, "TYPES", 40)
    monkeypatch.setattr(hiding, "_BUILT", 2)
    at_the_root, everywhere = hiding.built()
    assert (at_the_root.types, everywhere.types) == (40, 40)
    assert 0 < at_the_root.megabytes < everywhere.megabytes


async def test_every_code_outside_is_asked_about_beside_one_that_never_was(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hiding, "_ROUNDS", 1)
    told = await hiding.told(bench)
    assert [each.asked for each in told] == [
        "a unit",
        "figures of a unit",
        "figures of an indicator",
        "figures of a sector",
        "a task",
        "a unit's id",
        "a task's id",
    ]
    assert all(each.ratio >= 1 for each in told)
