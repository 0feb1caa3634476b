"""Settings come from the environment and nowhere else; what cannot be meant is refused with the variable's name."""

from __future__ import annotations

import pytest

from dean06_core.database import Address
from dean06_core.errors import StartUpError
from dean06_server.settings import Settings


def test_an_empty_environment_gives_the_demo_address() -> None:
    settings = Settings.read({})
    assert settings == Settings(database=Address("sqlite:///var/dean06.db"), host="127.0.0.1", port=8000)
    assert settings.address == "http://localhost:8000"


def test_an_empty_variable_counts_as_not_set() -> None:
    assert Settings.read({"DEAN06_PORT": "", "DEAN06_HOST": "", "DEAN06_DATABASE_URL": ""}) == Settings.read({})


@pytest.mark.parametrize(
    ("host", "address"),
    [
        pytest.param("0.0.0.0", "http://localhost:9000", id="every interface"),  # noqa: S104  text, not bound to
        pytest.param("10.0.0.7", "http://10.0.0.7:9000", id="one interface"),
        pytest.param("fd00::7", "http://[fd00::7]:9000", id="IPv6"),
    ],
)
def test_the_address_is_one_that_a_browser_here_can_open(host: str, address: str) -> None:
    assert Settings.read({"DEAN06_HOST": host, "DEAN06_PORT": "9000"}).address == address


@pytest.mark.parametrize("url", ["sqlite:////srv/dean06.db", "sqlite+aiosqlite:///var/other.db"])
def test_a_url_with_or_without_its_driver_is_taken(url: str) -> None:
    assert Settings.read({"DEAN06_DATABASE_URL": url}).database == Address(url)


def test_a_server_is_opened_with_a_login_for_services_for_callers_and_for_the_owner() -> None:
    logins = {"": "postgresql://services@h/d", "CALLERS_": "postgresql://callers@h/d", "OWNER_": "postgresql://o@h/d"}
    read = Settings.read({f"DEAN06_DATABASE_{whose}URL": url for whose, url in logins.items()})
    assert read.database == Address(*logins.values())


def test_a_server_without_a_login_of_the_callers_is_refused_and_the_variable_named() -> None:
    with pytest.raises(StartUpError, match="Set DEAN06_DATABASE_CALLERS_URL"):
        Settings.read({"DEAN06_DATABASE_URL": "postgresql://services@h/d"})


@pytest.mark.parametrize("port", ["0", "65536", "-1", "80a", "8000.0", "٨٠"])
def test_a_port_that_is_none_is_refused(port: str) -> None:
    with pytest.raises(StartUpError, match=f"DEAN06_PORT is '{port}'. Set it to a number from 1 to 65535."):
        Settings.read({"DEAN06_PORT": port})


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("dean06.db", id="a bare path"),
        pytest.param("sqlite://", id="no file"),
        pytest.param("sqlite:///:memory:", id="memory"),
        pytest.param("mysql://h/d", id="another kind"),
    ],
)
def test_a_database_that_cannot_be_opened_is_refused(url: str) -> None:
    with pytest.raises(StartUpError, match=r"DEAN06_DATABASE_URL cannot be used\..*it has to name a file"):
        Settings.read({"DEAN06_DATABASE_URL": url})


def test_a_password_in_a_refused_url_is_not_repeated() -> None:
    with pytest.raises(StartUpError) as refused:
        Settings.read({"DEAN06_DATABASE_URL": "mysql://root:bimat@h/d"})
    assert "bimat" not in str(refused.value)
