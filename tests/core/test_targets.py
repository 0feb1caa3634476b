"""A document assigns a level to one addressee; the same again is nothing new, another level is a contradiction."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dean06_core import documents, targets
from dean06_core.catalogue import Catalogue
from dean06_core.directory import Directory
from dean06_core.documents import DocumentEntry
from dean06_core.indicators import Direction
from dean06_core.outcomes import Refused, Tally
from dean06_core.periods import Period
from dean06_core.targets import Assignment, Comparator, Target, TargetCheck, TargetKind, TargetRule
from dean06_core.testing import statements
from dean06_core.units import Tier
from tests.core.ha_tinh import RECORDS_ONLINE, SECTORS, TODAY, office

pytestmark = pytest.mark.anyio

YEAR_END = date(2025, 12, 31)


@dataclass
class Desk:
    session: AsyncSession
    directory: Directory
    catalogue: Catalogue
    level: Assignment

    def key(self, code: str) -> int:
        return self.directory.named(code, TODAY).key

    async def assign(self, *assignments: Assignment) -> Tally:
        assigned = await targets.assign_all(self.session, assignments, catalogue=self.catalogue)
        return Tally.of(outcome for _, outcome in assigned)

    async def refused(self, assignment: Assignment) -> tuple[str, tuple[str, ...], str]:
        with pytest.raises(Refused) as refused:
            await self.assign(assignment)
        return refused.value.code, refused.value.field, refused.value.message


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with office(tmp_path) as opened, opened.database.service() as session:
        directory = await Directory.load(session)
        decision = await documents.file(session, DocumentEntry(label="1824/QĐ-UBND", kind="Quyết định"))
        level = Assignment(
            indicator=RECORDS_ONLINE.code,
            value=Decimal(80),
            comparator=Comparator.GE,
            kind=TargetKind.FLOOR,
            check=TargetCheck.EACH_PERIOD,
            within=directory.named("42", TODAY).key,
            valid_from=date(2025, 7, 15),
            basis=decision.id,
        )
        yield Desk(session, directory, await Catalogue.load(session, SECTORS), level)


@pytest.mark.parametrize(
    ("addressee", "rule"),
    [
        pytest.param({}, TargetRule.PROVINCE, id="the province"),
        pytest.param({"is_national": True}, TargetRule.NATIONAL, id="the country"),
        pytest.param({"tier": Tier.COMMUNE}, TargetRule.TIER, id="a tier"),
        pytest.param({"unit": 1}, TargetRule.UNIT, id="a unit"),
        pytest.param({"unit": 1, "period": Period.parse("2025-Q3")}, TargetRule.UNIT_PERIOD, id="a unit for a period"),
    ],
)
async def test_the_rule_says_to_whom_it_speaks(desk: Desk, addressee: dict[str, Any], rule: TargetRule) -> None:
    target = await targets.assign(desk.session, replace(desk.level, **addressee), catalogue=desk.catalogue)
    assert (target.rule, target.sector, target.value_scaled) == (rule, "justice", 80_000_000)
    assert (target.within_key, target.addressee_key) == ((1, 1) if "unit" in addressee else (desk.key("42"), None))


async def test_assigned_again_it_is_unchanged(desk: Desk) -> None:
    assert await desk.assign(desk.level, replace(desk.level, tier=Tier.COMMUNE)) == Tally(created=2)
    assert await desk.assign(desk.level, replace(desk.level, tier=Tier.COMMUNE)) == Tally(unchanged=2)


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        pytest.param({"kind": TargetKind.ASSIGNED, "value": Decimal("79.9")}, True, id="easier than the floor"),
        pytest.param({"kind": TargetKind.ASPIRATION, "value": Decimal(100)}, False, id="harder than the floor"),
        pytest.param({"kind": TargetKind.ASSIGNED, "value": Decimal(80)}, False, id="as hard as the floor"),
        pytest.param(
            {"kind": TargetKind.ASSIGNED, "value": Decimal(70), "tier": Tier.COMMUNE}, False, id="for somebody else"
        ),
        pytest.param(
            {"kind": TargetKind.ASSIGNED, "value": Decimal(70), "valid_from": YEAR_END}, True, id="after it began"
        ),
        pytest.param(
            {
                "kind": TargetKind.ASSIGNED,
                "value": Decimal(70),
                "valid_from": date(2025, 1, 1),
                "valid_to": date(2025, 7, 15),
            },
            False,
            id="until it began",
        ),
    ],
)
async def test_what_is_assigned_is_no_easier_than_the_floor(desk: Desk, changes: dict[str, Any], refused: bool) -> None:
    await desk.assign(desk.level)
    other = replace(desk.level, **changes)
    if refused:
        code, field, message = await desk.refused(other)
        assert (code, field) == ("TARGET_BELOW_FLOOR", ("value",))
        assert "dễ hơn mức tối thiểu 80" in message
    else:
        assert await desk.assign(other) == Tally(created=1)


async def test_of_what_should_be_low_the_easier_level_is_the_higher_one(desk: Desk) -> None:
    low = replace(RECORDS_ONLINE, direction=Direction.LOWER_IS_BETTER)
    desk.catalogue = replace(desk.catalogue, by_key={**desk.catalogue.by_key, desk.catalogue.key(low.code): low})
    await desk.assign(desk.level)
    assert (await desk.refused(replace(desk.level, kind=TargetKind.ASSIGNED, value=Decimal(90))))[
        0
    ] == "TARGET_BELOW_FLOOR"
    assert await desk.assign(replace(desk.level, kind=TargetKind.ASSIGNED, value=Decimal(70))) == Tally(created=1)


async def test_it_may_be_given_its_last_day(desk: Desk) -> None:
    await desk.assign(desk.level)
    ended = replace(desk.level, valid_to=date(2026, 1, 1))
    assert await desk.assign(ended) == Tally(updated=1)
    assert await desk.assign(ended, desk.level) == Tally(unchanged=2)


@pytest.mark.parametrize(
    "other",
    [
        pytest.param({"basis": None}, id="another document"),
        pytest.param({"valid_from": date(2026, 1, 1)}, id="from another day"),
        pytest.param({"kind": TargetKind.ASPIRATION}, id="as an aspiration"),
        pytest.param({"comparator": Comparator.GT}, id="to be exceeded"),
        pytest.param({"tier": Tier.COMMUNE}, id="to others"),
    ],
)
async def test_another_level_stands_beside_it(desk: Desk, other: dict[str, Any]) -> None:
    await desk.assign(desk.level)
    assert await desk.assign(replace(desk.level, value=Decimal(90), **other)) == Tally(created=1)


async def test_one_document_assigns_one_level(desk: Desk) -> None:
    await desk.assign(desk.level)
    other = replace(desk.level, value=Decimal("90.5"), check=TargetCheck.AT_DEADLINE, due_on=YEAR_END)
    assert await desk.refused(other) == (
        "TARGET_CONFLICT",
        ("value",),
        "“Tỷ lệ cấp Phiếu lý lịch tư pháp qua VNeID” từ ngày 15/07/2025 đã được giao 80 (EACH_PERIOD) "
        "theo cùng văn bản, nay lại giao 90.5 (AT_DEADLINE, hạn 31/12/2025). "
        "Hãy giữ một mức, hoặc ghi văn bản giao mới (basis) và ngày hiệu lực (valid_from).",
    )
    assert [row.value_scaled for row in await desk.session.scalars(sa.select(Target))] == [80_000_000]


@pytest.mark.parametrize(
    ("wrong", "code", "field", "message"),
    [
        pytest.param(
            {"unit": 1, "tier": Tier.COMMUNE},
            "TARGET_TWO_ADDRESSEES",
            "tier",
            "Mức giao của “Tỷ lệ cấp Phiếu lý lịch tư pháp qua VNeID” ghi cả unit và tier. "
            "Hãy giữ một, phần kia ghi thành mức khác.",
            id="two addressees",
        ),
        pytest.param(
            {"period": Period.parse("2025-Q3")},
            "TARGET_PERIOD_WITHOUT_UNIT",
            "period",
            "Mức giao riêng cho kỳ 2025-Q3 phải ghi đơn vị (unit). Hãy ghi đơn vị, hoặc bỏ kỳ.",
            id="a period for nobody",
        ),
        pytest.param(
            {"check": TargetCheck.LINEAR},
            "TARGET_WITHOUT_DEADLINE",
            "due_on",
            "Mức giao của “Tỷ lệ cấp Phiếu lý lịch tư pháp qua VNeID” xét theo hạn (LINEAR) nhưng không có hạn. "
            "Hãy ghi due_on, hoặc chọn EACH_PERIOD.",
            id="a deadline check without a deadline",
        ),
        pytest.param(
            {"valid_to": date(2025, 7, 15)},
            "VALIDITY_EMPTY",
            "valid_to",
            "Mức giao hết hiệu lực ngày 15/07/2025, không sau ngày hiệu lực 15/07/2025. Hãy sửa một trong hai ngày.",
            id="an end that is not after the start",
        ),
        pytest.param(
            {"value": Decimal("80.1234567")},
            "VALUE_TOO_PRECISE",
            "value",
            "Giá trị 80.1234567 có hơn 6 chữ số thập phân. Hãy làm tròn.",
            id="seven decimals",
        ),
        pytest.param(
            {"indicator": "justice.nothing"},
            "INDICATOR_UNKNOWN",
            "indicators",
            "Không có chỉ tiêu theo dõi mang mã “justice.nothing” trong phạm vi của bạn. "
            "Hãy tra mã ở truy vấn indicators.",
            id="an indicator that nobody declared",
        ),
    ],
)
async def test_a_level_that_cannot_be_meant_is_refused(
    desk: Desk, wrong: dict[str, Any], code: str, field: str, message: str
) -> None:
    assert await desk.refused(replace(desk.level, **wrong)) == (code, (field,), message)
    assert await desk.assign(desk.level) == Tally(created=1)


async def test_a_deadline_check_needs_only_its_deadline(desk: Desk) -> None:
    assert await desk.assign(replace(desk.level, check=TargetCheck.LINEAR, due_on=YEAR_END)) == Tally(created=1)


async def test_many_cost_a_constant_number_of_statements(tmp_path: Path) -> None:
    async with office(tmp_path) as opened, opened.database.service() as session:
        known = await Catalogue.load(session, SECTORS)
        base = Assignment(
            indicator=RECORDS_ONLINE.code,
            value=Decimal(80),
            comparator=Comparator.GE,
            kind=TargetKind.FLOOR,
            check=TargetCheck.EACH_PERIOD,
            within=1,
            valid_from=date(2025, 1, 1),
        )
        many = [replace(base, value=Decimal(n), valid_from=date(2000 + n, 1, 1)) for n in range(25)]
        with statements(opened.database) as sent:
            await targets.assign_all(session, many, catalogue=known)
        assert len([statement for statement in sent if "SAVEPOINT" not in statement]) == 2
