"""The public-services sector keeps the promises of every plugin and declares what the programme follows of it."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import update

from dean06_core.testing import PluginContract
from dean06_core.testing.leaks import Matrix
from dean06_core.testing.leaks.provinces import walled_province
from dean06_public_services import plugin
from dean06_public_services.by_hand import SAMPLES
from dean06_public_services.dossiers import Dossier
from dean06_public_services.indicators import INDICATORS


class TestPublicServices(PluginContract):
    plugin = plugin

    async def test_a_dossier_that_does_not_say_is_kept_every_way_too(self, tmp_path: Path) -> None:
        unsaid = {"full_process": None, "personal_id_linked": None}
        async with walled_province(tmp_path, plugin.SECTOR, SAMPLES) as before:
            async with before.database.service() as session:
                await session.execute(update(Dossier).values(unsaid))
            spares = {Dossier.__tablename__: [{**row, **unsaid} for row in before.spares[Dossier.__tablename__]]}
            matrix = await Matrix.of(before.database, before.tables, spares)

            assert await matrix.changing(Dossier) == []


def test_the_followed_indicators_are_declared_in_the_order_of_the_report() -> None:
    assert [indicator.code for indicator in sorted(INDICATORS, key=lambda indicator: indicator.order)] == [
        "public_services.dossiers_received",
        "public_services.dossiers_resolved",
        "public_services.dossiers_refused",
        "public_services.dvc_online_dossier_rate",
        "public_services.dvc_full_online_dossier_rate",
        "public_services.dvc_full_provision_rate",
        "public_services.essential_dvc_integrated_rate",
        "public_services.adult_dvc_user_rate",
        "public_services.online_payment_rate",
        "public_services.dossier_result_digitized_rate",
        "public_services.dossier_component_digitized_rate",
        "public_services.dossier_data_reuse_rate",
        "public_services.dossier_on_time_rate",
        "public_services.dossier_personal_id_linked_rate",
        "public_services.dossiers_identity_verified",
    ]


def test_only_counts_of_distinct_things_do_not_add_up_over_units() -> None:
    assert {indicator.code for indicator in INDICATORS if indicator.over_units == "NONE"} == {
        "public_services.dvc_full_provision_rate",
        "public_services.essential_dvc_integrated_rate",
        "public_services.adult_dvc_user_rate",
    }


def test_every_indicator_is_measured() -> None:
    assert set(plugin.SECTOR.resolvers) == {indicator.code for indicator in INDICATORS}


def test_outcomes_are_counted_and_fewer_refusals_are_better() -> None:
    counts = [indicator for indicator in INDICATORS if indicator.kind == "COUNT"]
    assert [(count.direction, count.factor, count.decimals, count.unit_of_measure) for count in counts] == [
        ("HIGHER_IS_BETTER", 1, 0, "hồ sơ"),
        ("HIGHER_IS_BETTER", 1, 0, "hồ sơ"),
        ("LOWER_IS_BETTER", 1, 0, "hồ sơ"),
    ]


def test_the_root_field_is_in_camel_case() -> None:
    assert plugin.SECTOR.root_field == "publicServices"
