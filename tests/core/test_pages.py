"""A page is cut by its cursor alone; a cursor of another list, or one that was changed, is refused."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dean06_core.errors import BadInput
from dean06_core.pages import LARGEST_SIZE, Page, cursor_of, cut, key_of

KEYS = st.lists(st.integers(0, 50), unique=True, max_size=30).map(sorted)


@given(st.tuples(st.integers(), st.text()), st.sampled_from(["units", "tasks"]))
def test_a_cursor_gives_its_key_back(key: tuple[int, str], order: str) -> None:
    assert key_of(cursor_of(key, order), order, field="after") == key


@given(st.integers(0, 1_000), st.integers(0, 40), st.integers(0, 61))
def test_a_cursor_with_one_changed_letter_is_refused(key: int, place: int, letter: int) -> None:
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
    cursor = cursor_of((key,), "units")
    place %= len(cursor) - 1  # the last letter carries bits that decode to nothing
    changed = cursor[:place] + alphabet[letter] + cursor[place + 1 :]
    if changed != cursor:
        with pytest.raises(BadInput, match="đã bị sửa"):
            key_of(changed, "units", field="after")


@pytest.mark.parametrize("cursor", ["", "abcd", "ế", "a" * 5_000, cursor_of((1,), "tasks")])
def test_what_is_no_cursor_of_this_list_is_refused_and_its_own_is_taken(cursor: str) -> None:
    with pytest.raises(BadInput) as refused:
        Page.of("units", after=cursor)
    assert refused.value.code == "CURSOR_INVALID"
    assert Page.of("units", after=cursor_of((1,), "units")).after == (1,)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        pytest.param({"first": 10_000}, "PAGE_TOO_LARGE", id="a page of ten thousand"),
        pytest.param({"last": LARGEST_SIZE + 1}, "PAGE_TOO_LARGE", id="one row too many"),
        pytest.param({"first": -1}, "PAGE_INVALID", id="less than nothing"),
        pytest.param({"first": 1, "last": 1}, "PAGE_AMBIGUOUS", id="both ends at once"),
    ],
)
def test_a_page_that_cannot_be_meant_is_refused(arguments: dict[str, Any], code: str) -> None:
    with pytest.raises(BadInput) as refused:
        Page.of("units", **arguments)
    assert refused.value.code == code
    assert Page.of("units", first=LARGEST_SIZE).size == LARGEST_SIZE


@given(
    KEYS,
    st.integers(0, 12),
    st.one_of(st.none(), st.integers(0, 50)),
    st.one_of(st.none(), st.integers(0, 50)),
    st.booleans(),
)
def test_a_page_of_a_list_in_memory_is_what_relays_algorithm_cuts(
    keys: list[int], size: int, after: int | None, before: int | None, backwards: bool
) -> None:
    page = Page(size, None if after is None else (after,), None if before is None else (before,), backwards)
    found = cut(keys, page, key=lambda key: (key,))
    inside = [key for key in keys if (after is None or key > after) and (before is None or key < before)]
    expected = (inside[-size:] if size else []) if backwards else inside[:size]
    assert list(found.rows) == expected
    if expected:
        assert found.has_next == (expected[-1] < keys[-1])
        assert found.has_previous == (expected[0] > keys[0])
