"""The tax sector keeps the promises of every plugin and declares what the programme follows of it."""

from __future__ import annotations

from dean06_core.testing import PluginContract
from dean06_tax import plugin
from dean06_tax.indicators import CASH_REGISTER_INVOICES, INDICATORS


class TestTax(PluginContract):
    plugin = plugin


def test_the_followed_indicators_are_declared_in_the_order_of_the_report() -> None:
    assert [indicator.code for indicator in sorted(INDICATORS, key=lambda indicator: indicator.order)] == [
        "tax.tax_code_match_rate",
        "tax.tax_representative_match_rate",
        "tax.pos_einvoice_adoption_rate",
        "tax.pos_einvoice_count",
        "tax.fuel_einvoice_compliance_rate",
    ]


def test_all_are_states_but_the_number_of_invoices() -> None:
    assert [indicator for indicator in INDICATORS if not indicator.is_stock] == [CASH_REGISTER_INVOICES]


def test_invoices_are_counted_and_written_without_decimals() -> None:
    invoices = CASH_REGISTER_INVOICES
    assert (invoices.kind, invoices.denominator, invoices.unit_of_measure) == ("COUNT", None, "hóa đơn")
    assert (invoices.factor, invoices.decimals) == (1, 0)
