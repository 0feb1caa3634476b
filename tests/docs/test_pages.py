"""What can be called, set or asked stands on a page; a page names nothing that is not there."""

from __future__ import annotations

import inspect
import re
import sys
from pathlib import Path

import pluggy
import pytest

from dean06_core import hookspecs, imports
from dean06_core.records import table_of
from dean06_server import cli, provider_settings, settings
from dean06_server.installation import Installation

ROOT = Path(__file__).parents[2]
HOOKS = (ROOT / "docs/hooks.md").read_text(encoding="utf-8")
COMMANDS = (ROOT / "docs/commands.md").read_text(encoding="utf-8")
IMPORTS = (ROOT / "docs/imports.md").read_text(encoding="utf-8")
ADRS = sorted((ROOT / "docs/adr").glob("*.md"))


def hooks() -> set[str]:
    manager = pluggy.PluginManager(hookspecs.PROJECT)
    manager.add_hookspecs(sys.modules[hookspecs.__name__])
    return set(vars(manager.hook)) - {"_plugin_manager"}


def test_every_hook_has_its_heading_and_every_heading_is_a_hook() -> None:
    assert set(re.findall(r"^## (\w+)$", HOOKS, re.MULTILINE)) == hooks()


def test_every_command_is_on_the_page_and_every_command_on_the_page_is_there() -> None:
    written = {line.split()[0] for line in re.findall(r"^\| `dean06 ([^`]+)`", COMMANDS, re.MULTILINE)}
    assert written == set(cli.main.commands)


def test_every_setting_is_on_the_page_and_every_setting_on_the_page_is_read() -> None:
    sources = inspect.getsource(settings) + inspect.getsource(provider_settings)
    read = set(re.findall(r"DEAN06_[A-Z_]+", sources))
    assert set(re.findall(r"DEAN06_[A-Z_]+", COMMANDS)) == read


def test_every_noun_that_can_be_loaded_is_on_the_page_with_its_columns() -> None:
    rows = dict(re.findall(r"^\| (\w+) \| (.+) \|$", IMPORTS, re.MULTILINE))
    assert set(rows) - {"noun"} == set(imports.NOUNS)
    for noun in imports.NOUNS:
        source = (Path(imports.__file__).parent / f"{noun}.py").read_text(encoding="utf-8")
        read = set(re.findall(r"""row\.(?:need|get|objects)\(\s*"(\w+)""", source))
        assert read <= set(re.findall(r"\w+", rows[noun])), noun


def test_every_kind_of_record_is_on_the_page_with_its_columns() -> None:
    told = dict(re.findall(r"^\| (\w+\.\w+) \| [\w, ]+ \| (.+) \|$", IMPORTS, re.MULTILINE))
    sectors = Installation.found().sectors
    assert set(told) == {f"{sector.code}.{name}" for sector in sectors for name in sector.records}
    for sector in sectors:
        for name, declared in sector.records.items():
            columns = {*table_of(declared.record).columns.keys(), "unit", *declared.checked} - {"id", "unit_key"}
            listed = re.sub(r"\(.*?\)", "", told[f"{sector.code}.{name}"])
            assert set(re.findall(r"\w+", listed)) == columns, name


@pytest.mark.parametrize("adr", ADRS, ids=lambda path: path.stem)
def test_a_decision_is_short_and_says_how_we_would_notice_that_it_was_wrong(adr: Path) -> None:
    text = adr.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 40
    for part in ("Status: ", "## Context", "## Decision", "## Consequences", "## How we would notice"):
        assert part in text
