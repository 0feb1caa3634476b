"""A role says what may be done and which classes may be held; some roles never meet in one account."""

from __future__ import annotations

import pytest

from dean06_auth import roles
from dean06_auth.roles import (
    ADMINISTRATOR,
    APPROVER,
    AUDITOR,
    LEADER,
    OFFICER,
    ROLES,
    SECRETARIAT,
    SECTOR_FRONTEND,
    UNIT_HEAD,
    Role,
)
from dean06_core.access import Action, DataClass
from dean06_core.errors import BadInput


def test_a_role_is_found_by_its_name() -> None:
    assert roles.named("officer") is OFFICER


def test_an_unknown_role_is_refused_with_the_names_there_are() -> None:
    with pytest.raises(BadInput) as refused:
        roles.named("chief")
    assert refused.value.code == "ROLE_UNKNOWN"
    assert refused.value.message == (
        "Không có vai trò “chief”. Hãy chọn một trong: sector_frontend, secretariat, officer, unit_head, "
        "leader, administrator, approver, auditor."
    )


def test_only_the_officer_records() -> None:
    assert [role for role in ROLES.values() if Action.RECORD in role.actions] == [OFFICER]


def test_only_the_administrator_administers() -> None:
    assert [role for role in ROLES.values() if Action.ADMINISTER in role.actions] == [ADMINISTRATOR]


def test_whoever_proposes_grants_does_not_approve_them() -> None:
    assert [role for role in ROLES.values() if Action.PROPOSE in role.actions] == [UNIT_HEAD, ADMINISTRATOR]
    assert [role for role in ROLES.values() if Action.APPROVE in role.actions] == [APPROVER]


def test_a_leader_only_looks_at_figures() -> None:
    assert LEADER.actions == {Action.READ}
    assert LEADER.data_classes == {DataClass.AGGREGATE, DataClass.RECORD}


def test_no_role_of_this_version_sees_identified_citizens() -> None:
    assert [role for role in ROLES.values() if DataClass.IDENTIFIED in role.data_classes] == []


@pytest.mark.parametrize(
    ("first", "second", "apart"),
    [
        pytest.param(ADMINISTRATOR, OFFICER, True, id="an administrator enters no figures"),
        pytest.param(ADMINISTRATOR, SECTOR_FRONTEND, True, id="an administrator reads no sector's figures"),
        pytest.param(ADMINISTRATOR, SECRETARIAT, True, id="an administrator is not the secretariat"),
        pytest.param(ADMINISTRATOR, UNIT_HEAD, True, id="an administrator heads no unit"),
        pytest.param(ADMINISTRATOR, APPROVER, True, id="an administrator does not approve grants"),
        pytest.param(ADMINISTRATOR, ADMINISTRATOR, False, id="an administrator may be so twice"),
        pytest.param(ADMINISTRATOR, LEADER, True, id="an administrator does not lead"),
        pytest.param(AUDITOR, LEADER, True, id="an auditor does not lead"),
        pytest.param(OFFICER, LEADER, False, id="a leader may enter figures"),
        pytest.param(AUDITOR, APPROVER, True, id="an auditor does not approve"),
        pytest.param(AUDITOR, OFFICER, True, id="an auditor enters nothing"),
        pytest.param(AUDITOR, ADMINISTRATOR, True, id="an auditor does not administer"),
        pytest.param(AUDITOR, AUDITOR, False, id="an auditor may be so twice"),
        pytest.param(OFFICER, UNIT_HEAD, False, id="a head may enter figures"),
        pytest.param(APPROVER, UNIT_HEAD, False, id="a head may approve grants"),
    ],
)
def test_roles_that_exclude_each_other(first: Role, second: Role, apart: bool) -> None:
    assert roles.exclude_each_other(first, second) is apart
    assert roles.exclude_each_other(second, first) is apart


def test_of_many_roles_two_that_exclude_each_other_are_found() -> None:
    assert roles.apart({"officer", "unit_head", "leader"}) is None
    assert roles.apart({"officer", "unit_head", "auditor"}) == (OFFICER, AUDITOR)
