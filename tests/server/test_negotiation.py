"""Requests are JSON in UTF-8; answers are what the client named, and plain JSON for who names nothing."""

from __future__ import annotations

import pytest

from dean06_server.negotiation import GRAPHQL, is_json, response_type
from dean06_server.refusals import JSON


@pytest.mark.parametrize(
    ("accept", "answered"),
    [
        pytest.param("", JSON, id="nothing named"),
        pytest.param("*/*", JSON, id="anything"),
        pytest.param("application/*", JSON, id="any application type"),
        pytest.param(JSON, JSON, id="plain JSON"),
        pytest.param(GRAPHQL, GRAPHQL, id="the newer type"),
        pytest.param(GRAPHQL.upper(), GRAPHQL, id="in capitals"),
        pytest.param(f"{JSON}, {GRAPHQL}", GRAPHQL, id="both alike"),
        pytest.param(f"{GRAPHQL};q=0.5, {JSON};q=0.9", JSON, id="plain JSON rather"),
        pytest.param(f"{GRAPHQL}; charset=utf-8, {JSON}; charset=utf-8", GRAPHQL, id="as the specification writes it"),
        pytest.param(f"{GRAPHQL}, */*;q=0.1", GRAPHQL, id="anything if need be"),
        pytest.param(f"*/*, {GRAPHQL}", GRAPHQL, id="the named one before anything"),
        pytest.param(f"{JSON};q=0, */*", GRAPHQL, id="anything but plain JSON"),
        pytest.param("text/html", None, id="a page"),
        pytest.param(f"{GRAPHQL}; charset=iso-8859-1", None, id="another charset"),
        pytest.param(f"{JSON};q=0", None, id="nothing at all"),
        pytest.param(f"{JSON};q=viele", None, id="a weight that is none"),
    ],
)
def test_the_answer_has_the_type_that_is_wanted(accept: str, answered: str | None) -> None:
    assert response_type(accept) == answered


@pytest.mark.parametrize(
    ("content_type", "taken"),
    [
        pytest.param("application/json", True, id="JSON"),
        pytest.param("application/json; charset=UTF-8", True, id="JSON in UTF-8"),
        pytest.param('application/json; charset="utf-8"', True, id="in quotes"),
        pytest.param("application/json; charset=utf-16", False, id="another charset"),
        pytest.param("application/x-www-form-urlencoded", False, id="a form"),
        pytest.param("text/plain", False, id="what a page may send unasked"),
        pytest.param("", False, id="nothing"),
    ],
)
def test_a_body_is_json_in_utf_8(content_type: str, taken: bool) -> None:
    assert is_json(content_type) is taken
