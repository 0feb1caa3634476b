"""Where a request comes from, as far as signing in has to know it."""

from __future__ import annotations

import ipaddress
import re
from functools import lru_cache
from typing import Final

from starlette.requests import Request

from dean06_auth.profile import DeviceKind
from dean06_auth.sessions import LONGEST_DEVICE, Origin

_MOBILE: Final = re.compile(r"Mobi|Android|iPhone|iPad", re.IGNORECASE)
_UNKNOWN: Final = "Không rõ"
_NETWORK: Final = 64
"""Bits of an IPv6 address that one household or office has to itself."""
_REMEMBERED: Final = 10_000


def origin_of(request: Request) -> Origin:
    """The address of the peer, and what it says of its device: a header, which anybody can write.

    Behind a proxy the peer is the proxy, unless the server that runs the
    application is told whose X-Forwarded-For to believe (uvicorn: FORWARDED_ALLOW_IPS).
    """
    said = "".join(each for each in request.headers.get("user-agent", "") if each.isprintable())[:LONGEST_DEVICE]
    return Origin(
        _source(request.client.host if request.client else ""),
        said or _UNKNOWN,
        DeviceKind.MOBILE if _MOBILE.search(said) else DeviceKind.DESKTOP,
    )


@lru_cache(maxsize=_REMEMBERED)
def _source(host: str) -> str:
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return host[:LONGEST_DEVICE]
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((int(address), _NETWORK), strict=False))
    return str(address)
