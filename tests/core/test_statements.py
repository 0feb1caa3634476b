"""What cannot be meant is refused by name; of several statements one answers, in whatever order they come."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dean06_core.errors import BadInput
from dean06_core.indicators import Indicator, IndicatorKind
from dean06_core.observations import DataState
from dean06_core.periods import Period, Window
from dean06_core.statements import Statement, check, choose
from dean06_core.units import Tier
from tests.core.ha_tinh import HEALTH_BOOKS, KIOSKS, RECORDS_ONLINE

RESPONSIBLE = 7
SOUND = Statement(
    indicator=RECORDS_ONLINE.code, unit=1, reporter=1, period=Period.parse("2025-07"), numerator=1089, denominator=1225
)
SCORE = replace(RECORDS_ONLINE, kind=IndicatorKind.SCORE, denominator=None)


def said(indicator: Indicator = RECORDS_ONLINE, **changes: Any) -> tuple[Statement, Indicator]:
    return replace(SOUND, indicator=indicator.code, **changes), indicator


def figures(
    numerator: int | None = None, denominator: int | None = None, value: str | None = None, **others: Any
) -> dict[str, Any]:
    bare = None if value is None else Decimal(value)
    return {"numerator": numerator, "denominator": denominator, "value": bare, **others}


@pytest.mark.parametrize(
    "sound",
    [
        pytest.param(said(), id="two counts"),
        pytest.param(said(**figures(1225, 1225)), id="all of them"),
        pytest.param(said(**figures(0, 0)), id="none of none"),
        pytest.param(said(**figures(value="77")), id="a bare percent"),
        pytest.param(said(**figures(value="77.123456")), id="six decimals"),
        pytest.param(said(**figures(no_activity=True)), id="nothing arose"),
        pytest.param(said(**figures(0, 0, no_activity=True)), id="nothing arose, 0 of 0"),
        pytest.param(said(window=Window.TO_DATE), id="a window that is offered"),
        pytest.param(said(HEALTH_BOOKS, window=Window.YEAR_TO_DATE), id="any window of a stock"),
        pytest.param(said(KIOSKS, **figures(12)), id="a count"),
        pytest.param(said(KIOSKS, **figures(12, parts=(("hospital", Decimal(5)),))), id="a part of a count"),
        pytest.param(said(SCORE, **figures(value="87.5")), id="a score"),
        pytest.param(said(tier=Tier.COMMUNE), id="the sum over a tier"),
        pytest.param(said(group=3), id="the sum over a group"),
        pytest.param(said(change=Decimal(46_034), changed_since="trước khi triển khai"), id="a rise"),
        pytest.param(said(change=Decimal("-0.5")), id="a fall since nobody says when"),
        pytest.param(said(rank=1, rank_of=34), id="a rank"),
    ],
)
def test_it_may_be_said(sound: tuple[Statement, Indicator]) -> None:
    check(*sound)


@pytest.mark.parametrize(
    ("refused", "code", "field", "message"),
    [
        pytest.param(
            said(**figures(1225, 1089)),
            "NUMERATOR_ABOVE_DENOMINATOR",
            "numerator",
            "Tử số 1225 lớn hơn mẫu số 1089 của “Tỷ lệ cấp Phiếu lý lịch tư pháp qua VNeID”. Hãy kiểm tra lại hai số.",
            id="more than all of them",
        ),
        pytest.param(
            said(**figures(1089)),
            "DENOMINATOR_MISSING",
            "denominator",
            "Có tử số 1089 nhưng thiếu mẫu số (hồ sơ cấp Phiếu lý lịch tư pháp). "
            "Hãy ghi cả hai, hoặc chỉ ghi tỷ lệ ở value.",
            id="of how many",
        ),
        pytest.param(
            said(**figures(None, 1225)),
            "NUMERATOR_MISSING",
            "numerator",
            "Có mẫu số 1225 nhưng thiếu tử số (hồ sơ cấp qua VNeID). Hãy ghi cả hai.",
            id="how many of them",
        ),
        pytest.param(
            said(KIOSKS, **figures(12, 20)),
            "DENOMINATOR_NOT_EXPECTED",
            "denominator",
            "Chỉ tiêu “Cơ sở có Kiosk y tế” không có mẫu số. Hãy bỏ mẫu số 20.",
            id="a count of how many",
        ),
        pytest.param(
            said(**figures(1089, 1225, "88.9")),
            "BARE_VALUE_WITH_PARTS",
            "value",
            "Vừa có giá trị 88.9 vừa có tử số 1089. Hãy chỉ ghi tử số và mẫu số; tỷ lệ in trong văn bản ghi ở printed.",
            id="the percent beside its counts",
        ),
        pytest.param(
            said(**figures()),
            "VALUE_MISSING",
            "value",
            "Không có số liệu nào. Hãy ghi tử số và mẫu số, hoặc value, hoặc no_activity nếu không phát sinh.",
            id="nothing",
        ),
        pytest.param(
            said(**figures(1, 2, no_activity=True)),
            "NO_ACTIVITY_WITH_VALUE",
            "no_activity",
            "Đã ghi không phát sinh nhưng vẫn có số liệu. Hãy bỏ số liệu, hoặc bỏ no_activity.",
            id="nothing arose, and half of it",
        ),
        pytest.param(
            said(**figures(-1, 1225)),
            "COUNT_INVALID",
            "numerator",
            "Số đếm -1 phải từ 0 đến 1000000000000. Hãy sửa số.",
            id="less than none",
        ),
        pytest.param(
            said(**figures(value="-77")),
            "VALUE_INVALID",
            "value",
            "Giá trị -77 phải từ 0 đến 1000000000000. Hãy sửa số.",
            id="less than nothing",
        ),
        pytest.param(
            said(**figures(value="NaN")),
            "VALUE_INVALID",
            "value",
            "Giá trị NaN phải từ 0 đến 1000000000000. Hãy sửa số.",
            id="not a number",
        ),
        pytest.param(
            said(**figures(value="77.1234567")),
            "VALUE_TOO_PRECISE",
            "value",
            "Giá trị 77.1234567 có hơn 6 chữ số thập phân. Hãy làm tròn.",
            id="seven decimals",
        ),
        pytest.param(
            said(KIOSKS, **figures(12, parts=(("village", Decimal(5)),))),
            "PART_UNKNOWN",
            "parts",
            "Chỉ tiêu “Cơ sở có Kiosk y tế” không có phần “village”. Hãy chọn một trong: centre, hospital.",
            id="a part nobody declared",
        ),
        pytest.param(
            said(**figures(1, 2, parts=(("village", Decimal(5)),))),
            "PART_UNKNOWN",
            "parts",
            "Chỉ tiêu “Tỷ lệ cấp Phiếu lý lịch tư pháp qua VNeID” không có phần “village”. Hãy bỏ phần này.",
            id="a part of what has none",
        ),
        pytest.param(
            said(KIOSKS, **figures(12, parts=(("hospital", Decimal(5)), ("hospital", Decimal(6))))),
            "PART_TWICE",
            "parts",
            "Phần “hospital” được ghi hai lần. Hãy giữ một.",
            id="a part twice",
        ),
        pytest.param(
            said(window=Window.YEAR_TO_DATE),
            "WINDOW_NOT_OFFERED",
            "window",
            "Chỉ tiêu “Tỷ lệ cấp Phiếu lý lịch tư pháp qua VNeID” không có số liệu YEAR_TO_DATE. "
            "Hãy chọn một trong: PERIOD, TO_DATE.",
            id="a window of a flow that is not offered",
        ),
        pytest.param(
            said(tier=Tier.COMMUNE, group=3),
            "TWO_SLICES",
            "group",
            "Một số liệu là của cấp (tier) hoặc của nhóm (group), không phải cả hai. Hãy bỏ một trong hai.",
            id="a tier and a group",
        ),
        pytest.param(
            said(changed_since="đầu năm"),
            "CHANGE_MISSING",
            "changed_since",
            "Có mốc so sánh “đầu năm” nhưng không có mức thay đổi. Hãy ghi change, giảm thì ghi dấu trừ.",
            id="a starting point without a change",
        ),
        pytest.param(
            said(rank=1),
            "RANK_INCOMPLETE",
            "rank",
            "Thứ hạng phải có cả hạng (rank) và trong số bao nhiêu đơn vị (rank_of). Hãy ghi cả hai.",
            id="a rank among nobody knows how many",
        ),
        pytest.param(
            said(rank=35, rank_of=34),
            "RANK_INVALID",
            "rank",
            "Hạng 35 phải từ 1 đến số đơn vị được xếp (34). Hãy sửa một trong hai số.",
            id="a rank behind the last",
        ),
    ],
)
def test_it_may_not_be_said(refused: tuple[Statement, Indicator], code: str, field: str, message: str) -> None:
    with pytest.raises(BadInput) as caught:
        check(*refused)
    assert (caught.value.code, caught.value.field, caught.value.message) == (code, (field,), message)


@dataclass(frozen=True)
class Stated:
    id: UUID
    state: DataState = DataState.DRAFT
    reporter_key: int = 1
    numerator: int | None = None
    recorded_at: datetime = datetime(2025, 7, 28, tzinfo=UTC)


def stated(number: int, **others: Any) -> Stated:
    return Stated(UUID(int=number), **others)


OFTEN = st.lists(
    st.builds(
        Stated,
        st.uuids(),
        st.sampled_from(DataState),
        st.sampled_from([1, RESPONSIBLE]),
        st.none() | st.just(5),
        st.sampled_from([datetime(2025, 7, day, tzinfo=UTC) for day in (1, 2)]),
    ),
    unique_by=lambda one: one.id,
    max_size=6,
)


@given(OFTEN, st.randoms(use_true_random=False))
def test_one_answers_whatever_the_order(statements: list[Stated], chance: Any) -> None:
    shuffled = list(statements)
    chance.shuffle(shuffled)
    chosen = choose(statements, RESPONSIBLE)
    assert choose(shuffled, RESPONSIBLE) is chosen
    assert (chosen is None) == (not statements)


@pytest.mark.parametrize(
    ("weaker", "stronger"),
    [
        pytest.param(
            stated(9, reporter_key=RESPONSIBLE, numerator=1),
            stated(1, state=DataState.CLOSED),
            id="closed before the responsible unit's draft",
        ),
        pytest.param(
            stated(9, state=DataState.CLOSED), stated(1, state=DataState.ACCEPTED), id="accepted before closed"
        ),
        pytest.param(
            stated(9, state=DataState.ACCEPTED), stated(1, state=DataState.PUBLISHED), id="published before accepted"
        ),
        pytest.param(
            stated(9, numerator=1), stated(1, reporter_key=RESPONSIBLE), id="the responsible unit before another"
        ),
        pytest.param(stated(9), stated(1, numerator=1), id="counts before a bare figure"),
        pytest.param(
            stated(9),
            stated(1, recorded_at=datetime(2025, 7, 28, tzinfo=UTC) + timedelta(seconds=1)),
            id="the later before the earlier",
        ),
        pytest.param(stated(1), stated(9), id="the higher id where nothing else decides"),
    ],
)
def test_what_weighs_more_answers(weaker: Stated, stronger: Stated) -> None:
    assert choose([weaker, stronger], RESPONSIBLE) is stronger
