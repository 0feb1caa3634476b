"""A broken plugin is left out with its reason and the others serve on; two that own one thing stop start-up."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from dean06_core import plugins
from dean06_core.errors import StartUpError, UndeclaredTable
from dean06_core.plugins import Plugin
from dean06_core.records import Record
from dean06_core.sectors import Sector

Install = Callable[[str, str], EntryPoint]

WITHOUT_A_HOOK = "LAND = Sector(code='land', title='Đất đai')"
DECLARING = """
LAND = {sector}

@hookimpl
def declare_sector():
    return LAND
"""
TWICE = """
@hookimpl(specname="declare_sector")
def declare_land():
    return Sector(code="land", title="Đất đai")

@hookimpl(specname="declare_sector")
def declare_plots():
    return Sector(code="plots", title="Thửa đất")
"""
TABLE = """
class Plot(Record):
    __tablename__ = "{table}"
    {access}
    id: Mapped[int] = mapped_column(primary_key=True)
"""
DIRECTORY = "__access__ = Access(DataClass.DIRECTORY)"
INDICATOR = (
    "Indicator(code={code!r}, name='Thửa đất', name_en='Plots', kind=IndicatorKind.COUNT, "
    "numerator='Thửa đất', definition='Số thửa đất.')"
)
IMPORTS = """
from sqlalchemy.orm import Mapped, mapped_column
from dean06_core.access import Access, DataClass
from dean06_core.hookspecs import hookimpl
from dean06_core.indicators import Indicator, IndicatorKind
from dean06_core.records import Record
from dean06_core.sectors import Sector
"""


def declaring(sector: str = "Sector(code='land', title='Đất đai')", before: str = "") -> str:
    return before + DECLARING.format(sector=sector)


def with_indicator(code: str) -> str:
    return declaring(f"Sector(code='land', title='Đất đai', indicators=({INDICATOR.format(code=code)},))")


def with_table(table: str, access: str = DIRECTORY, migrations: str | None = "land.migrations") -> str:
    return declaring(
        f"Sector(code='land', title='Đất đai', tables=(Plot,), migrations={migrations!r})",
        TABLE.format(table=table, access=access),
    )


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    """Writes the module of a plugin and gives the entry point that names it."""
    monkeypatch.syspath_prepend(tmp_path)
    modules, tables = set(sys.modules), set(Record.metadata.tables)

    def write(name: str, source: str) -> EntryPoint:
        module = f"{tmp_path.name}_{name}"
        (tmp_path / f"{module}.py").write_text(IMPORTS + source)
        return EntryPoint(name=name, value=module, group=plugins.GROUP)

    yield write
    for module in set(sys.modules) - modules:
        del sys.modules[module]
    for table in set(Record.metadata.tables) - tables:
        Record.metadata.remove(Record.metadata.tables[table])


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        pytest.param("raise RuntimeError('no licence')", "RuntimeError: no licence", id="fails to import"),
        pytest.param(
            "import dean06_nowhere", "ModuleNotFoundError: No module named 'dean06_nowhere'", id="misses a dependency"
        ),
        pytest.param(WITHOUT_A_HOOK, "has to declare one Sector", id="declares nothing"),
        pytest.param(declaring("None"), "has to declare one Sector", id="declares None"),
        pytest.param(declaring("'land'"), "it declared ['land']", id="declares something else"),
        pytest.param(TWICE, "has to declare one Sector", id="declares two"),
        pytest.param(
            declaring().replace("declare_sector", "declare_sectors"), "unknown hook 'declare_sectors'", id="mistypes"
        ),
        pytest.param(
            declaring("Sector(code='land', title='Đất đai', sdk=(1, 99))"),
            "StartUpError: Sector 'land' needs SDK 1.99; this is SDK 1.0. Upgrade dean06-core.",
            id="needs a newer SDK",
        ),
        pytest.param(
            declaring("Sector(code='land', title='Đất đai', sdk=(0, 9))"),
            "StartUpError: Sector 'land' needs SDK 0.9; this is SDK 1.0. Install a newer release of the plugin.",
            id="was written for an older SDK",
        ),
        pytest.param(
            declaring("Sector(code='local', title='Đất đai')"), "Sector code 'local' cannot be used", id="reserved code"
        ),
        pytest.param(
            with_indicator("tax.plots"),
            "StartUpError: Sector 'land' declares indicator 'tax.plots'. Prefix the code with its sector, "
            "for example 'land.plots'.",
            id="has an unprefixed code",
        ),
        pytest.param(
            with_table("plot"),
            "StartUpError: Sector 'land' has a table 'plot'. Prefix its name with the sector: 'land_plot'.",
            id="has an unprefixed table",
        ),
        pytest.param(
            with_table("land_unmigrated", migrations=None), "has tables but no migrations", id="has no migrations"
        ),
    ],
)
def test_a_broken_plugin_is_left_out_with_its_reason_and_the_others_serve_on(
    installed: Install, source: str, reason: str
) -> None:
    tax = installed("tax", declaring("Sector(code='tax', title='Thuế')"))
    found = plugins.discover([installed("land", source), tax])
    assert found.sectors == (Sector(code="tax", title="Thuế"),)
    [land] = found.broken
    assert (land.name, land.sector) == ("land", None)
    assert reason in (land.broken or "")


@pytest.mark.parametrize(
    ("source", "message"),
    [
        pytest.param(
            with_table("land_undeclared", access=""), "does not say who may see its rows", id="without a declaration"
        ),
        pytest.param(
            with_table("land_misdeclared", access="__access__ = Access(DataClass.RECORD, unit='unit_key')"),
            "declares access through its column 'unit_key', which it does not have",
            id="declared by a column that is not there",
        ),
        pytest.param(
            with_table("land_unlisted").replace("tables=(Plot,), ", ""),
            "Plugin 'land' maps table 'land_unlisted', which its sector does not list. Add Plot to Sector(tables=...).",
            id="not listed by its sector",
        ),
    ],
)
def test_a_table_outside_the_walls_stops_start_up_whatever_else_is_installed(
    installed: Install, source: str, message: str
) -> None:
    tax = installed("tax", declaring("Sector(code='tax', title='Thuế')"))
    with pytest.raises(UndeclaredTable, match=re.escape(message)):
        plugins.discover([installed("land", source), tax])
    assert plugins.discover([tax]).broken == ()


@pytest.mark.parametrize(
    "source",
    [
        pytest.param(declaring(), id="a bare sector"),
        pytest.param(declaring("Sector(code='land', title='Đất đai', sdk=(1, 0))"), id="written for this SDK"),
        pytest.param(with_indicator("land.plots"), id="a prefixed code"),
        pytest.param(with_table("land_plot"), id="a declared and prefixed table with migrations"),
    ],
)
def test_a_sound_plugin_serves(installed: Install, source: str) -> None:
    found = plugins.discover([installed("land", source)])
    assert found.broken == ()
    assert [sector.code for sector in found.sectors] == ["land"]


def test_plugins_are_told_by_name_whatever_the_order_of_installation(installed: Install) -> None:
    tax = installed("tax", declaring("Sector(code='tax', title='Thuế')"))
    assert [plugin.name for plugin in plugins.discover([tax, installed("land", declaring())]).plugins] == [
        "land",
        "tax",
    ]


def test_a_plugin_can_be_left_out_later(installed: Install) -> None:
    land = installed("land", declaring())
    found = plugins.discover([land, installed("tax", declaring("Sector(code='tax', title='Thuế')"))])
    later = found.without("land", "its root field clashes")
    assert later.broken == (Plugin("land", land.value, "?", broken="its root field clashes"),)
    assert [sector.code for sector in later.sectors] == ["tax"]


def test_two_owners_of_an_indicator_stop_start_up_naming_both(installed: Install) -> None:
    """Its code begins with its sector, so two owners of an indicator are two owners of a sector."""
    land, copy = installed("land", with_indicator("land.plots")), installed("land_copy", with_indicator("land.plots"))
    with pytest.raises(StartUpError) as refused:
        plugins.discover([land, copy])
    assert str(refused.value) == (
        "Sector 'land' is declared by both 'land' and 'land_copy'. Prefix the code with its sector, "
        "or uninstall one of the two plugins."
    )


def test_two_owners_that_are_called_the_same_are_told_apart_by_what_was_installed(installed: Install) -> None:
    land, copy = installed("land", declaring()), installed("land_copy", declaring())
    same_name = EntryPoint("land", copy.value, copy.group)
    with pytest.raises(StartUpError) as refused:
        plugins.discover([land, same_name])
    assert str(refused.value) == (
        f"Sector 'land' is declared by both '{land.value}' and '{copy.value}'. Prefix the code with its sector, "
        "or uninstall one of the two plugins."
    )


def test_two_owners_of_a_table_stop_start_up_naming_both(installed: Install) -> None:
    """A sector 'land' may call a table 'land_use_plot', and so may a sector 'land_use'."""
    land = installed("land", with_table("land_use_plot"))
    borrowing = f"from {land.value} import Plot\n" + declaring(
        "Sector(code='land_use', title='Sử dụng đất', tables=(Plot,), migrations='land_use.migrations')"
    )
    with pytest.raises(StartUpError, match="Table 'land_use_plot' is declared by both 'land' and 'land_use'"):
        plugins.discover([land, installed("land_use", borrowing)])


def test_sectors_whose_names_begin_alike_serve_side_by_side(installed: Install) -> None:
    land = installed("land", with_table("land_plot"))
    land_use = installed("land_use", declaring("Sector(code='land_use', title='Sử dụng đất')"))
    assert [sector.root_field for sector in plugins.discover([land, land_use]).sectors] == ["land", "landUse"]
