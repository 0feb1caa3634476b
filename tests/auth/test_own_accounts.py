"""Our own accounts are reported under the same rules as those of every system, as they stood on any day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dean06_auth import duties, moves, own_passwords, own_report, reviews, standing_days, suspensions, waking
from dean06_auth.account_faults import AccountFault
from dean06_auth.account_reports import AccountReport
from dean06_auth.accounts import AccountCredential
from dean06_auth.grants import GrantRow
from dean06_auth.people import Person
from dean06_auth.registers import SystemHeadcount
from dean06_auth.review_rows import ReviewedGrant
from dean06_auth.shared_use.notes import SharedUseNote
from dean06_auth.shared_use.uses import Rule, Severity
from dean06_auth.shared_use.watch import Rung
from dean06_auth.standing_days import DayKind
from dean06_core.directory import Directory
from tests.auth import offices
from tests.auth.offices import Office, entry
from tests.auth.province import DONG_LOC, HA_TINH, NEXT_YEAR, NOW, TAX_OFFICE, TODAY, VUNG_ANG, hire

pytestmark = pytest.mark.anyio

DAY = timedelta(days=1)
SURPLUS, WITHOUT, SHARED, DORMANT, PASSWORD, REVIEW = AccountFault


@pytest.fixture
async def office(session: AsyncSession, directory: Directory) -> Office:
    """An and Bình of Vũng Áng have a duty with an officer's grant; Chi and Dũng have none."""
    office = await offices.settle(session, directory)
    for login in ("an", "binh"):
        await office.approve(*await office.propose(entry(await office.assign(login))))
    return office


async def used(office: Office, login: str, *days: date) -> None:
    for on in days:
        await standing_days.note(office.session, account_id=office.people[login].id, on=on, kind=DayKind.USED)


async def report(office: Office, on: date, *, by: str = "quan-tri", **more: Any) -> AccountReport:
    await office.session.flush()
    office.on = TODAY
    return await own_report.of_day(office.session, await office.actor(by), on=on, **more)


async def faults(office: Office, on: date, login: str, **more: Any) -> dict[AccountFault, str]:
    made = await report(office, on, **more)
    return {
        finding.fault: finding.evidence
        for each in made.faulty
        if each.account.login == login
        for finding in each.findings
    }


async def test_an_account_with_a_duty_in_use_is_sound_and_one_without_is_surplus_without_function(
    office: Office,
) -> None:
    await used(office, "an", TODAY)
    assert await faults(office, TODAY, "an") == {}
    assert await faults(office, TODAY, "chi") == {
        SURPLUS: "Không có nhiệm vụ nào đang được phân công",
        WITHOUT: "Không ghi chức năng, nhiệm vụ nào cần tài khoản này",
    }
    assert [*await faults(office, TODAY, "quan-tri")] == [SURPLUS], "an operator gave a role and no duty"


async def test_it_is_told_by_unit_and_only_to_whoever_reads_accounts_there(office: Office) -> None:
    office.session.add(SystemHeadcount(system="dean06", as_of=TODAY, unit_key=VUNG_ANG, people=1))
    whole = await report(office, TODAY)
    assert (whole.total, {each.unit: (each.total, each.people) for each in whole.by_unit}) == (
        9,
        {1: (4, None), VUNG_ANG: (4, 1), DONG_LOC: (1, None)},
    )
    assert (await report(office, TODAY, units=[DONG_LOC])).total == 1
    assert (await report(office, TODAY, by="thu-truong")).total == 4
    assert (await report(office, TODAY, by="thu-truong", units=[DONG_LOC])).total == 0
    assert (await report(office, TODAY, by="an")).total == 0
    beyond = [each.account.login for each in whole.faulty if any("1 người" in f.evidence for f in each.findings)]
    assert set(beyond) <= {"an", "binh", "chi", "thu-truong"}
    assert len([1 for each in whole.faulty if each.account.unit == VUNG_ANG]) == 3


async def test_an_account_that_was_moved_is_told_on_every_day_at_the_unit_where_it_was_then(office: Office) -> None:
    for key, days in ((TAX_OFFICE, 3), (DONG_LOC, 3), (HA_TINH, 5)):
        on = TODAY + days * DAY
        await moves.move(office.session, login="chi", unit=office.directory.named(f"unit-{key}", on), on=on)
    told = {days: await report(office, TODAY + days * DAY) for days in (2, 3, 4, 5)}
    assert {
        days: [each.account.unit for each in made.faulty if each.account.login == "chi"] for days, made in told.items()
    } == {2: [VUNG_ANG], 3: [DONG_LOC], 4: [DONG_LOC], 5: [HA_TINH]}
    assert [(await report(office, TODAY + days * DAY, by="thu-truong")).total for days in (2, 3)] == [4, 3]
    assert [(await report(office, TODAY + days * DAY, units=[DONG_LOC])).total for days in (2, 3, 5)] == [1, 2, 1]


async def test_namesakes_are_one_person_only_where_nobody_said_who_they_are(office: Office) -> None:
    """Everybody in the small province has one name; the two who have a duty are alike in everything else."""
    assert "đã có tài khoản" in (await faults(office, TODAY, "binh"))[SURPLUS]
    for login in ("an", "binh"):
        person = await office.session.get_one(Person, office.people[login].person_id)
        person.digest = login.encode().ljust(32)
    assert SURPLUS not in await faults(office, TODAY, "binh")


async def test_unused_days_are_told_as_they_were_on_any_day(office: Office) -> None:
    await used(office, "an", TODAY + 10 * DAY, TODAY + 80 * DAY)
    told = {}
    for days in (45, 56, 57, 80, 126, 127):
        told[days] = (await faults(office, TODAY + days * DAY, "an")).get(DORMANT)
    assert told == {
        45: None,
        56: "Dùng lần cuối ngày 25/06/2026, 46 ngày trước",
        57: "Dùng lần cuối ngày 25/06/2026, 47 ngày trước",
        80: None,
        126: "Dùng lần cuối ngày 03/09/2026, 46 ngày trước",
        127: "Dùng lần cuối ngày 03/09/2026, 47 ngày trước",
    }
    assert (await faults(office, TODAY + 46 * DAY, "binh"))[DORMANT] == "Chưa dùng lần nào, tính từ ngày 15/06/2026"
    office.on = TODAY + 40 * DAY
    await office.session.execute(sa.update(GrantRow).values(reviewed_on=TODAY))
    await waking.wake(office.session, await office.actor("thu-truong"), "binh")
    assert DORMANT not in await faults(office, TODAY + 46 * DAY, "binh")


async def test_a_duty_that_ended_is_told_from_its_day_on(office: Office) -> None:
    [duty] = await office.duties_of("an")
    await duties.end(
        office.session, await office.actor("thu-truong"), duty.id, on=TODAY + 5 * DAY, reason="Chuyển công tác"
    )
    assert SURPLUS not in await faults(office, TODAY + 4 * DAY, "an")
    assert await faults(office, TODAY + 5 * DAY, "an") == {
        SURPLUS: "Không có nhiệm vụ nào đang được phân công; nhiệm vụ gần nhất hết từ ngày 20/06/2026",
        WITHOUT: "Không ghi chức năng, nhiệm vụ nào cần tài khoản này",
    }


async def test_passwords_are_told_as_they_were_and_an_account_without_one_owes_none(office: Office) -> None:
    session, an = office.session, office.people["an"]
    session.add(AccountCredential(account_id=an.id, password_hash="first", password_set_at=NOW))
    await session.flush()
    late: dict[str, Any] = {"stored": "first", "renewed": "second", "remembered": 1}
    await own_passwords.put(session, account_id=an.id, now=NOW + 100 * DAY, **late)
    told = {days: PASSWORD in await faults(office, TODAY + days * DAY, "an") for days in (90, 91, 99, 100, 190, 191)}
    assert told == {90: False, 91: True, 99: True, 100: False, 190: False, 191: True}
    made = await report(office, TODAY + 91 * DAY, units=[VUNG_ANG])
    assert (made.counts[PASSWORD], str(made.password_change_rate)) == (1, "75.00")
    admin = office.people["quan-tri"]
    session.add(AccountCredential(account_id=admin.id, password_hash="x", password_set_at=NOW))
    assert PASSWORD in await faults(office, TODAY + 61 * DAY, "quan-tri"), "two months for administrators"


async def test_an_overdue_review_is_told_as_it_was_on_any_day(office: Office) -> None:
    await office.session.execute(
        sa.update(GrantRow).where(GrantRow.given_by.is_not(None)).values(reviewed_on=NEXT_YEAR)
    )
    [grant] = await office.session.scalars(sa.select(GrantRow.id).where(GrantRow.account_id == office.people["an"].id))
    lapses = date(2026, 12, 30)
    office.on = date(2026, 12, 31)
    rows = await office.session.scalars(sa.select(GrantRow))
    assert {row.ends for row in rows} == {NEXT_YEAR}
    office.known.clear()
    ids = await reviews.open(office.session, await office.actor("quan-tri"), [f"unit-{VUNG_ANG}"])
    kept = [*await office.session.scalars(sa.select(ReviewedGrant.grant_id).where(ReviewedGrant.review_id == ids[0]))]
    await reviews.decide(office.session, await office.actor("thu-truong"), ids[0], keep=kept, end=[], reason="Rà soát")
    assert grant in kept
    told = [(await faults(office, on, "an")).get(REVIEW) for on in (lapses - DAY, lapses, lapses + DAY)]
    assert told == [None, "Quyền quá hạn rà soát: officer từ ngày 30/12/2026", None]


async def test_an_account_is_in_the_report_from_the_day_it_was_opened_to_the_day_it_was_closed(office: Office) -> None:
    office.on = TODAY + 7 * DAY
    await suspensions.close(office.session, await office.actor("thu-truong"), "chi", reason="Nghỉ hưu")
    total = {days: (await report(office, TODAY + days * DAY)).total for days in (-1, 0, 6, 7)}
    assert total == {-1: 0, 0: 9, 6: 9, 7: 8}


async def test_shared_use_is_asked_of_whoever_looks_for_it(office: Office) -> None:
    asked: list[date] = []

    async def shared(_session: AsyncSession, on: date) -> Mapping[str, str]:
        asked.append(on)
        return {"an": "Dùng xen kẽ trên hai thiết bị trong một giờ"}

    found = await faults(office, TODAY, "an", shared=shared)
    assert found == {SHARED: "Dùng xen kẽ trên hai thiết bị trong một giờ"}
    assert asked == [TODAY]


async def test_what_the_rules_found_of_shared_use_is_reported_from_the_day_on_which_it_was_found(
    office: Office,
) -> None:
    office.session.add(
        SharedUseNote(
            account_id=office.people["an"].id,
            rule=Rule.INTERLEAVED,
            severity=Severity.HIGH,
            rung=Rung.LOG,
            since=NOW,
            last=NOW,
            found_at=NOW,
            found_on=TODAY,
            evidence="Dùng xen kẽ trên hai thiết bị",
        )
    )
    told = [(await faults(office, on, "an")).get(SHARED) for on in (TODAY - DAY, TODAY)]
    assert told == [None, "Dùng xen kẽ trên hai thiết bị"]


async def test_the_report_takes_as_many_statements_however_many_accounts_there_are(
    office: Office, statements: list[str]
) -> None:
    actor = await office.actor("quan-tri")
    counted = []
    for more in (0, 5):
        for number in range(more):
            await hire(office.session, f"more-{number}")
        statements.clear()
        await own_report.of_day(office.session, actor, on=TODAY)
        counted.append(len(statements))
    assert counted == [9, 9]
