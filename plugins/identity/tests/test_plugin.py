"""The identity sector keeps the promises of every plugin and declares what the programme follows of it."""

from __future__ import annotations

import pytest

from dean06_core import Indicator, Window
from dean06_core.testing import PluginContract
from dean06_identity import plugin
from dean06_identity.indicators import (
    CITIZEN_ACCOUNTS,
    FOREIGNER_ACCOUNTS,
    ID_CARD_DOSSIERS,
    INDICATORS,
    LINKED_BIRTHS,
    LINKED_DEATHS,
    ORGANISATION_ACCOUNTS,
)


class TestIdentity(PluginContract):
    plugin = plugin


def test_the_followed_indicators_are_declared_in_the_order_of_the_report() -> None:
    assert [indicator.code for indicator in sorted(INDICATORS, key=lambda indicator: indicator.order)] == [
        "identity.linked_birth_rate",
        "identity.linked_death_rate",
        "identity.id_card_dossiers_collected",
        "identity.eid_accounts_citizen",
        "identity.eid_accounts_foreigner",
        "identity.eid_org_rate",
    ]


def test_every_indicator_is_measured_from_records() -> None:
    assert set(plugin.SECTOR.resolvers) == {indicator.code for indicator in INDICATORS}


@pytest.mark.parametrize("indicator", [ID_CARD_DOSSIERS, FOREIGNER_ACCOUNTS], ids=lambda indicator: indicator.code)
def test_what_is_handed_in_or_out_is_counted_and_adds_up_since_the_work_began(indicator: Indicator) -> None:
    assert (indicator.kind, indicator.denominator, indicator.factor, indicator.decimals) == ("COUNT", None, 1, 0)
    assert indicator.windows == (Window.PERIOD, Window.YEAR_TO_DATE, Window.TO_DATE)
    assert not indicator.is_stock


def test_accounts_that_are_held_are_a_stock() -> None:
    assert {indicator.code for indicator in INDICATORS if indicator.is_stock} == {
        CITIZEN_ACCOUNTS.code,
        ORGANISATION_ACCOUNTS.code,
    }


@pytest.mark.parametrize("indicator", [LINKED_BIRTHS, LINKED_DEATHS], ids=lambda indicator: indicator.code)
def test_the_definition_of_linked_tells_from_which_day_the_amended_decree_holds(indicator: Indicator) -> None:
    assert "từ ngày 01/9/2026" in indicator.definition
    assert {"63/2024/NĐ-CP", "301/2026/NĐ-CP"} <= set(indicator.basis)
