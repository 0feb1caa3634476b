"""Every address answers in a way that a browser cannot be talked into misusing."""

from __future__ import annotations

import dataclasses
import re
from typing import cast

import pytest
from starlette.testclient import TestClient

from dean06_core.database import Address
from dean06_core.graphql import Context
from dean06_schema.engine import Answer, Engine, Operation
from dean06_server import app
from dean06_server.installation import Installation

GUARDS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}


@pytest.mark.parametrize("path", ["/", "/graphql", "/graphiql", "/graphiql/", "/livez", "/readyz", "/nothing"])
def test_every_answer_is_guarded(client: TestClient, path: str) -> None:
    headers = client.get(path, follow_redirects=False).headers
    assert {name: headers[name] for name in GUARDS} == GUARDS
    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; ")
    assert policy.endswith("; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
    assert ("script-src" in policy) == (path == "/graphiql/")


def test_the_page_is_held_to_what_it_says_of_itself(client: TestClient) -> None:
    page = client.get("/graphiql/")
    own = re.search(r'http-equiv="Content-Security-Policy" content="([^"]+)"', page.text)
    assert own is not None
    assert page.headers["content-security-policy"] == f"{own[1]}; frame-ancestors 'none'"


@pytest.mark.parametrize(
    ("origin", "told"),
    [("https://dean06.example", "max-age=31536000"), ("http://localhost:8000", None), (None, None)],
)
def test_a_browser_that_came_by_tls_comes_by_nothing_else(
    installation: Installation, address: Address, origin: str | None, told: str | None
) -> None:
    with TestClient(app.create(installation, address, origin=origin)) as client:
        for path in ("/livez", "/graphiql/", "/nothing"):
            assert client.get(path).headers.get("strict-transport-security") == told


def test_what_the_api_answers_is_stored_nowhere(client: TestClient) -> None:
    headers = client.post("/graphql", json={"query": "{ __typename }"}).headers
    assert (headers["cache-control"], headers["vary"]) == ("no-store", "Accept, Authorization")
    assert "access-control-allow-origin" not in headers


def test_an_address_that_leads_nowhere_is_told_in_json(client: TestClient) -> None:
    answered = client.get("/graphq")
    assert answered.status_code == 404
    assert answered.json() == {
        "errors": [
            {
                "message": "Không có địa chỉ này. API ở /graphql, trang truy vấn ở /graphiql/.",
                "extensions": {"code": "NOT_FOUND"},
            }
        ]
    }


@pytest.mark.parametrize("path", ["/", "/graphiql"])
def test_a_browser_finds_the_page(client: TestClient, path: str) -> None:
    redirected = client.get(path, headers={"Host": "elsewhere.example"}, follow_redirects=False)
    assert (redirected.status_code, redirected.headers["location"]) == (307, "/graphiql/")
    page = client.get("/graphiql/")
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")


def test_the_page_needs_nothing_but_this_server(client: TestClient) -> None:
    page = client.get("/graphiql/").text
    named = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert named
    for address in named:
        assert address.startswith(("/graphiql/", "data:"))
        if address.startswith("/"):
            assert client.get(address).status_code == 200, address


def test_the_page_gives_nothing_else_away(client: TestClient) -> None:
    for path in ("/graphiql/../__init__.py", "/graphiql/%2e%2e/%2e%2e/settings.py", "/graphiql//etc/passwd"):
        assert client.get(path).status_code == 404


class Failing:
    """An engine with a fault that nobody foresaw."""

    async def execute(self, operation: Operation, context: Context) -> Answer:
        raise RuntimeError("bí mật")


def test_what_nobody_foresaw_is_not_told_to_the_caller(installation: Installation, address: Address) -> None:
    faulty = dataclasses.replace(installation, engine=cast(Engine, Failing()))
    with TestClient(app.create(faulty, address), raise_server_exceptions=False) as client:
        answered = client.post("/graphql", json={"query": "{ __typename }"})
    assert answered.status_code == 500
    assert answered.json() == {
        "errors": [
            {
                "message": "Có lỗi trong hệ thống. Hãy thử lại; nếu vẫn vậy, báo người vận hành kèm thời điểm gặp lỗi.",
                "extensions": {"code": "INTERNAL_ERROR"},
            }
        ]
    }
    assert {name: answered.headers[name] for name in GUARDS} == GUARDS
