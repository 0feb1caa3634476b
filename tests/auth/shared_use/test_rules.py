"""The rules judge recorded facts alone: their order says nothing, and nobody's facts tell on anybody else."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dean06_auth.profile import DeviceKind
from dean06_auth.shared_use import rules
from dean06_auth.shared_use.uses import VIETNAM, Finding, Replaced, Rule, Severity, Use
from dean06_auth.shared_use.watch import WATCH, Hours
from tests.auth.shared_use.logs import Log, log_of, read

AN, BINH = UUID(int=1), UUID(int=2)
MORNING = datetime(2026, 6, 17, 2, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
FEW = settings(max_examples=40)
A_DAY = log_of([next(day for day in read("clean.json") if day["on"] == "2026-06-17")])
[OTHER] = A_DAY.counts


def use(minute: int, device: str = "a", *, session: int = 0, kind: DeviceKind = DeviceKind.DESKTOP, **more: Any) -> Use:
    given = {"account": AN, "source": "nat", **more}
    return Use(
        session=UUID(int=session or ord(device)), kind=kind, device=device, minute=MORNING + minute * MINUTE, **given
    )


def replaced(minute: float, **more: Any) -> Replaced:
    given: dict[str, Any] = {"account": AN, "kind": DeviceKind.DESKTOP, "idle": MINUTE, **more}
    return Replaced(at=MORNING + minute * MINUTE, **given)


uses = st.lists(
    st.builds(
        use,
        st.integers(0, 180),
        st.sampled_from("abc"),
        session=st.integers(1, 4),
        kind=st.sampled_from(DeviceKind),
        source=st.sampled_from(["nat", "line 2"]),
        account=st.sampled_from([AN, BINH]),
    ),
    max_size=30,
)
replacements = st.lists(
    st.builds(
        replaced,
        st.integers(0, 180),
        account=st.sampled_from([AN, BINH]),
        kind=st.sampled_from(DeviceKind),
        idle=st.integers(0, 20).map(lambda minutes: minutes * MINUTE),
    ),
    max_size=20,
)


# interleaved


def test_who_goes_elsewhere_and_comes_back_is_not_told_of_and_who_does_it_twice_is() -> None:
    there_and_back = [use(0, "a"), use(20, "b"), use(40, "a")]
    assert rules.interleaved(there_and_back, WATCH) == []
    assert rules.interleaved([*there_and_back, use(59, "b")], WATCH) == [
        Finding(
            AN,
            Rule.INTERLEAVED,
            Severity.MEDIUM,
            since=MORNING,
            last=MORNING + 59 * MINUTE,
            window=timedelta(hours=1),
            count=4,
            evidence="Ngày 17/06/2026 dùng xen kẽ trên 2 máy tính trong một giờ: "
            "chuyển qua lại lúc 09:00, 09:20, 09:40, 09:59",
        )
    ]
    assert rules.interleaved([*there_and_back, use(60, "b")], WATCH) == [], "longer than an hour"


def test_one_session_on_two_computers_is_told_of_at_its_first_return() -> None:
    [found] = rules.interleaved([use(0, "a", session=9), use(20, "b", session=9), use(40, "a", session=9)], WATCH)
    assert (found.severity, "trong cùng một phiên làm việc" in found.evidence) == (Severity.HIGH, True)


def test_a_telephone_beside_a_desktop_and_a_second_line_say_nothing() -> None:
    beside = [use(each, "ap"[each % 2], kind=[*DeviceKind][each % 2]) for each in range(50)]
    lines = [use(each, source="no"[each % 2]) for each in range(50)]
    assert rules.interleaved(beside, WATCH) == rules.interleaved(lines, WATCH) == []


def test_two_devices_in_the_same_minute_are_in_no_order() -> None:
    assert rules.interleaved([use(0, "a"), use(0, "b"), use(1, "a"), use(1, "b")], WATCH) == []


@FEW
@given(uses)
def test_one_device_of_a_kind_is_never_interleaved(facts: list[Use]) -> None:
    alone = [replace(each, device=each.kind.name) for each in facts]
    assert rules.interleaved(alone, WATCH) == []


@given(uses)
@settings(max_examples=60)
def test_an_account_is_interleaved_exactly_where_every_way_to_look_at_it_by_hand_says_so(facts: list[Use]) -> None:
    told = {finding.account for finding in rules.interleaved(facts, WATCH)}
    assert told == {each for each in (AN, BINH) if by_hand([use for use in facts if use.account == each])}


def by_hand(facts: list[Use]) -> bool:
    """Every ordered choice of three uses in one session, or of four, that goes to and fro."""

    def goes_on(chosen: list[Use], each: Use, least: int) -> bool:
        if not chosen:
            return True
        in_time = chosen[-1].minute < each.minute < chosen[0].minute + WATCH.window
        is_turn = each.device != chosen[-1].device if len(chosen) == 1 else each.device == chosen[-2].device
        is_meant = each.kind == chosen[0].kind and (least == 4 or each.session == chosen[0].session)
        return in_time and is_turn and is_meant

    def goes(chosen: list[Use], least: int) -> bool:
        return len(chosen) == least or any(
            goes([*chosen, each], least) for each in facts if goes_on(chosen, each, least)
        )

    return goes([], 4) or goes([], 3)


# simultaneous


def test_four_replacements_of_sessions_in_use_within_an_hour_are_told_of() -> None:
    three = [replaced(0), replaced(20), replaced(40)]
    assert rules.simultaneous(three, WATCH) == []
    [found] = rules.simultaneous([*three, replaced(59.5)], WATCH)
    assert (found.severity, found.count) == (Severity.MEDIUM, 4)
    assert found.evidence == (
        "Ngày 17/06/2026 phiên làm việc trên máy tính bị phiên khác thay khi đang dùng 4 lần trong một giờ: "
        "lúc 09:00, 09:20, 09:40, 09:59"
    )
    assert rules.simultaneous([*three, replaced(60)], WATCH) == [], "longer than an hour"
    assert rules.simultaneous([*three, replaced(59, idle=11 * MINUTE)], WATCH) == [], "it lay unused"
    assert rules.simultaneous([*three, replaced(59, kind=DeviceKind.MOBILE)], WATCH) == [], "another kind of device"


@FEW
@given(replacements)
def test_replacements_are_told_of_exactly_where_four_lie_in_an_hour(facts: list[Replaced]) -> None:
    lively = [each for each in facts if each.idle <= WATCH.in_use]
    crowded = {
        one.account
        for one in lively
        if len(
            {
                each.at
                for each in lively
                if (each.account, each.kind) == (one.account, one.kind) and one.at <= each.at < one.at + WATCH.window
            }
        )
        >= WATCH.replacements
    }
    assert {finding.account for finding in rules.simultaneous(facts, WATCH)} == crowded


# volume

HISTORY = {date(2026, 6, 1) + timedelta(days=each): 300 + each for each in range(12)}
JUDGED = date(2026, 6, 17)


def test_a_day_far_beyond_ones_own_and_the_peers_is_told_of() -> None:
    peers = {UUID(int=each): {JUDGED: 200 + each} for each in range(3, 6)}
    counts = {AN: {**HISTORY, JUDGED: 2000}, **peers}
    [found] = rules.volume(counts, {AN: peers}, WATCH)
    assert (found.rule, found.count, found.severity) == (Rule.VOLUME, 2000, Severity.MEDIUM)
    assert found.evidence == (
        "Ngày 17/06/2026 có 2000 lượt yêu cầu; 12 ngày trước của chính tài khoản thường là 306, nhiều nhất 311; "
        "3 tài khoản cùng vai trò, đơn vị trong ngày thường là 204"
    )
    busy = {peer: {JUDGED: 1500} for peer in peers}
    assert rules.volume({**counts, **busy}, {AN: peers}, WATCH) == [], "everybody is busy that day"
    assert rules.volume({**counts, AN: dict.fromkeys(HISTORY, 1500) | {JUDGED: 2000}}, {AN: peers}, WATCH) == []


def test_without_history_and_peers_nothing_is_said_and_one_of_the_two_is_enough() -> None:
    assert rules.volume({AN: {JUDGED: 5000}}, {}, WATCH) == []
    assert len(rules.volume({AN: {**HISTORY, JUDGED: 5000}}, {}, WATCH)) == 1
    peers = {UUID(int=each): {JUDGED: 200} for each in range(3, 6)}
    assert len(rules.volume({AN: {JUDGED: 5000}, **peers}, {AN: peers}, WATCH)) == 1


@given(st.dictionaries(st.sampled_from([*HISTORY, JUDGED]), st.integers(1, WATCH.volume_floor - 1)))
def test_below_the_floor_nobody_is_told_of(own: dict[date, int]) -> None:
    assert rules.volume({AN: own}, {}, WATCH) == []


@given(st.integers(400, 5000), st.integers(1, 5000))
def test_more_requests_never_say_less(count: int, more: int) -> None:
    def told(requests: int) -> bool:
        return bool(rules.volume({AN: {**HISTORY, JUDGED: requests}}, {}, WATCH))

    assert not told(count) or told(count + more)


# outside hours


@pytest.mark.parametrize(
    ("begins", "told"),
    [
        pytest.param("2026-06-17T09:00", False, id="a Wednesday morning"),
        pytest.param("2026-06-17T20:00", True, id="a Wednesday night"),
        pytest.param("2026-06-17T05:00", True, id="before dawn"),
        pytest.param("2026-06-20T09:00", True, id="a Saturday"),
        pytest.param("2026-09-02T09:00", False, id="the 2nd of September, which nobody named"),
        pytest.param("2026-06-16T09:00", True, id="a holiday that was named"),
        pytest.param("2026-06-09T21:00", False, id="the evening before the report is due"),
        pytest.param("2026-06-06T09:00", False, id="the Saturday before the report is due"),
        pytest.param("2026-06-30T21:00", False, id="the last evening of the month"),
        pytest.param("2026-06-09T23:00", True, id="the night before the report is due"),
    ],
)
def test_half_an_hour_outside_of_hours_is_told_of(begins: str, told: bool) -> None:
    watch = replace(WATCH, holidays=frozenset({date(2026, 6, 16)}))
    first = datetime.fromisoformat(begins).replace(tzinfo=VIETNAM)
    facts = [replace(use(0), minute=first + each * MINUTE) for each in range(30)]
    assert bool(rules.outside_hours(facts, {}, watch)) is told
    assert rules.outside_hours(facts[1:], {}, watch) == []


def test_a_unit_may_have_hours_of_its_own() -> None:
    night = [replace(use(0), minute=datetime(2026, 6, 17, 21, 0, tzinfo=VIETNAM) + each * MINUTE) for each in range(40)]
    [found] = rules.outside_hours(night, {}, WATCH)
    assert found.evidence == "Ngày 17/06/2026 dùng ngoài giờ làm việc 40 phút, từ 21:00 đến 21:39"
    assert rules.outside_hours(night, {AN: Hours(time(0), time(23), time(23), frozenset(range(7)))}, WATCH) == []


# all of them


@FEW
@given(uses, replacements, st.randoms(use_true_random=False))
def test_the_order_of_facts_does_not_matter(facts: list[Use], swaps: list[Replaced], dice: Random) -> None:
    before = Log(uses=[*facts], replaced=[*swaps]).findings(WATCH)
    dice.shuffle(facts)
    dice.shuffle(swaps)
    assert Log(uses=facts, replaced=swaps).findings(WATCH) == before


@FEW
@given(uses, replacements)
def test_an_honest_day_of_somebody_else_raises_nothing(facts: list[Use], swaps: list[Replaced]) -> None:
    alone = Log(uses=facts, replaced=swaps).findings(WATCH)
    together = Log(uses=[*facts, *A_DAY.uses], replaced=[*swaps, *A_DAY.replaced]).findings(WATCH)
    assert OTHER not in {finding.account for finding in together}
    assert together == alone


@FEW
@given(uses, replacements)
def test_facts_in_another_office_change_no_evidence(facts: list[Use], swaps: list[Replaced]) -> None:
    whole = Log(uses=facts, replaced=swaps).findings(WATCH)
    for one in (AN, BINH):
        alone = Log(
            uses=[each for each in facts if each.account == one],
            replaced=[each for each in swaps if each.account == one],
        ).findings(WATCH)
        assert [finding for finding in whole if finding.account == one] == alone
