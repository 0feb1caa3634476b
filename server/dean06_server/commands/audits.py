"""``dean06 audit``: whether the log is what was recorded, the proof that an event is in it, and the log as a file."""

from __future__ import annotations

import asyncio
import json
import sys
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import click

from dean06_core import spelling
from dean06_core.audit import Event, checkpoints, log, proving
from dean06_core.audit import erase as erase_
from dean06_core.audit.proving import Proof
from dean06_core.audit.verifying import Fault, Finding, Verdict, verify
from dean06_core.directory import Directory
from dean06_core.pages import Slice, cursor_of
from dean06_server import clock, operators
from dean06_server.clock import VIETNAM, business_day
from dean06_server.commands.opening import fitting_database_of, settings
from dean06_server.installation import Installation

_KEY: Final = click.option(
    "--key", "key_file", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The public key in PEM, or the private one; DEAN06_AUDIT_KEY if none.",
)  # fmt: skip
_MOMENT: Final = click.DateTime(formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"])
_FAULTS: Final = {
    Fault.EDITED: "bị sửa",
    Fault.DELETED: "bị xóa",
    Fault.INSERTED: "được chèn thêm",
    Fault.REORDERED: "bị đổi chỗ",
    Fault.TRUNCATED: "phần cuối bị cắt, từ sự kiện này",
    Fault.REWRITTEN: "không khớp điểm kiểm tra đã ký, từ sự kiện này",
    Fault.FORGED: "điểm kiểm tra không do khóa này ký",
    Fault.DAMAGED: "bản lưu điểm kiểm tra không đọc được",
}


@click.group()
def audit() -> None:
    """The audit log: look it through, verify it, prove an event, take it out, erase what it says of persons."""


@audit.command("verify")
@click.option("--checkpoint", "copies", metavar="FILE", type=click.Path(exists=True, path_type=Path),
              help="The copy outside the database, a file or folder; DEAN06_AUDIT_WITNESS if none.")  # fmt: skip
@_KEY
def verify_(copies: Path | None, key_file: Path | None) -> None:
    """Read the whole log, hash it again and hold it against every checkpoint.

    Status 0: it is intact. 1: it is not, and what is wrong is told. 2: it was not checked.
    """
    chosen = settings()
    key_file, copies = key_file or chosen.audit_key, copies or chosen.audit_witness
    if key_file is None:
        raise click.UsageError("Without its key no checkpoint says anything. Give --key, or set DEAN06_AUDIT_KEY.")
    key = checkpoints.public_key(key_file)
    outside = None if copies is None else checkpoints.read_copies(copies)

    async def look() -> Verdict:
        async with fitting_database_of(Installation.found()) as database, database.service_reading() as session:
            return await verify(session, key=key, outside=outside)

    verdict = asyncio.run(look())
    click.echo(
        f"{verdict.sealed} sự kiện, đã ký đến {verdict.signed}; {verdict.unsealed} chờ niêm phong; "
        f"{verdict.erased} đã xóa dữ liệu cá nhân"
    )
    if outside is None:
        click.echo("Chưa đối chiếu bản lưu ngoài cơ sở dữ liệu: hãy dùng --checkpoint.", err=True)
    for finding in verdict.findings:
        click.echo(_sentence(finding), err=True)
    sys.exit(0 if verdict.is_intact else 1)


@audit.command()
@click.argument("event", type=click.UUID)
@click.option("--export", "export_", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="Prove it out of an export, without the database.")  # fmt: skip
def prove(event: UUID, export_: Path | None) -> None:
    """Print the proof that EVENT is in the log, under its latest checkpoint."""

    async def made() -> Proof:
        async with fitting_database_of(Installation.found()) as database, database.service_reading() as session:
            return await proving.prove(session, event)

    click.echo((asyncio.run(made()) if export_ is None else _proof_from(export_, event)).as_json())


@audit.command()
@click.argument("proof", type=click.File(encoding="utf-8"))
@_KEY
def check(proof: Any, key_file: Path | None) -> None:
    """Check a proof, without the database; status 1 where it does not hold."""
    key_file = key_file or settings().audit_key
    if key_file is None:
        raise click.UsageError("Without its key no checkpoint says anything. Give --key, or set DEAN06_AUDIT_KEY.")
    read = Proof.read(proof.read())
    holds = read.holds(checkpoints.public_key(key_file))
    told = "nằm trong nhật ký đã ký" if holds else "KHÔNG được chứng minh"
    click.echo(f"Sự kiện số {read.seq} {told}.", err=not holds)
    sys.exit(0 if holds else 1)


@audit.command()
def export() -> None:
    """Print every sealed event and every checkpoint, a line of JSON each."""

    async def write() -> None:
        async with fitting_database_of(Installation.found()) as database, database.service_reading() as session:
            async for line in proving.exported(session):
                click.echo(json.dumps(line, ensure_ascii=False))

    asyncio.run(write())


@audit.command("list")
@click.option("--login", help="Of whoever did it; an operator is operator:NAME.")
@click.option("--action", help="As proposals.approve.")
@click.option("--outcome", help="DONE, or the code of the refusal.")
@click.option("--unit", metavar="CODE", help="Of whoever did it, at the time.")
@click.option("--subject", help="The account, task or code that it was done to.")
@click.option("--from", "since", metavar="MOMENT", type=_MOMENT, help="In Vietnam, as 2026-01-31 or 2026-01-31T08:00.")
@click.option("--to", "until", metavar="MOMENT", type=_MOMENT, help="The first moment without them.")
@click.option("--first", type=int, help="How many; 50 if none, 200 at most.")
@click.option("--after", metavar="CURSOR", help="Go on behind the cursor that was printed last.")
def list_(
    login: str | None,
    action: str | None,
    outcome: str | None,
    unit: str | None,
    subject: str | None,
    since: datetime | None,
    until: datetime | None,
    first: int | None,
    after: str | None,
) -> None:
    """Print events, the newest first, a line of JSON each; behind them on standard error the cursor of the next."""
    on = business_day(clock.now())

    async def found() -> Slice[log.Told]:
        async with fitting_database_of(Installation.found()) as database, database.service_reading() as session:
            key = None if unit is None else (await Directory.load(session)).named(unit, on).key
            meant = log.Meant(login, action, outcome, key, subject, _in_vietnam(since), _in_vietnam(until))
            return await log.newest(session, meant, first=first, after=after)

    page = asyncio.run(found())
    for told in page.rows:
        click.echo(json.dumps(_listed(told), ensure_ascii=False))
    if page.has_next:
        click.echo(f"--after {cursor_of(page.keys[-1], log.ORDER)}", err=True)


@audit.command()
@click.argument("event", type=click.UUID, nargs=-1, required=True)
@click.option("--reason", required=True, help="Why; itself personal data of the event that tells of it.")
def erase(event: tuple[UUID, ...], reason: str) -> None:
    """Take away for good what each EVENT says of persons. The events stay, and every proof holds."""
    if not spelling.tidy(reason):
        raise click.UsageError("Say why in --reason: who asked for it, and in which letter.")
    click.echo(f"Đã xóa dữ liệu cá nhân của {asyncio.run(_erase(event, reason))} sự kiện")


async def _erase(event: tuple[UUID, ...], reason: str) -> int:
    by = Event(action="", at=clock.now(), login=operators.login(), personal={"reason": spelling.tidy(reason)})
    async with fitting_database_of(Installation.found()) as database, database.service() as session:
        return await erase_(session, event, by=by)


def _in_vietnam(moment: datetime | None) -> datetime | None:
    return None if moment is None else moment.replace(tzinfo=VIETNAM)


def _listed(told: log.Told) -> dict[str, Any]:
    event = told.event
    return {
        "event": str(event.id),
        "at": event.recorded_at.astimezone(VIETNAM).isoformat(),
        "login": event.login,
        "role": event.role,
        "unit": event.unit,
        "action": event.action,
        "subject": event.subject,
        "outcome": event.outcome,
        "details": json.loads(event.body),
        "personal": None if told.personal is None else json.loads(told.personal),
        "place": event.seq,
    }


def _proof_from(file: Path, event: UUID) -> Proof:
    lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    return proving.proof_of(lines, proving.seq_in(lines, event), str(event))


def _sentence(finding: Finding) -> str:
    where = "" if finding.seq is None else f"sự kiện số {finding.seq}: "
    key = "" if finding.event is None else f" ({finding.event})"
    of = {"database": ", trong cơ sở dữ liệu", "copy": ", theo bản lưu bên ngoài", "personal": ", phần dữ liệu cá nhân"}
    return f"{finding.fault}: {where}{_FAULTS[finding.fault]}{of.get(finding.of, '')}{key}"
