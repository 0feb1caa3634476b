"""A cell is read as officials write it; what could be two numbers is not guessed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dean06_core.errors import BadInput
from dean06_core.imports.cells import all_of, count, day, flag, number, one_of, prose, text, texts
from dean06_core.periods import Window


def grouped(value: int) -> str:
    return f"{value:,}".replace(",", ".")


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        pytest.param(99, "99", id="a number of JSON"),
        pytest.param(Decimal("99.440"), "99.440", id="a decimal of JSON"),
        pytest.param("1158663", "1158663", id="digits"),
        pytest.param("1.158.663", "1158663", id="dots between thousands"),
        pytest.param("99,44", "99.44", id="a decimal comma"),
        pytest.param("99.44", "99.44", id="a decimal point"),
        pytest.param("0,125", "0.125", id="a small number with a comma"),
        pytest.param("0.125", "0.125", id="a small number with a point"),
        pytest.param("1.158,663", "1158.663", id="dots and a comma"),
        pytest.param("1234,567", "1234.567", id="a comma after four digits"),
        pytest.param("12.3456", "12.3456", id="a point before four digits"),
        pytest.param(" 40 ", "40", id="blanks around it"),
    ],
)
def test_a_number_is_read(cell: Any, value: str) -> None:
    assert str(number(cell)) == value


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        pytest.param("1.234", "“1.234” có thể là 1234 hoặc 1,234. Hãy ghi 1234 hoặc 1,2340 cho rõ.", id="a point"),
        pytest.param("1,234", "“1,234” có thể là 1234 hoặc 1,234. Hãy ghi 1234 hoặc 1,2340 cho rõ.", id="a comma"),
        pytest.param("98.570", "“98.570” có thể là 98570 hoặc 98,57. Hãy ghi 98570 hoặc 98,57 cho rõ.", id="a zero"),
        pytest.param("2.000", "“2.000” có thể là 2000 hoặc 2. Hãy ghi 2000 hoặc 2 cho rõ.", id="only zeros"),
    ],
)
def test_what_could_be_two_numbers_is_refused_with_both(cell: str, message: str) -> None:
    with pytest.raises(BadInput) as refused:
        number(cell)
    assert (refused.value.code, refused.value.message) == ("NUMBER_AMBIGUOUS", message)


@pytest.mark.parametrize(
    "cell", ["", "99,44%", "1,158,663", "1.15.663", "1e5", "NaN", "một", "٣", True, [5], "1 158 663", "12."]
)
def test_anything_else_is_no_number(cell: Any) -> None:
    with pytest.raises(BadInput) as refused:
        number(cell)
    assert refused.value.code == "NUMBER_INVALID"


@given(st.integers(-(10**12), 10**12))
def test_numbers_survive_being_written(value: int) -> None:
    assert number(str(value)) == count(str(value)) == value
    if abs(value) >= 10**6:
        assert number(grouped(value)) == count(grouped(value)) == value


@given(st.decimals(-(10**9), 10**9, places=2))
def test_decimals_survive_being_written_with_a_comma_or_a_point(value: Decimal) -> None:
    assert number(str(value)) == number(str(value).replace(".", ",")) == value


@given(st.from_regex(r"-?[0-9.,]{1,10}", fullmatch=True))
def test_what_is_read_is_one_of_the_two_readings(written: str) -> None:
    try:
        value = number(written)
    except BadInput:
        return
    with_point = written.replace(".", "").replace(",", ".")
    assert value in {Decimal(with_point), Decimal(written) if written.count(".") == 1 and "," not in written else value}


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        pytest.param("11.670", 11670, id="11,67 would count nothing"),
        pytest.param("11670", 11670, id="digits"),
        pytest.param("11.0", 11, id="no fraction to speak of"),
        pytest.param(Decimal("5.0"), 5, id="no fraction to speak of, in JSON"),
    ],
)
def test_a_count_is_whole(cell: Any, value: int) -> None:
    assert count(cell) == value


@pytest.mark.parametrize(
    ("cell", "code"),
    [("11.000", "NUMBER_AMBIGUOUS"), ("99,44", "NUMBER_NOT_WHOLE"), (Decimal("0.5"), "NUMBER_NOT_WHOLE")],
)
def test_a_count_that_is_not_certain_or_not_whole_is_refused(cell: Any, code: str) -> None:
    with pytest.raises(BadInput) as refused:
        count(cell)
    assert refused.value.code == code


@pytest.mark.parametrize("written", ["2025-07-28", "28/07/2025", "28/7/2025", " 28/7/2025 "])
def test_a_day_is_read(written: str) -> None:
    assert day(written) == date(2025, 7, 28)


@pytest.mark.parametrize(
    "written", ["2025-7-28", "31/2/2025", "28/7/25", "07/28/2025", "28-07-2025", 20250728, "0/7/2025"]
)
def test_anything_else_is_no_day(written: Any) -> None:
    with pytest.raises(BadInput) as refused:
        day(written)
    assert (refused.value.code, refused.value.message) == (
        "DATE_INVALID",
        f"“{written}” không phải là ngày. Hãy ghi 2025-07-28 hoặc 28/7/2025.",
    )


@pytest.mark.parametrize(
    ("parse", "cell", "value"),
    [
        pytest.param(text, "Xã\u00a0 Kỳ  Thượng ", "Xã Kỳ Thượng", id="text on one line"),
        pytest.param(text, 18844, "18844", id="a code that a sheet took for a number"),
        pytest.param(prose, " một\nhai ", "một\nhai", id="text with its lines"),
        pytest.param(flag, "có", True, id="yes"),
        pytest.param(flag, False, False, id="no"),
        pytest.param(texts, "a; b;;c", ("a", "b", "c"), id="a list in one cell"),
        pytest.param(texts, '["a;b"]', ("a;b",), id="a list of JSON in one cell"),
        pytest.param(texts, ["a", 42], ("a", "42"), id="a list of JSON"),
        pytest.param(one_of(Window), "to_date", Window.TO_DATE, id="a choice"),
        pytest.param(all_of(Window), "PERIOD;TO_DATE", (Window.PERIOD, Window.TO_DATE), id="choices"),
    ],
)
def test_a_cell_is_read(parse: Callable[[Any], Any], cell: Any, value: Any) -> None:
    assert parse(cell) == value


@pytest.mark.parametrize(
    ("parse", "cell", "code"),
    [
        pytest.param(text, True, "CELL_INVALID", id="a truth is no text"),
        pytest.param(prose, 5, "CELL_INVALID", id="a number is no prose"),
        pytest.param(flag, "có lẽ", "CELL_INVALID", id="perhaps"),
        pytest.param(texts, "[broken", "CELL_INVALID", id="JSON that does not parse"),
        pytest.param(texts, {"a": 1}, "CELL_INVALID", id="an object is no list"),
        pytest.param(one_of(Window), "LŨY KẾ", "CHOICE_UNKNOWN", id="no choice"),
    ],
)
def test_a_cell_that_holds_something_else_is_refused(parse: Callable[[Any], Any], cell: Any, code: str) -> None:
    with pytest.raises(BadInput) as refused:
        parse(cell)
    assert refused.value.code == code
