"""What is missing or cannot be meant of a provider is told before the server starts, with what to do."""

from __future__ import annotations

import base64
import sys
from pathlib import Path

import pytest

from dean06_core.errors import StartUpError
from dean06_server.provider_routes import provider_door
from dean06_server.provider_settings import ProviderSettings
from dean06_server.settings import Settings

WHOLE = {
    "DEAN06_ORIGIN": "https://dean06.example/",
    "DEAN06_PEOPLE_KEY": "/etc/dean06/people.key",
    "DEAN06_PROVIDER_ISSUER": "https://sso.example/realms/tinh",
    "DEAN06_PROVIDER_CLIENT_ID": "dean06",
    "DEAN06_PROVIDER_CLIENT_SECRET": "/etc/dean06/provider.secret",
    "DEAN06_PROVIDER_FRONTENDS": "https://so-lieu.example/vao  http://localhost:5173/vao",
}


def test_nothing_is_loaded_that_authlib_takes_away_with_its_next_release() -> None:
    assert "authlib.integrations.starlette_client" in sys.modules
    assert [name for name in sys.modules if name.startswith("authlib.jose")] == []


def test_without_them_there_is_no_provider() -> None:
    assert Settings.read({}).provider is None
    assert Settings.read({"DEAN06_ORIGIN": "https://dean06.example", "DEAN06_PROVIDER_LABEL": " "}).provider is None


def test_all_of_them_are_read() -> None:
    assert Settings.read(WHOLE).provider == ProviderSettings(
        origin="https://dean06.example",
        issuer="https://sso.example/realms/tinh",
        client_id="dean06",
        client_secret=Path("/etc/dean06/provider.secret"),
        frontends=("https://so-lieu.example/vao", "http://localhost:5173/vao"),
    )
    more = {"CLAIM": "citizen_id", "LABEL": "VNeID", "SECOND_FACTORS": "3 mfa"}
    told = Settings.read({**WHOLE, **{f"DEAN06_PROVIDER_{name}": value for name, value in more.items()}}).provider
    assert told is not None
    assert (told.claim, told.label, told.second_factors) == ("citizen_id", "VNeID", frozenset({"3", "mfa"}))


@pytest.mark.parametrize("missing", WHOLE)
def test_what_is_missing_is_named(missing: str) -> None:
    with pytest.raises(StartUpError, match=f"needs {missing}, .* Set it, or unset"):
        Settings.read({name: value for name, value in WHOLE.items() if name != missing})


@pytest.mark.parametrize(
    ("name", "written", "because"),
    [
        pytest.param("PROVIDER_ISSUER", "http://sso.example", "Write it with https", id="a provider without TLS"),
        pytest.param("PROVIDER_ISSUER", "sso.example", "Write a whole address", id="no address"),
        pytest.param("PROVIDER_ISSUER", "https://sso.example:x", "Write a whole address", id="no port"),
        pytest.param("PROVIDER_FRONTENDS", "http://so-lieu.example/", "Write it with https", id="a page without TLS"),
        pytest.param("PROVIDER_FRONTENDS", "https://a.example/#b", "Write a whole address", id="a fragment"),
        pytest.param("PROVIDER_FRONTENDS", "https://a@b.example/", "Write a whole address", id="a user"),
        pytest.param("PROVIDER_FRONTENDS", "javascript:alert(1)", "Write a whole address", id="no web address"),
        pytest.param("ORIGIN", "http://dean06.example", "Write it with https", id="this server without TLS"),
        pytest.param("ORIGIN", "https://dean06.example/api", "without a path", id="an origin with a path"),
    ],
)
def test_what_cannot_be_meant_is_refused(name: str, written: str, because: str) -> None:
    with pytest.raises(StartUpError, match=f"DEAN06_{name} .*{because}"):
        Settings.read({**WHOLE, f"DEAN06_{name}": written})


def test_the_secrets_are_read_from_files_that_nobody_else_reads(tmp_path: Path) -> None:
    key, secret = tmp_path / "people.key", tmp_path / "provider.secret"
    key.write_bytes(base64.b64encode(b"k" * 32))
    secret.write_text("mot-bi-mat\n", encoding="utf-8")
    files = {"DEAN06_PEOPLE_KEY": str(key), "DEAN06_PROVIDER_CLIENT_SECRET": str(secret)}
    settings = Settings.read({**WHOLE, **files})
    assert provider_door(Settings.read({})) is None
    for path, variable in ((secret, "DEAN06_PROVIDER_CLIENT_SECRET"), (key, "DEAN06_PEOPLE_KEY")):
        path.chmod(0o640)
        with pytest.raises(StartUpError, match=f"{variable} can be read by others.* chmod 600"):
            provider_door(settings)
        path.chmod(0o600)
    door = provider_door(settings)
    assert door is not None
    assert "mot-bi-mat" not in repr(door)
    assert "kkk" not in repr(door)
    secret.write_text("", encoding="utf-8")
    with pytest.raises(StartUpError, match="DEAN06_PROVIDER_CLIENT_SECRET holds no secret"):
        provider_door(settings)
