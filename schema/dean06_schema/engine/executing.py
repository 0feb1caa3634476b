"""One operation from its text to its answer, on the schema that its caller is shown."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from inspect import isawaitable
from typing import Any, Final, cast

import strawberry
from graphql import (
    DocumentNode,
    ExecutionResult,
    GraphQLError,
    GraphQLSchema,
    OperationType,
    execute,
    get_operation_ast,
)
from strawberry.execution import optimized_is_awaitable
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from dean06_core.graphql import Context
from dean06_schema import errors
from dean06_schema.engine.documents import Documents, Rejected
from dean06_schema.engine.views import Views
from dean06_schema.engine.visibility import permissions
from dean06_schema.errors import Shown

MUTATION_NOT_ALLOWED: Final = "MUTATION_NOT_ALLOWED"
"""Code of the answer to a mutation that came as HTTP GET; the status to it is 405."""
_MOST_COERCION_ERRORS: Final = 10


@dataclass(frozen=True, slots=True)
class Operation:
    """What a caller sends. ``name`` says which operation of several; ``allow_mutation`` is off for HTTP GET."""

    query: str
    variables: Mapping[str, Any] | None = field(default=None, repr=False)
    name: str | None = None
    allow_mutation: bool = True


@dataclass(frozen=True, slots=True)
class Answer:
    """What a caller gets. Of a request error nothing was executed, and there is no ``data`` at all.

    ``operation`` is the name of what was executed, if it has one.
    """

    data: dict[str, Any] | None
    errors: tuple[Shown, ...] = ()
    is_request_error: bool = False
    operation: str = ""

    @property
    def body(self) -> dict[str, Any]:
        """As the GraphQL specification writes a response."""
        told: dict[str, Any] = {"errors": list(self.errors)} if self.errors else {}
        return told if self.is_request_error else {**told, "data": self.data}


class Engine:
    """The assembled schema and everything that answers on it. ``sectors`` are the codes of those installed."""

    def __init__(
        self, schema: strawberry.Schema, *, sectors: Collection[str] = (), types: Collection[str] = ()
    ) -> None:
        self.schema = schema
        self._sectors = frozenset(sectors)
        self._views = Views(schema, types=types)
        self._documents = Documents()

    def view(self, context: Context) -> GraphQLSchema:
        """The schema as the caller is shown it."""
        return self._views.of(self._permissions(context))

    def written(self, context: Context) -> str:
        """The schema as the caller is shown it, in the schema language."""
        owner: strawberry.Schema = cast(Any, self.view(context))._strawberry_schema
        return owner.as_str()

    async def execute(self, operation: Operation, context: Context) -> Answer:
        """Answer one operation; raises nothing but what ends the task. The context is for this operation alone."""
        held = self._permissions(context)
        view = self._views.of(held)
        try:
            document = self._documents.read(operation.query, view, held)
            if not _is_mutation(document, operation):
                context.doing = None
            elif not operation.allow_mutation:
                raise _mutation_refused(document, operation)
        except Rejected as rejected:
            return _refused(errors.with_code(rejected.errors, rejected.code))
        try:
            result = execute(
                view,
                document,
                context_value=context,
                variable_values=dict(operation.variables or {}),
                operation_name=operation.name,
                max_coercion_errors=_MOST_COERCION_ERRORS,
                executor_class=StrawberryGraphQLCoreExecutionContext,
                is_awaitable=optimized_is_awaitable,  # type: ignore[arg-type]  # it promises bool, not a type guard
                operation_extensions={},
            )
            return _answer(await result if isawaitable(result) else result, document, operation)
        finally:
            await _stop_reading(context)

    def _permissions(self, context: Context) -> frozenset[str]:
        return self._views.key(permissions(context, self._sectors))


async def _stop_reading(context: Context) -> None:
    """Let no batch read any more, and wait for the one that does.

    Where a field fails, graphql-core answers without waiting for its siblings.
    Their batches run on, and would meet a connection that is someone else's.
    """
    if context.session is not None:
        async with context.reading():
            context.session = None


def _is_mutation(document: DocumentNode, operation: Operation) -> bool:
    chosen = get_operation_ast(document, operation.name)
    return chosen is not None and chosen.operation is OperationType.MUTATION


def _mutation_refused(document: DocumentNode, operation: Operation) -> Rejected:
    message = "Thao tác làm thay đổi dữ liệu phải gửi bằng POST. Hãy gửi lại bằng POST."
    return Rejected(MUTATION_NOT_ALLOWED, [GraphQLError(message, get_operation_ast(document, operation.name))])


def _answer(result: ExecutionResult, document: DocumentNode, operation: Operation) -> Answer:
    found = result.errors or []
    if result.data is None and any(error.path is None for error in found):
        is_named = get_operation_ast(document, operation.name) is not None
        return _refused(errors.with_code(found, errors.BAD_USER_INPUT if is_named else "OPERATION_RESOLUTION_FAILURE"))
    chosen = get_operation_ast(document, operation.name)
    name = "" if chosen is None or chosen.name is None else chosen.name.value
    return Answer(result.data, tuple(errors.of_fields(found)), operation=name)


def _refused(shown: list[Shown]) -> Answer:
    return Answer(None, tuple(shown), is_request_error=True)
