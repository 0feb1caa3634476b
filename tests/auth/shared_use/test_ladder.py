"""A finding climbs a rung at a time, once within its window, and never above the top of its rule."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dean06_auth.shared_use.ladder import Standing, climbed
from dean06_auth.shared_use.uses import Finding, Rule, Severity
from dean06_auth.shared_use.watch import WATCH, Rung, Watch

AT = datetime(2026, 6, 17, 2, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def finding(
    hours: float = 0, rule: Rule = Rule.INTERLEAVED, severity: Severity = Severity.MEDIUM, window: timedelta = HOUR
) -> Finding:
    return Finding(UUID(int=1), rule, severity, AT + hours * HOUR, AT + hours * HOUR, window, 4, "")


def climbs(found: list[Finding], watch: Watch = WATCH) -> list[Rung | None]:
    """What a series of findings of one rule climbs to, each answered before the next."""
    standing, rungs = None, list[Rung | None]()
    for each in found:
        rung = climbed(standing, each, watch)
        standing = standing if rung is None else Standing(rung, each.since)
        rungs.append(rung)
    return rungs


def test_the_first_finding_stands_where_its_severity_says_and_each_later_one_a_rung_higher() -> None:
    up = replace(WATCH, tops=dict.fromkeys(Rule, Rung.SUSPEND))
    rising = [Rung.LOG, Rung.STEP_UP, Rung.END_SESSIONS, Rung.SUSPEND, Rung.SUSPEND]
    assert climbs([finding(2 * each) for each in range(5)], up) == rising
    hard = [finding(2 * each, severity=Severity.HIGH) for each in range(3)]
    assert climbs(hard, up) == rising[1:4]


@pytest.mark.parametrize(
    ("rule", "top"),
    [
        (Rule.INTERLEAVED, Rung.END_SESSIONS),
        (Rule.SIMULTANEOUS, Rung.END_SESSIONS),
        (Rule.VOLUME, Rung.STEP_UP),
        (Rule.OUTSIDE_HOURS, Rung.LOG),
    ],
)
def test_no_rule_suspends_anybody_unless_the_province_says_so(rule: Rule, top: Rung) -> None:
    found = [finding(30 * each, rule, Severity.HIGH) for each in range(6)]
    assert climbs(found)[-1] is top
    assert climbs(found, replace(WATCH, tops={**WATCH.tops, rule: Rung.SUSPEND}))[-1] is Rung.SUSPEND


def test_repeats_within_a_window_climb_once() -> None:
    assert climbs([finding(0), finding(0.5), finding(0.99), finding(1)]) == [Rung.LOG, None, None, Rung.STEP_UP]


def test_what_lies_before_the_last_finding_says_nothing_anew() -> None:
    assert climbed(Standing(Rung.LOG, AT), finding(-3), WATCH) is None


def test_after_a_month_without_a_finding_it_begins_again() -> None:
    late = timedelta(days=WATCH.forgets_days) / HOUR
    assert climbs([finding(0), finding(2), finding(2 + late)]) == [Rung.LOG, Rung.STEP_UP, Rung.LOG]
    assert climbs([finding(0), finding(2), finding(1.9 + late)])[-1] is Rung.END_SESSIONS


series = st.lists(
    st.builds(finding, st.floats(0, 2000), st.sampled_from(Rule), st.sampled_from(Severity)), max_size=30
).map(lambda found: sorted(found, key=lambda each: each.since))


@given(series, st.dictionaries(st.sampled_from(Rule), st.sampled_from(Rung)))
def test_no_series_of_findings_climbs_too_high_too_fast_or_twice_in_a_window(
    found: list[Finding], tops: dict[Rule, Rung]
) -> None:
    watch = replace(WATCH, tops={**WATCH.tops, **tops})
    for rule in Rule:
        own = [each for each in found if each.rule is rule]
        answered = [(each, rung) for each, rung in zip(own, climbs(own, watch), strict=True) if rung is not None]
        assert all(rung.height <= watch.tops[rule].height for _, rung in answered)
        for (before, low), (after, high) in pairwise(answered):
            assert after.since >= before.since + HOUR
            assert high.height <= max(low.height + 1, watch.begins[after.severity].height)
