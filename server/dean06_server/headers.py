"""What every response tells the browser about itself."""

from __future__ import annotations

from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_GUARDS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "frame-ancestors 'none'",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_PRIVATE: Final = {"Cache-Control": "no-store", "Vary": "Accept, Authorization"}


def guarded(app: ASGIApp) -> ASGIApp:
    """Nothing is framed, sniffed or referred; nothing that came out of the API is stored on the way."""

    async def guard(scope: Scope, receive: Receive, send: Send) -> None:
        added = _GUARDS | (_PRIVATE if scope.get("path") == "/graphql" else {})

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(added)
            await send(message)

        await app(scope, receive, send_guarded)

    return guard
