"""What is answered when no operation comes of a request: a status, and an error of the same shape as GraphQL's."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

import orjson
import psycopg
from sqlalchemy.exc import OperationalError, ProgrammingError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ExceptionHandler

JSON: Final = "application/json"


class Refusal(HTTPException):
    """``code`` is stable and machine-readable, ``message`` is Vietnamese and says what to do."""

    def __init__(self, status: HTTPStatus, code: str, message: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(status, message, headers)
        self.code = code


def told(status: int, code: str, message: str, headers: Mapping[str, str] | None = None) -> Response:
    body = {"errors": [{"message": message, "extensions": {"code": code}}]}
    return Response(orjson.dumps(body), status, headers, media_type=JSON)


_NOT_MIGRATED: Final = frozenset({"42P01", "3F000", "42501"})
"""A server's SQLSTATE for a table or schema that is not there, or that nobody may read until walls are raised."""

_WORDS: Final = {
    HTTPStatus.NOT_FOUND: "Không có địa chỉ này. API ở /graphql, trang truy vấn ở /graphiql/.",
    HTTPStatus.METHOD_NOT_ALLOWED: "Địa chỉ này không nhận phương thức đó.",
}


async def _refused(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101  what the handler is registered for
    if isinstance(error, Refusal):
        return told(error.status_code, error.code, error.detail, error.headers)
    status = HTTPStatus(error.status_code)
    return told(status, status.name, _WORDS.get(status, status.phrase), error.headers)


async def _without_database(_: Request, __: Exception) -> Response:
    return told(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "DATABASE_UNAVAILABLE",
        "Cơ sở dữ liệu chưa sẵn sàng. Hãy thử lại sau ít phút; nếu vẫn vậy, báo người vận hành xem /readyz.",
        {"Retry-After": "10"},
    )


async def _without_tables(request: Request, error: Exception) -> Response:
    assert isinstance(error, ProgrammingError)  # noqa: S101  what the handler is registered for
    if getattr(error.orig, "sqlstate", None) in _NOT_MIGRATED:
        return await _without_database(request, error)
    raise error


async def _gone(_: Request, __: Exception) -> Response:
    return Response(status_code=HTTPStatus.BAD_REQUEST)  # nobody is there to read it


async def _failed(_: Request, __: Exception) -> Response:
    return told(
        HTTPStatus.INTERNAL_SERVER_ERROR,
        "INTERNAL_ERROR",
        "Có lỗi trong hệ thống. Hãy thử lại; nếu vẫn vậy, báo người vận hành kèm thời điểm gặp lỗi.",
    )


HANDLERS: Final[Mapping[type[Exception], ExceptionHandler]] = {
    HTTPException: _refused,
    OperationalError: _without_database,
    NoConnectionFree: _without_database,
    ProgrammingError: _without_tables,
    sqlite3.DatabaseError: _without_database,
    psycopg.OperationalError: _without_database,
    ClientDisconnect: _gone,
    Exception: _failed,
}
"""``Exception`` answers only: the server still logs what went wrong. Whatever is not async would wait for a thread."""
