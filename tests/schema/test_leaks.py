"""A response repeats what the caller sent and tells what he may see; what he may not see is as if it were not there."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Final

import pytest
from hypothesis import assume, event, given, settings
from hypothesis import strategies as st

from dean06_core.access import ALL, Action, Caller, DataClass
from dean06_core.database import Database
from dean06_core.testing.places import template
from dean06_schema.errors import Shown
from tests.schema import guarded
from tests.schema.guarded import CODES, COMMUNES, ENGINE, SECTORS, TABLES, WHOLE, Guarded, text_of
from tests.schema.requests import BLANK, Words, documents

UNITS: Final = [*COMMUNES.values(), "goc"]
INDICATORS: Final = [f"{code}.rate" for code in SECTORS]
LOGINS: Final = [guarded.login_of(name) for name in COMMUNES.values()]
OF_ACCESS: Final = 'action: "READ", unit: "%s", dataClass: AUDIT'
FITTING: Final = {
    "period": ["2025-07"],
    "periods": ["2025-07"],
    "action": [*Action],
    "basis": [guarded.DOCUMENT],
    "documents": [guarded.DOCUMENT],
}
NAMED: Final = {
    **FITTING,
    "code": CODES,
    "codes": [*UNITS, *INDICATORS],
    "unit": UNITS,
    "lead": UNITS,
    "cooperating": UNITS,
    "indicator": INDICATORS,
    "within": UNITS,
    "servedBy": UNITS,
    "indicators": INDICATORS,
    "sector": SECTORS,
    "sectors": SECTORS,
    "login": LOGINS,
}


@pytest.fixture(scope="module")
def loop() -> Iterator[asyncio.Runner]:
    """Of all examples: hypothesis draws outside of it, and the database is open in it."""
    with asyncio.Runner() as runner:
        yield runner


@pytest.fixture(scope="module")
def here(loop: asyncio.Runner, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    settled = loop.run(template(guarded.settle))
    with settled.copied(tmp_path_factory.mktemp("leaks")) as address:
        database = Database(address, TABLES)
        yield loop.run(guarded.opened(database))
        loop.run(database.close())


grants = st.builds(
    guarded.official,
    st.frozensets(st.sampled_from(SECTORS), min_size=1) | st.just(ALL),
    st.frozensets(st.sampled_from([*COMMUNES]), min_size=1) | st.just(ALL),
    st.frozensets(st.sampled_from([DataClass.AGGREGATE, DataClass.RECORD, DataClass.GOVERNANCE]), min_size=1),
    st.sampled_from([Action.READ, Action.ADMINISTER, Action.RECORD, Action.ASSIGN, Action.PROPOSE]),
)
callers = st.lists(grants, max_size=2).map(lambda held: guarded.caller(*held))


def told(here: Guarded, caller: Caller | None, sent: str, response: str) -> list[str]:
    """What the response tells that it may not."""
    heard, asked = response.casefold(), sent.casefold()
    return [word for word in here.hidden_from(caller) if word in heard and word not in asked]


USUAL: Final = (
    "unit(code: ?) { name } task(code: ?) { title }",
    "units(filter: {within: ?}) { totalCount }",
    "indicator(code: ?) { name }",
    "indicators(sectors: [?]) { code }",
    'observations(units: {codes: [?]}, periods: ["2025-07"]) { value }',
    'observations(units: {}, periods: ["2025-07"], indicators: [?]) { value }',
    'observations(units: {}, periods: ["2025-07"], sectors: [?]) { value }',
    'belowTarget(period: "2025-07", sectors: [?]) { total }',
    "tasks(filter: {sectors: [?]}) { totalCount } taskSummary(filter: {lead: {codes: [?]}}) { total }",
    "node(id: ?) { id } nodes(ids: [?]) { id }",
    'explainAccess(login: ?, action: "READ", unit: "zalora", dataClass: RECORD) { allowed }',
    "account(login: ?) { name } accounts(filter: {units: {codes: [?]}}) { totalCount }",
)
"""What is asked most; ``?`` is where a code or an id stands."""
CHANGES: Final = (
    'recordObservations(input: {period: "2025-07", cells: [{indicator: ?, unit: "zalora", value: "1"}]})',
    'recordObservations(input: {period: "2025-07", cells: [{indicator: "amberine.rate", unit: ?, value: "1"}]})',
    'assignTargets(input: {basis: "15/QĐ-UBND", targets: [{indicator: ?, value: "1", validFrom: "2025-07-01"}]})',
    'assignTask(input: {title: "Việc", group: "Nhóm", origin: PLAN, recurrence: ONE_OFF, lead: ?})',
    'assignTask(input: {title: "Việc", group: "Nhóm", origin: PLAN, recurrence: ONE_OFF, lead: "goc", sectors: [?]})',
    'reportTaskProgress(input: {task: ?, done: "Xong"})',
    'extendTask(task: ?, to: "2025-12-31", basis: "15/QĐ-UBND")',
    "confirmTask(task: ?, accepted: true)",
    'suspendAccount(login: ?, reason: "Thử")',
    "wakeAccount(login: ?)",
    'assignDuty(input: {login: ?, unit: "zalora", function: "Việc", decision: "QĐ 1", starts: "2025-07-01", '
    'ends: "2025-12-31"})',
)
ASKED: Final = (
    *(f"{{ {each} }}" for each in USUAL),
    *(f"mutation {{ {each} {{ errors {{ code field message }} }} }}" for each in CHANGES),
)


def is_for_officials(error: Shown) -> bool:
    """Whether it says what to do; what graphql-core says of the text of a request is for programmers."""
    return error["extensions"]["code"].startswith("GRAPHQL_") or "Hãy" in error["message"]


@settings(deadline=None, max_examples=60)
@given(data=st.data(), by=callers | st.none(), misspells=st.booleans())
def test_a_response_names_nothing_that_is_hidden(
    here: Guarded, loop: asyncio.Runner, data: st.DataObject, by: Caller | None, misspells: bool
) -> None:
    shown = WHOLE if misspells else ENGINE.view(here.context(by))
    words = Words([*CODES, "goc", "nothing", "2025-07"], [*here.ids, "nothing"], NAMED)
    sent = data.draw(documents(shown, words, misspells=misspells))
    answer = loop.run(here.answer(sent, by))
    codes = {error["extensions"]["code"] for error in answer.errors}
    event(f"answered with {sorted(codes) or 'data'}")
    assert told(here, by, sent, text_of(answer)) == []
    assert "INTERNAL_ERROR" not in codes
    assert [error["message"] for error in answer.errors if not is_for_officials(error)] == []


@settings(deadline=None, max_examples=100)
@given(data=st.data(), by=callers, misspells=st.booleans())
def test_what_is_hidden_is_answered_as_what_never_was(
    here: Guarded, loop: asyncio.Runner, data: st.DataObject, by: Caller, misspells: bool
) -> None:
    pairs = here.pairs(by)
    assume(pairs)
    shown = WHOLE if misspells else ENGINE.view(here.context(by))
    usual = st.sampled_from([each.replace("?", f'"{BLANK}"') for each in ASKED])
    sent = data.draw(usual | documents(shown, Words([BLANK], [BLANK], FITTING), misspells=misspells))
    hidden, never = data.draw(st.sampled_from(pairs).flatmap(st.sampled_from))
    assume(BLANK in sent and hidden not in sent)
    outside, nowhere = [loop.run(here.answer(sent.replace(BLANK, code), by)) for code in (hidden, never)]
    event(f"answered with {sorted({error['extensions']['code'] for error in nowhere.errors}) or 'data'}")
    assert text_of(outside).replace(hidden, BLANK) == text_of(nowhere).replace(never, BLANK)


EVERYTHING: Final = """{
  __schema { types { name enumValues { name } } } sectors { code name } units { edges { node { code } } }
  tasks { edges { node { code } } } indicators { targets { value } }
  observations(units: {}, periods: ["2025-07"]) { indicator { code } numerator }
}"""


@settings(deadline=None, max_examples=30)
@given(by=callers)
def test_whoever_asks_for_everything_is_told_what_he_may_know_and_no_more(
    here: Guarded, loop: asyncio.Runner, by: Caller
) -> None:
    questions, shown = [EVERYTHING], ENGINE.view(here.context(by)).type_map
    if "AccountConnection" in shown:
        questions.append("{ accounts { edges { node { login } } } }")
    if "AccessDecision" in shown:
        unit = here.context(by).directory.listed(guarded.TODAY)[0].code
        questions += [f'{{ explainAccess(login: "{login}", {OF_ACCESS % unit}) {{ reason }} }}' for login in LOGINS]
    heard = ""
    for question in questions:
        answer = loop.run(here.answer(question, by))
        assert {error["extensions"]["code"] for error in answer.errors} <= {"ACCOUNT_UNKNOWN"}
        heard += "" if answer.errors else text_of(answer).casefold()
    every = {word for secret in here.secrets for word in secret.words}
    assert {word for word in every if word in heard} == every - here.hidden_from(by)
