"""What a sector declares of its files has to fit its tables, or start-up says what does not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from dean06_core import record_imports
from dean06_core.documents import LegalDocument
from dean06_core.errors import StartUpError
from dean06_core.observations import Observation
from dean06_core.record_imports import RecordImport
from dean06_core.sectors import Sector, check
from dean06_core.systems import SystemLink
from dean06_core.tasks import TaskParty
from dean06_core.units import UnitGroupMember

SOUND = RecordImport(
    record=Observation,
    key=("indicator_key", "unit_key", "share", "period", "window", "reporter_key", "stated_in", "revision"),
    on="as_of",
)


def test_a_key_that_the_table_keeps_unique_and_columns_that_it_has_are_sound() -> None:
    record_imports.check("roads.figures", SOUND)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        pytest.param({"on": "happened_on"}, "names column 'happened_on'", id="no such day"),
        pytest.param({"parse": {"colour": str}}, "names column 'colour'", id="parses what is not there"),
        pytest.param({"checked": {"printed": str}}, "only checks column 'printed', but the table keeps it", id="kept"),
        pytest.param({"key": ("period",)}, "may hold two of a kind", id="a key that is not unique"),
        pytest.param({"record": LegalDocument, "key": ("label",), "on": None}, "'unit_key'", id="records of no unit"),
        pytest.param({"record": SystemLink, "key": ("id",), "on": None}, "'unit_key'", id="links of systems"),
    ],
)
def test_what_does_not_fit_the_table_is_told(changes: Mapping[str, Any], told: str) -> None:
    with pytest.raises(StartUpError, match=told):
        record_imports.check("roads.figures", replace(SOUND, **changes))


def test_a_sector_loads_only_tables_of_its_own() -> None:
    declared = RecordImport(record=UnitGroupMember, key=("group_key", "unit_key", "valid_from"))
    with pytest.raises(StartUpError, match="which is no table of sector 'roads'"):
        check(Sector(code="roads", title="Đường bộ", records={"members": declared}))


def test_a_table_without_a_unique_key_is_told() -> None:
    with pytest.raises(StartUpError, match="may hold two of a kind"):
        record_imports.check("roads.parties", RecordImport(record=TaskParty, key=("role",)))
