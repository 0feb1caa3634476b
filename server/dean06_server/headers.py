"""What every response tells the browser about itself."""

from __future__ import annotations

from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_NOTHING: Final = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
_GRAPHIQL: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src data:; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
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

    async def guard(scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        added = _GUARDS | (_PRIVATE if path == "/graphql" else {}) | (_HTTPS if is_https else {})
        policy = _GRAPHIQL if path.startswith("/graphiql/") else _NOTHING

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(added)
                headers.setdefault("Content-Security-Policy", policy)
            await send(message)

        await app(scope, receive, send_guarded)

    return guard
