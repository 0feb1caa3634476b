"""A tax code that was typed wrong is caught where its digits allow it, and it is known where they do not."""

from __future__ import annotations

import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from dean06_core import BadInput
from dean06_tax.tax_codes import check_digit, organisation_tax_code, tax_code

prefixes = st.from_regex(r"[0-9]{9}", fullmatch=True).filter(lambda prefix: check_digit(prefix) is not None)
codes = prefixes.map(lambda prefix: f"{prefix}{check_digit(prefix)}")
digits = st.sampled_from("0123456789")
PERSONAL_ID = "0(0[1-9]|[1-9][0-9])[0-9]{9}"


def refused(cell: object) -> str:
    with pytest.raises(BadInput) as refusal:
        organisation_tax_code(cell)
    return refusal.value.code


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        pytest.param("0100047516", "0100047516", id="an organisation"),
        pytest.param("0314409058", "0314409058", id="another one"),
        pytest.param(" 0100233488 ", "0100233488", id="blanks around it"),
        pytest.param("0100233488-001", "0100233488-001", id="a dependent unit"),
        pytest.param("0100233488999", "0100233488-999", id="a dependent unit without its hyphen"),
    ],
)
def test_a_code_is_kept_as_the_circular_writes_it(written: str, kept: str) -> None:
    assert organisation_tax_code(written) == tax_code(written) == kept


@pytest.mark.parametrize(
    ("written", "code"),
    [
        pytest.param("100047516", "TAX_CODE_INVALID", id="a sheet dropped the leading zero"),
        pytest.param(100047516, "TAX_CODE_INVALID", id="a number of JSON"),
        pytest.param("0100 047 516", "TAX_CODE_INVALID", id="blanks inside"),
        pytest.param("0100047516-1", "TAX_CODE_INVALID", id="one digit behind the hyphen"),
        pytest.param("٠100047516", "TAX_CODE_INVALID", id="a digit of another script"),
        pytest.param("0100047515", "TAX_CODE_CHECK_DIGIT", id="a wrong check digit"),
        pytest.param("0100047515-001", "TAX_CODE_CHECK_DIGIT", id="a wrong check digit of a dependent unit"),
        pytest.param("0100000051", "TAX_CODE_NEVER_ISSUED", id="nine digits that leave no remainder"),
        pytest.param("0100000005", "TAX_CODE_NEVER_ISSUED", id="serials begin with one"),
        pytest.param("0100233488-000", "TAX_CODE_DEPENDENT", id="dependent units begin with 001"),
        pytest.param("042301000123", "TAX_CODE_PERSONAL", id="a personal ID"),
    ],
)
def test_an_organisation_has_no_such_code(written: object, code: str) -> None:
    assert refused(written) == code


def test_a_wrong_check_digit_is_told_with_the_right_one() -> None:
    with pytest.raises(BadInput) as refusal:
        tax_code("0100047515")
    assert refusal.value.message == (
        "Mã số thuế “0100047515” sai chữ số kiểm tra: sau “010004751” phải là 6. "
        "Hãy đối chiếu với giấy chứng nhận đăng ký thuế."
    )


def test_a_personal_id_in_place_of_an_organisations_code_is_not_repeated() -> None:
    with pytest.raises(BadInput) as refusal:
        organisation_tax_code("042301000123")
    assert "042301000123" not in refusal.value.message


@given(st.from_regex(PERSONAL_ID, fullmatch=True))
def test_any_personal_id_may_stand_for_a_persons_code(written: str) -> None:
    assert tax_code(written) == written
    assert refused(written) == "TAX_CODE_PERSONAL"


@given(codes, st.integers(1, 999))
def test_every_code_with_its_digit_is_one_and_so_are_its_dependent_units(code: str, number: int) -> None:
    assert tax_code(code) == code
    assert tax_code(f"{code}{number:03}") == tax_code(f"{code}-{number:03}") == f"{code}-{number:03}"


@given(codes, st.integers(0, 9), digits)
def test_one_wrong_digit_is_always_caught(code: str, place: int, digit: str) -> None:
    assume(code[place] != digit)
    assert refused(f"{code[:place]}{digit}{code[place + 1 :]}") in {"TAX_CODE_CHECK_DIGIT", "TAX_CODE_NEVER_ISSUED"}


@given(codes, st.integers(0, 8))
def test_two_neighbours_that_changed_places_are_always_caught(code: str, place: int) -> None:
    one, other = code[place], code[place + 1]
    assume(one != other)
    assert refused(f"{code[:place]}{other}{one}{code[place + 2 :]}") in {
        "TAX_CODE_CHECK_DIGIT",
        "TAX_CODE_NEVER_ISSUED",
    }


@pytest.mark.parametrize(
    ("one", "other"), [pytest.param(1, 6, id="second and seventh"), pytest.param(2, 9, id="third and check digit")]
)
@given(code=codes)
def test_digits_that_weigh_the_same_are_not_caught_when_they_change_places(code: str, one: int, other: int) -> None:
    swapped = list(code)
    swapped[one], swapped[other] = swapped[other], swapped[one]
    assume("".join(swapped[2:9]) != "0000000")
    assert organisation_tax_code("".join(swapped)) == "".join(swapped)


@given(prefixes)
def test_no_other_tenth_digit_passes(prefix: str) -> None:
    passed = [digit for digit in "0123456789" if not is_refused(f"{prefix}{digit}")]
    assert passed == [str(check_digit(prefix))]


@given(st.text())
def test_whatever_is_no_code_is_refused_in_words(written: str) -> None:
    assume(not re.fullmatch(rf"\d{{10}}(-?\d{{3}})?|{PERSONAL_ID}", written.strip(), re.ASCII))
    with pytest.raises(BadInput) as refusal:
        tax_code(written)
    assert (refusal.value.code, "Hãy" in refusal.value.message) == ("TAX_CODE_INVALID", True)


def is_refused(written: str) -> bool:
    try:
        organisation_tax_code(written)
    except BadInput:
        return True
    return False
