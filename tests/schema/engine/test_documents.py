"""What a document costs is known before it is executed, in time that grows with its text."""

import time

import pytest
from graphql import get_introspection_query, parse

from dean06_schema.engine import Operation
from dean06_schema.engine.documents import (
    DEEPEST,
    MOST_CHANGES,
    MOST_REPEATS,
    MOST_SELECTIONS,
    MOST_TOKENS,
    MOST_TOKENS_UNKNOWN,
    Documents,
    Rejected,
    measure,
)
from tests.schema.engine.small import context, engine, official

pytestmark = pytest.mark.anyio

ENGINE = engine()


def deep(levels: int) -> str:
    return "{ commune " + "{ neighbour " * (levels - 2) + "{ name }" + " }" * (levels - 1)


def wide(fields: int) -> str:
    """As many fields through three fragments, each spread under aliases: far fewer words than fields."""
    return "{ " + " ".join(f"a{place}: commune {{ ...ten }}" for place in range(fields // 12)) + " } " + TEN


TEN = "fragment ten on Commune { " + " ".join(f"n{place}: name" for place in range(10)) + " }"


def doubling(times: int) -> str:
    """Expands to 2**times fields."""
    chain = "".join(f"fragment f{n} on Query {{ ...f{n + 1} ...f{n + 1} }} " for n in range(times))
    return "{ ...f0 } " + chain + f"fragment f{times} on Query {{ signedIn }}"


def code_of(text: str) -> str | None:
    try:
        measure(parse(text))
    except Rejected as rejected:
        return rejected.code
    return None


@pytest.mark.parametrize(
    ("text", "code"),
    [
        pytest.param(deep(DEEPEST), None, id="as deep as may be"),
        pytest.param(deep(DEEPEST + 1), "DOCUMENT_TOO_DEEP", id="one level more"),
        pytest.param(
            "{ commune { ...a } } fragment a on Query " + deep(DEEPEST), "DOCUMENT_TOO_DEEP", id="deep by a fragment"
        ),
        pytest.param(wide(1_900), None, id="many fields"),
        pytest.param(wide(MOST_SELECTIONS + 200), "DOCUMENT_TOO_LARGE", id="too many fields"),
        pytest.param(doubling(10), "DOCUMENT_TOO_LARGE", id="a thousand fields, two thousand spreads"),
        pytest.param(doubling(9), None, id="half of that"),
        pytest.param(doubling(90), "DOCUMENT_TOO_LARGE", id="a bomb"),
        pytest.param("{ ...a } fragment a on Query { ...a }", None, id="a circle is left to validation"),
        pytest.param("{ ...nowhere }", None, id="an unknown fragment is left to validation"),
        pytest.param("{ a: __schema { description } }", "INTROSPECTION_ALIASED", id="introspection under an alias"),
        pytest.param(
            "{ __schema { ...t } } fragment t on __Schema { a: types { name } }",
            "INTROSPECTION_ALIASED",
            id="an alias inside introspection",
        ),
        pytest.param('{ a: __type(name: "Query") { name } }', None, id="one type under an alias"),
        pytest.param(get_introspection_query(), None, id="all that GraphiQL asks"),
        pytest.param("mutation {" + " a: signOut { x }" * MOST_CHANGES + "}", None, id="ten changes"),
        pytest.param("mutation {" + " a: signOut { x }" * (MOST_CHANGES + 1) + "}", "TOO_MANY_CHANGES", id="eleven"),
    ],
)
def test_a_document_is_measured(text: str, code: str | None) -> None:
    assert code_of(text) == code


def test_measuring_takes_time_by_the_text_and_not_by_what_it_expands_to() -> None:
    bomb = parse(doubling(120))
    starts = time.process_time()
    with pytest.raises(Rejected):
        measure(bomb)
    assert time.process_time() - starts < 0.1


@pytest.mark.parametrize(
    ("signed_in", "tokens", "is_read"),
    [
        pytest.param(True, MOST_TOKENS, True, id="a caller, at his limit"),
        pytest.param(True, MOST_TOKENS + 1, False, id="a caller, beyond it"),
        pytest.param(False, MOST_TOKENS_UNKNOWN, True, id="a stranger, at his limit"),
        pytest.param(False, MOST_TOKENS_UNKNOWN + 1, False, id="a stranger, beyond it"),
    ],
)
async def test_a_document_has_only_so_many_tokens(signed_in: bool, tokens: int, is_read: bool) -> None:
    asking = context(official() if signed_in else None)
    aliased, alone = divmod(tokens - 2, 3)
    fields = [*(f"a{place}: signedIn" for place in range(aliased)), *["signedIn"] * alone]
    told = await ENGINE.execute(Operation("{" + " ".join(fields) + "}"), asking)
    assert [error["extensions"]["code"] for error in told.errors] == ([] if is_read else ["GRAPHQL_PARSE_FAILED"])


@pytest.mark.parametrize(
    ("text", "code"),
    [
        pytest.param("{ " + "commune { name } " * MOST_REPEATS + "}", None, id="as often as may be"),
        pytest.param("{ " + "commune { name } " * (MOST_REPEATS + 1) + "}", "FIELD_REPEATED", id="once more"),
        pytest.param(
            "{ " + "".join(f"a{n}: commune {{ name }} " for n in range(MOST_REPEATS + 1)) + "}",
            None,
            id="under as many names",
        ),
        pytest.param(
            "{ commune { " + "...a " * (MOST_REPEATS + 1) + "} } fragment a on Commune { name }",
            "FIELD_REPEATED",
            id="by fragments",
        ),
        pytest.param("{ " + "commune { name name name name name } " * 5 + "}", "FIELD_REPEATED", id="by its parents"),
        pytest.param("{ ...a } fragment a on Query { ...a }", "GRAPHQL_VALIDATION_FAILED", id="a circle"),
        pytest.param("{ ...nowhere }", "GRAPHQL_VALIDATION_FAILED", id="an unknown fragment"),
        pytest.param("{ a: signedIn a: commune { name } }", "GRAPHQL_VALIDATION_FAILED", id="two fields, one name"),
    ],
)
def test_a_field_repeats_only_so_often(text: str, code: str | None) -> None:
    view = ENGINE.view(context(official()))
    if code is None:
        Documents().read(text, view, frozenset({"all"}))
        return
    with pytest.raises(Rejected) as rejected:
        Documents().read(text, view, frozenset({"all"}))
    assert rejected.value.code == code


def test_a_document_is_read_once_for_each_view() -> None:
    documents, caller = Documents(), context(official("tax"))
    view = ENGINE.view(caller)
    first = documents.read("{ tax { households } }", view, frozenset({"tax"}))
    assert documents.read("{ tax { households } }", view, frozenset({"tax"})) is first
    assert documents.read("{ tax { households  } }", view, frozenset({"tax"})) is not first
    with pytest.raises(Rejected):
        documents.read("{ tax { households } }", ENGINE.view(context(official("health"))), frozenset({"health"}))


def test_kept_documents_take_only_so_much_room() -> None:
    documents, view = Documents(), ENGINE.view(context(official()))
    for number in range(12):
        documents.read(f'{{ commune(name: "{number:040000}") {{ name }} }}', view, frozenset({"all"}))
    assert len(documents._kept) == 6
    assert documents._characters == sum(characters for _, characters in documents._kept.values()) <= 250_000
