"""Operations travel as GraphQL over HTTP says: the status tells whether there is an answer, the body what it is."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient

from dean06_auth.accounts import Account, AccountState
from dean06_core.database import Address
from dean06_server.graphql_http import LARGEST_BODY
from dean06_server.installation import Installation
from dean06_server.negotiation import GRAPHQL
from dean06_server.refusals import JSON
from tests.server.conftest import Hands
from tests.server.hiring import PASSWORD

TYPENAME = "{ __typename }"
ANSWER = {"data": {"__typename": "Query"}}
SIGN_OUT = "mutation { signOut { errors { code } } }"


def code_of(body: dict[str, Any]) -> str:
    code: str = body["errors"][0]["extensions"]["code"]
    return code


# what comes in


def test_a_query_is_posted_as_json(client: TestClient) -> None:
    answered = client.post("/graphql", json={"query": TYPENAME})
    assert (answered.status_code, answered.json()) == (200, ANSWER)


def test_a_query_is_asked_with_get(client: TestClient) -> None:
    parameters = {
        "query": "query A($yes: Boolean!) { __typename @include(if: $yes) } query B { other: __typename }",
        "variables": json.dumps({"yes": True}),
        "operationName": "A",
        "extensions": "{}",
    }
    answered = client.get("/graphql", params=parameters)
    assert (answered.status_code, answered.json()) == (200, ANSWER)


def test_nulls_are_as_good_as_nothing(client: TestClient) -> None:
    body = {"query": TYPENAME, "variables": None, "operationName": None, "extensions": None}
    assert client.post("/graphql", json=body).json() == ANSWER


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("{", id="half a document"),
        pytest.param("", id="nothing"),
        pytest.param("[]", id="a list"),
        pytest.param("[" * 2000 + "]" * 2000, id="a deep list"),
        pytest.param('"{ __typename }"', id="text"),
        pytest.param("{}", id="no query"),
        pytest.param('{"query": ""}', id="an empty query"),
        pytest.param('{"query": {"a": 1}}', id="an object for a query"),
        pytest.param('{"query": 7}', id="a number for a query"),
        pytest.param('{"query": "{ __typename }", "operationName": ["A"]}', id="a list for a name"),
        pytest.param('{"query": "{ __typename }", "variables": [1]}', id="a list for variables"),
        pytest.param('{"query": "{ __typename }", "variables": []}', id="an empty list for variables"),
        pytest.param('{"query": "{ __typename }", "variables": false}', id="a no for variables"),
        pytest.param('{"query": "{ __typename }", "variables": "{}"}', id="text for variables"),
        pytest.param('{"query": "{ __typename }", "extensions": 1}', id="a number for extensions"),
        pytest.param('{"query": "{ __typename }", "variables": {"a": NaN}}', id="a number that is none"),
        pytest.param(b'{"query": "\xff"}', id="not UTF-8"),
    ],
)
@pytest.mark.parametrize("accept", [JSON, GRAPHQL])
def test_what_is_no_request_is_refused_whatever_is_accepted(client: TestClient, body: str | bytes, accept: str) -> None:
    answered = client.post("/graphql", content=body, headers={"Content-Type": JSON, "Accept": accept})
    assert (answered.status_code, code_of(answered.json())) == (400, "BAD_REQUEST")


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        pytest.param({}, "Thiếu trường query. Hãy ghi văn bản GraphQL cần thực hiện.", id="no query"),
        pytest.param(
            {"query": TYPENAME, "variables": "{"}, "Tham số variables không phải JSON đúng: dòng 1, cột 2.", id="half"
        ),
        pytest.param(
            {"query": TYPENAME, "variables": "[1]"},
            "Trường variables phải là một đối tượng JSON hoặc null.",
            id="a list",
        ),
    ],
)
def test_what_is_no_request_is_refused_with_get_too(
    client: TestClient, parameters: dict[str, str], message: str
) -> None:
    answered = client.get("/graphql", params=parameters)
    assert answered.status_code == 400
    assert answered.json() == {"errors": [{"message": message, "extensions": {"code": "BAD_REQUEST"}}]}


@pytest.mark.parametrize(
    "content_type",
    [
        pytest.param("application/x-www-form-urlencoded", id="a form"),
        pytest.param("multipart/form-data; boundary=x", id="a form with files"),
        pytest.param("text/plain", id="text"),
        pytest.param("application/json; charset=utf-16", id="another charset"),
        pytest.param(None, id="nothing said"),
    ],
)
def test_a_page_of_another_origin_cannot_post_unasked(client: TestClient, content_type: str | None) -> None:
    headers = {} if content_type is None else {"Content-Type": content_type}
    answered = client.post("/graphql", content=json.dumps({"query": TYPENAME}), headers=headers)
    assert (answered.status_code, code_of(answered.json())) == (415, "UNSUPPORTED_MEDIA_TYPE")


def test_a_body_may_be_as_large_as_the_limit_and_no_larger(client: TestClient) -> None:
    body = json.dumps({"query": TYPENAME}).encode()
    largest = body + b" " * (LARGEST_BODY - len(body))
    headers = {"Content-Type": JSON}
    assert client.post("/graphql", content=largest, headers=headers).json() == ANSWER
    refused = client.post("/graphql", content=largest + b" ", headers=headers)
    assert (refused.status_code, code_of(refused.json())) == (413, "BODY_TOO_LARGE")


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS"])
def test_other_methods_are_refused_and_the_right_ones_named(client: TestClient, method: str) -> None:
    refused = client.request(method, "/graphql")
    assert (refused.status_code, code_of(refused.json())) == (405, "METHOD_NOT_ALLOWED")
    assert set(refused.headers["allow"].split(", ")) == {"GET", "HEAD", "POST"}


# what goes out


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        pytest.param(JSON, f"{JSON}; charset=utf-8", id="plain JSON"),
        pytest.param(GRAPHQL, f"{GRAPHQL}; charset=utf-8", id="the newer type"),
        pytest.param("*/*", f"{JSON}; charset=utf-8", id="anything"),
    ],
)
def test_the_answer_says_what_it_is(client: TestClient, accept: str, content_type: str) -> None:
    answered = client.post("/graphql", json={"query": TYPENAME}, headers={"Accept": accept})
    assert answered.headers["content-type"] == content_type


def test_a_client_that_reads_neither_type_is_told(client: TestClient) -> None:
    refused = client.post("/graphql", json={"query": TYPENAME}, headers={"Accept": "text/html"})
    assert (refused.status_code, code_of(refused.json())) == (406, "NOT_ACCEPTABLE")


@pytest.mark.parametrize(
    ("query", "code"),
    [
        pytest.param("{", "GRAPHQL_PARSE_FAILED", id="half a document"),
        pytest.param("{ nothing }", "GRAPHQL_VALIDATION_FAILED", id="a field that is not there"),
        pytest.param("query A { __typename } query B { __typename }", "OPERATION_RESOLUTION_FAILURE", id="which one"),
        pytest.param("query ($a: Boolean!) { __typename @include(if: $a) }", "BAD_USER_INPUT", id="a missing variable"),
    ],
)
@pytest.mark.parametrize(("accept", "status"), [(JSON, 200), (GRAPHQL, 400)])
def test_a_request_error_has_no_data_and_a_status_that_fits_the_type(
    client: TestClient, query: str, code: str, accept: str, status: int
) -> None:
    answered = client.post("/graphql", json={"query": query}, headers={"Accept": accept})
    assert answered.status_code == status
    assert "data" not in answered.json()
    assert code_of(answered.json()) == code


@pytest.mark.parametrize("accept", [JSON, GRAPHQL])
def test_an_error_of_one_field_is_an_answer(client: TestClient, token: str, accept: str) -> None:
    body = {"query": '{ __typename indicator(code: "health.nothing") { name } }'}
    answered = client.post("/graphql", json=body, headers={"Accept": accept, "Authorization": f"Bearer {token}"})
    assert answered.status_code == 200
    assert answered.json()["data"] == {"__typename": "Query", "indicator": None}
    assert code_of(answered.json()) == "INDICATOR_UNKNOWN"


@pytest.mark.parametrize("accept", [JSON, GRAPHQL])
def test_a_change_is_never_made_with_get(client: TestClient, token: str, accept: str) -> None:
    headers = {"Authorization": f"Bearer {token}", "Accept": accept}
    refused = client.get("/graphql", params={"query": SIGN_OUT}, headers=headers)
    assert (refused.status_code, code_of(refused.json())) == (405, "MUTATION_NOT_ALLOWED")
    assert refused.headers["allow"] == "POST"
    assert client.post("/graphql", json={"query": TYPENAME}, headers=headers).status_code == 200


# who asks

ME = {"query": "{ me { login } }"}


def test_a_token_speaks_for_its_account(client: TestClient, token: str) -> None:
    answered = client.post("/graphql", json=ME, headers={"Authorization": f"Bearer {token}"})
    assert answered.json() == {"data": {"me": {"login": "clerk"}}}


@pytest.mark.parametrize(
    "authorization",
    [
        pytest.param("Bearer d06_" + "x" * 43, id="a token that never was"),
        pytest.param("Bearer ", id="no token"),
        pytest.param("Bearer", id="nothing but the scheme"),
        pytest.param("", id="nothing"),
        pytest.param("Basic Y2xlcms6bWF0LWtoYXUtdGh1", id="another scheme"),
        pytest.param("Bearer mật", id="not ASCII"),
    ],
)
def test_what_speaks_for_nobody_is_told_so_instead_of_being_anonymous(client: TestClient, authorization: str) -> None:
    refused = client.post("/graphql", json=ME, headers=[(b"Authorization", authorization.encode())])
    assert refused.status_code == 401
    assert refused.headers["www-authenticate"] == 'Bearer realm="dean06", error="invalid_token"'
    assert refused.json() == {
        "errors": [
            {
                "message": "Mã truy cập không đúng, đã hết hạn hoặc đã thu hồi. "
                "Hãy bỏ mã này và đăng nhập lại bằng signIn.",
                "extensions": {"code": "TOKEN_INVALID"},
            }
        ]
    }


@pytest.mark.parametrize(("state", "status"), [("ACTIVE", 200), ("SUSPENDED", 401), ("CLOSED", 401)])
def test_a_token_says_nothing_once_its_account_is_suspended(
    client: TestClient, installation: Installation, address: Address, token: str, state: str, status: int
) -> None:
    headers = {"Authorization": f"Bearer {token}"}
    assert client.post("/graphql", json=ME, headers=headers).status_code == 200
    asyncio.run(_put(installation, address, state))
    answered = client.post("/graphql", json=ME, headers=headers)
    assert answered.status_code == status
    assert status == 200 or code_of(answered.json()) == f"ACCOUNT_{state}"


async def _put(installation: Installation, address: Address, state: str) -> None:
    database = installation.database(address)
    async with database.service() as session:
        await session.execute(sa.update(Account).values(state=AccountState(state)))
    await database.close()


def test_a_token_ends_to_the_second(client: TestClient, token: str, hands: Hands) -> None:
    headers = {"Authorization": f"Bearer {token}"}
    hands.at += timedelta(minutes=59, seconds=59)
    assert client.post("/graphql", json=ME, headers=headers).status_code == 200
    hands.at += timedelta(seconds=1)
    assert client.post("/graphql", json=ME, headers=headers).status_code == 401


def test_signing_in_gives_a_token_and_signing_out_ends_it(client: TestClient) -> None:
    query = 'mutation ($password: String!) { signIn(login: "clerk", password: $password) { token errors { code } } }'
    body = {"query": query, "variables": {"password": PASSWORD}}
    signed_in = client.post("/graphql", json=body).json()["data"]["signIn"]
    assert signed_in["errors"] == []
    headers = {"Authorization": f"Bearer {signed_in['token']}"}
    assert client.post("/graphql", json=ME, headers=headers).json() == {"data": {"me": {"login": "clerk"}}}
    assert client.post("/graphql", json={"query": SIGN_OUT}, headers=headers).json() == {
        "data": {"signOut": {"errors": []}}
    }
    assert client.post("/graphql", json=ME, headers=headers).status_code == 401


def test_a_wrong_password_is_an_answer_and_gives_no_token(client: TestClient) -> None:
    query = 'mutation { signIn(login: "clerk", password: "sai") { token errors { code } } }'
    answered = client.post("/graphql", json={"query": query})
    assert answered.status_code == 200
    assert answered.json()["data"]["signIn"] == {"token": None, "errors": [{"code": "SIGN_IN_FAILED"}]}


def test_who_has_not_signed_in_is_shown_the_way_in_and_nothing_else(client: TestClient) -> None:
    query = "{ __schema { queryType { fields { name } } mutationType { fields { name } } } }"
    shown = client.post("/graphql", json={"query": query}).json()["data"]["__schema"]
    assert [field["name"] for field in shown["mutationType"]["fields"]] == ["signIn", "completeSignIn"]
    assert [field["name"] for field in shown["queryType"]["fields"]] == ["signedIn"]


def test_the_business_day_is_the_servers(client: TestClient, token: str, hands: Hands) -> None:
    """A grant begins at midnight in Vietnam by the server's clock, whatever day the client says it is."""
    body = {"query": "{ sectors { code } }"}
    headers = {"Authorization": f"Bearer {token}", "Date": "Mon, 28 Jul 2025 05:00:00 GMT"}
    assert client.post("/graphql", json=body, headers=headers).json() == {"data": {"sectors": [{"code": "health"}]}}
    hands.at -= timedelta(hours=12, seconds=1)
    assert client.post("/graphql", json=body, headers=headers).json() == {"data": {"sectors": []}}
