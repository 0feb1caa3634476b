"""Nobody is shown, told about, or given an answer by a field that he may not use."""

from dataclasses import replace

import pytest
from graphql import (
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    build_schema,
    get_introspection_query,
    get_named_type,
    print_schema,
    validate_schema,
)
from hypothesis import given
from hypothesis import strategies as st

from dean06_core.access import Action, Caller, DataClass
from dean06_schema.engine import Operation
from dean06_schema.engine.views import MOST_VIEWS, Views
from dean06_schema.engine.visibility import SIGNED_IN, needed, reachable
from tests.schema import guarded
from tests.schema.engine.small import TODAY, administrator, context, engine, official

pytestmark = pytest.mark.anyio

ENGINE = engine()
OF_GUARDED = guarded.ENGINE._views
HEALTH_TYPES = {"HealthQuery", "HealthBook", "HealthBookKind"}
TAX_TYPES = {"TaxQuery"}
SIGN_IN_TYPES = {"Query", "Mutation", "SignInPayload", "UserError", "Refusal"}


def names_shown_to(caller: Caller | None) -> set[str]:
    shown = ENGINE.view(context(caller)).type_map
    return {name for name in shown if not name.startswith("__")} - {"String", "Boolean", "Int"}


def test_without_signing_in_there_is_only_the_way_in() -> None:
    assert names_shown_to(None) == SIGN_IN_TYPES
    view = ENGINE.view(context(None))
    assert view.query_type is not None
    assert view.mutation_type is not None
    assert (set(view.query_type.fields), set(view.mutation_type.fields)) == ({"signedIn"}, {"signIn"})


@pytest.mark.parametrize(
    ("caller", "types"),
    [
        pytest.param(official("health"), HEALTH_TYPES, id="health alone"),
        pytest.param(official("tax"), TAX_TYPES, id="tax alone"),
        pytest.param(official("health", "tax"), HEALTH_TYPES | TAX_TYPES, id="both by name"),
        pytest.param(official(), HEALTH_TYPES | TAX_TYPES, id="every sector"),
        pytest.param(official("justice"), set(), id="a sector that is not installed"),
    ],
)
def test_a_caller_is_shown_the_core_and_his_own_sectors(caller: Caller, types: set[str]) -> None:
    assert names_shown_to(caller) == SIGN_IN_TYPES | {"Commune"} | types


async def test_a_field_of_a_core_type_is_hidden_with_its_sector() -> None:
    asked = Operation("{ commune { name healthBooks } }")
    told = await ENGINE.execute(asked, context(official("health")))
    refused = await ENGINE.execute(asked, context(official("tax")))
    assert told.data == {"commune": {"name": "Vũng Áng", "healthBooks": 7}}
    assert [error["message"] for error in refused.errors] == ["Cannot query field 'healthBooks' on type 'Commune'."]


@pytest.mark.parametrize(
    ("caller", "is_shown"),
    [
        pytest.param(administrator(), True, id="whoever administers accounts"),
        pytest.param(administrator(data_class=DataClass.AGGREGATE), False, id="whoever administers figures"),
        pytest.param(administrator(ends=TODAY), False, id="whoever did until yesterday"),
        pytest.param(official(), False, id="whoever reads figures everywhere"),
        pytest.param(None, False, id="nobody in particular"),
    ],
)
async def test_a_field_is_hidden_from_whoever_has_no_grant_of_the_kind_it_needs(
    caller: Caller | None, is_shown: bool
) -> None:
    told = await ENGINE.execute(Operation("{ accounts { login } }"), context(caller))
    assert (told.errors == ()) is is_shown
    assert ("Account" in names_shown_to(caller)) is is_shown


async def test_introspection_tells_what_is_shown_and_no_more() -> None:
    told = await ENGINE.execute(Operation(get_introspection_query()), context(official("tax")))
    assert told.errors == ()
    assert "TaxQuery" in str(told.data)
    assert "ealth" not in str(told.data)


async def test_whoever_has_not_signed_in_may_ask_all_that_graphiql_asks() -> None:
    asked = get_introspection_query(schema_description=True, input_value_deprecation=True, one_of=True)
    told = await ENGINE.execute(Operation(asked), context(None))
    assert told.errors == ()
    assert "Commune" not in str(told.data)


async def test_a_suggestion_repeats_only_what_is_shown() -> None:
    asked = Operation("{ healt { books { kind } } }")
    hidden = await ENGINE.execute(asked, context(official("tax")))
    shown = await ENGINE.execute(asked, context(official("health")))
    assert hidden.errors[0]["message"] == "Cannot query field 'healt' on type 'Query'."
    assert shown.errors[0]["message"] == "Cannot query field 'healt' on type 'Query'. Did you mean 'health'?"


async def test_a_type_that_is_not_shown_does_not_exist() -> None:
    asked = Operation('{ __type(name: "HealthBook") { name } }')
    hidden = await ENGINE.execute(asked, context(official("tax")))
    shown = await ENGINE.execute(asked, context(official("health")))
    assert (hidden.data, shown.data) == ({"__type": None}, {"__type": {"name": "HealthBook"}})


async def test_an_interface_is_answered_in_every_view() -> None:
    asked = Operation('mutation { signIn(login: "lan") { errors { __typename code } } }')
    for caller in (None, official("tax")):
        told = await ENGINE.execute(asked, context(caller))
        assert told.data == {"signIn": {"errors": [{"__typename": "Refusal", "code": "SIGN_IN_FAILED"}]}}


def test_callers_with_the_same_permissions_share_one_view() -> None:
    assert ENGINE.view(context(official())) is ENGINE.view(context(official("tax", "health")))
    assert ENGINE.view(context(official())) is not ENGINE.view(context(official("tax")))


def test_permissions_on_which_nothing_depends_make_no_view_of_their_own() -> None:
    """An officer and a sector's frontend differ in actions and classes that no field asks about."""
    records = replace(official().grants[0], actions=frozenset(Action), data_classes=frozenset({DataClass.RECORD}))
    officer = replace(official(), grants=(records,))
    assert ENGINE.view(context(officer)) is ENGINE.view(context(official()))
    assert ENGINE.view(context(administrator())) is not ENGINE.view(context(official()))


def test_only_so_many_views_are_kept() -> None:
    views = Views(ENGINE.schema)
    first = views.of(frozenset({SIGNED_IN}))
    for number in range(MOST_VIEWS - 1):
        views.of(frozenset({SIGNED_IN, f"sector:{number}"}))
    assert views.of(frozenset({SIGNED_IN})) is first  # used again, so not the one to go
    views.of(frozenset({SIGNED_IN, "sector:one more"}))
    assert views.of(frozenset({SIGNED_IN})) is first
    assert len(views._views) == MOST_VIEWS


def test_a_view_is_a_schema_that_graphql_accepts() -> None:
    for caller in (None, official("tax"), official()):
        view = ENGINE.view(context(caller))
        assert validate_schema(view) == []
        build_schema(print_schema(view))


@given(st.frozensets(st.sampled_from(sorted(OF_GUARDED._told_apart))))
def test_a_view_has_the_fields_whose_permissions_are_held_and_what_they_lead_to(held: frozenset[str]) -> None:
    """Walked through once more, without what views keep of the whole schema."""
    whole, view = OF_GUARDED._schema._schema, OF_GUARDED.of(held)
    roots = [root for root in (whole.query_type, whole.mutation_type) if root is not None]

    def is_visible(parent: GraphQLNamedType, field: GraphQLField) -> bool:
        return needed(field, is_root=parent in roots) <= held

    shown = reachable([*roots, whole.type_map["Refusal"]], is_visible)
    told = {name for name in view.type_map if not name.startswith("__")}
    assert ({*shown} - told, told - {*shown} - {"Boolean", "String"}) == (set(), set())
    for name, type_ in shown.items():
        if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType):
            kept = view.type_map[name]
            assert isinstance(kept, GraphQLObjectType | GraphQLInterfaceType)
            assert [*kept.fields] == [field for field, each in type_.fields.items() if is_visible(type_, each)]
            assert all(
                get_named_type(each.type) is view.type_map[get_named_type(each.type).name]
                for each in kept.fields.values()
            )
            assert all(interface is view.type_map[interface.name] for interface in kept.interfaces)


def test_types_from_which_nothing_hidden_is_reached_are_shared() -> None:
    whole = ENGINE.schema._schema
    tax = ENGINE.view(context(official("tax")))
    assert {name for name, type_ in tax.type_map.items() if type_ is not whole.type_map[name]} == {"Query", "Commune"}
