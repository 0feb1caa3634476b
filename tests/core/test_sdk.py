"""What third parties build on is a short list of names, and the sectors that ship here need nothing else."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import dean06_core
import dean06_core.graphql

PLUGINS = Path(__file__).parents[2] / "plugins"
PUBLIC = {"dean06_core", "dean06_core.graphql", "dean06_core.rows", "dean06_core.testing"}


def imported(folder: Path) -> Iterator[tuple[str, str]]:
    """Every name that the plugin's own modules take from core, with the module that they take it from."""
    for path in folder.glob("dean06_*/**/*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("dean06_core"):
                yield from ((node.module or "", alias.name) for alias in node.names)
            elif isinstance(node, ast.Import):
                yield from ((alias.name, "") for alias in node.names if alias.name.startswith("dean06_core"))


def test_the_sdk_has_these_names_and_no_others() -> None:
    assert dean06_core.__all__ == [
        "BEGINNING",
        "Access",
        "BadInput",
        "ByHand",
        "DataClass",
        "Direction",
        "Indicator",
        "IndicatorKind",
        "Measurement",
        "OverTime",
        "OverUnits",
        "Part",
        "Period",
        "Record",
        "RecordImport",
        "Resolver",
        "Samples",
        "Sector",
        "Span",
        "Tier",
        "UnitLevel",
        "Via",
        "Window",
        "hookimpl",
        "measure",
        "measured_by_hand",
        "new_id",
        "share_of_records",
        "share_of_standing",
        "spans_table",
        "units_below",
    ]
    assert len(dean06_core.__all__) <= 31
    assert len(dean06_core.graphql.__all__) <= 15


@pytest.mark.parametrize("name", [*dean06_core.__all__, *dean06_core.graphql.__all__])
def test_every_name_of_the_sdk_is_there(name: str) -> None:
    assert hasattr(dean06_core, name) or hasattr(dean06_core.graphql, name)


@pytest.mark.parametrize("plugin", sorted(path.name for path in PLUGINS.iterdir() if path.is_dir()))
def test_a_shipped_sector_uses_only_what_a_stranger_could(plugin: str) -> None:
    inside = {name for name in imported(PLUGINS / plugin) if name[0] not in PUBLIC}
    assert inside == set()
