"""An answer says what was refused and why; what nobody foresaw is told to the log and numbered for the caller."""

import logging
import re
from typing import Any

import pytest

from dean06_schema.engine import MUTATION_NOT_ALLOWED, Answer, Operation
from tests.schema.engine.small import context, engine, official

pytestmark = pytest.mark.anyio

ENGINE = engine()


async def ask(query: str, **sent: Any) -> Answer:
    return await ENGINE.execute(Operation(query, **sent), context(official()))


def codes(answer: Answer) -> list[str]:
    return [error["extensions"]["code"] for error in answer.errors]


async def test_a_field_that_is_asked_answers() -> None:
    answer = await ask("query Named($name: String!) { commune(name: $name) { name } }", variables={"name": "Kỳ Anh"})
    assert answer.body == {"data": {"commune": {"name": "Kỳ Anh"}}}


@pytest.mark.parametrize(
    ("operation", "code"),
    [
        pytest.param({"query": "{"}, "GRAPHQL_PARSE_FAILED", id="not GraphQL"),
        pytest.param({"query": "{ nothing }"}, "GRAPHQL_VALIDATION_FAILED", id="a field that is not there"),
        pytest.param({"query": "{ commune { } }"}, "GRAPHQL_PARSE_FAILED", id="nothing selected"),
        pytest.param(
            {"query": "query ($n: Int!) { broken(times: $n) }", "variables": {"n": "x"}},
            "BAD_USER_INPUT",
            id="a variable of another type",
        ),
        pytest.param({"query": "query A { signedIn }", "name": "B"}, "OPERATION_RESOLUTION_FAILURE", id="no such name"),
        pytest.param(
            {"query": "query A { signedIn } query B { signedIn }"}, "OPERATION_RESOLUTION_FAILURE", id="which of two"
        ),
        pytest.param({"query": "subscription { signedIn }"}, "GRAPHQL_VALIDATION_FAILED", id="no subscriptions yet"),
        pytest.param({"query": '{ commune(name: "\ud800") { name } }'}, "GRAPHQL_PARSE_FAILED", id="half a letter"),
    ],
)
async def test_a_request_that_cannot_be_executed_has_no_data(operation: dict[str, Any], code: str) -> None:
    answer = await ask(**operation)
    assert (codes(answer), answer.is_request_error, "data" in answer.body) == ([code], True, False)


async def test_a_mutation_is_executed_only_where_it_is_allowed() -> None:
    mutation = "query Q { signedIn } mutation M { signOut { errors { code } } }"
    refused = await ask(mutation, name="M", allow_mutation=False)
    allowed = await ask(mutation, name="M")
    query = await ask(mutation, name="Q", allow_mutation=False)
    assert (codes(refused), refused.is_request_error) == ([MUTATION_NOT_ALLOWED], True)
    assert (allowed.data, query.data) == ({"signOut": {"errors": []}}, {"signedIn": True})


async def test_a_refusal_speaks_for_itself() -> None:
    answer = await ask("{ signedIn refused }")
    assert answer.body == {
        "data": {"signedIn": True, "refused": None},
        "errors": [
            {
                "message": "Không có đơn vị mang mã “1”.",
                "locations": [{"line": 1, "column": 12}],
                "path": ["refused"],
                "extensions": {"code": "UNIT_UNKNOWN", "field": ["code"]},
            }
        ],
    }


async def test_what_nobody_foresaw_is_numbered_and_told_to_the_log_alone(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        answer = await ask("query ($n: Int!) { broken(times: $n) }", variables={"n": 4711})
    error = answer.errors[0]
    number = error["extensions"]["request"]
    assert re.fullmatch(r"[0-9a-f]{8}", number)
    assert error == {
        "message": "Hệ thống gặp lỗi khi trả lời. Hãy thử lại; nếu vẫn lỗi, "
        f"hãy báo người quản trị số yêu cầu {number}.",
        "locations": [{"line": 1, "column": 20}],
        "path": ["broken"],
        "extensions": {"code": "INTERNAL_ERROR", "request": number},
    }
    assert answer.data == {"broken": None}
    assert f"Request {number} failed at broken" in caplog.text
    assert "RuntimeError: connection to 10.0.0.7 lost" in caplog.text
    assert "4711" not in caplog.text


async def test_an_answer_that_breaks_its_promise_is_our_fault(caplog: pytest.LogCaptureFixture) -> None:
    answer = await ask("{ missing }")
    assert (codes(answer), answer.is_request_error, answer.body["data"]) == (["INTERNAL_ERROR"], False, None)
    assert "Cannot return null for non-nullable field SmallQuery.missing" not in str(answer.body)
    assert "missing" in caplog.text


async def test_an_argument_that_fails_only_at_run_time_is_the_callers_fault() -> None:
    answer = await ask("query ($n: Int) { broken(times: $n) }", variables={"n": None})
    assert codes(answer) == ["BAD_USER_INPUT"]
