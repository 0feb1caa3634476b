"""``dean06 task``: give a task, report on it, extend it, confirm it, with one's own grants, as over the API."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date, datetime
from typing import Any
from uuid import UUID

import click

from dean06_core import standing, task_entries, task_reports
from dean06_core.errors import BadInput
from dean06_core.pages import Page
from dean06_core.standing import StandingTask, TaskFilter
from dean06_core.task_entries import TaskEntry
from dean06_core.task_reports import ProgressEntry
from dean06_core.tasks import TaskCell, TaskOrigin, TaskRecurrence
from dean06_server.commands.signing import Signed, by, password_of, signed_in

_DAY = click.DateTime(formats=["%Y-%m-%d"])
_CELLS = {
    TaskCell.DONE_ON_TIME: "hoàn thành đúng hạn",
    TaskCell.DONE_LATE: "hoàn thành quá hạn",
    TaskCell.OPEN_IN_TERM: "chưa hoàn thành, trong hạn",
    TaskCell.OPEN_OVERDUE: "chưa hoàn thành, quá hạn",
    TaskCell.OPEN_NO_DEADLINE: "chưa hoàn thành, không có hạn",
    TaskCell.ONGOING: "thường xuyên, định kỳ",
    TaskCell.CANCELLED: "không thực hiện nữa",
}


@click.group()
def task() -> None:
    """Tasks: give one, say what was done, move its deadline, confirm that it is finished."""


@task.command()
@click.option("--title", required=True, help="What is to be done.")
@click.option("--group", required=True, help="The group of tasks that it belongs to.")
@click.option("--lead", metavar="CODE", help="The unit that leads; or else --lead-group.")
@click.option("--lead-group", metavar="CODE", help="The group each of whose members leads its own part.")
@click.option("--cooperating", metavar="CODE", multiple=True, help="A unit that helps; as often as needed.")
@click.option("--sector", "sectors", metavar="CODE", multiple=True, help="Of which sector; as often as needed.")
@click.option("--basis", metavar="DOCUMENT", multiple=True, help="A document that orders it, by number or label.")
@click.option("--origin", type=click.Choice([*TaskOrigin]), default=TaskOrigin.PLAN, show_default=True)
@click.option("--recurrence", type=click.Choice([*TaskRecurrence]), default=TaskRecurrence.ONE_OFF, show_default=True)
@click.option("--starts-on", metavar="DAY", type=_DAY, help="As 2025-07-28.")
@click.option("--deadline", metavar="DAY", type=_DAY, help="As 2025-08-31.")
@by
def assign(
    login: str,
    origin: str,
    recurrence: str,
    starts_on: datetime | None,
    deadline: datetime | None,
    **given: Any,
) -> None:
    """Give a task from today; prints its code."""
    entry = TaskEntry(
        origin=TaskOrigin(origin),
        recurrence=TaskRecurrence(recurrence),
        starts_on=_day(starts_on),
        deadline=_day(deadline),
        **given,
    )
    _do(login, lambda signed: signed.act(task_entries.assign, entry))


@task.command()
@click.argument("code")
@click.option("--done", required=True, help="What was done.")
@click.option("--remaining", help="What remains.")
@click.option("--finished", is_flag=True, help="The whole task is finished; only its lead says so.")
@click.option("--on", metavar="DAY", type=_DAY, help="Up to which day; today if none.")
@click.option("--document", "documents", metavar="DOCUMENT", multiple=True, help="By number or label.")
@by
def report(code: str, login: str, on: datetime | None, **said: Any) -> None:
    """Say what was done of the task CODE."""

    async def tell(signed: Signed) -> UUID:
        entry = ProgressEntry(on=_day(on) or signed.actor.on, **said)
        return await signed.act(task_reports.report, (await _task(signed, code)).id, entry)

    _do(login, tell)


@task.command()
@click.argument("code")
@click.option("--to", metavar="DAY", type=_DAY, required=True, help="The new deadline, as 2025-09-30.")
@click.option("--basis", metavar="DOCUMENT", required=True, help="The document that allows it, by number or label.")
@by
def extend(code: str, login: str, to: datetime, basis: str) -> None:
    """Move the deadline of the task CODE, and of its children."""

    async def move(signed: Signed) -> UUID:
        return await signed.act(task_reports.extend, (await _task(signed, code)).id, to=to.date(), basis=basis)

    _do(login, move)


@task.command()
@click.argument("code")
@click.option("--return", "reason", metavar="REASON", help="Hand it back instead, saying what is missing.")
@by
def confirm(code: str, login: str, reason: str | None) -> None:
    """Confirm that the task CODE is finished, as its lead said."""

    async def answer(signed: Signed) -> UUID:
        id_ = (await _task(signed, code)).id
        return await signed.act(task_reports.confirm, id_, accepted=reason is None, reason=reason)

    _do(login, answer)


def _do(login: str, doing: Callable[[Signed], Awaitable[UUID]]) -> None:
    """Do it and print how the task stands then."""
    task = asyncio.run(_done(login, password_of(login), doing))
    deadline = "" if task.deadline is None else f", hạn {task.deadline:%d/%m/%Y}"
    click.echo(f"{task.code}: {task.title} ({_CELLS[task.cell]}{deadline})")


async def _done(login: str, password: str, doing: Callable[[Signed], Awaitable[UUID]]) -> StandingTask:
    async with signed_in(login, password) as signed:
        id_ = await doing(signed)
        return await _only(signed, TaskFilter(ids=frozenset({id_})), str(id_))


async def _task(signed: Signed, code: str) -> StandingTask:
    return await _only(signed, TaskFilter(codes=frozenset({code})), code)


async def _only(signed: Signed, where: TaskFilter, named: str) -> StandingTask:
    async with signed.reading() as session:
        found = (await standing.listed(session, on=signed.actor.on, page=Page(1), where=where)).rows
    if not found:
        raise BadInput(
            "TASK_UNKNOWN", f"Không có nhiệm vụ “{named}” trong phạm vi của bạn. Hãy sửa mã.", field=("task",)
        )
    return found[0]


def _day(moment: datetime | None) -> date | None:
    return None if moment is None else moment.date()
