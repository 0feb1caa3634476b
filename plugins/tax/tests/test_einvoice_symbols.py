"""The symbol of an e-invoice says what was made, by what right, in which year; what is none says nothing."""

from __future__ import annotations

import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from dean06_core import BadInput
from dean06_tax.einvoice_symbols import Form, InvoiceSymbol, Use, cash_register_symbol

symbols = st.builds(
    InvoiceSymbol,
    form=st.sampled_from(Form),
    has_authority_code=st.booleans(),
    year=st.integers(2000, 2099),
    use=st.sampled_from(Use),
    series=st.from_regex(r"[A-Z]{2}", fullmatch=True),
)


@pytest.mark.parametrize(
    ("written", "symbol"),
    [
        pytest.param("1C26MAA", InvoiceSymbol(Form.VALUE_ADDED, True, 2026, Use.CASH_REGISTER, "AA"), id="at the till"),
        pytest.param("2k25tyy", InvoiceSymbol(Form.SALE, False, 2025, Use.REGISTERED, "YY"), id="small letters"),
        pytest.param("7K26XAB", InvoiceSymbol(Form.COMMERCIAL, False, 2026, Use.COMMERCIAL, "AB"), id="commercial"),
        pytest.param("1C26FYY", InvoiceSymbol(Form.VALUE_ADDED, True, 2026, Use.TAX_REFUND, "YY"), id="tax refund"),
    ],
)
def test_a_symbol_is_read(written: str, symbol: InvoiceSymbol) -> None:
    assert InvoiceSymbol.parse(written) == symbol


@given(symbols)
def test_a_symbol_is_written_as_it_is_read(symbol: InvoiceSymbol) -> None:
    assert InvoiceSymbol.parse(str(symbol)) == symbol


@given(symbols.map(str))
def test_what_was_read_is_written_the_same(written: str) -> None:
    assert str(InvoiceSymbol.parse(f" {written.lower()} ")) == written


@pytest.mark.parametrize(
    "written",
    [
        pytest.param("C26MAA", id="no form"),
        pytest.param("0C26MAA", id="forms begin with 1"),
        pytest.param("1A26MAA", id="neither with nor without a code"),
        pytest.param("1C2026MAA", id="the whole year"),
        pytest.param("1C26ZAA", id="a letter without a use"),
        pytest.param("1C26M1A", id="a digit in the series"),
        pytest.param("1C26MAA1", id="one character too many"),
        pytest.param("01GTKT0/001", id="a paper invoice"),
    ],
)
def test_what_is_no_symbol_is_named_and_refused(written: str) -> None:
    with pytest.raises(BadInput, match=re.escape(f"“{written}”")) as refusal:
        InvoiceSymbol.parse(written)
    assert refusal.value.code == "SYMBOL_INVALID"


@given(symbols)
def test_only_the_fifth_character_tells_a_cash_register(symbol: InvoiceSymbol) -> None:
    assume(symbol.use is not Use.CASH_REGISTER)
    made = str(symbol)
    with pytest.raises(BadInput, match=f"ký tự thứ năm là {made[4]}") as refusal:
        cash_register_symbol(made)
    assert refusal.value.code == "SYMBOL_NOT_CASH_REGISTER"
    assert cash_register_symbol(f"{made[:4]}M{made[5:]}") == f"{made[:4]}M{made[5:]}"
