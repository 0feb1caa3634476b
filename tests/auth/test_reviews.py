"""Every grant is looked at every six months by somebody else; one that was not counts for nothing."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dean06_auth import beginnings, grants, holdings, review_rows, reviews, roles, standing_days, standing_lists
from dean06_auth.duties import StandIn
from dean06_auth.grants import GrantRow
from dean06_auth.profile import VN_L3_2026
from dean06_auth.review_rows import AccessReview, ReviewedGrant
from dean06_auth.reviews import ReviewState
from dean06_auth.roles import Role
from dean06_auth.standing_days import DayKind
from dean06_core.access import Action, DataClass
from dean06_core.database import Database
from dean06_core.directory import Directory
from dean06_core.errors import BadInput
from dean06_core.outcomes import Refused
from dean06_core.pages import Page, cursor_of
from tests.auth import offices
from tests.auth.offices import Office, entry
from tests.auth.province import FIGURES, NOW, TODAY, VUNG_ANG, count, hire

pytestmark = pytest.mark.anyio

DAY = timedelta(days=1)
COMMUNE = f"unit-{VUNG_ANG}"


@pytest.fixture
async def office(session: AsyncSession, directory: Directory) -> Office:
    return await offices.settle(session, directory)


async def granted(office: Office, *logins: str) -> dict[str, UUID]:
    """An officer's grant on a duty of Vũng Áng for each."""
    made = {}
    for login in logins:
        [made[login]] = await office.approve(*await office.propose(entry(await office.assign(login))))
    return made


async def opened(office: Office, *units: str, by: str = "quan-tri") -> tuple[UUID, ...]:
    return await reviews.open(office.session, await office.actor(by), units or (COMMUNE,))


async def decided(office: Office, id_: UUID, keep: Any = (), end: Any = (), by: str = "thu-truong") -> UUID:
    done = await reviews.decide(
        office.session, await office.actor(by), id_, keep=[*keep], end=[*end], reason="Rà soát 6 tháng"
    )
    office.known.clear()
    return done


async def codes(office: Office, id_: UUID, **lists: Any) -> set[tuple[str, ...]]:
    """What is refused, each with its list and place."""
    with pytest.raises(BadInput) as refused:
        await decided(office, id_, **lists)
    each = refused.value.refusals if isinstance(refused.value, Refused) else [refused.value]
    return {(one.code, *one.field) for one in each}


@pytest.mark.parametrize(
    ("since", "classes", "due", "lapses"),
    [
        (date(2026, 1, 1), "A", date(2026, 7, 1), date(2026, 7, 16)),
        (date(2026, 8, 31), "A", date(2027, 2, 28), date(2027, 3, 15)),
        (date(2026, 1, 1), "AI", date(2026, 4, 1), date(2026, 4, 16)),
        (date(2026, 11, 30), "I", date(2027, 2, 28), date(2027, 3, 15)),
    ],
)
def test_a_grant_is_due_after_six_months_or_three_and_lapses_after_fourteen_days_more(
    monkeypatch: pytest.MonkeyPatch, since: date, classes: str, due: date, lapses: date
) -> None:
    given = frozenset(DataClass(letter) for letter in classes)
    monkeypatch.setitem(roles.ROLES, "lookup", Role("lookup", "Tra cứu", frozenset({Action.READ}), given))
    row = GrantRow(role="lookup", data_classes=classes, starts=since)
    assert (review_rows.due(row, VN_L3_2026), review_rows.lapses(row, VN_L3_2026)) == (due, lapses)


async def test_a_grant_that_nobody_reviewed_counts_for_nothing_from_its_day_and_again_once_it_is_kept(
    office: Office,
) -> None:
    made = await granted(office, "an")
    row = await office.session.get_one(GrantRow, made["an"])
    assert review_rows.lapses(row, VN_L3_2026) == date(2026, 12, 30)
    await office.session.execute(sa.update(GrantRow).where(GrantRow.id != row.id).values(reviewed_on=date(2026, 12, 1)))
    found = {}
    for office.on in (date(2026, 12, 29), date(2026, 12, 30)):
        office.known.clear()
        found[office.on] = await office.roles("an")
    assert [*found.values()] == [["officer"], []]
    [review] = [id_ for id_ in await opened(office) if made["an"] in await of(office, id_)]
    await decided(office, review, keep=made.values())
    assert await office.roles("an") == ["officer"]


async def of(office: Office, id_: UUID) -> list[UUID]:
    rows = await office.session.scalars(sa.select(ReviewedGrant.grant_id).where(ReviewedGrant.review_id == id_))
    return list(rows)


async def test_a_unit_has_one_review_and_another_of_those_who_review_it(office: Office) -> None:
    made = await granted(office, "an", "binh")
    first, second = await opened(office)
    rows = {row.id: row for row in await office.session.scalars(sa.select(AccessReview))}
    assert set(await of(office, first)) == set(made.values())
    [own] = await of(office, second)
    assert (await office.session.get_one(GrantRow, own)).role == "unit_head"
    assert (rows[first].due_on, rows[second].due_on) == (date(2026, 12, 15), date(2026, 7, 1))
    assert [rows[id_].of_reviewers for id_ in (first, second)] == [False, True]


@pytest.mark.parametrize(
    ("by", "units", "code"),
    [
        ("thu-truong", (COMMUNE,), "UNIT_NOT_GOVERNED"),
        ("quan-tri", ("nowhere",), "UNIT_UNKNOWN"),
        ("quan-tri", (), "LIST_LENGTH"),
        ("quan-tri", ("unit-3",), "NOTHING_TO_REVIEW"),
        ("phe-duyet", (COMMUNE, COMMUNE), "REVIEW_OPEN"),
    ],
)
async def test_what_cannot_be_opened_is_told_and_nothing_is_opened(
    office: Office, by: str, units: tuple[str, ...], code: str
) -> None:
    with pytest.raises(BadInput) as refused:
        await reviews.open(office.session, await office.actor(by), units)
    assert refused.value.code == code
    assert await count(office.session, AccessReview) == 0
    await opened(office, by="phe-duyet")
    with pytest.raises(BadInput, match="chưa quyết định"):
        await opened(office)


async def test_the_head_decides_on_all_grants_at_once_and_what_ends_is_revoked(office: Office) -> None:
    made = await granted(office, "an", "binh")
    review, _ = await opened(office)
    await decided(office, review, keep=[made["an"]], end=[made["binh"]])
    row = await office.session.get_one(AccessReview, review)
    head = office.people["thu-truong"].person_id
    assert (row.decided_on, row.decided_by, row.decider_id, row.reason) == (
        TODAY,
        "thu-truong",
        head,
        "Rà soát 6 tháng",
    )
    rows = {login: await office.session.get_one(GrantRow, id_) for login, id_ in made.items()}
    assert (rows["an"].reviewed_on, rows["an"].revoked_on) == (TODAY, None)
    assert (rows["binh"].reviewed_on, rows["binh"].revoked_on, rows["binh"].revoked_by) == (None, TODAY, "thu-truong")
    kept = await office.session.execute(sa.select(ReviewedGrant.grant_id, ReviewedGrant.kept))
    assert {(made["an"], True), (made["binh"], False)} <= {tuple(each) for each in kept}
    assert [await office.roles(login) for login in ("an", "binh")] == [["officer"], []]


async def test_every_wrong_entry_is_told_and_nothing_is_decided(office: Office) -> None:
    made = await granted(office, "an", "binh", "chi")
    review, of_head = await opened(office)
    [own] = await of(office, of_head)
    await office.revoke(made["chi"])
    an, binh, chi = (made[login] for login in ("an", "binh", "chi"))
    assert await codes(office, review, keep=[an, own, chi], end=[binh, an]) == {
        ("GRANT_NOT_IN_REVIEW", "1", "keep"),
        ("GRANT_OVER", "2", "keep"),
        ("GRANT_TWICE", "1", "end"),
    }
    assert await codes(office, review, keep=[an]) == {("GRANTS_UNDECIDED", "keep")}
    assert await codes(office, of_head, keep=[own]) == {("GRANT_OF_ONESELF", "0", "keep")}
    assert await codes(office, an, keep=[an]) == {("REVIEW_UNKNOWN", "review")}
    assert await codes(office, review, keep=[an], end=[binh], by="phe-duyet") == {("REVIEW_UNKNOWN", "review")}
    assert (await office.session.get_one(GrantRow, binh)).revoked_on is None
    await decided(office, review, keep=[an], end=[binh])
    assert await codes(office, review, keep=[an], end=[binh]) == {("REVIEW_DECIDED", "review")}
    await decided(office, of_head, keep=[own], by="quan-tri")


async def test_a_stand_in_decides_neither_on_his_own_grants_nor_on_those_of_whom_he_stands_in_for(
    office: Office,
) -> None:
    made = await granted(office, "an", "chi")
    duty = await office.assign("binh", function="Thủ trưởng")
    classes = frozenset({*FIGURES, DataClass.GOVERNANCE})
    [head] = await office.approve(*await office.propose(entry(duty, "unit_head", data_classes=classes)))
    await office.stand_in(duty, "chi")
    review, of_heads = await opened(office)
    assert await codes(office, review, keep=made.values(), by="chi") == {("GRANT_OF_ONESELF", "1", "keep")}
    heads = await of(office, of_heads)
    assert await codes(office, of_heads, keep=heads, by="chi") == {("GRANT_OF_ONESELF", str(heads.index(head)), "keep")}
    await decided(office, review, keep=made.values(), by="binh")


async def test_two_who_decide_at_one_moment_are_one_decision(database: Database) -> None:
    async with database.service() as session:
        office = await offices.settle(session, await Directory.load(session))
        made = await granted(office, "an")
        review, _ = await opened(office)
        actors = [await office.actor(login) for login in ("thu-truong", "quan-tri")]
        await session.commit()

    async def one(by: int) -> str:
        lists = {"keep": [*made.values()], "end": []} if by else {"keep": [], "end": [*made.values()]}
        try:
            async with database.service() as session:
                await reviews.decide(session, actors[by], review, reason="Rà soát", **lists)
        except BadInput as refused:
            return refused.code
        return ""

    assert sorted(await asyncio.gather(one(0), one(1))) == ["", "REVIEW_DECIDED"]
    async with database.service() as session:
        row, note = (
            await session.get_one(GrantRow, made["an"]),
            await session.get_one(ReviewedGrant, (review, made["an"])),
        )
        assert (row.revoked_on is None, row.reviewed_on is not None) == (note.kept, note.kept)


async def test_the_reviewer_sees_use_and_peers(office: Office) -> None:
    made = await granted(office, "an", "binh", "chi")
    for login, days in (("an", 3), ("binh", 10), ("chi", 1)):
        for number in range(days):
            on = TODAY - timedelta(days=1 + number)
            await standing_days.note(office.session, account_id=office.people[login].id, on=on, kind=DayKind.USED)
    await standing_days.note(office.session, account_id=office.people["an"].id, on=date(2025, 6, 1), kind=DayKind.USED)
    review, _ = await opened(office)
    found = (await reviews.of_ids(office.session, await office.actor("thu-truong"), [review]))[review]
    assert {each.account.login: (each.days_used, each.peers, each.peers_days) for each in found.entries} == {
        "an": (3, 2, 5.5),
        "binh": (10, 2, 2.0),
        "chi": (1, 2, 6.5),
    }
    assert {each.given.row.id for each in found.entries} == set(made.values())
    assert await reviews.of_ids(office.session, await office.actor("an"), [review]) == {}


async def test_reviews_are_listed_by_the_day_on_which_they_are_due(office: Office) -> None:
    await granted(office, "an")
    officers, head = await opened(office)
    by = await office.actor("thu-truong")

    async def listed(*states: ReviewState, page: Page = Page(50)) -> list[UUID]:  # noqa: B008  a value
        found, total = await reviews.listed(office.session, by, states or None, page)
        assert total >= len(found.rows)
        return [row.id for row in found.rows]

    assert await listed() == [head, officers]
    first, total = await reviews.listed(office.session, by, None, Page(1))
    assert total == 2
    after = Page.of("reviews", first=1, after=cursor_of(first.keys[0], "reviews"))
    assert [row.id for row in first.rows] + await listed(page=after) == [head, officers]
    await decided(office, head, keep=await of(office, head), by="quan-tri")
    assert (await listed(ReviewState.DECIDED), await listed(ReviewState.OPEN)) == ([head], [officers])
    office.on = date(2026, 12, 16)
    await office.session.execute(sa.update(GrantRow).values(reviewed_on=office.on))
    by = await office.actor("thu-truong")
    assert (await listed(ReviewState.OVERDUE), await listed(ReviewState.OPEN)) == ([officers], [])
    stranger, none = await reviews.listed(office.session, await office.actor("an"), None, Page(50))
    assert (stranger.rows, none) == ((), 0)


async def test_proposals_wait_for_approvers_other_than_who_proposed(office: Office) -> None:
    duty = await office.assign("an")
    waiting = await office.propose(entry(duty), entry(duty, "leader"), by="thu-truong")

    async def pending(by: str, page: Page = Page(50)) -> list[UUID]:  # noqa: B008  a value
        return [given.row.id for given in (await holdings.pending(office.session, await office.actor(by), page)).rows]

    assert await pending("phe-duyet") == sorted(waiting)
    first = await holdings.pending(office.session, await office.actor("phe-duyet"), Page(1))
    assert (first.has_next, await pending("phe-duyet", Page(1, after=(str(first.keys[0][0]),)))) == (
        True,
        sorted(waiting)[1:],
    )
    assert [await pending(by) for by in ("thu-truong", "quan-tri", "an")] == [[], [], []]
    await office.approve(waiting[0])
    await office.revoke(waiting[1])
    assert await pending("phe-duyet") == []


async def test_who_goes_dormant_when_is_told_to_the_head(office: Office) -> None:
    office.people["an"].last_used_on = TODAY + 10 * DAY
    office.on = TODAY + 41 * DAY
    await office.session.execute(sa.update(GrantRow).values(reviewed_on=TODAY))
    told = await standing_lists.idle(office.session, await office.actor("thu-truong"))
    assert [(each.account.login, each.stops_on - TODAY) for each in told] == [
        *((login, 46 * DAY) for login in ("binh", "chi", "thu-truong")),
        ("an", 56 * DAY),
    ]
    assert await standing_lists.idle(office.session, await office.actor("an")) == []


async def test_many_accounts_are_judged_as_each_is_in_three_statements(office: Office, statements: list[str]) -> None:
    made = await granted(office, "an", "binh")
    duty = (await office.duties_of("binh"))[0]
    await office.stand_in(duty.id, "chi")
    office.session.add(
        StandIn(
            duty_id=duty.id,
            account_id=office.people["dung"].id,
            starts=TODAY,
            ends=TODAY + DAY,
            named_by="x",
            named_at=NOW,
        )
    )
    (await office.session.get_one(GrantRow, made["an"])).reviewed_on = date(2025, 11, 1)
    (await office.session.get_one(GrantRow, made["binh"])).reviewed_on = date(2025, 12, 10)
    await office.session.flush()
    ids = [account.id for account in office.people.values()]
    actor = await office.actor("quan-tri")
    statements.clear()
    found = await standing_lists.of_accounts(office.session, actor, ids)
    assert len(statements) == 3
    told = {each.account.login: each.refused.code for each in found.values() if each.refused is not None}
    assert told == {"an": "REVIEW_OVERDUE"}
    warned = {each.account.login: [notice.code for notice in each.warnings] for each in found.values()}
    assert {login: notices for login, notices in warned.items() if notices} == {"binh": ["REVIEW_DUE"]}
    for login in ("an", "binh", "chi"):
        whole = await grants.held(office.session, account_id=office.people[login].id, reach=office.directory, on=TODAY)
        assert whole.is_all_overdue is (login in told)


async def test_an_installation_whose_administrators_were_never_reviewed_begins_again(office: Office) -> None:
    anew = await hire(office.session, "moi")
    begin: dict[str, Any] = {"account": anew, "role": roles.ADMINISTRATOR, "operator": "op", "reason": "QĐ 1"}
    with pytest.raises(BadInput) as refused:
        await beginnings.begin(office.session, **begin, on=date(2026, 7, 15))
    assert refused.value.code == "ALREADY_BEGUN"
    await beginnings.begin(office.session, **begin, on=date(2026, 7, 16))
