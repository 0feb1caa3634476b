"""Which media types go in and out of the API, as the GraphQL over HTTP specification wants them."""

from __future__ import annotations

from typing import Final

from dean06_server.refusals import JSON

GRAPHQL: Final = "application/graphql-response+json"


def is_json(content_type: str) -> bool:
    """Whether a request body is declared as JSON in UTF-8; a page of another origin cannot send that unasked."""
    kind, parameters = _media_type(content_type)
    return kind == JSON and parameters.get("charset", "utf-8") == "utf-8"


def response_type(accept: str) -> str | None:
    """What to answer with; None if neither type is wanted.

    Who names no type gets plain JSON, where a request error has status 200:
    older clients read no body under another status. Of equals the newer type wins.
    """
    wanted: dict[str, float] = {}
    for each in filter(str.strip, accept.split(",")):
        kind, parameters = _media_type(each)
        if parameters.get("charset", "utf-8") == "utf-8":
            wanted[kind] = _weight(parameters.get("q", "1"))
    if not wanted and not accept.strip():
        return JSON

    def weight(offer: str) -> tuple[float, bool, bool]:
        ranges = (offer, "application/*", "*/*")
        weight = next((wanted[each] for each in ranges if each in wanted), 0)
        return weight, offer in wanted, (offer == GRAPHQL) == (offer in wanted)

    best = max((GRAPHQL, JSON), key=weight)
    return best if weight(best)[0] > 0 else None


def _media_type(written: str) -> tuple[str, dict[str, str]]:
    kind, *parameters = (part.strip().lower() for part in written.split(";"))
    pairs = (parameter.partition("=") for parameter in parameters)
    return kind, {name.strip(): value.strip().strip('"') for name, _, value in pairs}


def _weight(written: str) -> float:
    try:
        return min(max(float(written), 0.0), 1.0)
    except ValueError:
        return 0.0
