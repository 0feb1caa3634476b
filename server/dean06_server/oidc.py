"""OpenID Connect as this server speaks it: Authlib does the protocol, with what it leaves open decided here.

What Authlib would take from a provider's configuration and is pinned instead:
the algorithms, every option of the HTTP client, and where requests may go.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Final

import httpx2
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.starlette_client import OAuth, OAuthError, StarletteOAuth2App
from authlib.oidc.core import CodeIDToken, UserInfo
from joserfc.errors import JoseError
from starlette.requests import Request

from dean06_auth.provider_sign_ins import Vouched
from dean06_server.provider_settings import ProviderSettings, origin_in

ALGORITHMS: Final = ("RS256", "ES256", "EdDSA")
TIMEOUT: Final = 5.0
LEEWAY: Final = 30
"""In seconds. Of a wait for the provider, all of its answers together twice that; of its clock against ours."""

_ENDPOINTS: Final = ("authorization_endpoint", "token_endpoint", "jwks_uri")
_KEPT_ALGORITHMS: Final = "id_token_signing_alg_values_supported"

logging.getLogger("authlib").setLevel(logging.INFO)  # at DEBUG it writes whole tokens and code verifiers


class Declined(Exception):
    """Whoever was sent there comes back with nothing: another browser's way, or a sign-in that was broken off."""


class Unavailable(Exception):
    """The provider did not answer in time, or says of itself what is not configured here."""


class Untrusted(Exception):
    """The provider answered with what proves nothing."""


@dataclass(frozen=True, slots=True)
class Departure:
    """Where the browser is sent, and what has to be at hand when it comes back: secrets, JSON."""

    address: str
    kept: dict[str, Any]


class Provider:
    """One provider, asked over HTTP at its issuer's origin and nowhere else."""

    def __init__(self, settings: ProviderSettings, secret: str) -> None:
        self._settings = settings
        self._redirect_uri = f"{settings.origin}/sign-in/provider/callback"
        self._client: _Client = OAuth().register(
            "provider",
            client_cls=_Client,
            client_id=settings.client_id,
            client_secret=secret,
            server_metadata_url=f"{settings.issuer.rstrip('/')}/.well-known/openid-configuration",
            client_kwargs={
                "scope": "openid",
                "code_challenge_method": "S256",
                "timeout": TIMEOUT,
                "verify": httpx2.create_ssl_context(),  # one for all: Authlib makes a client for each request
            },
        )
        self._client.issuer = settings.issuer

    async def depart(self, request: Request) -> Departure:
        """Unavailable where the provider is."""
        request.scope["session"] = {}
        async with _told():
            answered = await self._client.authorize_redirect(request, self._redirect_uri)
        return Departure(answered.headers["location"], dict(request.session))

    async def come_back(self, request: Request, kept: Mapping[str, Any], *, now: datetime) -> Vouched:
        """What the provider vouches for: the request brings its code, ``kept`` what was at hand. One of the errors."""
        asked = request.query_params
        if "error" in asked or not asked.get("code"):
            raise Declined(asked.get("error", "no code")[:64])
        if asked.get("iss", self._settings.issuer) != self._settings.issuer:
            raise Declined("another issuer")
        request.scope["session"] = dict(kept)
        if f"_state_provider_{asked.get('state')}" not in request.session:
            raise Declined("another state")
        async with _told():
            token = await self._client.authorize_access_token(
                request,
                claims_options={
                    "iss": {"essential": True, "value": self._settings.issuer},
                    "aud": {"essential": True, "value": self._settings.client_id},
                },
                claims_cls=partial(_Claims, now),
                leeway=LEEWAY,
            )
        return self._vouched(token.get("userinfo"))

    def _vouched(self, claims: Mapping[str, Any] | None) -> Vouched:
        number = None if claims is None else claims.get(self._settings.claim)
        if claims is None or not isinstance(number, str):
            raise Untrusted(f"no identity token with the claim {self._settings.claim}")
        amr = claims.get("amr")
        seen = [claims.get("acr"), *(amr if isinstance(amr, list) else ())]
        return Vouched(number, any(isinstance(each, str) and each in self._settings.second_factors for each in seen))


class _Client(StarletteOAuth2App):  # type: ignore[misc]  # Authlib ships no types
    issuer: str
    server_metadata: dict[str, Any]

    async def load_server_metadata(self) -> dict[str, Any]:
        """What the provider says of itself, as far as it is taken from it; asked until it answers once."""
        if "issuer" not in self.server_metadata:
            async with self._get_session() as client:
                answered = await client.request("GET", self._server_metadata_url, withhold_token=True)
                answered.raise_for_status()
                self.server_metadata = _kept(answered.json(), self.issuer)
        return self.server_metadata

    async def parse_id_token(
        self, token: dict[str, Any], nonce: str, *, claims_cls: Callable[..., CodeIDToken], **options: Any
    ) -> UserInfo:
        """A class of claims that is given here is not told of the access token that came with them."""
        told = partial(claims_cls, token.get("access_token"))
        return await super().parse_id_token(token, nonce, claims_cls=told, **options)


class _Claims(CodeIDToken):  # type: ignore[misc]  # Authlib ships no types
    """An identity token's, held against the clock of this server, which Authlib would not ask."""

    def __init__(
        self, at: datetime, access_token: str | None, claims: Any, header: Any, options: Any, params: dict[str, Any]
    ) -> None:
        super().__init__(claims, header, options, {**params, "access_token": access_token})
        self._at = at

    def validate(self, now: int | None = None, leeway: int = 0) -> None:
        super().validate(int(self._at.timestamp()), leeway)


def _kept(said: Any, issuer: str) -> dict[str, Any]:
    """Nothing but what is used: Authlib hands every other field to its HTTP client as an option."""
    if not isinstance(said, dict) or said.get("issuer") != issuer:
        raise Unavailable("its configuration is another issuer's; DEAN06_PROVIDER_ISSUER has to be the very same text")
    for name in _ENDPOINTS:
        if not isinstance(said.get(name), str) or origin_in(said[name]) != origin_in(issuer):
            raise Unavailable(f"its {name} is not at the issuer's own origin")
    offered = said.get(_KEPT_ALGORITHMS)
    algorithms = [each for each in ALGORITHMS if isinstance(offered, list) and each in offered]
    if not algorithms:
        raise Unavailable(f"it signs with none of {', '.join(ALGORITHMS)}")
    return {"issuer": issuer, _KEPT_ALGORITHMS: algorithms, **{name: said[name] for name in _ENDPOINTS}}


@asynccontextmanager
async def _told() -> AsyncIterator[None]:
    """What Authlib and its parts raise, as one of the errors here; their messages may repeat what was sent."""
    try:
        async with asyncio.timeout(2 * TIMEOUT):
            yield
    except (httpx2.HTTPError, TimeoutError) as error:
        raise Unavailable(type(error).__name__) from None
    except OAuthError as error:
        raise Untrusted(f"error {error.error}"[:64]) from None
    except (JoseError, AuthlibBaseError) as error:
        raise Untrusted(f"{type(error).__name__} {getattr(error, 'claim', '') or ''}".strip()[:64]) from None
    except (ValueError, TypeError, KeyError) as error:
        raise Untrusted(type(error).__name__) from None
