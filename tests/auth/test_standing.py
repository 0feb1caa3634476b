"""Whoever may not come in any more is told why from the next request on, and nobody else is told anything."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from passlib.hash import argon2
from sqlalchemy.ext.asyncio import AsyncSession

from dean06_auth import callers, duties, passwords, sessions, sign_ins, standing, suspensions, tokens, waking
from dean06_auth.accounts import Account, AccountCredential, AccountState
from dean06_auth.attempts import Shown
from dean06_auth.grants import GrantRow
from dean06_auth.people import Person
from dean06_auth.profile import VN_L3_2026, DeviceKind
from dean06_auth.sessions import CONSOLE
from dean06_auth.standing_days import AccountDay, DayKind
from dean06_auth.tokens import TokenEnd
from dean06_core.access import DataClass
from dean06_core.database import Database
from dean06_core.directory import Directory
from dean06_core.errors import BadInput
from tests.auth import offices
from tests.auth.offices import Office, entry
from tests.auth.province import FIGURES, NOW, TODAY, VUNG_ANG, count, give, hire

pytestmark = pytest.mark.anyio

PASSWORD = "một mật khẩu dài"
STORED = argon2.using(type="ID", memory_cost=8, time_cost=1, parallelism=1).hash(PASSWORD)
DAY = timedelta(days=1)
Shut = Callable[[AsyncSession, Account], Awaitable[None]]


async def token_of(session: AsyncSession, account: Account, **more: Any) -> str:
    return (await tokens.issue(session, account_id=account.id, now=NOW, lifetime=timedelta(days=400), **more)).token


async def told(session: AsyncSession, token: str, directory: Directory, *, on: date = TODAY) -> str:
    """The code with which a token is refused; nothing where it is not."""
    now = NOW + (on - TODAY)
    try:
        visit = await callers.visit_of(session, token=token, now=now, reach=directory, on=on)
    except BadInput as refused:
        return refused.code
    return "" if visit is not None else "TOKEN_INVALID"


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def order(account: Account, starts: date, ends: date) -> duties.Duty:
    return duties.Duty(
        account_id=account.id,
        unit_key=VUNG_ANG,
        function="Nhập số liệu",
        decision="QĐ 1",
        starts=starts,
        ends=ends,
        assigned_by="quan-tri",
        assigned_at=NOW,
    )


async def _suspended(session: AsyncSession, account: Account) -> None:
    await suspensions.shut(session, account, by="thu-truong", reason="Nghi dùng chung", now=NOW)


async def _closed(session: AsyncSession, account: Account) -> None:
    account.state, account.closed_on, account.closed_reason = AccountState.CLOSED, TODAY, "Chuyển công tác"


async def _dormant(session: AsyncSession, account: Account) -> None:
    account.created_at = NOW - 46 * DAY


async def _left(session: AsyncSession, account: Account) -> None:
    session.add(order(account, TODAY - 90 * DAY, TODAY))


async def _overdue(session: AsyncSession, account: Account) -> None:
    await give(session, account, starts=TODAY - 200 * DAY, ends=TODAY + 100 * DAY)


SHUT = [
    pytest.param(_suspended, "ACCOUNT_SUSPENDED", "15/06/2026, lý do: Nghi dùng chung", id="suspended"),
    pytest.param(_closed, "ACCOUNT_CLOSED", "15/06/2026, lý do: Chuyển công tác", id="closed"),
    pytest.param(_dormant, "ACCOUNT_DORMANT", "không dùng từ ngày 30/04/2026, 46 ngày", id="not used for 46 days"),
    pytest.param(_left, "PERSON_LEFT", "đã hết từ ngày 15/06/2026", id="every duty over"),
    pytest.param(_overdue, "REVIEW_OVERDUE", "quá hạn rà soát từ ngày 11/06/2026", id="every grant unreviewed"),
]


@pytest.mark.parametrize(("shut", "code", "words"), SHUT)
async def test_a_living_token_is_refused_with_the_reason_from_the_next_request(
    session: AsyncSession, directory: Directory, shut: Shut, code: str, words: str
) -> None:
    account = await hire(session)
    token = await token_of(session, account)
    assert await told(session, token, directory) == ""
    await shut(session, account)
    await session.flush()
    with pytest.raises(BadInput) as refused:
        await callers.visit_of(session, token=token, now=NOW, reach=directory, on=TODAY)
    assert refused.value.code == code
    assert words in refused.value.message
    assert "Hãy" in refused.value.message
    assert "thủ trưởng đơn vị" in refused.value.message


@pytest.mark.parametrize(("shut", "code", "words"), SHUT)
async def test_the_right_password_is_told_the_reason_and_a_wrong_one_is_not(
    database: Database, monkeypatch: pytest.MonkeyPatch, shut: Shut, code: str, words: str
) -> None:
    monkeypatch.setattr(passwords, "is_outdated", lambda _: False)
    async with database.service() as session:
        account = await hire(session)
        session.add(AccountCredential(account_id=account.id, password_hash=STORED, password_set_at=NOW))
        await shut(session, account)
    for _ in range(6 if shut is _dormant else 1):
        with pytest.raises(BadInput) as refused:
            await sign_ins.sign_in(database, Shown("an", PASSWORD), now=NOW, on=TODAY)
        assert refused.value.code == code, "and the right password is no failure that locks"
        assert words in refused.value.message
    with pytest.raises(BadInput) as failed:
        await sign_ins.sign_in(database, Shown("an", "một mật khẩu sai"), now=NOW, on=TODAY)
    assert failed.value.code == "SIGN_IN_FAILED"
    async with database.service() as session:
        assert await count(session, tokens.AccessToken) == 0
        assert await count(session, AccountDay) == 0


@pytest.mark.parametrize(
    ("end", "code"),
    [
        (TokenEnd.REPLACED, "TOKEN_REPLACED"),
        (TokenEnd.PASSWORD_CHANGED, "TOKEN_PASSWORD_CHANGED"),
        (TokenEnd.SHARED_USE, "TOKEN_SHARED_USE"),
        (TokenEnd.SUSPENDED, "TOKEN_SUSPENDED"),
        (None, "TOKEN_INVALID"),
    ],
)
async def test_an_ended_token_says_why_it_ended(
    session: AsyncSession, directory: Directory, end: TokenEnd | None, code: str
) -> None:
    account = await hire(session)
    token = await token_of(session, account)
    await session.execute(sa.update(tokens.AccessToken).values(revoked_at=NOW, ended_as=end))
    session.expunge_all()
    assert await told(session, token, directory) == code


async def test_what_ends_a_token_keeps_why(session: AsyncSession, directory: Directory) -> None:
    account = await hire(session)
    begin: dict[str, Any] = {
        "account_id": account.id,
        "origin": CONSOLE,
        "second_factor": False,
        "profile": VN_L3_2026,
        "now": NOW,
    }
    first = (await sessions.begin(session, **begin)).token
    second = (await sessions.begin(session, **begin)).token
    out = await token_of(session, account)
    await tokens.revoke(session, token=out, now=NOW)
    ended = await token_of(session, account)
    row = (await sessions.live(session, account_id=account.id, roles=(), profile=VN_L3_2026, now=NOW))[0]
    await sessions.end(session, account_id=account.id, id_=row.id, now=NOW)
    session.expunge_all()
    assert [await told(session, token, directory) for token in (first, out, ended, second)] == [
        "TOKEN_REPLACED",
        "TOKEN_SIGNED_OUT",
        "TOKEN_ENDED_BY_HOLDER",
        "",
    ]
    later = NOW + timedelta(minutes=15)
    with pytest.raises(BadInput, match="lâu không thao tác") as idle:
        await callers.visit_of(session, token=second, now=later, reach=directory, on=TODAY)
    assert idle.value.code == "TOKEN_IDLE"
    with pytest.raises(BadInput) as expired:
        await callers.visit_of(session, token=second, now=NOW + timedelta(hours=8), reach=directory, on=TODAY)
    assert expired.value.code == "TOKEN_EXPIRED"
    assert await told(session, "d06_" + "A" * 43, directory) == "TOKEN_INVALID"


async def test_being_judged_costs_a_request_no_statement_more(
    session: AsyncSession, directory: Directory, statements: list[str]
) -> None:
    account = await hire(session)
    await give(session, account)
    token = await token_of(session, account, device_kind=DeviceKind.DESKTOP)
    session.expunge_all()
    statements.clear()
    assert await told(session, token, directory) == ""
    assert len(statements) == 2
    await _suspended(session, await session.get_one(Account, account.id))
    session.expunge_all()
    statements.clear()
    assert await told(session, token, directory) == "ACCOUNT_SUSPENDED"
    assert len(statements) == 1


async def test_signing_in_keeps_one_row_a_day(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "is_outdated", lambda _: False)
    async with database.service() as session:
        account = await hire(session)
        session.add(AccountCredential(account_id=account.id, password_hash=STORED, password_set_at=NOW))
    for day in (TODAY, TODAY, TODAY + 44 * DAY):
        await sign_ins.sign_in(database, Shown("an", PASSWORD), now=NOW + (day - TODAY), on=day)
    async with database.service() as session:
        kept = await session.execute(sa.select(AccountDay.on, AccountDay.kind).order_by(AccountDay.on))
        assert [tuple(row) for row in kept] == [(TODAY, DayKind.USED), (TODAY + 44 * DAY, DayKind.USED)]


async def test_a_quarterly_reporter_who_comes_on_day_44_keeps_the_account(session: AsyncSession) -> None:
    account = await hire(session)
    warned = {}
    for days in (29, 30, 39, 40, 44, 45, 46):
        on = TODAY + days * DAY
        notice = standing.idle_warning(account, on, VN_L3_2026)
        is_shut = standing.is_dormant(account, on, VN_L3_2026)
        warned[days] = (None if notice is None else (notice.code, notice.stops_on), is_shut)
    stops = TODAY + 46 * DAY
    assert warned == {
        29: (None, False),
        30: (("IDLE_LONG", stops), False),
        39: (("IDLE_LONG", stops), False),
        40: (("IDLE_LAST", stops), False),
        44: (("IDLE_LAST", stops), False),
        45: (("IDLE_LAST", stops), False),
        46: (None, True),
    }
    account.last_used_on = TODAY + 44 * DAY
    assert not standing.is_dormant(account, TODAY + 89 * DAY, VN_L3_2026)


@pytest.fixture
async def office(session: AsyncSession, directory: Directory) -> Office:
    return await offices.settle(session, directory)


async def test_the_head_wakes_an_account_by_one_act_and_nobody_his_own(office: Office, directory: Directory) -> None:
    session, an = office.session, office.people["an"]
    token = await token_of(session, an)
    office.on = TODAY + 46 * DAY
    await session.execute(sa.update(GrantRow).values(reviewed_on=TODAY))
    assert await told(session, token, directory, on=office.on) == "ACCOUNT_DORMANT"
    for by, login, code in (
        ("thu-truong", "thu-truong", "ACCOUNT_OF_ONESELF"),
        ("thu-truong", "dung", "ACCOUNT_UNKNOWN"),
        ("an", "binh", "ACCOUNT_UNKNOWN"),
        ("phe-duyet", "an", "ACCOUNT_UNKNOWN"),
    ):
        with pytest.raises(BadInput) as refused:
            await waking.wake(session, await office.actor(by), login)
        assert refused.value.code == code
    await waking.wake(session, await office.actor("thu-truong"), "an")
    assert (an.woken_on, await told(session, token, directory, on=office.on)) == (office.on, "")
    assert await told(session, token, directory, on=office.on + 46 * DAY) == "ACCOUNT_DORMANT"


async def test_nobody_wakes_through_his_stand_in(office: Office) -> None:
    """Chi stands in for the head of Vũng Áng and wakes others in his place, but not him and not herself."""
    await give(office.session, office.people["thu-truong"], "leader", data_classes=(FIGURES[0],))
    duty = await office.assign("binh")
    [grant] = await office.propose(entry(duty, "unit_head", data_classes=frozenset({*FIGURES, DataClass.GOVERNANCE})))
    await office.approve(grant)
    await office.stand_in(duty, "chi")
    actor = await office.actor("chi")
    await waking.wake(office.session, actor, "an")
    for login in ("binh", "chi"):
        with pytest.raises(BadInput) as refused:
            await waking.wake(office.session, actor, login)
        assert refused.value.code == "ACCOUNT_OF_ONESELF"


async def test_a_suspended_account_is_opened_again_and_a_closed_one_is_not(
    office: Office, directory: Directory
) -> None:
    session, an, head = office.session, office.people["an"], await office.actor("thu-truong")
    token = await token_of(session, an)
    await suspensions.suspend(session, head, "an", reason="Nghi dùng chung")
    with pytest.raises(BadInput) as refused:
        await waking.wake(session, head, "an")
    assert refused.value.code == "ACCOUNT_SUSPENDED"
    await suspensions.restore(session, head, "an", reason="Đã xác minh")
    assert (an.state, an.suspended_at, an.suspended_reason) == (AccountState.ACTIVE, None, None)
    assert await told(session, token, directory) == "TOKEN_SUSPENDED"
    with pytest.raises(BadInput) as again:
        await suspensions.restore(session, head, "an", reason="Lần nữa")
    assert again.value.code == "ACCOUNT_NOT_SUSPENDED"


async def test_closing_ends_tokens_duties_and_grants_and_the_person_may_have_another_account(
    office: Office, directory: Directory
) -> None:
    session, an = office.session, office.people["an"]
    token, duty = await token_of(session, an), await office.assign("an")
    await office.approve(*await office.propose(entry(duty)))
    outside = await give(session, an, "leader", data_classes=(FIGURES[0],))
    await suspensions.close(session, await office.actor("thu-truong"), "an", reason="Nghỉ hưu")
    assert (an.state, an.closed_on, an.closed_by) == (AccountState.CLOSED, TODAY, "thu-truong")
    assert await told(session, token, directory) == "ACCOUNT_CLOSED"
    [over] = await office.duties_of("an")
    assert (over.over, outside.revoked_on, await office.roles("an")) == (TODAY, TODAY, [])
    with pytest.raises(BadInput) as again:
        await suspensions.close(session, await office.actor("thu-truong"), "an", reason="Nghỉ hưu")
    assert again.value.code == "ACCOUNT_CLOSED"
    another = await hire(session, "an.2")
    another.person_id = an.person_id
    await session.flush()


async def test_no_grant_of_a_duty_that_is_over_lets_in_but_one_outside_duties_does(
    office: Office, directory: Directory
) -> None:
    session, an = office.session, office.people["an"]
    token, duty = await token_of(session, an), await office.assign("an")
    await office.approve(*await office.propose(entry(duty)))
    await duties.end(session, await office.actor("thu-truong"), duty, on=TODAY + DAY, reason="Thôi việc")
    told_on = [await told(session, token, directory, on=on) for on in (TODAY, TODAY + DAY)]
    assert told_on == ["", "PERSON_LEFT"]
    await give(session, an, "leader", data_classes=(FIGURES[0],))
    assert await told(session, token, directory, on=TODAY + DAY) == ""


@dataclass
class Facts:
    """What is known of one account, as a test makes it up; days are counted from the day that is asked about."""

    state: AccountState = AccountState.ACTIVE
    opened: int = 0
    used: int | None = None
    woken: int | None = None
    duties: list[tuple[int, int]] = field(default_factory=list)
    grants: list[tuple[int, int, int | None]] = field(default_factory=list)
    """First day, length, and the day of the last review."""


FACTS = st.builds(
    Facts,
    state=st.sampled_from([*[AccountState.ACTIVE] * 6, AccountState.SUSPENDED, AccountState.CLOSED]),
    opened=st.integers(0, 90),
    used=st.none() | st.integers(0, 90),
    woken=st.none() | st.integers(0, 90),
    duties=st.lists(st.tuples(st.integers(-30, 200), st.integers(1, 250)), max_size=2),
    grants=st.lists(st.tuples(st.integers(-30, 360), st.integers(1, 366), st.none() | st.integers(0, 400)), max_size=2),
)


def expected(facts: Facts) -> str:
    """By hand, in words of days alone; today is day 0 and the past is counted backwards."""
    if facts.state is not AccountState.ACTIVE:
        return f"ACCOUNT_{facts.state}"
    in_force = [(first, reviewed) for first, length, reviewed in facts.grants if first >= 0 > first - length]
    all_over = facts.duties and all(first - length >= 0 for first, length in facts.duties)
    if all_over and not in_force:
        return "PERSON_LEFT"
    if min(days for days in (facts.opened, facts.used, facts.woken) if days is not None) > 45:
        return "ACCOUNT_DORMANT"
    stale = [_is_stale(ago(first if seen is None else seen)) for first, seen in in_force]
    return "REVIEW_OVERDUE" if stale and all(stale) else ""


def _is_stale(seen: date) -> bool:
    """Whether six months and fourteen days after that day are over: walked day by day."""
    due = seen
    while (due.year * 12 + due.month, due.day) < (seen.year * 12 + seen.month + 6, seen.day):
        following = due + DAY
        if following.year * 12 + following.month > seen.year * 12 + seen.month + 6:
            break
        due = following
    return due + 14 * DAY < TODAY


async def test_whoever_is_refused_is_exactly_who_brute_force_says(
    database: Database,
) -> None:
    """Many accounts at once, each made up; each judged by its token as a request is."""
    made: list[Facts] = []

    @settings(max_examples=80, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])
    @given(facts=FACTS)
    def gather(facts: Facts) -> None:
        made.append(facts)

    gather()
    made += [
        Facts(),
        Facts(state=AccountState.CLOSED),
        Facts(state=AccountState.SUSPENDED),
        Facts(opened=46),
        Facts(duties=[(9, 9)]),
        Facts(grants=[(200, 366, None)]),
    ]
    async with database.service() as session:
        directory = await Directory.load(session)
        tokens_ = await _settled(session, made)
        session.expunge_all()
        found = [
            (await told(session, token, directory), expected(facts), facts)
            for token, facts in zip(tokens_, made, strict=True)
        ]
    assert [each for each in found if each[0] != each[1]] == []
    assert {each[0] for each in found} == {"", *standing.CODES}


async def _settled(session: AsyncSession, made: list[Facts]) -> list[str]:
    people = [Person() for _ in made]
    session.add_all(people)
    await session.flush()
    accounts = [
        Account(
            login=f"a{place}",
            person_id=person.id,
            name="Nguyễn Văn An",
            unit_key=VUNG_ANG,
            state=facts.state,
            created_at=NOW - facts.opened * DAY,
            last_used_on=None if facts.used is None else ago(facts.used),
            woken_on=None if facts.woken is None else ago(facts.woken),
        )
        for place, (person, facts) in enumerate(zip(people, made, strict=True))
    ]
    session.add_all(accounts)
    await session.flush()
    for account, facts in zip(accounts, made, strict=True):
        session.add_all(order(account, ago(first), ago(first - length)) for first, length in facts.duties)
        session.add_all(
            GrantRow(
                account_id=account.id,
                subject_id=account.person_id,
                role="officer",
                every_sector=True,
                every_unit=True,
                data_classes="A",
                starts=ago(first),
                ends=ago(first - length),
                basis="QĐ 1",
                given_by="service",
                reviewed_on=None if seen is None else ago(seen),
            )
            for first, length, seen in facts.grants
        )
    await session.flush()
    return [await token_of(session, account) for account in accounts]
