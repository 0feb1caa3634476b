"""The files of the demonstration are imported without an error, and imported again they change nothing."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa

import dean06_server
from dean06_core import catalogue, imports, proposals
from dean06_core.catalogue import Catalogue
from dean06_core.directory import Directory
from dean06_core.imports import NOUNS, ImportReport
from dean06_core.indicators import Indicator, IndicatorKind, Part
from dean06_core.observations import Observation
from dean06_core.periods import Window
from dean06_core.sectors import Sector
from dean06_core.tasks import Task
from dean06_core.units import UnitLevel, UnitSuccession
from tests.core.ha_tinh import NOW, PROPOSER, Office, empty_office

pytestmark = pytest.mark.anyio

DATA = Path(dean06_server.__file__).parent / "demo" / "data"
COUNTS = frozenset(
    {
        "id_card_dossiers_collected",
        "insured_identity_unverified",
        "pension_cashless_new_in_month",
        "procedures_requiring_paper_record",
    }
)
PARTS = {"insured_identity_unverified": ("without_id", "unverified"), "pension_cashless_rate": ("cash",)}
DECLARED = {
    "health": (
        "bhyt_idcard_lookup_success_rate",
        "emr_completed_facility_rate",
        "facility_bhxh_interop_rate",
        "health_book_visit_usage_rate",
        "health_book_vneid_rate",
        "health_visit_data_interop_rate",
        "hospital_cashless_payment_rate",
        "vneid_health_integration_rate",
    ),
    "identity": ("id_card_dossiers_collected", "linked_birth_rate", "linked_death_rate"),
    "justice": ("criminal_record_vneid_rate", "procedures_requiring_paper_record"),
    "public_services": (
        "adult_dvc_user_rate",
        "dossier_component_digitized_rate",
        "dossier_personal_id_linked_rate",
        "dossier_result_digitized_rate",
        "dvc_full_online_dossier_rate",
        "dvc_full_provision_rate",
        "dvc_online_dossier_rate",
        "online_payment_rate",
    ),
    "social_insurance": (
        "insured_identity_unverified",
        "insured_identity_verified_rate",
        "pension_cashless_full_communes",
        "pension_cashless_new_in_month",
        "pension_cashless_rate",
        "unemployment_benefit_cashless_rate",
    ),
    "tax": ("tax_code_match_rate",),
}
JULY = date(2025, 7, 31)
RESULTS = "public_services.dossier_result_digitized_rate"


def declared(sector: str, name: str) -> Indicator:
    is_count = name in COUNTS
    return Indicator(
        code=f"{sector}.{name}",
        name=name,
        name_en=name,
        kind=IndicatorKind.COUNT if is_count else IndicatorKind.RATIO,
        numerator="tử số",
        denominator=None if is_count else "mẫu số",
        parts=tuple(Part(code, code) for code in PARTS.get(name, ())),
        definition="Như phần mở rộng của lĩnh vực khai báo.",
        windows=(Window.PERIOD, Window.TO_DATE),
    )


SECTORS = tuple(
    Sector(code=code, title=code, indicators=tuple(declared(code, name) for name in names))
    for code, names in DECLARED.items()
)


async def load_all(opened: Office) -> list[ImportReport]:
    reports = []
    for noun in (noun for noun in NOUNS if (DATA / f"{noun}.json").exists()):
        async with opened.database.service() as session:
            reports.append(
                await imports.run(
                    session,
                    noun=noun,
                    rows=imports.read_rows(DATA / f"{noun}.json"),
                    directory=await Directory.load(session),
                    catalogue=await Catalogue.load(session, SECTORS),
                    now=NOW,
                    by=PROPOSER,
                )
            )
        if noun == "indicators":
            async with opened.database.service() as session:
                waiting = [proposal.code for proposal in await proposals.pending(session)]
            await opened.confirm(*waiting)
    return reports


async def test_every_file_is_imported_and_a_second_time_changes_nothing(tmp_path: Path) -> None:
    async with empty_office(tmp_path) as opened:
        async with opened.database.service() as session:
            await catalogue.register(session, SECTORS)
        first = await load_all(opened)
        assert [error for report in first for error in report.errors] == []
        before = await opened.everything()
        second = await load_all(opened)
        assert second == [ImportReport(noun=report.noun, unchanged=report.created + report.updated) for report in first]
        assert await opened.everything() == before
        await _check_what_the_report_says(opened)


async def _check_what_the_report_says(opened: Office) -> None:
    directory, known = await opened.directory(), await opened.catalogue()
    province = directory.named("42", JULY)
    assert len([unit for unit in directory.children(province.key, JULY) if unit.level is UnitLevel.COMMUNE]) == 69
    async with opened.database.service_reading() as session:
        ky_loi = directory.named("18796", date(2025, 6, 30)).key
        heirs = await session.scalars(
            sa.select(UnitSuccession.successor_key).where(UnitSuccession.predecessor_key == ky_loi)
        )
        assert sorted(directory.unit(key, JULY).code for key in heirs) == ["18754", "18823", "18832"]
        official = await session.execute(
            sa.select(Observation.numerator, Observation.denominator, Observation.section).where(
                Observation.official,
                Observation.unit_key == province.key,
                Observation.share == "",
                Observation.indicator_key == known.key(RESULTS),
            )
        )
        assert [tuple(row) for row in official] == [(11670, 11736, "2.2")], "counts stand before the bare 99,94%"
        children = await session.scalars(sa.select(Task.code).where(Task.code.startswith("HT25-045.")))
        assert len(children.all()) == 69
