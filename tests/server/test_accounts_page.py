"""docs/accounts.md is followed by whoever begins with nothing, as it is written."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from passlib.totp import TOTP

from dean06_core.database import Address
from dean06_server import clock
from dean06_server.cli import main
from dean06_server.installation import Installation
from tests.server.conftest import tell
from tests.server.typists import typing_in, watch_keys

pytestmark = pytest.mark.usefixtures("secrets_key")

PAGE = (Path(__file__).parents[2] / "docs/accounts.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^dean06 (.+)$", PAGE, re.MULTILINE)
NOW = datetime(2026, 11, 2, 3, tzinfo=UTC)
FIRST, OWN = "mat-khau-dau-tien", "Ruộng-bậc-thang-7"
ID = r"[0-9a-f]{8}-[0-9a-f-]{27}"
UNITS = [
    {"code": "42", "name": "Tỉnh Hà Tĩnh", "level": "PROVINCE", "tier": "PROVINCIAL", "valid_from": "1991-08-12"},
    {
        "code": "18823",
        "name": "Phường Vũng Áng",
        "level": "COMMUNE",
        "tier": "COMMUNE",
        "parent": "42",
        "valid_from": "2025-07-01",
    },
]
FIGURES = [{"indicator": "health.health_book_vneid_rate", "unit": "18823", "numerator": 7, "denominator": 10}]


class Console:
    """Runs what the page says, in a folder with its files, and types what each person knows."""

    def __init__(self, folder: Path, keys: list[str]) -> None:
        self._keys = keys
        self._passwords: dict[str, str] = {}
        self._codes: dict[str, list[str]] = {}
        self._ids: dict[str, str] = {}
        for name, rows in (("units", UNITS), ("figures", FIGURES)):
            (folder / f"{name}.json").write_text(json.dumps(rows), encoding="utf-8")

    def run(self, command: str) -> str:
        words = [self._ids.get(word, word) for word in shlex.split(command)]
        done = CliRunner().invoke(main, words, input=typing_in(self._typed(words)))
        assert done.exit_code == 0, f"{command}: {done.output}"
        match words[:3]:
            case ["account", "duty", _]:
                self._ids["DUTY"] = re.findall(rf"duty ({ID})", done.stdout)[-1]
            case ["account", "propose", _]:
                [self._ids["GRANT"]] = re.findall(ID, done.stdout)
            case ["account", "second-factor", login]:
                self._codes[login] = re.findall(r"^\S+$", done.stdout, re.MULTILINE)
        return done.stdout

    def _typed(self, words: list[str]) -> Iterator[str]:
        match words:
            case ["account", "open", login, *_]:
                self._passwords[login] = FIRST
                yield from (FIRST, FIRST)
            case ["account", "password", login]:
                before, self._passwords[login] = self._passwords[login], OWN
                yield from (before, OWN, OWN)
            case ["account", "second-factor", login]:
                yield self._passwords[login]
                yield TOTP(self._keys[-1]).generate(NOW).token
            case [*_, "--by", login]:
                yield self._passwords[login]
                if login in self._codes:
                    yield self._codes[login].pop()


@pytest.fixture
def console(installation: Installation, nowhere: Address, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Console:
    tell(monkeypatch, nowhere)
    monkeypatch.setattr(clock, "now", lambda: NOW)
    monkeypatch.setattr(Installation, "found", lambda: installation)
    monkeypatch.chdir(tmp_path)
    keys = list[str]()
    watch_keys(monkeypatch, keys)
    return Console(tmp_path, keys)


def test_whoever_follows_the_page_has_an_officer_at_work(console: Console) -> None:
    told = [console.run(command) for command in COMMANDS]
    assert told[-1] == "1 ô đã ghi, 0 ô giữ nguyên\n"


def test_who_skips_a_step_is_told_which(console: Console) -> None:
    [ordering] = (command for command in COMMANDS if command.startswith("account duty"))
    for command in COMMANDS[: COMMANDS.index(ordering)]:
        if not command.startswith(("account password", "account second-factor")):
            console.run(command)
    with pytest.raises(AssertionError, match="dean06 account password quan-tri"):
        console.run(ordering)
