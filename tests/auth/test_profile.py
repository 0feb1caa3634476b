"""Every number that signing in goes by has its clause, and a province may make it stricter and never looser."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dean06_auth import profile, roles
from dean06_auth.profile import VN_L3_2026, DeviceKind, Profile, Source, Stricter
from dean06_core.errors import StartUpError

NUMBERS = [each for each in profile.running(VN_L3_2026) if isinstance(each.declared, int)]


def tightened(*lines: str) -> Profile:
    return profile.tightened("\n".join(['profile = "vn-l3-2026"', *lines]), roles.ROLES)


def test_every_value_says_its_clause_and_how_well_its_source_is_known() -> None:
    for each in profile.running(VN_L3_2026):
        assert re.match(r"TCVN 14423:2026 5\.|OWASP ASVS 5\.0 ", each.rule.clause), each
        assert not each.is_tightened
    sources = {each.rule.source for each in profile.running(VN_L3_2026)}
    assert sources == {Source.SECONDARY, Source.OWN}, "no verified copy was read so far"


def test_a_file_that_changes_nothing_leaves_the_profile_as_it_is() -> None:
    assert tightened() == VN_L3_2026


def test_a_province_may_be_stricter_and_is_shown_both_values() -> None:
    stricter = tightened("session_idle_minutes = 10", "password_shortest = 16")
    assert stricter.may_idle((), DeviceKind.DESKTOP) == timedelta(minutes=10)
    assert [str(each) for each in profile.running(stricter) if each.is_tightened] == [
        "password_shortest 16, tightened from 14 (TCVN 14423:2026 5.6.2.2, secondary)",
        "session_idle_minutes 10, tightened from 15 (TCVN 14423:2026 5.5.2.2 a, secondary)",
    ]


@given(st.sampled_from(NUMBERS), st.integers(min_value=-5, max_value=1000))
def test_whatever_is_written_no_number_becomes_looser(declared: profile.Running, value: int) -> None:
    assert isinstance(declared.declared, int)
    written, rule = f"{declared.name} = {value}", declared.rule
    is_less = rule.stricter is Stricter.LESS
    is_looser = value > declared.declared if is_less else value < declared.declared
    is_beyond = value < rule.limit if is_less else value > rule.limit
    if not is_looser and not is_beyond:
        assert getattr(tightened(written), declared.name) == value
        return
    with pytest.raises(StartUpError) as refused:
        tightened(written)
    assert all(each in str(refused.value) for each in (f"'{declared.name}'", str(value), str(declared.declared)))


@pytest.mark.parametrize(
    ("line", "told"),
    [
        pytest.param(
            "session_idle_minutes = 20",
            "Rule 'session_idle_minutes' is 20 in the profile file and at most 15 in vn-l3-2026 (TCVN 14423:2026 "
            "5.5.2.2 a). A province may only tighten it: remove the line or write a stricter value.",
            id="a longer idle time",
        ),
        pytest.param(
            'second_factor_roles = ["auditor"]',
            "Rule 'second_factor_roles' is [auditor] in the profile file and at least these [administrator, approver, "
            "auditor] in vn-l3-2026 (TCVN 14423:2026 5.6.2.4). A province may only tighten it: remove the line or "
            "write a stricter value.",
            id="fewer roles with a second factor",
        ),
        pytest.param(
            "password_classes = 5",
            "Rule 'password_classes' is 5 in the profile file, with which nobody could work. Write a value from 4 to "
            "4.",
            id="a fifth kind of letter",
        ),
        pytest.param(
            'session_hours = "8"',
            "Rule 'session_hours' of the profile file is '8'. Write a whole number.",
            id="text for a number",
        ),
        pytest.param(
            "session_hours = true",
            "Rule 'session_hours' of the profile file is True. Write a whole number.",
            id="a yes for a number",
        ),
        pytest.param(
            'second_factor_roles = ["administrator", "approver", "auditor", "boss"]',
            f"Rule 'second_factor_roles' names no role with 'boss'. Roles: {', '.join(roles.ROLES)}.",
            id="a role that is none",
        ),
    ],
)
def test_what_is_refused_names_the_rule_and_both_values(line: str, told: str) -> None:
    with pytest.raises(StartUpError) as refused:
        tightened(line)
    assert str(refused.value) == told


@pytest.mark.parametrize(
    ("written", "told"),
    [
        pytest.param("session_hours = 4", "does not say which profile", id="no profile named"),
        pytest.param('profile = "vn-l3-2020"', "does not say which profile", id="another profile"),
        pytest.param('profile = "vn-l3-2026"\nhours = 4', "has no rule 'hours'", id="a rule that is none"),
        pytest.param("session_hours: 4", "is not TOML", id="not TOML"),
    ],
)
def test_a_file_that_means_nothing_is_refused(written: str, told: str) -> None:
    with pytest.raises(StartUpError, match=told):
        profile.tightened(written, roles.ROLES)


def test_more_roles_may_be_asked_for_a_second_factor() -> None:
    wider = tightened('second_factor_roles = ["administrator", "approver", "auditor", "secretariat"]')
    assert wider.needs_second_factor({"secretariat"})
    assert not VN_L3_2026.needs_second_factor({"secretariat"})


@pytest.mark.parametrize(
    ("held", "kind", "minutes"),
    [
        pytest.param({"officer"}, DeviceKind.DESKTOP, 15, id="an officer"),
        pytest.param({"officer"}, DeviceKind.MOBILE, 5, id="an officer on a telephone"),
        pytest.param({"officer", "administrator"}, DeviceKind.DESKTOP, 5, id="an administrator"),
    ],
)
def test_a_session_may_lie_unused_as_long_as_the_shortest_rule_says(
    held: set[str], kind: DeviceKind, minutes: int
) -> None:
    assert VN_L3_2026.may_idle(held, kind) == timedelta(minutes=minutes)


def test_administrators_change_earlier_and_remember_more() -> None:
    assert VN_L3_2026.password_lasts({"administrator"}) < VN_L3_2026.password_lasts({"officer"})
    assert (VN_L3_2026.passwords_remembered({"administrator"}), VN_L3_2026.passwords_remembered({"officer"})) == (10, 1)
