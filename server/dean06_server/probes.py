"""What a supervisor asks: is the process alive, and may it be sent requests."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any

import orjson
import psycopg
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import Response

from dean06_core import migrating
from dean06_core.database import Database
from dean06_core.errors import StartUpError
from dean06_server.installation import Installation
from dean06_server.refusals import JSON


async def livez(_: Request) -> Response:
    return _told(HTTPStatus.OK, {"status": "alive"})


def readyz(installation: Installation, database: Database) -> Callable[[Request], Awaitable[Response]]:
    """Ready with a broken plugin, which is named; not ready without a database at the revisions and behind the walls of
    what is installed here.

    Why a plugin is broken is told by ``dean06 plugins``, not to whoever asks.
    """
    broken = [{"plugin": plugin.name, "version": plugin.version} for plugin in installation.plugins.broken]

    async def answer(_: Request) -> Response:
        try:
            states = await migrating.state(database, installation.histories)
            async with database.readers.connect():
                pass
        except (SQLAlchemyError, psycopg.OperationalError):
            return _told(HTTPStatus.SERVICE_UNAVAILABLE, {"status": "not ready", "because": "database"})
        behind = [state.history.name for state in states if not state.is_current]
        if behind:
            because = {"status": "not ready", "because": "migration", "histories": behind}
            return _told(HTTPStatus.SERVICE_UNAVAILABLE, because)
        try:
            await database.backend.refuse_unless_walled()
        except StartUpError:
            return _told(HTTPStatus.SERVICE_UNAVAILABLE, {"status": "not ready", "because": "walls"})
        return _told(HTTPStatus.OK, {"status": "ready", "broken": broken})

    return answer


def _told(status: HTTPStatus, body: dict[str, Any]) -> Response:
    return Response(orjson.dumps(body), status, {"Cache-Control": "no-store"}, media_type=JSON)
