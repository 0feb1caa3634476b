"""A row of a sector's records tells no person, and its days come in the order in which things happen."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from dean06_core.errors import BadInput
from dean06_core.rows import in_order, ref, since_beginning

EARLY, LATE = date(2025, 7, 1), date(2025, 7, 28)


@pytest.mark.parametrize(
    ("cell", "kept"),
    [
        pytest.param(" HS-000123 ", "HS-000123", id="blanks around it"),
        pytest.param(123, "123", id="a whole number"),
        pytest.param("000123456789", "000123456789", id="twelve digits of no province"),
        pytest.param("0012345678", "0012345678", id="a counter that begins with two noughts"),
        pytest.param("12345678901", "12345678901", id="eleven digits"),
    ],
)
def test_a_number_that_tells_nobody_is_kept(cell: Any, kept: str) -> None:
    assert ref(cell) == kept


@pytest.mark.parametrize(
    "cell",
    [
        pytest.param("042185001234", id="a personal ID"),
        pytest.param("101185000001", id="a personal ID of somebody born abroad"),
        pytest.param("gd4424218500123", id="an insurance card in small letters"),
        pytest.param("GD 4 42 1850 0123 99", id="an insurance card with blanks"),
        pytest.param("183456789", id="an old identity card"),
        pytest.param("0100233488", id="a tax code"),
        pytest.param("0100233488-001", id="the tax code of a dependent unit"),
        pytest.param("GD4424218500123", id="an insurance card"),
        pytest.param(183456789, id="an old identity card, written as a number"),
    ],
)
def test_a_number_of_a_person_is_refused_and_not_repeated(cell: Any) -> None:
    with pytest.raises(BadInput, match="Hãy ghi số thứ tự của dòng") as refused:
        ref(cell)
    assert refused.value.code == "REF_OF_A_PERSON"
    assert str(cell) not in refused.value.message


@pytest.mark.parametrize("cell", [True, ["HS-1"], None, 1.5])
def test_what_is_neither_text_nor_a_whole_number_is_no_number_of_a_row(cell: Any) -> None:
    with pytest.raises(BadInput) as refused:
        ref(cell)
    assert refused.value.code == "CELL_INVALID"


def test_a_day_that_no_span_reaches_is_refused() -> None:
    since_beginning({"listed_on": date(2000, 1, 1), "closed_on": None}, "listed_on", "closed_on")
    with pytest.raises(BadInput, match="còn kéo dài thì ghi 2000-01-01") as refused:
        since_beginning({"listed_on": EARLY, "closed_on": date(1999, 12, 31)}, "listed_on", "closed_on")
    assert (refused.value.code, refused.value.field) == ("DAY_TOO_EARLY", ("closed_on",))


@pytest.mark.parametrize(
    ("first", "last", "same_day", "code"),
    [
        pytest.param(EARLY, LATE, True, None, id="in order"),
        pytest.param(EARLY, EARLY, True, None, id="on one day"),
        pytest.param(EARLY, None, True, None, id="not ended yet"),
        pytest.param(None, None, True, None, id="never begun"),
        pytest.param(LATE, EARLY, True, "DAYS_OUT_OF_ORDER", id="the wrong way round"),
        pytest.param(EARLY, EARLY, False, "DAYS_OUT_OF_ORDER", id="on one day where it may not"),
        pytest.param(None, LATE, True, "DAY_MISSING", id="ended and never begun"),
    ],
)
def test_days_come_one_after_the_other(first: date | None, last: date | None, same_day: bool, code: str | None) -> None:
    values = {"begun_on": first, "ended_on": last}
    if code is None:
        in_order(values, "begun_on", "ended_on", same_day=same_day)
        return
    with pytest.raises(BadInput, match="Hãy") as refused:
        in_order(values, "begun_on", "ended_on", same_day=same_day)
    assert (refused.value.code, refused.value.field) == (code, ("ended_on",))
