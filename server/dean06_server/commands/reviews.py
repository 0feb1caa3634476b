"""``dean06 account``: who is woken, opened again or closed, who goes dormant when, and reviews of what was granted."""

from __future__ import annotations

from datetime import date
from typing import Final
from uuid import UUID

import click

from dean06_auth import holdings, reviews, standing_lists, suspensions, waking
from dean06_auth.reviews import Review, ReviewState
from dean06_auth.standing_lists import Idle
from dean06_core.pages import LARGEST_SIZE, Page
from dean06_server.commands.governing import do, told_account
from dean06_server.commands.signing import Signed, by

_reason = click.option("--reason", required=True, help="Why.")


@click.command()
@click.argument("account")
@by
def wake(account: str, login: str) -> None:
    """Let ACCOUNT in again that was not used for too long; not one's own."""

    async def act(signed: Signed) -> list[str]:
        return await told_account(signed, await signed.act(waking.wake, account))

    do(login, act)


@click.command()
@click.argument("account")
@_reason
@by
def restore(account: str, login: str, reason: str) -> None:
    """Open ACCOUNT again that was suspended; not one's own."""

    async def act(signed: Signed) -> list[str]:
        return await told_account(signed, await signed.act(suspensions.restore, account, reason=reason))

    do(login, act)


@click.command()
@click.argument("account")
@_reason
@by
def close(account: str, login: str, reason: str) -> None:
    """Close ACCOUNT for good, with its duties and grants; its person may have another one."""

    async def act(signed: Signed) -> list[str]:
        return await told_account(signed, await signed.act(suspensions.close, account, reason=reason))

    do(login, act)


@click.command()
@by
def idle(login: str) -> None:
    """List the accounts of one's units that were not used for long, and from which day each is let in no more."""

    async def ask(signed: Signed) -> list[str]:
        found = await signed.ask(standing_lists.idle, profile=signed.profile)
        return [_told_idle(each, signed.actor.on) for each in found] or ["Không tài khoản nào lâu không dùng"]

    do(login, ask)


@click.command()
@by
def pending(login: str) -> None:
    """List the proposals that wait for one's approval, the oldest first."""

    async def ask(signed: Signed) -> list[str]:
        found = await signed.ask(holdings.pending, Page(LARGEST_SIZE))
        lines = [
            f"{given.row.id}: {given.row.role} [{given.row.data_classes}], {_day(given.row.starts)} đến trước "
            f"{_day(given.row.ends)}, {given.row.proposed_by} đề nghị"
            for given in found.rows
        ]
        return lines or ["Không có đề nghị nào chờ phê duyệt"]

    do(login, ask)


@click.group()
def review() -> None:
    """Reviews of what was granted, every six months."""


@review.command("open")
@click.argument("unit", nargs=-1, required=True, metavar="CODE...")
@by
def open_(unit: tuple[str, ...], login: str) -> None:
    """Open the review of each unit, all or none; prints the ids that decide takes."""

    async def act(signed: Signed) -> list[str]:
        ids = await signed.act(reviews.open, unit, profile=signed.profile)
        found = await signed.ask(reviews.of_ids, ids)
        return [_told(found[id_], signed)[0] for id_ in ids if id_ in found]

    do(login, act)


@review.command("list")
@click.option("--all", "every", is_flag=True, help="Those that were decided too.")
@by
def list_(every: bool, login: str) -> None:
    """List reviews with their grants, how much each account was used, and how much its peers were."""

    async def ask(signed: Signed) -> list[str]:
        states = None if every else [ReviewState.OPEN, ReviewState.OVERDUE]
        rows, _ = await signed.ask(reviews.listed, states, Page(LARGEST_SIZE))
        found = await signed.ask(reviews.of_ids, [row.id for row in rows.rows])
        return [line for row in rows.rows for line in _told(found[row.id], signed)] or ["Không có đợt rà soát nào"]

    do(login, ask)


@review.command()
@click.argument("id_", metavar="REVIEW", type=click.UUID)
@click.option("--keep", type=click.UUID, multiple=True, metavar="GRANT", help="A grant that is kept.")
@click.option("--end", type=click.UUID, multiple=True, metavar="GRANT", help="A grant that is revoked.")
@_reason
@by
def decide(id_: UUID, keep: tuple[UUID, ...], end: tuple[UUID, ...], login: str, reason: str) -> None:
    """Decide REVIEW: every grant in it is kept or revoked at once; nobody decides on his own."""

    async def act(signed: Signed) -> list[str]:
        done = await signed.act(reviews.decide, id_, keep=keep, end=end, reason=reason)
        found = await signed.ask(reviews.of_ids, [done])
        return [line for each in found.values() for line in _told(each, signed)]

    do(login, act)


COMMANDS: Final = (wake, restore, close, idle, pending, review)


def _told_idle(each: Idle, on: date) -> str:
    ends = "không vào được từ" if each.stops_on <= on else "sẽ không vào được từ"
    unused = f"không dùng từ {_day(each.since)}, {(on - each.since).days} ngày"
    return f"{each.account.login}: {unused}, {ends} {_day(each.stops_on)}"


def _told(found: Review, signed: Signed) -> list[str]:
    actor, row = signed.actor, found.row
    unit = actor.directory.unit(row.unit_key, actor.on)
    whose = ", quyền của người rà soát" if row.of_reviewers else ""
    state = reviews.state_of(row, actor.on)
    lines = [f"review {row.id}: {unit.name} ({unit.code}){whose}, hạn {_day(row.due_on)}, {state}"]
    for entry in found.entries:
        last = entry.account.last_used_on
        used = "chưa dùng" if last is None else f"dùng lần cuối {_day(last)}"
        peers = "" if entry.peers_days is None else f" ({entry.peers} người cùng vai trò: {entry.peers_days:g} ngày)"
        kept = "" if entry.kept is None else ", giữ" if entry.kept else ", thu hồi"
        grant = entry.given.row
        lines.append(
            f"grant {grant.id}: {entry.account.login} {grant.role}, {used}, {entry.days_used} ngày trong 6 tháng"
            f"{peers}{kept}"
        )
    return lines


def _day(day: date) -> str:
    return f"{day:%d/%m/%Y}"
