"""The health sector keeps the promises of every plugin and declares what the programme follows of it."""

from __future__ import annotations

from dean06_core.testing import PluginContract
from dean06_health import plugin
from dean06_health.indicators import INDICATORS


class TestHealth(PluginContract):
    plugin = plugin


def test_the_followed_indicators_are_declared_in_the_order_of_the_report() -> None:
    assert [indicator.code for indicator in sorted(INDICATORS, key=lambda indicator: indicator.order)] == [
        "health.hospital_cashless_payment_rate",
        "health.health_book_vneid_rate",
        "health.health_book_visit_usage_rate",
        "health.bhyt_idcard_lookup_success_rate",
        "health.vneid_health_integration_rate",
        "health.facility_bhxh_interop_rate",
        "health.health_visit_data_interop_rate",
        "health.emr_completed_facility_rate",
        "health.health_kiosk_facility_count",
    ]


def test_kiosks_are_counted_and_written_without_decimals() -> None:
    kiosks = INDICATORS[-1]
    assert (kiosks.kind, kiosks.denominator, kiosks.unit_of_measure) == ("COUNT", None, "cơ sở")
    assert (kiosks.factor, kiosks.decimals) == (1, 0)


def test_every_indicator_is_measured() -> None:
    assert set(plugin.SECTOR.resolvers) == {indicator.code for indicator in INDICATORS}
