"""A password is long and varied, is not made of what everybody would try first, nor of its holder's name."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dean06_auth import password_rules, passwords
from dean06_auth.profile import VN_L3_2026
from dean06_core.errors import BadInput

GOOD = "Ruộng-bậc-thang-7"
OWN = ("can-bo.18823", "Trần Thị Bình")


def refused(password: str, *, has_second_factor: bool = False) -> str | None:
    try:
        password_rules.refuse(password, profile=VN_L3_2026, has_second_factor=has_second_factor, own=OWN)
    except BadInput as refusal:
        return refusal.code
    return None


def test_a_refusal_names_the_field_and_what_to_do() -> None:
    with pytest.raises(BadInput) as told:
        password_rules.refuse("ngan", profile=VN_L3_2026, has_second_factor=False, own=OWN, field="new")
    assert told.value.field == ("new",)
    assert told.value.message == "Mật khẩu cần ít nhất 14 ký tự. Hãy chọn mật khẩu dài hơn."


@pytest.mark.parametrize(
    ("password", "alone", "with_second_factor"),
    [
        pytest.param(GOOD, None, None, id="three words and a digit"),
        pytest.param("Ruong-thang-7", "PASSWORD_TOO_SHORT", None, id="thirteen letters"),
        pytest.param("Ruộng-7", "PASSWORD_TOO_SHORT", "PASSWORD_TOO_SHORT", id="seven letters"),
        pytest.param("ruong bac thang bay", "PASSWORD_TOO_PLAIN", None, id="small letters and blanks"),
        pytest.param("Matkhau@2026!!", "PASSWORD_KNOWN", "PASSWORD_KNOWN", id="the word for password and a year"),
        pytest.param("M@tKh4u#Vi3tN4m", "PASSWORD_KNOWN", "PASSWORD_KNOWN", id="the same in look-alikes"),
        pytest.param("Qwertyuiop-123!", "PASSWORD_KNOWN", "PASSWORD_KNOWN", id="a row of keys"),
        pytest.param("Anh-yêu-em-1990!", "PASSWORD_KNOWN", "PASSWORD_KNOWN", id="a declaration of love"),
        pytest.param("Aaaaaaaaaaaa-1", "PASSWORD_KNOWN", "PASSWORD_KNOWN", id="one letter again and again"),
        pytest.param("20/11/1990-20:30", "PASSWORD_TOO_PLAIN", "PASSWORD_KNOWN", id="a birthday"),
        pytest.param("Tran-thi-binh-2026", "PASSWORD_OF_OWN_NAME", "PASSWORD_OF_OWN_NAME", id="one's own name"),
        pytest.param("Xin-CanBo18823-nhe", "PASSWORD_OF_OWN_NAME", "PASSWORD_OF_OWN_NAME", id="one's own login"),
        pytest.param("Ab1-" + "ruộng" * 205, "PASSWORD_TOO_LONG", "PASSWORD_TOO_LONG", id="more than any may have"),
    ],
)
def test_a_password_is_taken_or_told_why_not(password: str, alone: str | None, with_second_factor: str | None) -> None:
    assert refused(password) == alone
    assert refused(password, has_second_factor=True) == with_second_factor


def test_a_letter_counts_once_however_the_keyboard_writes_it() -> None:
    apart = unicodedata.normalize("NFD", "Rộng-bậc-ạ-7")
    assert len(apart) >= VN_L3_2026.password_shortest
    assert refused(apart) == "PASSWORD_TOO_SHORT"
    assert refused(unicodedata.normalize("NFD", GOOD)) is None


def test_ten_megabytes_are_refused_before_they_are_even_tidied(monkeypatch: pytest.MonkeyPatch) -> None:
    tidied: list[str] = []
    monkeypatch.setattr(passwords, "tidy", tidied.append)
    assert refused("ậ" * 10_000_000) == "PASSWORD_TOO_LONG"
    assert tidied == []


@given(
    st.sampled_from(["matkhau", "password", "iloveyou", "qwerty", "hatinh"]), st.text("0123456789!@#.- ", max_size=9)
)
def test_digits_and_marks_around_a_known_word_do_not_help(word: str, around: str) -> None:
    for written in (word + around, around + word, around + word.upper() + around):
        assert password_rules.is_known(written)


@given(st.lists(st.sampled_from(["ruộng", "khèn", "phượng", "giếng", "thuyền", "bếp"]), min_size=3, unique=True))
def test_words_that_nobody_tries_first_are_not_known(words: list[str]) -> None:
    assert not password_rules.is_known("-".join(words))
