"""The schema that frontends read in the repository is the one that is served."""

from __future__ import annotations

from pathlib import Path

from graphql import build_schema
from graphql.utilities import find_schema_changes

from dean06_server.installation import Installation

PRINTED = Path(__file__).parents[2] / "schema/schema.graphql"


def test_the_printed_schema_is_the_one_that_is_served(installation: Installation) -> None:
    printed, served = PRINTED.read_text(encoding="utf-8"), installation.engine.schema.as_str() + "\n"
    changes = find_schema_changes(build_schema(printed), build_schema(served))
    assert [change.description for change in changes] == []
    assert printed == served, "Only wording or order changed. Print it again: make schema"
