"""``dean06 audit``: whether the log is what was recorded, the proof that an event is in it, and the log as a file."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import click

from dean06_core.audit import checkpoints, proving
from dean06_core.audit.proving import Proof
from dean06_core.audit.verifying import Fault, Finding, Verdict, verify
from dean06_server.commands.opening import fitting_database_of, settings
from dean06_server.installation import Installation

_KEY: Final = click.option(
    "--key", "key_file", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The public key in PEM, or the private one; DEAN06_AUDIT_KEY if none.",
)  # fmt: skip
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
    """The audit log: verify it, prove an event, take it out. Status 0: intact; 1: not, with what; 2: not checked."""


@audit.command("verify")
@click.option("--checkpoint", "copies", metavar="FILE", type=click.Path(exists=True, path_type=Path),
              help="The copy outside the database, a file or folder; DEAN06_AUDIT_WITNESS if none.")  # fmt: skip
@_KEY
def verify_(copies: Path | None, key_file: Path | None) -> None:
    """Read the whole log, hash it again and hold it against every checkpoint."""
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


def _proof_from(file: Path, event: UUID) -> Proof:
    lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    return proving.proof_of(lines, proving.seq_in(lines, event), str(event))


def _sentence(finding: Finding) -> str:
    where = "" if finding.seq is None else f"sự kiện số {finding.seq}: "
    key = "" if finding.event is None else f" ({finding.event})"
    of = {"database": ", trong cơ sở dữ liệu", "copy": ", theo bản lưu bên ngoài", "personal": ", phần dữ liệu cá nhân"}
    return f"{finding.fault}: {where}{_FAULTS[finding.fault]}{of.get(finding.of, '')}{key}"
