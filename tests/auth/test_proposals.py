"""A grant is proposed by one person, approved by another, held by a third, within its duty; of a list all or none."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from dean06_auth import duties, grants
from dean06_auth.accounts import AccountState
from dean06_auth.grants import GrantRow, GrantState
from dean06_auth.proposals import MOST
from dean06_core.access import DataClass
from dean06_core.directory import Directory
from dean06_core.errors import BadInput
from dean06_core.outcomes import Refused
from tests.auth import offices
from tests.auth.offices import DECISION, Office, entry
from tests.auth.province import COMMUNE, DONG_LOC, HA_TINH, NEXT_YEAR, TODAY, VUNG_ANG, count

pytestmark = pytest.mark.anyio


@pytest.fixture
async def office(session: AsyncSession, directory: Directory) -> Office:
    return await offices.settle(session, directory)


async def test_what_two_people_agreed_on_is_held_by_the_third(office: Office) -> None:
    duty = await office.assign("an")
    (id_,) = await office.propose(entry(duty))
    assert await office.roles("an") == []
    await office.approve(id_)
    [held] = (await office.actor("an")).caller.grants
    assert (held.role, held.units, held.id, held.in_place_of) == ("officer", frozenset({VUNG_ANG}), id_, None)
    row = await office.session.get_one(GrantRow, id_)
    assert (row.proposed_by, row.approved_by, row.basis) == ("quan-tri", "phe-duyet", DECISION)


async def test_the_head_of_a_unit_proposes_for_his_people(office: Office) -> None:
    duty = await office.assign("an", by="thu-truong")
    await office.approve(*await office.propose(entry(duty), by="thu-truong"))
    assert await office.roles("an") == ["officer"]
    with pytest.raises(BadInput, match="chỉ do người quản trị hệ thống đề nghị"):
        await office.propose(entry(duty, "approver"), by="thu-truong")


@pytest.mark.parametrize(
    ("by", "code"),
    [
        pytest.param("phe-duyet", "DUTY_UNKNOWN", id="an approver"),
        pytest.param("an", "DUTY_UNKNOWN", id="who is to have it"),
        pytest.param("dung", "DUTY_UNKNOWN", id="somebody of another commune"),
    ],
)
async def test_nobody_else_proposes(office: Office, by: str, code: str) -> None:
    duty = await office.assign("an")
    with pytest.raises(BadInput) as refused:
        await office.propose(entry(duty), by=by)
    assert refused.value.code == code
    assert (await office.propose(entry(duty))) != ()


async def test_a_duty_elsewhere_is_as_unknown_as_none(office: Office) -> None:
    there = await office.assign("dung", unit=f"unit-{DONG_LOC}")
    messages = []
    for duty in (there, (await office.propose(entry(there)))[0]):
        with pytest.raises(BadInput) as refused:
            await office.propose(entry(duty), by="thu-truong")
        messages.append((refused.value.code, refused.value.message))
    assert messages[0] == messages[1]


@pytest.mark.parametrize("by", ["quan-tri", "quan-tri-2", "thu-truong", "an"])
async def test_only_an_approver_approves(office: Office, by: str) -> None:
    ids = await office.propose(entry(await office.assign("an")))
    with pytest.raises(BadInput, match="Không có quyền với định danh này") as refused:
        await office.approve(*ids, by=by)
    assert refused.value.code == "GRANT_UNKNOWN"
    assert await office.approve(*ids) == ids


async def test_nobody_proposes_or_approves_for_himself(office: Office) -> None:
    own = await office.assign("quan-tri", by="quan-tri-2", unit=f"unit-{HA_TINH}")
    with pytest.raises(BadInput, match="Không ai tự đề nghị quyền cho chính mình"):
        await office.propose(entry(own, "administrator"))
    with pytest.raises(BadInput, match="Không ai tự phân công"):
        await office.assign("quan-tri", unit=f"unit-{HA_TINH}")
    approvers = await office.assign("phe-duyet", unit=f"unit-{HA_TINH}")
    ids = await office.propose(entry(approvers, "approver"))
    with pytest.raises(BadInput, match="phải là ba người khác nhau"):
        await office.approve(*ids)
    assert await office.approve(*ids, by="phe-duyet-2") == ids


async def test_what_was_approved_is_not_approved_again(office: Office) -> None:
    ids = await office.propose(entry(await office.assign("an")))
    await office.approve(*ids)
    with pytest.raises(BadInput) as refused:
        await office.approve(*ids)
    assert refused.value.code == "GRANT_NOT_PROPOSED"


@pytest.mark.parametrize(
    ("more", "field"),
    [
        pytest.param({"ends": date(2027, 1, 2)}, "ends", id="a day longer"),
        pytest.param({"starts": date(2025, 12, 31), "ends": date(2026, 7, 1)}, "ends", id="a day before"),
        pytest.param({"sectors": ("tax",)}, "sectors", id="another sector"),
        pytest.param({"units": (f"unit-{HA_TINH}",)}, "units", id="the unit above"),
        pytest.param({"units": (f"unit-{DONG_LOC}",)}, "units", id="another unit"),
    ],
)
async def test_a_grant_lies_within_its_duty(office: Office, more: dict[str, Any], field: str) -> None:
    duty = await office.assign("an", sector="health")
    with pytest.raises(BadInput) as refused:
        await office.propose(entry(duty, **more))
    assert (refused.value.code, refused.value.field) == ("OUTSIDE_DUTY", (field,))
    assert await office.propose(entry(duty, sectors=("health",), units=(f"unit-{VUNG_ANG}",)))


async def test_a_duty_of_an_office_includes_what_it_serves(office: Office) -> None:
    duty = await office.assign("an", unit="unit-4")
    await office.approve(*await office.propose(entry(duty, units=(f"unit-{DONG_LOC}",))))
    [held] = (await office.actor("an")).caller.grants
    assert held.units == frozenset({DONG_LOC})


async def test_what_was_granted_ends_with_its_duty(office: Office) -> None:
    duty = await office.assign("an")
    (id_,) = await office.approve(*await office.propose(entry(duty)))
    await duties.end(
        office.session, await office.actor("quan-tri"), duty, on=TODAY + timedelta(days=3), reason="Chuyển công tác"
    )
    office.known.clear()
    row, ended = await office.session.get_one(GrantRow, id_), await office.session.get_one(duties.Duty, duty)
    for days, state in ((2, GrantState.ACTIVE), (3, GrantState.ENDED)):
        office.on = TODAY + timedelta(days=days)
        assert row.state(ended, office.on) is state
        assert bool(await office.roles("an")) is (state is GrantState.ACTIVE)


async def test_a_revoked_grant_is_gone_at_once_and_a_proposal_can_be_withdrawn(office: Office) -> None:
    duty = await office.assign("an")
    held, waiting = await office.propose(entry(duty), entry(duty, "leader"))
    await office.approve(held)
    await office.revoke(held, waiting)
    assert await office.roles("an") == []
    with pytest.raises(BadInput) as refused:
        await office.approve(waiting)
    assert refused.value.code == "GRANT_NOT_PROPOSED"
    with pytest.raises(BadInput) as again:
        await office.revoke(held)
    assert again.value.code == "GRANT_OVER"


@pytest.mark.parametrize(
    ("first", "second"),
    [("officer", "administrator"), ("leader", "auditor"), ("approver", "administrator"), ("approver", "auditor")],
)
async def test_roles_that_exclude_each_other_are_refused_when_they_are_proposed(
    office: Office, first: str, second: str
) -> None:
    duty = await office.assign("an", unit=f"unit-{HA_TINH}")
    with pytest.raises(Refused) as refused:
        await office.propose(entry(duty, first), entry(duty, second))
    assert [(each.code, each.field) for each in refused.value.refusals] == [("ROLES_APART", ("1", "role"))]
    assert await count(office.session, GrantRow) == 5


async def test_and_again_when_they_are_approved(office: Office) -> None:
    """Somebody was given the other role meanwhile, as an operator may."""
    duty = await office.assign("an")
    (id_,) = await office.propose(entry(duty))
    given = await grants.give(
        office.session,
        account=office.people["an"],
        role="leader",
        sectors={"health"},
        units=[COMMUNE],
        data_classes=[DataClass.AGGREGATE],
        starts=TODAY,
        ends=NEXT_YEAR,
        basis="QĐ 2",
    )
    given.role, given.data_classes = "auditor", "G"
    await office.session.flush()
    with pytest.raises(BadInput) as refused:
        await office.approve(id_)
    assert refused.value.code == "ROLES_APART"


async def test_if_both_are_held_all_the_same_neither_counts(office: Office) -> None:
    duty = await office.assign("an")
    ids = await office.approve(*await office.propose(entry(duty), entry(duty, "leader")))
    await office.session.execute(sa.update(GrantRow).where(GrantRow.id == ids[1]).values(role="auditor"))
    office.session.expunge_all()
    office.known.clear()
    assert await office.roles("an") == []


async def test_two_hundred_grants_are_proposed_and_approved_in_two_acts(office: Office, statements: list[str]) -> None:
    duty = await office.assign("an")
    await office.actor("quan-tri")
    statements.clear()
    ids = await office.propose(*(entry(duty) for _ in range(200)))
    assert len(ids) == 200
    assert len([each for each in statements if each.lower().startswith("select")]) < 12
    await office.actor("phe-duyet")
    statements.clear()
    await office.approve(*ids)
    assert len([each for each in statements if each.lower().startswith("select")]) < 12
    assert len(await office.roles("an")) == 200


async def test_of_a_list_all_is_proposed_or_nothing(office: Office) -> None:
    duty = await office.assign("an")
    wrong = entry(duty, "chief"), entry(duty, ends=date(2028, 1, 1)), entry(duty, data_classes=frozenset())
    with pytest.raises(Refused) as refused:
        await office.propose(entry(duty), *wrong)
    assert [(each.code, each.field) for each in refused.value.refusals] == [
        ("ROLE_UNKNOWN", ("1", "role")),
        ("GRANT_TOO_LONG", ("2", "ends")),
        ("SCOPE_EMPTY", ("3", "dataClasses")),
    ]
    assert await count(office.session, GrantRow) == 5
    for entries in ((), (entry(duty),) * (MOST + 1)):
        with pytest.raises(BadInput, match="Hãy gửi từ 1 đến 500 quyền"):
            await office.propose(*entries)


async def test_nothing_is_granted_to_a_closed_account(office: Office) -> None:
    duty = await office.assign("an")
    ids = await office.propose(entry(duty))
    office.people["an"].state = AccountState.CLOSED
    for act in (office.propose(entry(duty)), office.approve(*ids)):
        with pytest.raises(BadInput) as refused:
            await act
        assert refused.value.code == "ACCOUNT_CLOSED"


@pytest.mark.parametrize("column", ["proposer_id", "approver_id", "proposer_for_id", "approver_for_id"])
async def test_the_database_keeps_the_three_apart_too(office: Office, column: str) -> None:
    (id_,) = await office.approve(*await office.propose(entry(await office.assign("an"))))
    with pytest.raises(IntegrityError, match="ck_account_grant_"):
        async with office.session.begin_nested():
            await office.session.execute(
                sa.update(GrantRow).where(GrantRow.id == id_).values({column: office.people["an"].person_id})
            )


async def test_the_database_keeps_no_grant_in_force_without_a_decision(office: Office) -> None:
    (id_,) = await office.approve(*await office.propose(entry(await office.assign("an"))))
    for change in ({"basis": None}, {"duty_id": None}):
        with pytest.raises(IntegrityError, match="ck_account_grant_"):
            async with office.session.begin_nested():
                await office.session.execute(sa.update(GrantRow).where(GrantRow.id == id_).values(change))
