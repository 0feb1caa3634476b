"""Operations over HTTP: POST, and GET for queries. https://graphql.github.io/graphql-over-http/draft/"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any, Final, TypeVar

import orjson
from starlette.requests import Request
from starlette.responses import Response

from dean06_schema.engine import MUTATION_NOT_ALLOWED, Answer, Operation
from dean06_server.desk import Desk
from dean06_server.negotiation import GRAPHQL, is_json, response_type
from dean06_server.origins import origin_of
from dean06_server.refusals import Refusal

T = TypeVar("T")

LARGEST_BODY: Final = 1_000_000
"""In bytes. A month of every commune's figures is a tenth of it."""


def endpoint(desk: Desk) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        token, origin = _token(request), origin_of(request)
        desk.admit(token, origin)
        media_type = _media_type(request)
        operation = await _posted(request) if request.method == "POST" else _asked(request)
        return _response(await desk.answer(operation, token, origin), media_type)

    return answer


def _media_type(request: Request) -> str:
    wanted = response_type(",".join(request.headers.getlist("accept")))
    if wanted is None:
        raise Refusal(
            HTTPStatus.NOT_ACCEPTABLE,
            "NOT_ACCEPTABLE",
            f"API chỉ trả lời bằng {GRAPHQL} hoặc application/json, mã hóa UTF-8. Hãy sửa tiêu đề Accept.",
        )
    return wanted


def _token(request: Request) -> str | None:
    """What stands behind ``Bearer``; another scheme is handed on as it is and speaks for nobody."""
    header = request.headers.get("authorization")
    if header is None:
        return None
    scheme, _, token = header.partition(" ")
    return token.strip() if scheme.lower() == "bearer" else header


async def _posted(request: Request) -> Operation:
    if not is_json(request.headers.get("content-type", "")):
        raise Refusal(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            "UNSUPPORTED_MEDIA_TYPE",
            "Thân yêu cầu phải là application/json, mã hóa UTF-8. Hãy ghi Content-Type: application/json.",
        )
    body = _parsed(await _body(request), "Thân yêu cầu")
    if not isinstance(body, dict):
        raise _malformed("Thân yêu cầu phải là một đối tượng JSON có trường query.")
    return _operation(body, allow_mutation=True)


def _asked(request: Request) -> Operation:
    given: dict[str, Any] = {name: value for name, value in request.query_params.items() if value}
    for name in ("variables", "extensions"):
        if name in given:
            given[name] = _parsed(given[name], f"Tham số {name}")
    return _operation(given, allow_mutation=False)


def _operation(given: dict[str, Any], *, allow_mutation: bool) -> Operation:
    query = _taken(given, "query", str, "văn bản GraphQL")
    if not query:
        raise _malformed("Thiếu trường query. Hãy ghi văn bản GraphQL cần thực hiện.")
    _taken(given, "extensions", dict, "một đối tượng JSON hoặc null")
    return Operation(
        query,
        variables=_taken(given, "variables", dict, "một đối tượng JSON hoặc null"),
        name=_taken(given, "operationName", str, "văn bản hoặc null") or None,
        allow_mutation=allow_mutation,
    )


def _taken(given: dict[str, Any], name: str, kind: type[T], words: str) -> T | None:
    value = given.get(name)
    if value is not None and not isinstance(value, kind):
        raise _malformed(f"Trường {name} phải là {words}.")
    return value


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_BODY:
            raise Refusal(
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
                "BODY_TOO_LARGE",
                f"Thân yêu cầu lớn hơn {LARGEST_BODY // 1_000_000} MB. Hãy chia thành nhiều yêu cầu.",
            )
    return bytes(body)


def _parsed(text: str | bytes, where: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise _malformed(f"{where} không phải JSON đúng: dòng {error.lineno}, cột {error.colno}.") from error


def _malformed(message: str) -> Refusal:
    return Refusal(HTTPStatus.BAD_REQUEST, "BAD_REQUEST", message)


def _response(answer: Answer, media_type: str) -> Response:
    status, headers = HTTPStatus.OK, {}
    if answer.is_request_error and _code(answer) == MUTATION_NOT_ALLOWED:
        status, headers = HTTPStatus.METHOD_NOT_ALLOWED, {"Allow": "POST"}
    elif answer.is_request_error and media_type == GRAPHQL:
        status = HTTPStatus.BAD_REQUEST
    return Response(orjson.dumps(answer.body), status, headers, media_type=f"{media_type}; charset=utf-8")


def _code(answer: Answer) -> str:
    code: str = answer.errors[0]["extensions"]["code"]
    return code
