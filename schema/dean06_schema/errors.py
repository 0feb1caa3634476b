"""What went wrong, as the API tells it: refusals in the answer of a mutation, request errors beside the data.

A refusal says what to do next, in Vietnamese. Whatever nobody foresaw is not
told: the caller gets a number, the log gets the traceback.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Iterable, Iterator
from typing import Any, Final

import strawberry
from graphql import GraphQLError
from strawberry.utils.str_converters import to_camel_case

from dean06_core.errors import BadInput
from dean06_core.outcomes import Refused

INTERNAL_ERROR: Final = "INTERNAL_ERROR"
BAD_USER_INPUT: Final = "BAD_USER_INPUT"

_log: Final = logging.getLogger(__name__)


@strawberry.interface(description="Lý do một thao tác không được thực hiện")
class UserError:
    code: str = strawberry.field(description="Mã lỗi, không đổi giữa các phiên bản")
    field: list[str] | None = strawberry.field(
        description="Đường dẫn tới dữ liệu vào có lỗi; null nếu lỗi là của cả thao tác"
    )
    message: str = strawberry.field(description="Điều gì không được và cần làm gì tiếp")


@strawberry.type(description="Dữ liệu vào bị từ chối; chưa có gì được ghi")
class Refusal(UserError):
    @classmethod
    def of(cls, refused: BadInput) -> Refusal:
        return cls(code=refused.code, field=list(refused.field) or None, message=refused.message)


def refusals(refused: BadInput, *, of: str = "input", entries: str = "") -> list[UserError]:
    """All that is wrong with an argument ``of``, each by its path; core tells places in the list ``entries``."""
    if entries and isinstance(refused, Refused):
        return [_told(each, of, entries) for each in refused.refusals]
    return [_told(refused, of)]


def _told(refused: BadInput, *under: str) -> Refusal:
    path = [to_camel_case(step) for step in (*under, *refused.field) if step]
    return Refusal(code=refused.code, field=path if refused.field else None, message=refused.message)


Shown = dict[str, Any]
"""An error as the GraphQL specification writes it: message, locations, path, extensions."""


def with_code(errors: Iterable[GraphQLError], code: str) -> list[Shown]:
    """Errors of the request itself, in their own words."""
    return [{**error.formatted, "extensions": {"code": code}} for error in errors]


def of_fields(errors: Iterable[GraphQLError]) -> list[Shown]:
    """Errors of single fields: a refusal in its own words, anything unforeseen under one number, told to the log."""
    number = secrets.token_hex(4)
    told: set[int] = set()
    shown: list[Shown] = []
    for error in errors:
        cause = _cause(error)
        if isinstance(cause, BadInput):
            extensions = {"code": cause.code, "field": list(cause.field)}
            shown.append({**error.formatted, "message": cause.message, "extensions": extensions})
        elif isinstance(cause, GraphQLError) and cause.nodes:  # an argument that only showed its fault at run time
            shown.append({**error.formatted, "extensions": {"code": BAD_USER_INPUT}})
        else:
            if id(cause) not in told:
                told.add(id(cause))
                _tell_the_log(number, error, cause)
            message = (
                f"Hệ thống gặp lỗi khi trả lời. Hãy thử lại; nếu vẫn lỗi, hãy báo người quản trị số yêu cầu {number}."
            )
            extensions = {"code": INTERNAL_ERROR, "request": number}
            shown.append({**error.formatted, "message": message, "extensions": extensions})
    return shown


def _cause(error: GraphQLError) -> BaseException:
    """What a resolver raised; the error that graphql-core makes of it carries it, once or nested."""
    cause: BaseException = error
    while isinstance(cause, GraphQLError) and cause.original_error is not None:
        cause = cause.original_error
    return cause


def _tell_the_log(number: str, error: GraphQLError, cause: BaseException) -> None:
    path = ".".join(str(step) for step in error.path or ())
    for each in _chain(cause):
        if hasattr(each, "hide_parameters"):  # SQLAlchemy would print the values that were sent to the database
            each.hide_parameters = True
    _log.error("Request %s failed at %s", number, path, exc_info=cause)


def _chain(cause: BaseException) -> Iterator[BaseException]:
    following: BaseException | None = cause
    while following is not None:
        yield following
        following = following.__cause__ or following.__context__


__all__ = ["BAD_USER_INPUT", "INTERNAL_ERROR", "Refusal", "Shown", "UserError", "of_fields", "refusals", "with_code"]
