"""The social-insurance sector keeps the promises of every plugin and declares what the programme follows of it."""

from __future__ import annotations

from dean06_core.testing import PluginContract
from dean06_social_insurance import plugin
from dean06_social_insurance.indicators import (
    FULL_COMMUNES,
    IDENTITY_UNVERIFIED,
    INDICATORS,
    NEW_CASHLESS,
    PENSIONS,
)


class TestSocialInsurance(PluginContract):
    plugin = plugin


def test_the_followed_indicators_are_declared_in_the_order_of_the_report() -> None:
    assert [indicator.code for indicator in sorted(INDICATORS, key=lambda indicator: indicator.order)] == [
        "social_insurance.insured_identity_verified_rate",
        "social_insurance.insured_identity_unverified",
        "social_insurance.pension_cashless_rate",
        "social_insurance.pension_cashless_full_communes",
        "social_insurance.pension_cashless_new_in_month",
        "social_insurance.unemployment_benefit_cashless_rate",
        "social_insurance.social_assistance_cashless_rate",
    ]


def test_every_indicator_is_measured() -> None:
    assert set(plugin.SECTOR.resolvers) == {indicator.code for indicator in INDICATORS}


def test_all_but_the_change_to_cashless_are_states() -> None:
    assert [indicator.code for indicator in INDICATORS if not indicator.is_stock] == [NEW_CASHLESS.code]
    assert NEW_CASHLESS.windows == ("PERIOD", "YEAR_TO_DATE")


def test_communes_are_counted_by_the_province_and_do_not_add_up() -> None:
    assert [indicator.code for indicator in INDICATORS if indicator.over_units == "NONE"] == [FULL_COMMUNES.code]
    assert FULL_COMMUNES.reported_at == {"PROVINCE"}


def test_the_unverified_are_told_by_reason_and_fewer_are_better() -> None:
    unverified = IDENTITY_UNVERIFIED
    assert [part.code for part in unverified.parts] == ["without_id", "unverified"]
    assert (unverified.kind, unverified.direction) == ("COUNT", "LOWER_IS_BETTER")


def test_pensions_still_paid_in_cash_are_a_part() -> None:
    assert [part.code for part in PENSIONS.parts] == ["cash"]


def test_the_root_field_is_in_camel_case() -> None:
    assert plugin.SECTOR.root_field == "socialInsurance"
