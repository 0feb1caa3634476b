"""Of the recorded days every lent account is noticed, and at most one honest day in a thousand raises anything."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from dean06_auth.shared_use.uses import Rule, day_of
from dean06_auth.shared_use.watch import WATCH
from tests.auth.shared_use import officer_days
from tests.auth.shared_use.logs import Log, account, log_of, read

CASES = [pytest.param(case, id=case["name"]) for case in read("shared.json")]


@pytest.fixture(scope="module")
def honest() -> Log:
    return log_of(read("clean.json"))


@pytest.mark.parametrize("case", CASES)
def test_a_lent_account_is_noticed_on_its_day_by_its_rule_and_nobody_else_is(case: dict[str, Any]) -> None:
    holidays = frozenset(date.fromisoformat(day) for day in case["holidays"])
    found = log_of(case["days"]).findings(replace(WATCH, holidays=holidays))
    assert Rule[case["rule"]] in {finding.rule for finding in found}
    assert {(finding.account, str(day_of(finding.since))) for finding in found} == {(account(case["who"]), case["on"])}


def test_every_rule_has_lent_accounts_of_its_own() -> None:
    assert {Rule[case["rule"]] for case in read("shared.json")} == {*Rule}


def test_at_most_one_honest_day_in_a_thousand_raises_anything(honest: Log) -> None:
    assert honest.days >= 1000
    assert len(honest.findings(WATCH)) * 1000 <= honest.days


@pytest.mark.parametrize(
    ("stricter", "rule", "whose"),
    [
        pytest.param({"returns": 1}, Rule.INTERLEAVED, officer_days.meets, id="somebody goes to the meeting room"),
        pytest.param(
            {"replacements": 3}, Rule.SIMULTANEOUS, officer_days.browser_crashes, id="a browser crashes again and again"
        ),
        pytest.param({"outside_minutes": 5}, Rule.OUTSIDE_HOURS, officer_days.on_saturday, id="a look on a Saturday"),
        pytest.param(
            {"busy_until_day": 1, "busy_last_days": 1}, Rule.OUTSIDE_HOURS, officer_days.works_late, id="a late report"
        ),
        pytest.param({"volume_deviations": 4}, Rule.VOLUME, officer_days.stands_in, id="somebody stands in"),
    ],
)
def test_the_honest_days_are_awkward(
    honest: Log, stricter: dict[str, Any], rule: Rule, whose: officer_days.Habit
) -> None:
    place = officer_days.HABITS.index(whose)
    of_him = account(f"unit-{place % officer_days.UNITS}/{place}")
    assert of_him in {finding.account for finding in honest.of(rule, replace(WATCH, **stricter))}


def test_the_recorded_days_are_made_the_same_again() -> None:
    for name, made in (("clean.json", officer_days.clean()), ("shared.json", officer_days.shared())):
        assert officer_days.written(made) == (officer_days.FOLDER / name).read_text(encoding="utf-8")
