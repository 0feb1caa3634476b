"""Each rung does what it says, to that account alone, and stands in the audit log with its evidence."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa

from dean06_auth import callers, grants, own_report, sessions
from dean06_auth.account_faults import AccountFault
from dean06_auth.accounts import Account, AccountState
from dean06_auth.profile import VN_L3_2026, DeviceKind
from dean06_auth.sessions import Step
from dean06_auth.shared_use import SessionUse, SharedUseNote, kept_uses, looking, notes, responses
from dean06_auth.shared_use.uses import Finding, Rule, Severity, Use
from dean06_auth.shared_use.watch import WATCH, Rung, Watch
from dean06_auth.tokens import AccessToken, TokenEnd
from dean06_core.access import Caller
from dean06_core.acting import Actor
from dean06_core.audit import DONE
from dean06_core.catalogue import Catalogue
from dean06_core.database import Database
from dean06_core.directory import Directory
from tests.auth.province import HA_TINH, NOW, TODAY, VUNG_ANG, count, give, give_governance, hire
from tests.auth.shared_use.conftest import Officer

pytestmark = pytest.mark.anyio
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
EVIDENCE = "Ngày 15/06/2026 dùng xen kẽ trên 2 máy tính trong một giờ"


def topped(rung: Rung) -> Watch:
    """By which everything climbs at once, and no further."""
    return replace(WATCH, tops=dict.fromkeys(Rule, rung), begins=dict.fromkeys(Severity, rung))


def finding(officer: Officer, after: timedelta = timedelta(), rule: Rule = Rule.INTERLEAVED) -> Finding:
    at = NOW + after
    return Finding(officer.whose.account, rule, Severity.MEDIUM, at, at, HOUR, 4, EVIDENCE)


async def respond(officer: Officer, *findings: Finding, watch: Watch = WATCH, now: datetime = NOW) -> list[Rung]:
    async with officer.database.service() as session:
        return await responses.respond(session, findings, officer.whose, now=now, on=TODAY, watch=watch)


def use(officer: Officer, token: AccessToken, minute: int, device: str = "a", count: int = 1, hours: int = 0) -> Use:
    at = NOW + hours * HOUR + minute * MINUTE
    return Use(officer.whose.account, token.id, DeviceKind.DESKTOP, device, "nat", at, count)


async def test_a_finding_is_logged_with_its_evidence(officer: Officer) -> None:
    token = await officer.begin()
    assert await respond(officer, finding(officer)) == [Rung.LOG]
    [event] = await officer.events()
    assert (event.action, event.login, event.subject, event.outcome) == (
        "shared_use.log", "rule:interleaved", "an", DONE,
    )  # fmt: skip
    assert (event.unit_key, event.unit, event.account_id) == (VUNG_ANG, "Phường Vũng Áng", None)
    assert json.loads(event.body) == {
        "rule": "INTERLEAVED",
        "severity": "MEDIUM",
        "since": "2026-06-15T08:00:00+00:00",
        "last": "2026-06-15T08:00:00+00:00",
        "count": 4,
        "evidence": EVIDENCE,
    }
    [kept] = await officer.tokens()
    assert (kept.id, kept.confirm_again, kept.revoked_at) == (token.id, False, None)


async def test_step_up_asks_every_session_that_is_open_to_confirm_and_no_later_one(officer: Officer) -> None:
    await officer.begin()
    await officer.begin(kind=DeviceKind.MOBILE)
    assert await respond(officer, finding(officer), watch=topped(Rung.STEP_UP)) == [Rung.STEP_UP]
    await officer.begin(after=MINUTE)
    assert [(each.device_kind, each.confirm_again) for each in await officer.tokens()] == [
        (DeviceKind.DESKTOP, True),
        (DeviceKind.MOBILE, True),
        (DeviceKind.DESKTOP, False),
    ]


async def test_whoever_has_to_confirm_is_shown_nothing_else(officer: Officer) -> None:
    async with officer.database.service() as session:
        issued = await sessions.begin(
            session,
            account_id=officer.whose.account,
            origin=sessions.CONSOLE,
            second_factor=False,
            profile=VN_L3_2026,
            now=NOW,
        )
        await session.execute(sa.update(AccessToken).values(confirm_again=True))
        directory = await Directory.load(session)
        visit = await callers.visit_of(session, token=issued.token, now=NOW, reach=directory, on=TODAY)
    assert visit is not None
    assert visit.steps == {Step.CONFIRM_AGAIN}


async def test_end_sessions_ends_those_of_both_and_tells_the_head(officer: Officer) -> None:
    await officer.begin()
    await officer.begin(kind=DeviceKind.MOBILE)
    assert await respond(officer, finding(officer), watch=topped(Rung.END_SESSIONS)) == [Rung.END_SESSIONS]
    assert {(each.revoked_at, each.ended_as) for each in await officer.tokens()} == {(NOW, TokenEnd.SHARED_USE)}
    assert (await officer.account()).state is AccountState.ACTIVE


async def test_suspend_shuts_the_account_and_deletes_nothing(officer: Officer) -> None:
    await officer.begin()
    assert await respond(officer, finding(officer), watch=topped(Rung.SUSPEND)) == [Rung.SUSPEND]
    account = await officer.account()
    assert (account.state, account.suspended_at, account.suspended_by, account.suspended_reason) == (
        AccountState.SUSPENDED,
        NOW,
        "rule:interleaved",
        EVIDENCE,
    )
    assert [each.ended_as for each in await officer.tokens()] == [TokenEnd.SUSPENDED]
    assert await respond(officer, finding(officer, 2 * HOUR), watch=topped(Rung.SUSPEND)) == []


async def test_what_is_found_twice_in_a_window_is_answered_once_also_by_two_at_a_time(officer: Officer) -> None:
    racing = await asyncio.gather(*(respond(officer, finding(officer)) for _ in range(4)))
    assert sorted(racing) == [[], [], [], [Rung.LOG]]
    assert await respond(officer, finding(officer, 2 * HOUR)) == [Rung.STEP_UP]
    assert [event.action for event in await officer.events()] == ["shared_use.log", "shared_use.step_up"]


async def test_each_rule_climbs_by_itself(officer: Officer) -> None:
    both = [finding(officer), finding(officer, rule=Rule.SIMULTANEOUS)]
    assert await respond(officer, *both) == [Rung.LOG, Rung.LOG]


async def test_an_account_report_is_told_of_sharing_for_ninety_days_and_of_nothing_else(officer: Officer) -> None:
    await respond(officer, finding(officer), finding(officer, rule=Rule.VOLUME))
    later = replace(finding(officer, 2 * HOUR), evidence="Lần sau")
    await respond(officer, later, now=NOW + 2 * HOUR)
    async with officer.database.service() as session:
        await hire(session, "binh")
        assert await notes.shared_logins(session, TODAY) == {"an": "Lần sau"}
        assert await notes.shared_logins(session, TODAY - timedelta(days=1)) == {}
        assert await notes.shared_logins(session, TODAY + timedelta(days=89)) == {"an": "Lần sau"}
        assert await notes.shared_logins(session, TODAY + timedelta(days=90)) == {}


async def test_the_report_on_our_own_accounts_shows_who_shares_and_what_shows_it(officer: Officer) -> None:
    await respond(officer, finding(officer))
    async with officer.database.service() as session:
        await hire(session, "binh")
        auditor = await hire(session, "kiem-tra", unit_key=HA_TINH)
        await give_governance(session, auditor, "auditor")
        directory = await Directory.load(session)
        held = await grants.live(session, account_id=auditor.id, reach=directory, on=TODAY)
        caller = Caller(auditor.login, auditor.name, auditor.unit_key, held, auditor.id)
        actor = Actor.of(caller, directory, await Catalogue.load(session, ()), NOW, TODAY)
        report = await own_report.of_day(session, actor, on=TODAY)
    assert report.counts[AccountFault.SHARED] == 1
    shown = {each.account.login: each.findings for each in report.faulty}
    assert [each.evidence for each in shown["an"] if each.fault is AccountFault.SHARED] == [EVIDENCE]


async def test_a_session_on_two_computers_is_found_when_it_is_used_and_answered(officer: Officer) -> None:
    token = await officer.begin()
    there_and_back = [use(officer, token, 0), use(officer, token, 10, "b")]
    await looking.note(officer.database, there_and_back, on=TODAY, watch=WATCH)
    assert await looking.look(officer.database, officer.whose, now=NOW + 10 * MINUTE, on=TODAY, watch=WATCH) == []
    await looking.note(officer.database, [use(officer, token, 20)], on=TODAY, watch=WATCH)
    now = NOW + 20 * MINUTE
    assert await looking.look(officer.database, officer.whose, now=now, on=TODAY, watch=WATCH) == [Rung.STEP_UP]
    assert await looking.look(officer.database, officer.whose, now=now, on=TODAY, watch=WATCH) == []
    [event] = await officer.events()
    assert json.loads(event.body)["evidence"] == (
        "Ngày 15/06/2026 dùng xen kẽ trên 2 máy tính trong một giờ, trong cùng một phiên làm việc: "
        "chuyển qua lại lúc 15:00, 15:10, 15:20"
    )


async def test_sessions_that_replace_one_another_while_in_use_are_found(officer: Officer) -> None:
    for turn in range(5):
        await officer.begin(after=turn * 9 * MINUTE)
    now = NOW + 36 * MINUTE
    assert await looking.look(officer.database, officer.whose, now=now, on=TODAY, watch=WATCH) == [Rung.LOG]
    async with officer.database.service_reading() as session:
        kept = await session.scalar(sa.select(SharedUseNote))
    assert kept is not None
    assert (kept.rule, kept.since, kept.last) == (Rule.SIMULTANEOUS, NOW + 9 * MINUTE, now)


async def test_sessions_that_were_signed_out_of_before_replace_nothing(officer: Officer) -> None:
    for turn in range(6):
        token = await officer.begin(after=turn * 5 * MINUTE)
        async with officer.database.service() as session:
            at = NOW + turn * 5 * MINUTE + MINUTE
            await sessions.end(session, account_id=officer.whose.account, id_=token.id, now=at)
    now = NOW + 30 * MINUTE
    assert await looking.look(officer.database, officer.whose, now=now, on=TODAY, watch=WATCH) == []


async def test_many_requests_are_held_against_earlier_days_and_peers_of_the_same_role(officer: Officer) -> None:
    token = await officer.begin()
    history = [use(officer, token, 0, count=300, hours=-24 * day) for day in range(1, 12)]
    await looking.note(officer.database, [*history, use(officer, token, 0, count=2000)], on=TODAY, watch=WATCH)
    async with officer.database.service() as session:
        for login in ("binh", "chi", "dung", "em"):
            peer = await hire(session, login)
            await give(session, peer, "leader" if login == "em" else "officer")
            busy = replace(use(officer, token, 0, count=1500), account=peer.id, device=login)
            await kept_uses.keep(session, [busy])
        found = await looking.found(session, officer.whose, now=NOW, on=TODAY, watch=WATCH)
        assert [each.rule for each in found] == [Rule.VOLUME], "he holds no role, so he has no peers"
        await give(session, await session.get_one(Account, officer.whose.account))
        peers = await kept_uses.peers(session, [officer.whose.account], on=TODAY)
        assert [len(each) for each in peers.values()] == [3]
        assert await looking.found(session, officer.whose, now=NOW, on=TODAY, watch=WATCH) == []


async def test_hours_are_those_of_the_accounts_unit(officer: Officer) -> None:
    token = await officer.begin()
    night = [use(officer, token, minute, hours=7) for minute in range(30)]
    await looking.note(officer.database, night, on=TODAY, watch=WATCH)
    now = NOW + 8 * HOUR
    late = replace(WATCH, hours_of_units={f"unit-{VUNG_ANG}": replace(WATCH.hours, closes=WATCH.hours.busy_closes)})
    assert await looking.look(officer.database, officer.whose, now=now, on=TODAY, watch=late) == []
    assert await looking.look(officer.database, officer.whose, now=now, on=TODAY, watch=WATCH) == [Rung.LOG]


async def test_a_minute_is_added_up_and_forgotten_after_ninety_days(officer: Officer) -> None:
    token = await officer.begin()
    old = use(officer, token, 0, hours=-24 * 91)
    kept = use(officer, token, 0, hours=-24 * 90)
    await looking.note(officer.database, [old, kept], on=TODAY, watch=WATCH)
    for _ in range(2):
        await looking.note(officer.database, [use(officer, token, 0, count=4)], on=TODAY, watch=WATCH, forget=True)
    async with officer.database.service_reading() as session:
        rows = await session.execute(sa.select(SessionUse.minute, SessionUse.count).order_by(SessionUse.minute))
        assert [tuple(row) for row in rows] == [(kept.minute, 1), (NOW, 8)]


async def test_an_honest_minute_costs_two_statements_to_look_at_and_one_to_keep(
    officer: Officer, statements: list[str]
) -> None:
    token = await officer.begin()
    statements.clear()
    await looking.note(officer.database, [use(officer, token, 0)], on=TODAY, watch=WATCH)
    assert len(statements) == 1
    statements.clear()
    await looking.look(officer.database, officer.whose, now=NOW, on=TODAY, watch=WATCH)
    assert len(statements) == 2
    await looking.note(officer.database, [use(officer, token, 0, count=1000)], on=TODAY, watch=WATCH)
    statements.clear()
    await looking.look(officer.database, officer.whose, now=NOW, on=TODAY, watch=WATCH)
    assert len(statements) == 4, "above the floor of requests also the peers, and the counts"


async def test_what_is_kept_tells_devices_of_one_account_apart_and_links_no_two_accounts() -> None:
    an, binh = UUID(int=1), UUID(int=2)
    assert kept_uses.hashed(an, "Firefox") != kept_uses.hashed(an, "Chrome")
    assert kept_uses.hashed(an, "Firefox") != kept_uses.hashed(binh, "Firefox")
    assert "Firefox" not in kept_uses.hashed(an, "Firefox")


async def test_over_some_days_the_same_is_found_and_nothing_is_done(officer: Officer, database: Database) -> None:
    token = await officer.begin()
    facts = [use(officer, token, 10 * turn, "ab"[turn % 2]) for turn in range(4)]
    await looking.note(database, facts, on=TODAY, watch=WATCH)
    async with database.service() as session:
        directory = await Directory.load(session)
        tomorrow = TODAY + timedelta(days=1)
        found = await looking.over(session, directory, starts=TODAY, ends=tomorrow, watch=WATCH)
        assert [(account.login, each.rule) for account, each in found] == [("an", Rule.INTERLEAVED)]
        later = tomorrow + timedelta(days=1)
        assert await looking.over(session, directory, starts=tomorrow, ends=later, watch=WATCH) == []
        assert await count(session, SharedUseNote) == 0
