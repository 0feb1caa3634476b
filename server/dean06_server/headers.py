"""What every response tells the browser about itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

_POLICY: Final = b"content-security-policy"
_NOTHING: Final = b"default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
_GRAPHIQL: Final = (
    b"default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src data:; img-src 'self' data:; "
    b"connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""As the page says of itself: the styles that it makes while it runs need 'unsafe-inline'."""

_GUARDS: Final = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_PRIVATE: Final = {"Cache-Control": "no-store", "Vary": "Accept, Authorization"}
_HTTPS: Final = {"Strict-Transport-Security": "max-age=31536000"}
"""A year. Other hosts of the domain are not ours to bind."""


def guarded(app: ASGIApp, *, is_https: bool = False) -> ASGIApp:
    """Nothing is framed, sniffed or referred; nothing that came out of the API is stored on the way.

    No page runs anything but GraphiQL's own files, unless the answer says otherwise of itself.
    """

    always = _raw(_GUARDS | (_HTTPS if is_https else {}))
    private = always | _raw(_PRIVATE)

    async def guard(scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        added = private if path == "/graphql" else always
        policy = _GRAPHIQL if path.startswith("/graphiql/") else _NOTHING

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = [header for header in message.get("headers", ()) if header[0] not in added]
                policies = () if any(name == _POLICY for name, _ in own) else ((_POLICY, policy),)
                message = {**message, "headers": [*own, *added.items(), *policies]}
            await send(message)

        await app(scope, receive, send_guarded)

    return guard


def _raw(headers: Mapping[str, str]) -> dict[bytes, bytes]:
    return {name.lower().encode(): value.encode() for name, value in headers.items()}
