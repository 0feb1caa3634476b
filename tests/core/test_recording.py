"""Statements never overwrite each other: a place has revisions, a cell has many places, and one statement answers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncSession

from dean06_core import documents, recording
from dean06_core.catalogue import Catalogue
from dean06_core.database import Database
from dean06_core.directory import Directory
from dean06_core.documents import DocumentEntry
from dean06_core.errors import BadInput
from dean06_core.observations import DataState, Observation, ObservationPart, Source
from dean06_core.outcomes import Outcome, Refused
from dean06_core.periods import Period, Window
from dean06_core.recording import Recorded
from dean06_core.statements import Statement, choose
from dean06_core.testing import statements as statements_sent
from dean06_core.units import Tier, UnitLevel
from tests.core.ha_tinh import HEALTH_BOOKS, KIOSKS, LATER, NOW, RECORDS_ONLINE, SECTORS, TODAY, office

pytestmark = pytest.mark.anyio

JULY = Period.parse("2025-07")
NO_ID = UUID(int=0)


@dataclass
class Desk:
    """Where statements are taken down."""

    database: Database
    session: AsyncSession
    directory: Directory
    catalogue: Catalogue
    report: UUID

    def says(self, reporter: str = "18844", *, of: str | None = None, **changes: Any) -> Statement:
        """What a commune says of itself in the July report, unless something else is given."""
        values: dict[str, Any] = {
            "indicator": RECORDS_ONLINE.code,
            "unit": self.key(of or reporter),
            "reporter": self.key(reporter),
            "period": JULY,
            "document": self.report,
            "section": "2.2",
            "state": DataState.PUBLISHED,
        }
        if not {"numerator", "value", "no_activity"} & changes.keys():
            values |= {"numerator": 1089, "denominator": 1225}
        return Statement(**(values | changes))

    def key(self, code: str) -> int:
        return self.directory.named(code, TODAY).key

    async def record(self, *statements: Statement, now: datetime = NOW) -> list[Recorded]:
        return await recording.record_all(
            self.session, statements, catalogue=self.catalogue, directory=self.directory, now=now
        )

    async def outcomes(self, *statements: Statement, now: datetime = NOW) -> list[Outcome]:
        return [recorded.outcome for recorded in await self.record(*statements, now=now)]

    async def kept(self) -> list[Observation]:
        """Every statement, in the order in which they were taken down."""
        query = sa.select(Observation).order_by(Observation.recorded_at, Observation.id)
        return [*await self.session.scalars(query.execution_options(populate_existing=True))]

    async def official(self) -> list[UUID]:
        return [row.id for row in await self.kept() if row.official]


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[Desk]:
    async with office(folder) as loading, loading.database.service() as session:
        report = await documents.file(session, DocumentEntry(label="Báo cáo tháng 7/2025", kind="Báo cáo"))
        yield Desk(
            loading.database,
            session,
            await Directory.load(session),
            await Catalogue.load(session, SECTORS),
            report.id,
        )


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with opened(tmp_path) as desk:
        yield desk


async def test_a_first_statement_answers(desk: Desk) -> None:
    row = await recording.record(
        desk.session,
        desk.says(printed="89%", comment="theo báo cáo"),
        catalogue=desk.catalogue,
        directory=desk.directory,
        now=NOW,
    )
    assert (row.sector, row.share, row.window, row.revision) == ("justice", "", Window.PERIOD, 1)
    assert (row.numerator, row.denominator, row.value_scaled, row.printed) == (1089, 1225, None, "89%")
    assert (row.period_starts, row.period_ends) == (JULY.starts, JULY.ends)
    assert (row.recorded_at, row.superseded_at, row.official) == (NOW, None, True)
    assert row.stated_in == f"document:{desk.report}#2.2"


async def test_said_again_it_is_unchanged(desk: Desk) -> None:
    [first] = await desk.record(desk.says())
    assert await desk.record(desk.says(), now=LATER) == [Recorded(Outcome.UNCHANGED, first.id)]
    assert len(await desk.kept()) == 1


async def test_a_correction_is_the_next_revision_and_the_old_one_stays(desk: Desk) -> None:
    await desk.record(desk.says())
    assert await desk.outcomes(desk.says(numerator=1100, denominator=1225), now=LATER) == [Outcome.UPDATED]
    old, new = await desk.kept()
    assert (old.revision, old.superseded_at, old.official, old.numerator) == (1, LATER, False, 1089)
    assert (new.revision, new.superseded_at, new.official, new.numerator) == (2, None, True, 1100)


@pytest.mark.parametrize(
    "elsewhere",
    [
        pytest.param({"section": "1.2(4)"}, id="another section"),
        pytest.param({"document": None}, id="an entry without a document"),
        pytest.param({"document": None, "entry": UUID(int=5)}, id="a submission"),
    ],
)
async def test_another_place_stands_beside_it(desk: Desk, elsewhere: dict[str, Any]) -> None:
    said = desk.says(numerator=2, denominator=3, **elsewhere)
    assert await desk.outcomes(desk.says(), said) == [Outcome.CREATED, Outcome.CREATED]
    assert [row.superseded_at for row in await desk.kept()] == [None, None]
    assert len(await desk.official()) == 1


async def test_another_reporter_stands_beside_it(desk: Desk) -> None:
    own, theirs = await desk.record(desk.says(), desk.says("cong-an-tinh", of="18844", value=Decimal(80)))
    assert (own.outcome, theirs.outcome) == (Outcome.CREATED, Outcome.CREATED)
    assert await desk.official() == [theirs.id], "the responsible unit answers, even with a bare figure"


async def test_an_entry_without_a_document_is_revised_by_its_reporter(desk: Desk) -> None:
    entry = desk.says(document=None, section=None, state=DataState.DRAFT)
    await desk.record(entry)
    assert await desk.outcomes(replace(entry, numerator=5), now=LATER) == [Outcome.UPDATED]


async def test_what_is_computed_has_one_place(desk: Desk) -> None:
    computed = desk.says(document=None, section=None, source=Source.COMPUTED)
    await desk.record(computed)
    assert await desk.outcomes(replace(computed, numerator=5), now=LATER) == [Outcome.UPDATED]
    assert {row.stated_in for row in await desk.kept()} == {"computed"}


async def test_a_higher_state_is_a_revision_and_a_lower_one_takes_nothing_away(desk: Desk) -> None:
    await desk.record(desk.says(state=DataState.CLOSED))
    assert await desk.outcomes(desk.says(state=DataState.DRAFT), now=LATER) == [Outcome.UNCHANGED]
    assert await desk.outcomes(desk.says(state=DataState.ACCEPTED), now=LATER) == [Outcome.UPDATED]


async def test_a_revision_hands_the_answer_over(desk: Desk) -> None:
    strong, _ = await desk.record(desk.says(), desk.says(section="1.2", value=Decimal(77)))
    assert await desk.official() == [strong.id]
    [weak] = await desk.record(desk.says(value=Decimal(89)), now=LATER)
    assert await desk.official() == [weak.id], "later, and no longer against counts"


async def test_an_answer_may_go_back_to_an_older_statement(desk: Desk) -> None:
    older, _ = await desk.record(
        desk.says(section="1.2", numerator=2, denominator=3, state=DataState.CLOSED), desk.says()
    )
    revised = desk.says(value=Decimal(89), state=DataState.PUBLISHED)
    await desk.record(replace(revised, state=DataState.DRAFT), now=LATER)
    assert await desk.official() == [older.id]


async def test_a_stock_is_kept_once_for_all_windows(desk: Desk) -> None:
    stock = desk.says(indicator=HEALTH_BOOKS.code, window=Window.TO_DATE)
    assert await desk.outcomes(stock, replace(stock, window=Window.PERIOD)) == [Outcome.CREATED, Outcome.UNCHANGED]
    assert [row.window for row in await desk.kept()] == [Window.PERIOD]


async def test_windows_of_a_flow_and_shares_are_cells_of_their_own(desk: Desk) -> None:
    about = desk.says("cong-an-tinh", of="42")
    said = [about, replace(about, window=Window.TO_DATE), replace(about, tier=Tier.COMMUNE)]
    assert await desk.outcomes(*said) == [Outcome.CREATED] * 3
    assert {(row.window, row.share) for row in await desk.kept()} == {
        (Window.PERIOD, ""),
        (Window.TO_DATE, ""),
        (Window.PERIOD, "tier:COMMUNE"),
    }
    assert len(await desk.official()) == 3


async def test_nothing_arising_is_none_of_none(desk: Desk) -> None:
    await desk.record(desk.says(no_activity=True), desk.says(indicator=KIOSKS.code, no_activity=True))
    kept = {row.indicator_key: (row.numerator, row.denominator, row.no_activity) for row in await desk.kept()}
    assert kept == {
        desk.catalogue.key(RECORDS_ONLINE.code): (0, 0, True),
        desk.catalogue.key(KIOSKS.code): (0, None, True),
    }


async def test_the_whole_value_of_a_count_is_its_numerator(desk: Desk) -> None:
    await desk.record(desk.says(indicator=KIOSKS.code, value=Decimal(12)))
    [row] = await desk.kept()
    assert (row.numerator, row.value_scaled) == (12, None)


async def test_a_bare_percent_is_kept_in_millionths(desk: Desk) -> None:
    await desk.record(desk.says(value=Decimal("99.94")))
    [row] = await desk.kept()
    assert (row.numerator, row.value_scaled) == (None, 99_940_000)


async def test_parts_belong_to_the_statement(desk: Desk) -> None:
    parts = (("hospital", Decimal(5)), ("centre", Decimal(7)))
    said = desk.says(indicator=KIOSKS.code, numerator=12, parts=parts)
    [recorded] = await desk.record(said)
    rows = await desk.session.scalars(sa.select(ObservationPart).order_by(ObservationPart.part))
    assert [(row.observation_id, row.part, row.value_scaled) for row in rows] == [
        (recorded.id, "centre", 7_000_000),
        (recorded.id, "hospital", 5_000_000),
    ]
    assert await desk.outcomes(replace(said, parts=parts[::-1]), now=LATER) == [Outcome.UNCHANGED]
    assert await desk.outcomes(replace(said, parts=parts[:1]), now=LATER) == [Outcome.UPDATED]


@pytest.mark.parametrize(
    ("code", "on", "period", "message"),
    [
        pytest.param(
            "18094",
            "2025-06-30",
            "2025-07",
            "Kỳ 2025-07: “Phường Trần Phú” chỉ có đến ngày 01/07/2025; đơn vị kế thừa: Phường Thành Sen. "
            "Hãy ghi đơn vị đó.",
            id="a commune that went over to another",
        ),
        pytest.param(
            "436",
            "2025-06-30",
            "2025",
            "Kỳ 2025: “Thành phố Hà Tĩnh” chỉ có đến ngày 01/07/2025. Hãy chọn kỳ kết thúc trước ngày đó.",
            id="a district that nobody succeeded",
        ),
        pytest.param(
            "18844",
            "2025-07-28",
            "2025-06",
            "Kỳ 2025-06: “Xã Kỳ Thượng” chỉ có từ ngày 01/07/2025. Hãy chọn kỳ kết thúc sau ngày đó.",
            id="a commune that did not exist yet",
        ),
    ],
)
async def test_a_unit_has_to_be_there_at_the_end_of_the_period(
    desk: Desk, code: str, on: str, period: str, message: str
) -> None:
    unit = desk.directory.named(code, Period.parse(on).starts).key
    with pytest.raises(BadInput) as refused:
        await desk.record(desk.says("cong-an-tinh", of="42", unit=unit, period=Period.parse(period)))
    assert (refused.value.code, refused.value.message) == ("UNIT_NOT_IN_PERIOD", message)
    allowed = desk.says("cong-an-tinh", of="42", unit=unit, period=Period.parse(on[:7]))
    assert await desk.outcomes(allowed) == [Outcome.CREATED]


async def test_one_place_says_one_thing(desk: Desk) -> None:
    with pytest.raises(BadInput) as refused:
        await desk.record(desk.says(), desk.says(numerator=1, denominator=2))
    assert (refused.value.code, refused.value.message) == (
        "STATED_TWICE",
        "“Tỷ lệ cấp Phiếu lý lịch tư pháp qua VNeID” của Xã Kỳ Thượng kỳ 2025-07 được ghi hai lần khác nhau "
        "ở cùng một chỗ. Hãy giữ một, hoặc ghi rõ mục (section).",
    )
    assert await desk.outcomes(desk.says(), desk.says()) == [Outcome.CREATED, Outcome.UNCHANGED]


async def test_one_wrong_statement_refuses_all_and_each_is_told(desk: Desk) -> None:
    wrong = desk.says("18073", numerator=2, denominator=1)
    with pytest.raises(Refused) as refused:
        await desk.record(desk.says(), wrong, desk.says("18562", indicator="health.nothing"))
    assert [(refusal.field, refusal.code) for refusal in refused.value.refusals] == [
        (("1", "numerator"), "NUMERATOR_ABOVE_DENOMINATOR"),
        (("2", "indicators"), "INDICATOR_UNKNOWN"),
    ]
    assert await desk.kept() == []


async def test_each_statement_is_told_its_outcome(desk: Desk) -> None:
    await desk.record(desk.says("18100"))
    said = [desk.says("18844"), desk.says("18100", numerator=5, denominator=6), desk.says("18073")]
    recorded = await desk.record(*said, desk.says("18844"))
    assert [one.outcome for one in recorded] == [
        Outcome.CREATED,
        Outcome.UPDATED,
        Outcome.CREATED,
        Outcome.UNCHANGED,
    ]
    units = {row.id: row.unit_key for row in await desk.kept()}
    assert [units[one.id] for one in recorded] == [desk.key(code) for code in ("18844", "18100", "18073", "18844")]


async def test_many_cost_a_constant_number_of_statements(desk: Desk) -> None:
    communes = ("18844", "18073", "18100", "18562", "18565")
    many = [
        desk.says(code, section=str(section), numerator=section, denominator=100)
        for code in communes
        for section in range(100)
    ]
    with statements_sent(desk.database) as few:
        await desk.record(desk.says("18073", section="x"))
    with statements_sent(desk.database) as sent:
        await desk.record(*many)
    assert len(few) == 2, "one to look, one to write"
    assert len(sent) <= 7
    with statements_sent(desk.database) as again:
        assert set(await desk.outcomes(*many)) == {Outcome.UNCHANGED}
    assert len(again) == 2
    assert len(await desk.official()) == len(communes)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["18844", "18073"]),
            st.sampled_from(["1", "2"]),
            st.integers(1, 3) | st.none(),
            st.sampled_from(DataState),
        ),
        max_size=8,
    )
)
@settings(max_examples=15, deadline=None)
def test_each_cell_has_one_answer_and_it_is_the_one_that_weighs_most(said: list[tuple[Any, ...]]) -> None:
    async def take_down_and_compare() -> None:
        with TemporaryDirectory() as folder:
            async with opened(Path(folder)) as desk:
                for number, (code, section, numerator, state) in enumerate(said):
                    figure = {"value": Decimal(5)} if numerator is None else {"numerator": numerator, "denominator": 3}
                    statement = desk.says("cong-an-tinh", of=code, section=section, state=state, **figure)
                    await desk.record(statement, now=NOW + timedelta(minutes=number))
                live = [row for row in await desk.kept() if row.superseded_at is None]
                chosen = [
                    choose([row for row in live if row.unit_key == unit], desk.key("cong-an-tinh"))
                    for unit in {row.unit_key for row in live}
                ]
                assert {row.id for row in chosen if row} == set(await desk.official())

    asyncio.run(take_down_and_compare())


@pytest.mark.parametrize(
    ("unit", "code"),
    [
        pytest.param("18844", None, id="a commune, which reports it"),
        pytest.param("42", None, id="the province, with communes inside"),
        pytest.param("so-y-te", "LEVEL_WRONG", id="a department, which neither reports it nor has communes"),
    ],
)
async def test_a_figure_is_of_a_level_that_reports_it_or_is_around_it(
    tmp_path: Path, unit: str, code: str | None
) -> None:
    async with opened(tmp_path) as desk:
        of_communes = replace(RECORDS_ONLINE, reported_at=frozenset({UnitLevel.COMMUNE}))
        key = desk.catalogue.key(of_communes.code)
        desk.catalogue = replace(desk.catalogue, by_key={**desk.catalogue.by_key, key: of_communes})
        if code is None:
            assert await desk.outcomes(desk.says(unit)) == [Outcome.CREATED]
        else:
            with pytest.raises(Refused, match="Hãy sửa đơn vị hoặc chỉ tiêu") as refused:
                await desk.record(desk.says(unit))
            assert (refused.value.code, refused.value.field) == (code, ("unit",))


async def test_what_is_computed_goes_by_where_the_records_are(tmp_path: Path) -> None:
    async with opened(tmp_path) as desk:
        of_communes = replace(RECORDS_ONLINE, reported_at=frozenset({UnitLevel.COMMUNE}))
        key = desk.catalogue.key(of_communes.code)
        desk.catalogue = replace(desk.catalogue, by_key={**desk.catalogue.by_key, key: of_communes})
        assert await desk.outcomes(desk.says("so-y-te", source=Source.COMPUTED)) == [Outcome.CREATED]
