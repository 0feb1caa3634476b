"""What the person who runs the server decides about signing in through an identity provider, read as settings are."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from dean06_core.errors import StartUpError

SUBJECT: Final = "sub"
LABEL: Final = "hệ thống định danh của tỉnh"

_NEEDED: Final = {
    "DEAN06_PROVIDER_ISSUER": "the provider's address, as its own configuration names it",
    "DEAN06_PROVIDER_CLIENT_ID": "the id that the provider gave this server",
    "DEAN06_PROVIDER_CLIENT_SECRET": "the file with the secret that the provider gave this server, mode 0600",
    "DEAN06_PROVIDER_FRONTENDS": "the addresses of the pages to which people come back, apart by blanks",
}
_OPTIONAL: Final = ("DEAN06_PROVIDER_CLAIM", "DEAN06_PROVIDER_LABEL", "DEAN06_PROVIDER_SECOND_FACTORS")


@dataclass(frozen=True, slots=True)
class ProviderSettings:
    """``origin`` is this server's own as browsers write it; ``client_secret`` a file.

    ``claim`` holds the citizen number. ``frontends`` are whole addresses without a
    fragment, the first one where nobody says which. ``second_factors`` are the
    values of ``acr`` or ``amr`` for which the provider has seen two factors.
    """

    origin: str
    issuer: str
    client_id: str
    client_secret: Path
    frontends: tuple[str, ...]
    claim: str = SUBJECT
    label: str = LABEL
    second_factors: frozenset[str] = frozenset()

    @staticmethod
    def read(environment: Mapping[str, str]) -> ProviderSettings | None:
        """None without any of them; StartUpError where some are set and others missing, or one cannot be meant."""
        given = {name: environment.get(name, "").strip() for name in (*_NEEDED, *_OPTIONAL)}
        there = [name for name, value in given.items() if value]
        if not there:
            return None
        for name, meaning in _NEEDED.items():
            if not given[name]:
                raise _missing(name, meaning, there)
        origin = origin_of(environment)
        if origin is None:
            raise _missing("DEAN06_ORIGIN", "this server's own address, such as https://dean06.example", there)
        if not environment.get("DEAN06_PEOPLE_KEY"):
            raise _missing("DEAN06_PEOPLE_KEY", "the file with the key by which people are known, mode 0600", there)
        frontends = given["DEAN06_PROVIDER_FRONTENDS"].split()
        return ProviderSettings(
            origin=origin,
            issuer=_address("DEAN06_PROVIDER_ISSUER", given["DEAN06_PROVIDER_ISSUER"]),
            client_id=given["DEAN06_PROVIDER_CLIENT_ID"],
            client_secret=Path(given["DEAN06_PROVIDER_CLIENT_SECRET"]),
            frontends=tuple(_address("DEAN06_PROVIDER_FRONTENDS", each) for each in frontends),
            claim=given["DEAN06_PROVIDER_CLAIM"] or SUBJECT,
            label=given["DEAN06_PROVIDER_LABEL"] or LABEL,
            second_factors=frozenset(given["DEAN06_PROVIDER_SECOND_FACTORS"].split()),
        )


def origin_of(environment: Mapping[str, str]) -> str | None:
    """The server's own origin, never taken from a request: ``https://HOST`` without a path."""
    written = environment.get("DEAN06_ORIGIN", "").strip().rstrip("/")
    if not written:
        return None
    if urlsplit(_address("DEAN06_ORIGIN", written)).path:
        raise StartUpError(f"DEAN06_ORIGIN is '{written}'. Write it without a path, such as https://dean06.example.")
    return written


def origin_in(address: str) -> tuple[str, str, int | None]:
    """Scheme, host and port; two addresses of one origin have the same."""
    parts = urlsplit(address)
    port = parts.port if parts.port is not None else {"https": 443, "http": 80}.get(parts.scheme)
    return parts.scheme, (parts.hostname or "").lower(), port


def _address(variable: str, written: str) -> str:
    """HTTPS, or plain HTTP on this very machine; no fragment, no user."""
    try:
        parts = urlsplit(written)
        scheme, host, _ = origin_in(written)
    except ValueError:
        scheme = host = ""
    if not host or parts.fragment or parts.username or scheme not in {"http", "https"}:
        raise StartUpError(f"{variable} has '{written}'. Write a whole address, such as https://dean06.example.")
    if scheme == "http" and not _is_here(host):
        raise StartUpError(f"{variable} has '{written}', which anybody on the way can read. Write it with https.")
    return written


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _missing(variable: str, meaning: str, there: Sequence[str]) -> StartUpError:
    return StartUpError(
        f"Signing in through a provider needs {variable}, {meaning}. Set it, or unset {', '.join(there)}. "
        "docs/sign-in-provider.md says how it is set up."
    )
