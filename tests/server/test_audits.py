"""The server seals and signs the log while it runs; an auditor verifies it and proves an event with a command."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from starlette.testclient import TestClient

from dean06_core import audit
from dean06_core.audit import AuditEvent, Event, checkpoints
from dean06_core.database import Address
from dean06_core.errors import StartUpError
from dean06_core.testing.owning import owning
from dean06_server import app, sealing
from dean06_server.cli import main
from dean06_server.installation import Installation
from dean06_server.settings import Settings
from tests.server.conftest import NOON, Hands, tell


@pytest.fixture
def key(tmp_path: Path) -> Path:
    """The private key; the public one stands beside it."""
    made, path = Ed25519PrivateKey.generate(), tmp_path / "audit.key"
    path.write_bytes(made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    path.chmod(0o400)
    public = made.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    path.with_suffix(".pub").write_bytes(public)
    return path


@pytest.fixture
def witness(tmp_path: Path) -> Path:
    return tmp_path / "witness"


@pytest.fixture
def served(
    installation: Installation, address: Address, key: Path, witness: Path, monkeypatch: pytest.MonkeyPatch
) -> str:
    """Two events were kept and the server ran; the key of the first."""
    tell(monkeypatch, address)

    async def keep() -> str:
        database = installation.database(address)
        async with database.service() as session:
            first = await audit.record(session, Event(action="sign_in", at=NOON, login="clerk"))
            await audit.record(session, Event(action="sign_out", at=NOON, login="clerk"))
        await database.close()
        return str(first)

    first = asyncio.run(keep())
    seal = sealing.Seal(checkpoints.private_key(key), witness)
    with TestClient(app.create(installation, address, now=Hands(), seal=seal)) as client:
        assert client.get("/livez").status_code == 200
    return first


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["audit", *map(str, arguments)])


async def _tamper(installation: Installation, address: Address) -> None:
    database = installation.database(address)
    async with owning(database) as owner:
        await owner.execute(sa.update(AuditEvent).where(AuditEvent.seq == 1).values(login="nobody"))
    await database.close()


def test_the_server_seals_and_signs_and_the_log_is_verified(served: str, key: Path, witness: Path) -> None:
    told = run("verify", "--key", key.with_suffix(".pub"), "--checkpoint", witness)
    assert (told.exit_code, told.output) == (
        0, "2 sự kiện, đã ký đến 2; 0 chờ niêm phong; 0 đã xóa dữ liệu cá nhân\n"
    )  # fmt: skip


def test_what_was_changed_is_told_with_its_event_and_status_1(
    served: str, key: Path, witness: Path, installation: Installation, address: Address
) -> None:
    asyncio.run(_tamper(installation, address))
    told = run("verify", "--key", key, "--checkpoint", witness)
    assert told.exit_code == 1
    assert "EDITED: sự kiện số 1: bị sửa (" in told.output


def test_without_a_key_nothing_is_verified_and_the_status_is_2(
    served: str, key: Path, witness: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = run("verify")
    assert (told.exit_code, "Give --key, or set DEAN06_AUDIT_KEY." in told.output) == (2, True)
    monkeypatch.setenv("DEAN06_AUDIT_KEY", str(key))
    told = run("verify")
    assert (told.exit_code, "Chưa đối chiếu bản lưu" in told.output) == (0, True)


def test_an_event_is_proved_and_the_proof_checked_without_the_database(
    served: str, key: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    exported, proved = tmp_path / "export.jsonl", tmp_path / "proof.json"
    exported.write_text(run("export").output, encoding="utf-8")
    proved.write_text(run("prove", served).output, encoding="utf-8")
    monkeypatch.setenv("DEAN06_DATABASE_URL", f"sqlite:///{tmp_path / 'nowhere.db'}")
    assert run("prove", served, "--export", exported).output == proved.read_text(encoding="utf-8")
    told = run("check", proved, "--key", key.with_suffix(".pub"))
    assert (told.exit_code, told.output) == (0, "Sự kiện số 0 nằm trong nhật ký đã ký.\n")
    changed = json.loads(proved.read_text(encoding="utf-8"))
    changed["entry"] = changed["entry"].replace("clerk", "nobody")
    proved.write_text(json.dumps(changed), encoding="utf-8")
    assert run("check", proved, "--key", key).exit_code == 1


def test_an_event_that_is_not_there_is_told(served: str) -> None:
    told = run("prove", "00000000-0000-0000-0000-000000000001")
    assert (told.exit_code, "Không có sự kiện" in told.output) == (1, True)


def settings(**given: object) -> Settings:
    return Settings.read({name: str(value) for name, value in given.items()})


def test_copies_of_nothing_stop_start_up(key: Path, witness: Path) -> None:
    with pytest.raises(StartUpError, match="Set DEAN06_AUDIT_KEY as well"):
        sealing.seal_of(settings(DEAN06_AUDIT_WITNESS=witness))
    with pytest.raises(StartUpError, match="in a folder that is not there"):
        sealing.seal_of(settings(DEAN06_AUDIT_KEY=key, DEAN06_AUDIT_WITNESS=witness / "a" / "b"))
    assert sealing.seal_of(settings(DEAN06_AUDIT_KEY=key, DEAN06_AUDIT_WITNESS=witness)).witness == witness
    assert sealing.seal_of(settings()).key is None
