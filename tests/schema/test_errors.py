"""The log of an error keeps where it happened and none of the values that were at hand."""

from __future__ import annotations

import logging

import pytest
import sqlalchemy as sa
from graphql import GraphQLError

from dean06_core.errors import BadInput
from dean06_schema.errors import Refusal, of_fields


def failed(cause: Exception, *path: str | int) -> GraphQLError:
    return GraphQLError(str(cause), path=list(path), original_error=cause)


def test_the_values_sent_to_the_database_are_not_told_to_the_log(caplog: pytest.LogCaptureFixture) -> None:
    cause = sa.exc.DBAPIError("select 1 where name = ?", ("Nguyễn Thị Lan",), ValueError("disk I/O error"))
    wrapped = RuntimeError("could not list")
    wrapped.__cause__ = cause
    with caplog.at_level(logging.ERROR):
        of_fields([failed(wrapped, "tasks")])
    assert "disk I/O error" in caplog.text
    assert "Lan" not in caplog.text


def test_one_cause_under_many_fields_is_told_to_the_log_once(caplog: pytest.LogCaptureFixture) -> None:
    cause = RuntimeError("lost")
    with caplog.at_level(logging.ERROR):
        shown = of_fields([failed(cause, "tasks", place) for place in range(3)])
    assert len({error["extensions"]["request"] for error in shown}) == 1
    assert [record.getMessage().split(" failed at ")[1] for record in caplog.records] == ["tasks.0"]


def test_a_refusal_names_the_input_that_was_refused() -> None:
    of_a_field = Refusal.of(BadInput("UNIT_UNKNOWN", "Không có đơn vị.", field=("units", "codes")))
    of_the_whole = Refusal.of(BadInput("TOO_BUSY", "Hãy thử lại."))
    assert (of_a_field.code, of_a_field.field, of_a_field.message) == (
        "UNIT_UNKNOWN",
        ["units", "codes"],
        "Không có đơn vị.",
    )
    assert of_the_whole.field is None
