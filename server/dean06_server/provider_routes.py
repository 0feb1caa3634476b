"""The way to the identity provider and back: two addresses, which are not there unless a provider is configured."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from dean06_auth import provider_people, provider_sign_ins
from dean06_auth.people import PersonKey
from dean06_auth.provider_sign_ins import FLOW_LASTS
from dean06_core.database import Database
from dean06_core.errors import BadInput, StartUpError
from dean06_server import provider_pages
from dean06_server.clock import Clock
from dean06_server.doors import secret_in
from dean06_server.oidc import Declined, Provider, Unavailable, Untrusted
from dean06_server.origins import origin_of
from dean06_server.provider_pages import Page, shown
from dean06_server.provider_settings import ProviderSettings
from dean06_server.settings import Settings

START: Final = "/sign-in/provider"
CALLBACK: Final = "/sign-in/provider/callback"
COOKIE: Final = "__Host-dean06-sign-in"

_STATE: Final = re.compile(r"[A-Za-z0-9_-]{1,128}")
_log: Final = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ProviderDoor:
    """Signing in through one provider: as it is configured, whom it knows by which key."""

    settings: ProviderSettings
    provider: Provider
    key: PersonKey = field(repr=False)

    def routes(self, database: Database, clock: Clock) -> list[BaseRoute]:
        way = _Way(self, database, clock)
        return [Route(START, way.start, methods=["GET"]), Route(CALLBACK, way.end, methods=["GET"])]


def provider_door(settings: Settings) -> ProviderDoor | None:
    """The secrets are read when the server starts, and never again."""
    chosen = settings.provider
    if chosen is None:
        return None
    assert settings.people_key is not None  # noqa: S101  a provider's settings are refused without it
    secret = secret_in(chosen.client_secret, "DEAN06_PROVIDER_CLIENT_SECRET").strip()
    if not secret or not secret.isascii() or not secret.isprintable():
        raise StartUpError(
            f"The file '{chosen.client_secret}' of DEAN06_PROVIDER_CLIENT_SECRET holds no secret. Write the one that "
            "the provider gave this server on one line."
        )
    key = provider_people.key_of(secret_in(settings.people_key, "DEAN06_PEOPLE_KEY"))
    return ProviderDoor(chosen, Provider(chosen, secret), key)


@dataclass(frozen=True, slots=True)
class _Way:
    door: ProviderDoor
    database: Database
    clock: Clock

    async def start(self, request: Request) -> Response:
        """Send a browser to the provider. ``frontend`` is one of the configured; ``state`` comes back as it is."""
        settings = self.door.settings
        asked = request.query_params
        frontend, state = asked.get("frontend", settings.frontends[0]), asked.get("state", "")
        if frontend not in settings.frontends or (state and not _STATE.fullmatch(state)):
            return self._shown(provider_pages.NOT_LISTED, "the way back is none of DEAN06_PROVIDER_FRONTENDS")
        try:
            departure = await self.door.provider.depart(request)
        except (Unavailable, Untrusted) as error:
            return self._shown(provider_pages.UNAVAILABLE, str(error))
        kept = {"flow": departure.kept, "frontend": frontend, "state": state}
        try:
            async with self.database.service(in_turn=False) as session:
                source = origin_of(request).source
                id_ = await provider_sign_ins.depart(session, kept, source=source, now=self.clock())
        except BadInput as refused:
            return self._shown(provider_pages.TOO_BUSY, refused.code)
        answer = RedirectResponse(departure.address, 302, {"Cache-Control": "no-store"})
        lasts = int(FLOW_LASTS.total_seconds())
        answer.set_cookie(COOKIE, id_, max_age=lasts, path="/", secure=True, httponly=True, samesite="lax")
        return answer

    async def end(self, request: Request) -> Response:
        """Hand whoever comes back over to the frontend that he came from; whatever happens, the way is used up."""
        answer = await self._ended(request)
        answer.delete_cookie(COOKIE, path="/", secure=True, httponly=True, samesite="lax")
        return answer

    async def _ended(self, request: Request) -> Response:
        id_, kept = request.cookies.get(COOKIE), None
        if id_ is not None:
            async with self.database.service(in_turn=False) as session:
                kept = await provider_sign_ins.come_back(session, id_, now=self.clock())
        if kept is None:
            return self._shown(provider_pages.BROKEN_OFF, "no way that began in this browser")
        try:
            vouched = await self.door.provider.come_back(request, kept["flow"], now=self.clock())
        except Declined as error:
            return self._shown(provider_pages.BROKEN_OFF, str(error))
        except Unavailable as error:
            return self._shown(provider_pages.UNAVAILABLE, str(error))
        except Untrusted as error:
            return self._shown(provider_pages.UNTRUSTED, str(error))
        async with self.database.service(in_turn=False) as session:
            code = await provider_sign_ins.recognise(session, vouched, key=self.door.key, now=self.clock())
        if code is None:
            return self._shown(provider_pages.REFUSED, "no active account")
        return RedirectResponse(_handed_over(kept, code), 303, {"Cache-Control": "no-store"})

    def _shown(self, page: Page, reason: str) -> Response:
        _log.warning("Signing in through the provider ended with %s: %s", page.status.value, _plain(reason))
        return shown(page, self.door.settings.label)


def _handed_over(kept: dict[str, Any], code: str) -> str:
    state = {"state": kept["state"]} if kept["state"] else {}
    return f"{kept['frontend']}#{urlencode({'code': code, **state})}"


def _plain(reason: str) -> str:
    """On one line: a part of it may have come with the request."""
    return "".join(each if each.isprintable() else "?" for each in reason)


__all__ = ["CALLBACK", "COOKIE", "START", "ProviderDoor", "provider_door"]
