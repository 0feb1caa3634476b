"""The ASGI application: which address leads where."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from pathlib import Path
from typing import Final

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from dean06_auth.attempts import DOOR, Door
from dean06_auth.shared_use import WATCH, Watch
from dean06_core.database import Address
from dean06_server import clock, graphql_http, probes
from dean06_server.clock import Clock
from dean06_server.desk import Desk
from dean06_server.headers import guarded
from dean06_server.installation import Installation
from dean06_server.passes import tell_of_expiry
from dean06_server.provider_routes import ProviderDoor
from dean06_server.reference import Reference
from dean06_server.refusals import HANDLERS
from dean06_server.sealing import Seal

_GRAPHIQL: Final = Path(__file__).parent / "static" / "graphiql"


def create(
    installation: Installation,
    address: Address | str,
    *,
    now: Clock = clock.now,
    door: Door = DOOR,
    watch: Watch = WATCH,
    seal: Seal | None = None,
    provider: ProviderDoor | None = None,
    origin: str | None = None,
) -> ASGIApp:
    """Opens nothing until it is asked something; the end of its lifespan closes what it opened.

    With a seal the audit log is sealed meanwhile. ``origin`` is how browsers write this server's address.
    """
    database = installation.database(address)
    tell_of_expiry(database)
    reference = Reference(database, installation.sectors)
    desk = Desk(installation.engine, database, reference, now, door, watch)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with nullcontext() if seal is None else seal.kept(database, now):
            yield
            await desk.uses.settle()
            await desk.watching.settle()
        await database.close()

    site = Starlette(
        routes=[
            Route("/graphql", graphql_http.endpoint(desk), methods=["GET", "POST"]),
            Route("/graphiql", _to_graphiql),
            Route("/", _to_graphiql),
            Mount("/graphiql", StaticFiles(directory=_GRAPHIQL, html=True)),
            Route("/livez", probes.livez),
            Route("/readyz", probes.readyz(installation, database)),
            *([] if provider is None else provider.routes(database, now)),
        ],
        exception_handlers=HANDLERS,
        lifespan=lifespan,
    )
    return guarded(site, is_https=origin is not None and origin.startswith("https://"))


async def _to_graphiql(_: Request) -> Response:
    return RedirectResponse("/graphiql/")
