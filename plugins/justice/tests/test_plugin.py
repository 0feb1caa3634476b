"""The justice sector keeps the promises of every plugin and declares what the programme follows of it."""

from __future__ import annotations

from dean06_core.periods import Window
from dean06_core.testing import PluginContract
from dean06_justice import plugin
from dean06_justice.indicators import CERTIFICATES_VIA_VNEID, INDICATORS, PAPER_RECORD_PROCEDURES


class TestJustice(PluginContract):
    plugin = plugin


def test_the_followed_indicators_are_declared_in_the_order_of_the_report() -> None:
    assert [indicator.code for indicator in sorted(INDICATORS, key=lambda indicator: indicator.order)] == [
        "justice.procedures_requiring_paper_record",
        "justice.marriage_data_cleaned_rate",
        "justice.criminal_record_vneid_rate",
    ]


def test_certificates_are_told_for_the_month_the_year_and_since_the_work_began() -> None:
    assert CERTIFICATES_VIA_VNEID.windows == (Window.PERIOD, Window.YEAR_TO_DATE, Window.TO_DATE)


def test_procedures_are_counted_and_fewer_are_better() -> None:
    procedures = PAPER_RECORD_PROCEDURES
    assert (procedures.kind, procedures.denominator, procedures.unit_of_measure) == ("COUNT", None, "thủ tục")
    assert (procedures.factor, procedures.decimals, procedures.direction) == (1, 0, "LOWER_IS_BETTER")


def test_every_indicator_is_measured() -> None:
    assert set(plugin.SECTOR.resolvers) == {indicator.code for indicator in INDICATORS}
