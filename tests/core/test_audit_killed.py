"""A sealer that is killed anywhere loses nothing: the next one goes on from what was committed."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from dean06_core import migrating
from dean06_core.audit import AuditEvent, checkpoints, events
from dean06_core.audit.sealing import Sealer
from dean06_core.audit.verifying import verify
from dean06_core.database import Database
from dean06_core.records import declared_access, records_of
from dean06_core.testing import places
from tests.core.test_audit import event
from tests.core.worlds import NOW

pytestmark = pytest.mark.anyio

SEALING = """
import asyncio, sys
from datetime import timedelta
from pathlib import Path
from dean06_core.audit import checkpoints, events, sealing
from dean06_core.database import Address, Database
from dean06_core.records import declared_access, records_of
from tests.core.test_audit import event
from tests.core.worlds import NOW

async def seal(url, callers, key, witness):
    database = Database(Address(url, callers=callers or None), declared_access(records_of("dean06_core")))
    sealing.AT_ONCE = 3
    sealer = sealing.Sealer(database, checkpoints.private_key(Path(key)), Path(witness))
    for number in range(10**6):
        async with database.service(in_turn=False) as session:
            await events.record_all(session, [event(number)] * 5)
        while await sealer.seal():
            await sealer.sign(NOW + timedelta(minutes=number), at_once=True)
        print(number, flush=True)

asyncio.run(seal(*sys.argv[1:]))
"""


WRITERS = 16
SEALING_ALONE = """
import asyncio, sys
from datetime import timedelta
from pathlib import Path
from dean06_core.audit import checkpoints, sealing
from dean06_core.database import Address, Database
from dean06_core.records import declared_access, records_of
from tests.core.worlds import NOW

async def seal(url, callers, key, witness):
    database = Database(Address(url, callers=callers or None), declared_access(records_of("dean06_core")))
    sealing.AT_ONCE = 20
    sealer = sealing.Sealer(database, checkpoints.private_key(Path(key)), Path(witness))
    sealed = 0
    while True:
        count = await sealer.seal()
        await sealer.sign(NOW + timedelta(minutes=sealed), at_once=True)
        sealed += count
        if count:
            print(sealed, flush=True)

asyncio.run(seal(*sys.argv[1:]))
"""


@pytest.mark.postgresql
async def test_a_sealer_is_killed_while_sixteen_write_and_every_event_has_its_place(tmp_path: Path) -> None:
    key, witness = tmp_path / "key", tmp_path / "witness"
    key.write_bytes(Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    key.chmod(0o600)
    with places.place(tmp_path) as address:
        database = Database(address, declared_access(records_of("dean06_core")), readers=WRITERS)
        await migrating.upgrade(database, [migrating.CORE])
        is_over = asyncio.Event()

        async def write(writer: int) -> int:
            written = 0
            while not is_over.is_set():
                async with database.service(in_turn=False) as session:
                    await events.record_all(session, [event(writer)] * 2)
                written += 2
                await asyncio.sleep(0.1)
            return written

        writing = asyncio.gather(*(write(writer) for writer in range(WRITERS)))
        for _ in range(2):
            killed = await asyncio.create_subprocess_exec(
                sys.executable, "-c", SEALING_ALONE, address.url, address.callers or "", str(key), str(witness),
                stdout=subprocess.PIPE,
            )  # fmt: skip
            assert killed.stdout is not None
            assert await killed.stdout.readline()
            assert await killed.stdout.readline()
            killed.kill()
            assert await killed.wait() == -signal.SIGKILL
        is_over.set()
        kept = sum(await writing)

        sealer = Sealer(database, checkpoints.private_key(key), witness)
        await sealer.finish(NOW)
        async with database.service_reading() as session:
            told = await verify(session, key=checkpoints.public_key(key), outside=checkpoints.read_copies(witness))
        await database.close()
    assert told.findings == []
    assert (told.sealed, told.unsealed, told.signed) == (kept, 0, kept)


@pytest.mark.parametrize("after", [1, 9])
async def test_what_a_killed_sealer_left_is_sealed_by_the_next(tmp_path: Path, after: int) -> None:
    key, witness = tmp_path / "key", tmp_path / "witness"
    key.write_bytes(Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    key.chmod(0o600)
    tables = declared_access(records_of("dean06_core"))
    with places.place(tmp_path) as address:
        database = Database(address, tables)
        await migrating.upgrade(database, [migrating.CORE])
        await database.close()
        for _ in range(2):
            killed = subprocess.Popen(  # noqa: ASYNC220, S603  it is the process that is tried
                [sys.executable, "-c", SEALING, address.url, address.callers or "", str(key), str(witness)],
                stdout=subprocess.PIPE,
                text=True,
            )
            assert killed.stdout is not None
            for _ in range(after):
                assert killed.stdout.readline()
            killed.kill()
            assert killed.wait() == -signal.SIGKILL
            killed.stdout.close()

        sealer = Sealer(database, checkpoints.private_key(key), witness)
        async with database.service(in_turn=False) as session:
            await events.record_all(session, [event(0)])
        await sealer.finish(NOW)
        async with database.service_reading() as session:
            told = await verify(session, key=checkpoints.public_key(key), outside=checkpoints.read_copies(witness))
            kept = await session.scalar(sa.select(sa.func.count()).select_from(AuditEvent)) or 0
        await database.close()
    assert told.findings == []
    assert (told.sealed, told.unsealed, told.signed) == (kept, 0, kept)
    assert kept >= 2 * 5 * after + 1
