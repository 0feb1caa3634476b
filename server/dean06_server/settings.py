"""What the person who runs the server decides, read from the environment in this one place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from dean06_core.database import Address, backend_of
from dean06_core.errors import StartUpError
from dean06_server.provider_settings import ProviderSettings, origin_of

_HERE: Final = frozenset({"127.0.0.1", "::1", "0.0.0.0", "::"})  # noqa: S104  compared with, not bound to


@dataclass(frozen=True, slots=True)
class Settings:
    """``database`` is a file, ``sqlite:///PATH``, as seen from where the command is run, or a server with logins."""

    database: Address
    host: str
    port: int
    profile: Path | None = None
    secrets_key: Path | None = None
    audit_key: Path | None = None
    audit_witness: Path | None = None
    shared_use: Path | None = None
    people_key: Path | None = None
    origin: str | None = None
    provider: ProviderSettings | None = None

    @staticmethod
    def read(environment: Mapping[str, str]) -> Settings:
        """Take the ``DEAN06_`` variables that are set and not empty, and refuse what cannot be meant."""
        return Settings(
            database=_address(environment),
            host=environment.get("DEAN06_HOST") or "127.0.0.1",
            port=_port(environment.get("DEAN06_PORT") or "8000"),
            profile=_file(environment, "DEAN06_PROFILE"),
            secrets_key=_file(environment, "DEAN06_SECRETS_KEY"),
            audit_key=_file(environment, "DEAN06_AUDIT_KEY"),
            audit_witness=_file(environment, "DEAN06_AUDIT_WITNESS"),
            shared_use=_file(environment, "DEAN06_SHARED_USE"),
            people_key=_file(environment, "DEAN06_PEOPLE_KEY"),
            origin=origin_of(environment),
            provider=ProviderSettings.read(environment),
        )

    @property
    def address(self) -> str:
        """Where a browser on this machine finds the server."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{'localhost' if self.host in _HERE else host}:{self.port}"


def _address(environment: Mapping[str, str]) -> Address:
    address = Address(
        environment.get("DEAN06_DATABASE_URL") or "sqlite:///var/dean06.db",
        callers=environment.get("DEAN06_DATABASE_CALLERS_URL") or None,
        owner=environment.get("DEAN06_DATABASE_OWNER_URL") or None,
    )
    try:
        backend_of(address, {})
    except StartUpError as error:
        raise StartUpError(f"DEAN06_DATABASE_URL cannot be used. {error}") from error
    return address


def _file(environment: Mapping[str, str], name: str) -> Path | None:
    written = environment.get(name)
    return Path(written) if written else None


def _port(written: str) -> int:
    if not written.isascii() or not written.isdecimal() or not 1 <= int(written) <= 65535:
        raise StartUpError(f"DEAN06_PORT is '{written}'. Set it to a number from 1 to 65535.")
    return int(written)
