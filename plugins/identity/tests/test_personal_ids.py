"""A personal ID is checked for its form alone and told to nobody."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from dean06_core import BadInput
from dean06_identity.personal_ids import personal_id


@given(number=st.from_regex(r"[0-9]{12}", fullmatch=True), before=st.sampled_from(["", " ", "\t"]))
def test_any_12_digits_have_the_form_since_there_is_no_check_digit(number: str, before: str) -> None:
    assert personal_id(f"{before}{number}{before}") == number


@given(written=st.text())
def test_anything_else_is_refused(written: str) -> None:
    digits = written.strip()
    assume(not (len(digits) == 12 and digits.isascii() and digits.isdigit()))
    with pytest.raises(BadInput) as refused:
        personal_id(written)
    assert (refused.value.code, refused.value.field) == ("PERSONAL_ID_INVALID", ("personal_id",))


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        pytest.param(
            "42099001234",
            "Số định danh cá nhân có 11 ký tự hoặc có ký tự không phải chữ số; số đúng có 12 chữ số viết liền. "
            "Hãy đối chiếu với thẻ căn cước, hoặc để trống ô này.",
            id="its first nought is lost",
        ),
        pytest.param(
            42099001234,
            "Số định danh cá nhân không phải là chữ. Hãy định dạng cột này là văn bản để giữ chữ số 0 ở đầu.",
            id="a number and no text",
        ),
        pytest.param(
            "٠٤٢٠٩٩٠٠١٢٣٤",
            "Số định danh cá nhân có 12 ký tự hoặc có ký tự không phải chữ số; số đúng có 12 chữ số viết liền. "
            "Hãy đối chiếu với thẻ căn cước, hoặc để trống ô này.",
            id="digits of another script",
        ),
    ],
)
def test_the_message_tells_the_remedy_and_never_the_number(cell: Any, message: str) -> None:
    with pytest.raises(BadInput) as refused:
        personal_id(cell)
    assert refused.value.message == message
    assert str(cell) not in message
