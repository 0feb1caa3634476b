"""What a caller may not see cannot be told from what does not exist: not by name, by suggestion, by id, by error."""

from __future__ import annotations

import json
from typing import Any

import httpx2
import pytest
from click.testing import CliRunner
from graphql import build_client_schema, build_schema, get_introspection_query
from graphql.utilities import find_schema_changes

from dean06_core.database import Address
from dean06_server.cli import main
from dean06_server.demo.questions import MONTH, PROVINCE
from tests.journeys.conftest import Person, SignIn

HIDDEN = "justice.criminal_record_vneid_rate"
UNKNOWN = "justice.no_such_indicator"
OF_JUSTICE = "HT25-013"
NO_TASK = "HT25-999"
NODE = "query ($id: ID!) { node(id: $id) { __typename id } }"


@pytest.fixture(scope="session")
def justice(sign_in: SignIn) -> Person:
    return sign_in("justice")


def without(answered: dict[str, Any], sent: str) -> str:
    """An answer, with what the caller himself sent taken out of it."""
    return json.dumps(answered, ensure_ascii=False).replace(sent, "...")


def test_another_sector_is_not_in_the_schema(health: Person, justice: Person) -> None:
    query = get_introspection_query()
    shown = {person: json.dumps(person.data(query), ensure_ascii=False).lower() for person in (health, justice)}
    assert "health" in shown[health]
    assert "justice" not in shown[health]
    assert "justice" in shown[justice]
    assert "health" not in shown[justice]


@pytest.mark.parametrize("field", ["justice", "justic", "Justice", "publicService", "healt"])
def test_no_suggestion_names_another_sector(health: Person, field: str) -> None:
    refused = health.ask(f"{{ {field} {{ __typename }} }}")
    assert "data" not in refused
    told = without(refused, field).lower()
    assert "justice" not in told
    assert "publicservices" not in told


def test_a_hidden_field_is_refused_as_one_that_never_was(health: Person) -> None:
    hidden, never = (health.ask(f"{{ {field} {{ __typename }} }}") for field in ("justice", "zzzzzzz"))
    assert without(hidden, "justice") == without(never, "zzzzzzz")


def test_a_type_of_another_sector_cannot_be_named(health: Person, justice: Person) -> None:
    [root] = [
        field["type"]["ofType"]["name"]
        for field in justice.data("{ __schema { queryType { fields { name type { ofType { name } } } } } }")[
            "__schema"
        ]["queryType"]["fields"]
        if field["name"] == "justice"
    ]
    query = "query ($name: String!) { __type(name: $name) { name } }"
    assert justice.data(query, name=root) == {"__type": {"name": root}}
    assert health.data(query, name=root) == {"__type": None}


@pytest.mark.parametrize(
    "query",
    [
        pytest.param("query ($code: String!) { indicator(code: $code) { name } }", id="the indicator"),
        pytest.param(
            """query ($code: String!) {
              observations(units: {codes: ["42"]}, periods: ["2025-07"], indicators: [$code]) { value }
            }""",
            id="its figures",
        ),
        pytest.param(
            'query ($code: String!) { belowTarget(period: "2025-07", indicators: [$code]) { total } }',
            id="who misses it",
        ),
        pytest.param(
            """query ($code: String!) {
              unit(code: "42") { indicators(codes: [$code], period: "2025-07") { value } }
            }""",
            id="the figures of a unit",
        ),
    ],
)
def test_an_indicator_of_another_sector_is_refused_as_an_unknown_one(
    health: Person, justice: Person, query: str
) -> None:
    assert without(health.ask(query, code=HIDDEN), HIDDEN) == without(health.ask(query, code=UNKNOWN), UNKNOWN)
    assert "INDICATOR_UNKNOWN" in json.dumps(health.ask(query, code=HIDDEN))
    assert "errors" not in justice.ask(query, code=HIDDEN)


@pytest.mark.parametrize(
    "query",
    [
        pytest.param("query ($code: String!) { indicators(sectors: [$code]) { code } }", id="indicators"),
        pytest.param(
            """query ($code: String!) {
              observations(units: {codes: ["42"]}, periods: ["2025-07"], sectors: [$code]) { value }
            }""",
            id="figures",
        ),
        pytest.param("query ($code: String!) { taskSummary(filter: {sectors: [$code]}) { total } }", id="tasks"),
        pytest.param(
            "query ($code: String!) { tasks(filter: {sectors: [$code]}) { totalCount } }", id="a list of tasks"
        ),
    ],
)
def test_another_sector_is_refused_as_an_unknown_one(health: Person, justice: Person, query: str) -> None:
    assert without(health.ask(query, code="justice"), "justice") == without(
        health.ask(query, code="nothing"), "nothing"
    )
    assert "errors" not in justice.ask(query, code="justice")


def test_figures_that_were_not_named_are_not_there(health: Person, secretariat: Person) -> None:
    query = """query ($unit: String!, $month: String!) {
      observations(units: {codes: [$unit]}, periods: [$month], windows: [PERIOD, TO_DATE]) { indicator { code } }
    }"""
    seen = {
        person: {each["indicator"]["code"] for each in person.data(query, unit=PROVINCE, month=MONTH)["observations"]}
        for person in (health, secretariat)
    }
    assert HIDDEN in seen[secretariat]
    assert seen[health] == {code for code in seen[secretariat] if code.startswith("health.")}


def test_an_id_of_another_sector_leads_nowhere(health: Person, justice: Person) -> None:
    query = """query ($indicator: String!, $task: String!) {
      observations(units: {codes: ["42"]}, periods: ["2025-07"], indicators: [$indicator]) { id }
      task(code: $task) { id }
    }"""
    found = justice.data(query, indicator=HIDDEN, task=OF_JUSTICE)
    for id_ in (found["observations"][0]["id"], found["task"]["id"]):
        assert justice.data(NODE, id=id_)["node"]["id"] == id_
        assert health.data(NODE, id=id_) == {"node": None}


def test_a_task_of_another_sector_is_as_if_it_did_not_exist(health: Person, justice: Person) -> None:
    query = "query ($code: String!) { task(code: $code) { title } }"
    assert health.ask(query, code=OF_JUSTICE) == health.ask(query, code=NO_TASK) == {"data": {"task": None}}
    assert justice.data(query, code=OF_JUSTICE)["task"]["title"]


def test_a_document_shows_only_the_tasks_that_the_caller_may_see(health: Person, secretariat: Person) -> None:
    query = "{ documents(first: 100) { edges { node { label tasks(first: 100) { edges { node { code } } } } } } }"
    assert OF_JUSTICE in json.dumps(secretariat.data(query))
    assert OF_JUSTICE not in json.dumps(health.data(query))


EXPLAIN = """query ($login: String!, $sector: String!) {
  explainAccess(login: $login, action: "READ", unit: "42", sector: $sector, dataClass: RECORD) {
    allowed reason by { role sectors { code } }
  }
}"""


def test_an_administrator_is_told_why_a_frontend_may_read_and_why_not(sign_in: SignIn) -> None:
    admin = sign_in("admin")
    own, other = [admin.data(EXPLAIN, login="health", sector=each)["explainAccess"] for each in ("health", "justice")]
    assert (own["allowed"], own["by"]) == (True, {"role": "sector_frontend", "sectors": [{"code": "health"}]})
    assert "tài khoản “health” được xem theo vai trò “Phần mềm khai thác của ngành”" in own["reason"]
    assert (other["allowed"], other["by"]) == (False, None)
    assert "gồm lĩnh vực “justice”. Hãy đề nghị cấp quyền trong lĩnh vực cần làm." in other["reason"]


@pytest.mark.parametrize("login", ["health", "secretariat", "commune.18823", "head.18823", "approver", "auditor"])
def test_to_nobody_else_is_there_such_a_question(sign_in: SignIn, login: str) -> None:
    person = sign_in(login)
    assert person.data('{ __type(name: "AccessDecision") { name } }') == {"__type": None}
    [refused] = person.ask(EXPLAIN, login="health", sector="health")["errors"]
    assert refused["message"] == "Cannot query field 'explainAccess' on type 'Query'."


@pytest.mark.parametrize("login", ["health", "secretariat", "admin"])
def test_what_is_printed_for_an_account_is_what_it_is_shown(
    sign_in: SignIn, login: str, demonstration: tuple[Address, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    address, _ = demonstration
    monkeypatch.setenv("DEAN06_DATABASE_URL", address.url)
    for name, url in (("CALLERS", address.callers), ("OWNER", address.owner)):
        if url is not None:
            monkeypatch.setenv(f"DEAN06_DATABASE_{name}_URL", url)
    printed = CliRunner().invoke(main, ["schema", "--as", login], catch_exceptions=False)
    assert printed.exit_code == 0, printed.output
    shown = build_client_schema(sign_in(login).data(get_introspection_query()))  # type: ignore[arg-type]  # what it answers
    assert find_schema_changes(build_schema(printed.output), shown) == []


@pytest.mark.parametrize("login", ["admin", "approver", "auditor"])
def test_who_keeps_accounts_sees_no_figure_and_no_task(sign_in: SignIn, login: str) -> None:
    query = """{
      observations(units: {codes: ["42"]}, periods: ["2025-07"]) { status statements { printed } }
      taskSummary(on: "2025-07-28") { total }
    }"""
    answer = sign_in(login).data(query)
    assert {(each["status"], len(each["statements"])) for each in answer["observations"]} == {("NO_DATA", 0)}
    assert answer["taskSummary"] == {"total": 0}


def test_nobody_sees_anything_without_signing_in(client: httpx2.Client) -> None:
    query = get_introspection_query()
    shown = json.dumps(client.post("/graphql", json={"query": query}).json()).lower()
    for word in ("justice", "health", "observation", "task", "indicator"):
        assert word not in shown
