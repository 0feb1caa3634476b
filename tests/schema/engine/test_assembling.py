"""A sector's fields stand under one root field of its name, and what does not fit is told to the plugin's author."""

# mypy: disable-error-code="untyped-decorator"

import enum
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Annotated, Any

import pytest
import strawberry
from graphql import GraphQLObjectType

from dean06_core.errors import StartUpError
from dean06_core.graphql import Context, batch_field
from dean06_core.sectors import Sector
from dean06_schema.engine import Engine, compose
from tests.schema.engine.small import HEALTH, SMALL, TAX, HealthQuery, engine


def fields_of(composed: Engine) -> dict[str, Any]:
    query = composed.schema._schema.query_type
    assert query is not None
    return dict(query.fields)


def root_fields(*sectors: Sector) -> dict[str, Any]:
    return fields_of(engine(sectors))


def faults(*sectors: Sector) -> Mapping[str, str]:
    return compose(sectors, parts=SMALL).faults


def test_each_sector_with_fields_adds_one_root_field_of_its_name() -> None:
    dossiers = Sector(code="public_services", title="Dịch vụ công", query=HealthQuery)
    added = set(root_fields(TAX, dossiers, Sector(code="justice", title="Tư pháp"))) - set(root_fields())
    assert added == {"tax", "publicServices"}


def test_a_sector_is_described_by_its_title_and_answers_with_its_own_type() -> None:
    field = root_fields(HEALTH)["health"]
    assert (field.description, str(field.type)) == ("Y tế", "HealthQuery!")


def test_a_sector_that_fits_is_composed() -> None:
    assert faults(HEALTH) == {}


def test_a_sector_without_fields_is_composed() -> None:
    assert faults(Sector(code="justice", title="Tư pháp")) == {}


def test_a_root_field_that_is_taken_names_both_owners() -> None:
    composed = compose([Sector(code="commune", title="Xã", query=HealthQuery), TAX], parts=SMALL)
    assert {*fields_of(composed.engine)} == {*root_fields(TAX)}
    assert composed.faults == {
        "commune": "StartUpError: Query field 'commune' is declared by both SmallQuery and sector 'commune'. "
        "Rename one of the two, or uninstall the plugin that brings it."
    }


def test_two_sectors_with_one_type_name_do_not_compose() -> None:
    @strawberry.type(name="HealthQuery", description="Khác")
    class Other:
        name: str = strawberry.field(default="", description="Tên")

    with pytest.raises(StartUpError) as refused:
        engine([HEALTH, Sector(code="health_records", title="Hồ sơ", query=Other)])
    assert str(refused.value) == (
        "The schema of 'health' and 'health_records' does not compose. "
        "DuplicatedTypeName: Type HealthQuery is defined multiple times in the schema"
    )


def health(query: type) -> Sector:
    return replace(HEALTH, query=query)


def undecorated() -> type:
    class HealthQuery:
        name: str = ""

    return HealthQuery


def needing_an_argument() -> type:
    @strawberry.type(description="Y tế")
    class HealthQuery:
        name: str = strawberry.field(description="Tên")

    return HealthQuery


def without_prefix() -> type:
    @strawberry.type(description="Sổ")
    class Book:
        name: str = strawberry.field(default="", description="Tên")

    @strawberry.type(description="Y tế")
    class HealthQuery:
        @strawberry.field(description="Sổ")
        def book(self) -> Book:
            return Book()

    return HealthQuery


def without_descriptions() -> type:
    @strawberry.enum
    class HealthKind(enum.Enum):
        PAPER = "PAPER"

    @strawberry.input
    class HealthFilter:
        text: str = ""

    @strawberry.type
    class HealthQuery:
        @strawberry.field
        def kind(self, filter: HealthFilter) -> HealthKind:  # noqa: A002  as sectors name it
            return HealthKind.PAPER

    return HealthQuery


def calling_its_parent_self() -> type:
    def first(self: strawberry.Parent[Any]) -> str:
        return ""

    @strawberry.type(description="Y tế")
    class HealthQuery:
        name: str = strawberry.field(resolver=first, description="Tên")

    return HealthQuery


@pytest.mark.parametrize(
    ("query", "told"),
    [
        pytest.param(
            undecorated,
            "Sector 'health' has query=HealthQuery, which is not an object type. "
            "Decorate the class with @strawberry.type.",
            id="a class that is not a type",
        ),
        pytest.param(
            needing_an_argument,
            "Sector 'health': HealthQuery() cannot be made without arguments: "
            "needing_an_argument.<locals>.HealthQuery.__init__() missing 1 required keyword-only argument: 'name'. "
            "Give its fields resolvers or defaults.",
            id="a type that cannot be made",
        ),
        pytest.param(
            without_prefix,
            "Sector 'health' does not fit the schema:\n"
            "- Type 'Book' does not say whose it is. Prefix its name with the sector: 'HealthBook'.",
            id="a type without the sector's name",
        ),
        pytest.param(
            without_descriptions,
            "Sector 'health' does not fit the schema:\n"
            + "\n".join(
                f"- {what} has no description. Give it description='...' in Vietnamese."
                for what in (
                    "Type 'HealthQuery'",
                    "Field 'HealthQuery.kind'",
                    "Argument 'HealthQuery.kind(filter:)'",
                    "Type 'HealthFilter'",
                    "Field 'HealthFilter.text'",
                    "Type 'HealthKind'",
                    "Value 'HealthKind.PAPER'",
                )
            ),
            id="nothing is described",
        ),
        pytest.param(
            calling_its_parent_self,
            "Sector 'health' does not fit the schema:\n"
            "- Field 'HealthQuery.name' calls its strawberry.Parent parameter 'self', which fails when it is asked. "
            "Call it 'root'.",
            id="a parent called self",
        ),
    ],
)
def test_what_does_not_fit_is_told(query: Callable[[], type], told: str) -> None:
    unfit = health(query())
    composed = compose([unfit, TAX], parts=SMALL)
    assert composed.faults == {"health": f"StartUpError: {told}"}
    assert {*root_fields(TAX)} == {*fields_of(composed.engine)}


def test_a_batch_field_fits() -> None:
    @strawberry.type(description="Y tế")
    class HealthQuery:
        @batch_field(description="Số sổ")
        async def books(
            parents: list[Any],  # noqa: N805  all parents at once
            context: Context,
            *,
            year: Annotated[int, strawberry.argument(description="Năm")],
        ) -> list[int]:
            return [1 for _ in parents]

    assert faults(health(HealthQuery)) == {}
    fields = engine([health(HealthQuery)]).schema._schema.type_map["HealthQuery"]
    assert isinstance(fields, GraphQLObjectType)
    assert set(fields.fields) == {"books"}
