"""Names that a Vietnamese reader takes for one are found by one spelling, and lists stand in dictionary order."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dean06_core.spelling import bare_name, fold, sort_key, tidy

VOWELS = "aăâeêioôơuưy"
MARKS = {"ngang": "", "huyền": "\u0300", "hỏi": "\u0309", "ngã": "\u0303", "sắc": "\u0301", "nặng": "\u0323"}
LETTERS = sorted({unicodedata.normalize("NFC", vowel + mark) for vowel in VOWELS for mark in MARKS.values()})
LETTERS += list("bcdđghklmnpqrstvx")

syllables = st.text(st.sampled_from(LETTERS), min_size=1, max_size=6)
names = st.lists(syllables, min_size=1, max_size=4).map(" ".join)
any_text = st.text(max_size=30)


@pytest.mark.parametrize(
    ("written", "skeleton"),
    [
        pytest.param("Đồng Lộc", "dong loc", id="đ, which Unicode does not take apart"),
        pytest.param("ĐỒNG LỘC", "dong loc", id="capitals"),
        pytest.param("Vũng Áng", "vung ang", id="ng and a tone"),
        pytest.param("Hương Khê", "huong khe", id="ư, ơ and ê"),
        pytest.param("Thạch Hà", "thach ha", id="a low tone"),
        pytest.param("Bắc Kạn", "bac kan", id="ă under a tone"),
        pytest.param("Đắk R\u2019lấp", "dak r'lap", id="a curled apostrophe"),
        pytest.param("  Kỳ\u00a0Anh \t", "ky anh", id="blanks of every kind"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_a_name_is_folded_to_its_skeleton(written: str, skeleton: str) -> None:
    assert fold(written) == skeleton
    assert fold(unicodedata.normalize("NFD", written)) == skeleton


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("Khánh Hoà", "Khánh Hòa", id="the tone of hoà"),
        pytest.param("Hương Thuỷ", "Hương Thủy", id="the tone of thuỷ"),
        pytest.param("Cư M'gar", "Cư M’gar", id="the apostrophe"),
        pytest.param("xã Bắc Sơn", "Xã Bắc Sơn", id="a small letter"),
        pytest.param("Kỳ Anh", unicodedata.normalize("NFD", "Kỳ Anh"), id="letters taken apart"),
    ],
)
def test_two_spellings_of_one_name_fold_alike(one: str, other: str) -> None:
    assert one != other
    assert fold(one) == fold(other)


def test_two_names_may_fold_alike_and_are_still_told_apart() -> None:
    assert fold("Thạch Hà") == fold("Thạch Hạ") == "thach ha"
    assert tidy("Thạch Hà") != tidy("Thạch Hạ")
    assert sort_key("Thạch Hà") < sort_key("Thạch Hạ")


def test_y_and_i_are_not_folded_together() -> None:
    assert fold("Kỳ Lân") != fold("Kì Lân")


@given(names)
def test_a_vietnamese_name_folds_to_plain_letters(name: str) -> None:
    assert set(fold(name)) <= set("abcdefghijklmnopqrstuvwxyz ")
    assert len(fold(name)) == len(name)


@given(any_text)
@example("a \u0301 b")
@example("\u0301 a")
def test_folding_what_is_folded_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(any_text)
def test_tidying_what_is_tidy_changes_nothing(text: str) -> None:
    assert tidy(tidy(text)) == tidy(text)


@given(any_text)
def test_however_its_letters_are_composed_a_text_is_the_same(text: str) -> None:
    taken_apart = unicodedata.normalize("NFD", text)

    assert tidy(taken_apart) == tidy(text)
    assert fold(taken_apart) == fold(text)
    assert sort_key(taken_apart) == sort_key(text)


def test_letters_stand_as_in_a_dictionary() -> None:
    assert_in_order("aăâbcdđeêghiklmnoôơpqrstuưvxy")


@pytest.mark.parametrize("vowel", VOWELS)
def test_tones_stand_as_they_are_taught(vowel: str) -> None:
    assert_in_order([vowel + mark for mark in MARKS.values()])


@pytest.mark.parametrize(
    "in_order",
    [
        pytest.param(["An", "Ăn", "Ân", "Ba", "Đa", "Ê"], id="letters before code points"),
        pytest.param(["Hạ Long", "Hà Tĩnh"], id="letters of the whole name before tones"),
        pytest.param(["ha", "hà", "hả", "hã", "há", "hạ"], id="tones between equal letters"),
        pytest.param(["Hà An", "Hạ An", "Hà Ân"], id="a tone matters less than any later letter"),
        pytest.param(["Can Lộc", "Cẩm Bình", "Cổ Đạm"], id="communes of Hà Tĩnh"),
        pytest.param(["Tổ 2", "Tổ 3", "Tổ A"], id="digits before letters"),
        pytest.param(["Kỳ", "Kỳ Anh", "Kỳ Hoa"], id="the shorter first"),
    ],
)
def test_names_are_sorted(in_order: list[str]) -> None:
    assert_in_order(in_order)


@given(any_text, any_text)
def test_any_two_texts_can_be_ordered(one: str, other: str) -> None:
    assert (sort_key(one) < sort_key(other)) is not (sort_key(other) <= sort_key(one))


@given(names)
def test_sorting_looks_past_capitals(name: str) -> None:
    assert sort_key(name.upper()) == sort_key(name)


@pytest.mark.parametrize(
    ("written", "bare"),
    [
        pytest.param("UBND Phường Trần Phú.", "Phường Trần Phú", id="the office and a stop"),
        pytest.param("ubnd xã Thạch Hà", "xã Thạch Hà", id="the office in small letters"),
        pytest.param("Ủy ban nhân dân xã Cẩm Bình;", "xã Cẩm Bình", id="the office in full"),
        pytest.param("Uỷ ban nhân dân xã Cẩm Bình", "xã Cẩm Bình", id="the tone elsewhere"),
        pytest.param("ỦY BAN NHÂN DÂN XÃ CẨM BÌNH", "XÃ CẨM BÌNH", id="the office in capitals"),
        pytest.param(unicodedata.normalize("NFD", "Ủy ban nhân dân xã A"), "xã A", id="letters taken apart"),
        pytest.param(" UBND  phường\u00a0Thành Sen , ", "phường Thành Sen", id="blanks"),
        pytest.param("Phường Trần Phú", "Phường Trần Phú", id="a name that is bare already"),
        pytest.param("Sở Y tế", "Sở Y tế", id="a department"),
        pytest.param("UBNDX", "UBNDX", id="a word that only starts like the office"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_a_name_is_bared_of_its_office(written: str, bare: str) -> None:
    assert bare_name(written) == bare
    assert bare_name(bare) == bare


@given(names, st.sampled_from(["UBND ", "Ủy ban nhân dân ", "uỷ ban nhân dân  ", ""]), st.sampled_from([".", "; ", ""]))
def test_whatever_stands_around_it_a_name_is_bared_to_itself(name: str, before: str, behind: str) -> None:
    assert bare_name(before + name + behind) == name


def assert_in_order(words: Sequence[str]) -> None:
    for earlier, later in pairwise(words):
        assert sort_key(earlier) < sort_key(later), f"{earlier} does not come before {later}"
