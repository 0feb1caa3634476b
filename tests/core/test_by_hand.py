"""A plugin ships a count by hand for each resolver and no others; where the two differ it is told in a sentence."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import date
from importlib import import_module
from pathlib import Path

import pytest

from dean06_core import Measurement, Window
from dean06_core.testing.hand_counts import HandCounts
from dean06_core.testing.measurements import compare

JULY = Measurement(1, "2025-07", Window.PERIOD, 3, 4, date(2025, 7, 31), (("late", 1),))


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder of a package of its own with a module ``plugin``."""
    monkeypatch.syspath_prepend(tmp_path)
    modules = set(sys.modules)
    folder = tmp_path / f"{tmp_path.name}_package"
    folder.mkdir()
    for name in ("__init__.py", "plugin.py"):
        (folder / name).touch()
    yield folder
    for module in set(sys.modules) - modules:
        del sys.modules[module]


def shipped(package: Path, source: str | None = None) -> HandCounts:
    if source is not None:
        (package / "by_hand.py").write_text(source)
    return HandCounts.of(import_module(f"{package.name}.plugin"))


def test_counts_and_samples_are_found_beside_the_module_of_the_plugin(package: Path) -> None:
    found = shipped(package, "BY_HAND = {'land.plots': len}\nSAMPLES = {'code': ('A-1',)}")
    assert (set(found.counts or ()), found.samples) == ({"land.plots"}, {"code": ("A-1",)})
    assert found.faults(["land.plots"]) == []


def test_cells_may_be_given_where_nothing_is_measured(package: Path) -> None:
    found = shipped(package, "SAMPLES = {'code': ('A-1',)}")
    assert (found.samples, found.faults([])) == ({"code": ("A-1",)}, [])


def test_who_measures_nothing_needs_no_module(package: Path) -> None:
    assert shipped(package).faults([]) == []


@pytest.mark.parametrize("source", [None, ""], ids=["no module", "a module without counts"])
def test_who_measures_has_to_count(package: Path, source: str | None) -> None:
    assert shipped(package, source).faults(["land.plots"]) == [
        f"The resolvers cannot be compared, there is no '{package.name}.by_hand' with BY_HAND. "
        "Write there by indicator code how each would be counted by hand."
    ]


def test_each_count_is_of_one_resolver_and_each_resolver_has_one(package: Path) -> None:
    assert shipped(package, "BY_HAND = {'land.plot': len}").faults(["land.plots"]) == [
        f"'land.plots' has a resolver and no count by hand. Add it to BY_HAND of '{package.name}.by_hand'.",
        f"'land.plot' is counted by hand and has no resolver. "
        f"Declare one, or take it out of BY_HAND of '{package.name}.by_hand'.",
    ]


def test_a_module_that_cannot_be_imported_is_not_taken_for_a_missing_one(package: Path) -> None:
    with pytest.raises(ModuleNotFoundError, match="dean06_nowhere"):
        shipped(package, "import dean06_nowhere")


def test_what_measures_the_same_is_silent() -> None:
    compare("land.plots", [JULY], {JULY}, "counting by hand")


@pytest.mark.parametrize(
    ("expected", "told"),
    [
        pytest.param(
            [Measurement(1, "2025-07", Window.PERIOD, 3, 4, date(2025, 7, 31), (("late", 2),))],
            "3 of 4 (late 2) as of 2025-07-31",
            id="another part",
        ),
        pytest.param(
            [Measurement(1, "2025-07", Window.PERIOD, 3, None, date(2025, 7, 31))], "3 as of 2025-07-31", id="no rate"
        ),
        pytest.param([], "nothing", id="no record"),
    ],
)
def test_the_first_figure_that_differs_is_told_with_its_parts(expected: list[Measurement], told: str) -> None:
    with pytest.raises(pytest.fail.Exception) as broken:
        compare("land.plots", [JULY], expected, "counting by hand")
    assert str(broken.value) == (
        "The resolver of 'land.plots' measures 3 of 4 (late 1) as of 2025-07-31 where counting by hand gives "
        f"{told}: unit 1, 2025-07, PERIOD."
    )
