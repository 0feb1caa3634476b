"""What the person who runs the server decides, read from the environment in this one place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from dean06_core.database import sqlite_path
from dean06_core.errors import StartUpError

_HERE: Final = frozenset({"127.0.0.1", "::1", "0.0.0.0", "::"})  # noqa: S104  compared with, not bound to


@dataclass(frozen=True, slots=True)
class Settings:
    """``database_url`` names a file: ``sqlite:///PATH``; a relative path starts where the command is run."""

    database_url: str
    host: str
    port: int

    @staticmethod
    def read(environment: Mapping[str, str]) -> Settings:
        """Take the ``DEAN06_`` variables that are set and not empty, and refuse what cannot be meant."""
        return Settings(
            database_url=_database_url(environment.get("DEAN06_DATABASE_URL") or "sqlite:///var/dean06.db"),
            host=environment.get("DEAN06_HOST") or "127.0.0.1",
            port=_port(environment.get("DEAN06_PORT") or "8000"),
        )

    @property
    def address(self) -> str:
        """Where a browser on this machine finds the server."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{'localhost' if self.host in _HERE else host}:{self.port}"


def _database_url(written: str) -> str:
    try:
        sqlite_path(written)
    except StartUpError as error:
        raise StartUpError(f"DEAN06_DATABASE_URL cannot be used. {error}") from error
    return written


def _port(written: str) -> int:
    if not written.isascii() or not written.isdecimal() or not 1 <= int(written) <= 65535:
        raise StartUpError(f"DEAN06_PORT is '{written}'. Set it to a number from 1 to 65535.")
    return int(written)
