"""The numbers of the insured are known by their form alone, and what is refused is never repeated."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dean06_core import BadInput
from dean06_social_insurance.insurance_numbers import bhxh_number, bhyt_card

digits = "0123456789"


def of_digits(count: int) -> st.SearchStrategy[str]:
    return st.text(digits, min_size=count, max_size=count)


@pytest.mark.parametrize(
    ("parse", "cell", "written"),
    [
        pytest.param(bhxh_number, "4221234567", "4221234567", id="an insurance number"),
        pytest.param(bhxh_number, 4221234567, "4221234567", id="an insurance number that JSON has as a number"),
        pytest.param(bhxh_number, "0121234567", "0121234567", id="an insurance number that begins with 0"),
        pytest.param(bhxh_number, "042190001234", "042190001234", id="the personal ID that replaced it in 2026"),
        pytest.param(bhyt_card, "GD4424221234567", "GD4424221234567", id="a card"),
        pytest.param(bhyt_card, "GD 4 42 4221234567", "GD4424221234567", id="a card as it is printed"),
        pytest.param(bhyt_card, "te1424221234567", "TE1424221234567", id="a card in small letters"),
    ],
)
def test_a_number_of_the_right_form_is_read(parse: Callable[[Any], str], cell: Any, written: str) -> None:
    assert parse(cell) == written


@pytest.mark.parametrize(
    ("parse", "cell", "code", "message"),
    [
        pytest.param(
            bhxh_number,
            "422123456",
            "BHXH_NUMBER_INVALID",
            "Mã số BHXH phải có 10 chữ số, hoặc 12 chữ số của số định danh cá nhân; ô này có 9 ký tự. "
            "Hãy sửa, ghi dưới dạng chữ để không mất số 0 ở đầu, hoặc bỏ cột này.",
            id="a digit is missing",
        ),
        pytest.param(
            bhxh_number,
            "000190001234",
            "BHXH_NUMBER_INVALID",
            "Mã số BHXH phải có 10 chữ số, hoặc 12 chữ số của số định danh cá nhân; ô này có 12 ký tự. "
            "Hãy sửa, ghi dưới dạng chữ để không mất số 0 ở đầu, hoặc bỏ cột này.",
            id="twelve digits of no province",
        ),
        pytest.param(
            bhyt_card,
            "GD6424221234567",
            "BHYT_CARD_INVALID",
            "Số thẻ BHYT phải có 15 ký tự: 2 chữ cái, 1 chữ số từ 1 đến 5, rồi 12 chữ số; "
            "ô này có 15 ký tự không như vậy. Hãy sửa, hoặc bỏ cột này.",
            id="a benefit that does not exist",
        ),
        pytest.param(
            bhyt_card,
            "4221234567",
            "BHYT_CARD_INVALID",
            "Số thẻ BHYT phải có 15 ký tự: 2 chữ cái, 1 chữ số từ 1 đến 5, rồi 12 chữ số; "
            "ô này có 10 ký tự không như vậy. Thẻ in từ năm 2021 chỉ có 10 số cuối: hãy ghi ở cột bhxh_number.",
            id="the ten digits of a newer card",
        ),
        pytest.param(
            bhyt_card,
            True,
            "CELL_INVALID",
            "Ô này phải là chữ hoặc số. Hãy sửa ô này.",
            id="a cell that is no text",
        ),
    ],
)
def test_another_form_is_refused_with_the_remedy(
    parse: Callable[[Any], str], cell: Any, code: str, message: str
) -> None:
    with pytest.raises(BadInput) as refused:
        parse(cell)
    assert (refused.value.code, refused.value.message) == (code, message)


@given(st.from_regex(r"[A-Z]{2}[1-5]", fullmatch=True).filter(str.isascii), of_digits(2), of_digits(10))
def test_every_card_is_read_and_ends_with_an_insurance_number(group: str, province: str, number: str) -> None:
    card = bhyt_card(group + province + number)
    assert bhxh_number(card[-10:]) == number


@given(st.sampled_from([bhxh_number, bhyt_card]), of_digits(11))
def test_a_refusal_does_not_repeat_what_was_written(parse: Callable[[Any], str], written: str) -> None:
    with pytest.raises(BadInput) as refused:
        parse(written)
    assert written not in refused.value.message
