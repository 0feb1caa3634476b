"""A command does its work and says so, or says in a sentence why not; the status tells which."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from asyncio import to_thread
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result

from dean06_core.backends.sqlite import sqlite_path
from dean06_core.database import Address, backend_of
from dean06_core.imports import NOUNS
from dean06_core.testing.places import Template, template
from dean06_server.cli import main
from dean06_server.demo import DATA
from tests.server.conftest import Demonstration, tell

COMMAND = Path(sys.executable).with_name("dean06")


@pytest.fixture
def told(nowhere: Address, monkeypatch: pytest.MonkeyPatch) -> Address:
    """Where the database of the command is to be; nothing is there yet."""
    tell(monkeypatch, nowhere)
    return nowhere


@pytest.fixture(scope="module")
def with_tables() -> Template:
    return _made_by(("migrate",))


@pytest.fixture
def migrated(with_tables: Template, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Address]:
    """A database of the command's that was migrated."""
    with with_tables.copied(tmp_path) as address:
        tell(monkeypatch, address)
        yield address


@pytest.fixture
def path(told: Address) -> Path:
    return sqlite_path(sa.make_url(told.url))


def run(*arguments: str, input: str | None = None) -> Result:  # noqa: A002  click's own word
    return CliRunner().invoke(main, arguments, input=input)


@contextmanager
def opened(address: Address) -> Iterator[sa.Connection]:
    """The database as its owner opens it."""
    engine = sa.create_engine(address.owner or address.url)
    with engine.begin() as connection:
        yield connection
    engine.dispose()


def count(address: Address, table: str) -> int:
    with opened(address) as connection:
        return connection.scalar(sa.text(f"select count(*) from {table}")) or 0


# the command itself


def test_the_installed_command_answers() -> None:
    answered = subprocess.run([COMMAND, "--version"], capture_output=True, text=True, check=True)  # noqa: S603  our own command
    assert answered.stdout == f"dean06, version {version('dean06-server')}\n"


def test_what_is_called_in_a_wrong_way_ends_with_2() -> None:
    assert run("no-such-command").exit_code == 2
    assert run("import", "births", "x.json").exit_code == 2


def test_a_setting_that_cannot_be_meant_ends_with_1_and_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEAN06_PORT", "http")
    refused = run("serve")
    assert (refused.exit_code, refused.output) == (
        1,
        "Error: DEAN06_PORT is 'http'. Set it to a number from 1 to 65535.\n",
    )


# the database


def test_migrating_says_what_it_did_and_again_that_nothing_is_left(told: Address) -> None:
    first = run("migrate")
    assert first.exit_code == 0
    assert first.output.startswith("core: core_0001 ")
    assert count(told, "indicator") > 0
    again = run("migrate")
    assert (again.exit_code, again.output) == (0, f"{backend_of(told, {}).name} is at the newest revisions.\n")


@pytest.mark.parametrize(
    "arguments", [("serve",), ("account", "token", "health"), ("schema", "--as", "health")], ids=lambda it: it[0]
)
@pytest.mark.usefixtures("told")
def test_a_database_that_was_not_migrated_is_used_for_nothing(arguments: tuple[str, ...]) -> None:
    refused = run(*arguments)
    assert refused.exit_code == 1
    assert "run: dean06 migrate." in refused.output
    assert "Traceback" not in refused.output


@pytest.mark.sqlite
def test_a_file_that_is_no_database_is_told_in_a_sentence(path: Path) -> None:
    path.write_text("Không phải cơ sở dữ liệu. " * 100)
    for command in ("serve", "migrate", "doctor"):
        refused = run(command)
        assert refused.exit_code == 1, command
        assert "file is not a database" in refused.output
        assert isinstance(refused.exception, SystemExit), command


@pytest.mark.usefixtures("migrated")
def test_the_doctor_finds_nothing_wrong_with_what_was_migrated() -> None:
    examined = run("doctor")
    assert examined.exit_code == 0
    assert {line.split()[0] for line in examined.output.splitlines()} == {"ok", "rule", "note", "watch"}


@pytest.mark.usefixtures("migrated")
def test_the_doctor_tells_what_shared_use_is_held_against(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "shared-use.toml"
    file.write_text('replacements = 5\nholidays = [2026-09-02]\n[tops]\nvolume = "LOG"\n')
    monkeypatch.setenv("DEAN06_SHARED_USE", str(file))
    watched = [line.removeprefix("watch   ") for line in run("doctor").output.splitlines() if line.startswith("watch")]
    assert "replacements 5, instead of 4 (our own, held against the recorded days of tests/auth/shared_use)" in watched
    assert "volume climbs to LOG, instead of STEP_UP" in watched
    assert "hours 06:00-20:00, busy days 23:00, on days 0, 1, 2, 3, 4 (0: Monday)" in watched
    assert watched[-1] == "hours of their own at 0 units, 1 holidays"
    file.write_text("replacements = 0")
    examined = run("doctor")
    assert (examined.exit_code, "broken  shared use: 'replacements'" in examined.output) == (1, True)


@pytest.mark.sqlite
def test_the_doctor_names_what_is_missing(path: Path) -> None:
    examined = run("doctor")
    assert examined.exit_code == 1
    assert f"broken  database {path} does not exist: dean06 migrate" in examined.output.splitlines()
    assert not path.exists()


def test_the_doctor_tells_of_tables_whose_plugin_is_gone(told: Address) -> None:
    with opened(told) as connection:
        connection.execute(sa.text("create table alembic_version_land (version_num text primary key)"))
        connection.execute(sa.text("insert into alembic_version_land values ('land_0003')"))
    run("migrate")
    examined = run("doctor")
    assert examined.exit_code == 0
    assert "note    land is not installed; its tables at land_0003 are kept" in examined.output.splitlines()


# plugins and the schema


def test_the_plugins_are_listed() -> None:
    listed = run("plugins")
    assert listed.exit_code == 0
    assert [line.split()[0] for line in listed.output.splitlines()] == [
        "health",
        "identity",
        "justice",
        "public_services",
        "social_insurance",
        "tax",
    ]
    assert "health (dean06-health 0.1.0): active, " in listed.output


@pytest.mark.sqlite
def test_the_whole_schema_needs_no_database(path: Path) -> None:
    printed = run("schema")
    assert printed.exit_code == 0
    assert "type Query {" in printed.output
    assert not path.exists()


# imports


@pytest.mark.usefixtures("migrated")
def test_a_file_is_imported_and_again_left_as_it_is() -> None:
    first = run("import", "units", str(DATA / "units.json"))
    assert (first.exit_code, first.output) == (
        0,
        "units đã ghi: 324 dòng mới, 0 dòng thay đổi, 0 dòng giữ nguyên\n",
    )
    again = run("import", "units", str(DATA / "units.json"))
    assert again.output == "units đã ghi: 0 dòng mới, 0 dòng thay đổi, 324 dòng giữ nguyên\n"


def test_a_dry_run_writes_nothing(migrated: Address) -> None:
    tried = run("import", "units", str(DATA / "units.json"), "--dry-run")
    assert (tried.exit_code, tried.output) == (
        0,
        "units sẽ được ghi: 324 dòng mới, 0 dòng thay đổi, 0 dòng giữ nguyên\n",
    )
    assert count(migrated, "unit") == 0


def test_one_wrong_row_keeps_all_of_them_out_and_is_named(migrated: Address, tmp_path: Path) -> None:
    units = json.loads((DATA / "units.json").read_text(encoding="utf-8"))
    units[2]["level"] = "HAMLET"
    file = tmp_path / "units.json"
    file.write_text(json.dumps(units), encoding="utf-8")
    refused = run("import", "units", str(file))
    assert refused.exit_code == 1
    assert "units.json: không ghi dòng nào" in refused.stderr
    assert all(word in refused.stderr for word in ("3", "level", "CHOICE_UNKNOWN"))
    assert count(migrated, "unit") == 0


@pytest.mark.usefixtures("migrated")
def test_a_file_that_cannot_be_read_is_refused_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "units.json"
    file.write_text('[\n{"code": }\n]', encoding="utf-8")
    refused = run("import", "units", str(file))
    assert refused.exit_code == 1
    assert refused.output.startswith("Error: Tệp “units.json” bị lỗi ở dòng 2, cột 10")


def test_every_noun_can_be_imported() -> None:
    assert {file.stem for file in DATA.glob("*.json")} == set(NOUNS)


# records of a sector


TAXPAYERS = [
    {"ref": f"DS-{number}", "phase": 2, "unit": "18823", "listed_on": "2025-07-01", "matched_on": matched}
    for number, matched in enumerate(["2025-07-20", "2025-07-21", None])
]


def write(folder: Path, rows: list[dict[str, Any]]) -> str:
    file = folder / "taxpayers.json"
    file.write_text(json.dumps(rows), encoding="utf-8")
    return str(file)


@pytest.fixture(scope="module")
def with_units() -> Template:
    """A database with the units of the demonstration, made once and copied for each test."""
    return _made_by(("migrate",), ("import", "units", str(DATA / "units.json")))


def _made_by(*commands: tuple[str, ...]) -> Template:
    async def fill(address: Address) -> None:
        with pytest.MonkeyPatch.context() as patched:
            tell(patched, address)
            for command in commands:
                await to_thread(run, *command)

    return asyncio.run(template(fill))


@pytest.fixture
def province(with_units: Template, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Address]:
    with with_units.copied(tmp_path) as address:
        tell(monkeypatch, address)
        yield address


def matched_in_july(address: Address) -> list[tuple[Any, ...]]:
    """The official figures of July: whose, numerator, denominator."""
    asked = (
        "select unit_code.code, numerator, denominator from observation "
        "join indicator on indicator.key = indicator_key join unit_code using (unit_key) "
        "where indicator.code = 'tax.tax_code_match_rate' and period = '2025-07' and official "
        "and unit_code.scheme = 'NSO' and unit_code.valid_to is null"
    )
    with opened(address) as connection:
        return [tuple(row) for row in connection.execute(sa.text(asked))]


def test_records_are_loaded_and_the_figures_follow(province: Address, tmp_path: Path) -> None:
    loaded = run("import", "tax.taxpayers", write(tmp_path, TAXPAYERS))
    assert loaded.exit_code == 0, loaded.output
    assert loaded.output.startswith("tax.taxpayers đã ghi: 3 dòng mới, 0 dòng thay đổi, 0 dòng giữ nguyên\n")
    assert "tax.tax_code_match_rate: " in loaded.output
    assert matched_in_july(province) == [("18823", 2, 3)]


def test_loaded_again_nothing_is_new_and_nothing_is_computed(province: Address, tmp_path: Path) -> None:
    file = write(tmp_path, TAXPAYERS)
    run("import", "tax.taxpayers", file)
    assert run("import", "tax.taxpayers", file).output == (
        "tax.taxpayers đã ghi: 0 dòng mới, 0 dòng thay đổi, 3 dòng giữ nguyên\n"
    )


def test_a_changed_record_changes_the_figures_of_its_months(province: Address, tmp_path: Path) -> None:
    run("import", "tax.taxpayers", write(tmp_path, TAXPAYERS))
    changed = [*TAXPAYERS[:2], {**TAXPAYERS[2], "matched_on": "2025-07-31"}]
    assert run("import", "tax.taxpayers", write(tmp_path, changed)).exit_code == 0
    assert matched_in_july(province) == [("18823", 3, 3)]


def test_records_that_move_to_another_commune_take_the_figure_along(province: Address, tmp_path: Path) -> None:
    run("import", "tax.taxpayers", write(tmp_path, TAXPAYERS))
    moved = [{**row, "unit": "18844"} for row in TAXPAYERS]
    assert run("import", "tax.taxpayers", write(tmp_path, moved)).exit_code == 0
    assert matched_in_july(province) == [("18844", 2, 3)]


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        pytest.param({"unit": "99999"}, "unit", "UNIT_UNKNOWN", id="of no unit"),
        pytest.param({"unit": "18094"}, "unit", "UNIT_ENDED", id="of an abolished commune"),
        pytest.param({"phase": 3}, "phase", "PHASE_UNKNOWN", id="of no phase"),
        pytest.param({"ref": "042185001234"}, "ref", "REF_OF_A_PERSON", id="told by a person's number"),
        pytest.param({"ref": "DS-1"}, "ref", "RECORD_TWICE", id="twice in the file"),
        pytest.param({"matched_on": "2025-06-30"}, "matched_on", "DAYS_OUT_OF_ORDER", id="done before it began"),
    ],
)
def test_a_wrong_record_keeps_all_of_them_out(
    province: Address, tmp_path: Path, change: dict[str, Any], field: str, code: str
) -> None:
    refused = run("import", "tax.taxpayers", write(tmp_path, [*TAXPAYERS[:2], {**TAXPAYERS[2], **change}]))
    assert refused.exit_code == 1
    assert field in refused.stderr
    assert code in refused.stderr
    assert count(province, "tax_taxpayer") == 0


def test_figures_of_any_other_period_are_computed_on_request(province: Address, tmp_path: Path) -> None:
    run("import", "tax.taxpayers", write(tmp_path, TAXPAYERS))
    computed = run("compute", "tax", "--period", "2025-W30", "--period", "2025-W29")
    assert (computed.exit_code, computed.output.splitlines()[0]) == (
        0,
        "tax.tax_code_match_rate: 2 số liệu mới, 0 thay đổi, 0 giữ nguyên",
    )
    assert "2 giữ nguyên" in run("compute", "tax", "--period", "2025-W30", "--period", "2025-W29").output
    assert run("compute", "tax", "--period", "2025-W60").output.startswith("Error: Kỳ “2025-W60” không hợp lệ")
    assert run("compute", "weather").output.startswith("Error: Chưa cài lĩnh vực “weather”")


# indicators that no sector owns


@pytest.mark.usefixtures("demonstrated")
def test_a_second_person_confirms_an_indicator_with_his_own_password(
    demonstration: Demonstration, tmp_path: Path
) -> None:
    def sign(login: str, *arguments: str, typed: str = demonstration.made.password) -> Result:
        return run(*arguments, "--by", login, input=f"{typed}\n")

    rows = json.loads((DATA / "indicators.json").read_text(encoding="utf-8"))[:1]
    code = rows[0]["code"] = "local.new_rate"
    file = tmp_path / "indicators.json"
    file.write_text(json.dumps(rows), encoding="utf-8")
    bring, confirm = ("import", "indicators", str(file)), ("indicator", "confirm", code)
    assert "Hãy ghi tài khoản của người nhập (--by)" in run(*bring).output
    assert "không phải tài khoản" in sign("health", *bring).output
    assert "Không đăng nhập được" in sign("secretariat", *bring, typed="khong-phai-mat-khau").output
    assert sign("secretariat", *bring).exit_code == 0
    assert run("indicator", "list").output.startswith(f"{code}: ")
    for login in ("secretariat", "SECRETARIAT"):
        own = sign(login, *confirm)
        assert (own.exit_code, "Hãy để người thứ hai xác nhận" in own.output) == (1, True)
    borrowed = sign("secretariat.2", *confirm, typed="khong-phai-mat-khau")
    assert (borrowed.exit_code, "Không đăng nhập được" in borrowed.output) == (1, True)
    confirmed = sign("secretariat.2", *confirm)
    assert (confirmed.exit_code, confirmed.stdout) == (0, f"Đã xác nhận 1 chỉ tiêu: {code}\n")
    assert run("indicator", "list").output == "Không có chỉ tiêu nào chờ xác nhận\n"
