"""The log is kept with what it tells of, sealed as it was committed, and shows whatever was changed in it later."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from dean06_core import audit
from dean06_core.access import ALL, Action, DataClass, Right
from dean06_core.audit import DONE, AuditEvent, AuditPersonal, Event, checkpoints, events, merkle, proving, sealing
from dean06_core.audit.checkpoints import AuditCheckpoint, Notes
from dean06_core.audit.proving import Proof
from dean06_core.audit.sealing import AuditTile, Sealer
from dean06_core.audit.verifying import Fault, Verdict, verify
from dean06_core.database import Database
from dean06_core.errors import BadInput, StartUpError, WriteRefused
from dean06_core.records import declared_access, records_of
from dean06_core.testing import migrated_database
from dean06_core.testing.owning import owning
from tests.core.worlds import NOW

pytestmark = pytest.mark.anyio

KEY = Ed25519PrivateKey.generate()
SOME = 300
"""More than one tile."""


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with migrated_database(tmp_path, tables=declared_access(records_of("dean06_core"))) as opened:
        yield opened


@pytest.fixture
def witness(tmp_path: Path) -> Path:
    return tmp_path / "witness"


@pytest.fixture
async def sealed(database: Database, witness: Path) -> Sealer:
    """Three hundred events, of which the first hundred were signed before the others came."""
    sealer = Sealer(database, KEY, witness)
    await keep(database, *range(100))
    await sealer.finish(NOW)
    await keep(database, *range(100, SOME))
    await sealer.finish(NOW + timedelta(minutes=1))
    return sealer


def event(number: int, **more: object) -> Event:
    return Event(action="test", at=NOW, login="officer", subject=str(number), details={"number": number, **more})


async def keep(database: Database, *numbers: int) -> list[UUID]:
    async with database.service(in_turn=False) as session:
        return await events.record_all(session, [event(number) for number in numbers])


async def verdict(sealer: Sealer, *, with_copy: bool = True) -> Verdict:
    outside = checkpoints.read_copies(sealer.witness) if with_copy and sealer.witness else None
    async with sealer.database.service_reading() as session:
        return await verify(session, key=KEY.public_key(), outside=outside)


async def found(sealer: Sealer, *, with_copy: bool = True) -> list[tuple[Fault, int | None]]:
    return [(each.fault, each.seq) for each in (await verdict(sealer, with_copy=with_copy)).findings]


async def places(database: Database) -> list[int]:
    async with database.service_reading() as session:
        return [*await session.scalars(sa.select(AuditEvent.seq).order_by(AuditEvent.seq))]


async def id_at(sealer: Sealer, seq: int) -> UUID:
    async with sealer.database.service_reading() as session:
        return (await session.scalars(sa.select(AuditEvent.id).where(AuditEvent.seq == seq))).one()


async def test_what_was_kept_is_sealed_in_order_and_verified(sealed: Sealer) -> None:
    told = await verdict(sealed)
    assert (told.findings, told.sealed, told.unsealed, told.signed) == ([], SOME, 0, SOME)
    assert await places(sealed.database) == list(range(SOME))


@pytest.mark.parametrize("encoding", ["UTF8", "WIN1258"])
async def test_letters_are_verified_as_they_were_hashed_whatever_the_machine_writes_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, encoding: str
) -> None:
    monkeypatch.setenv("PGCLIENTENCODING", encoding)
    async with migrated_database(tmp_path, tables=declared_access(records_of("dean06_core"))) as database:
        sealer = Sealer(database, KEY)
        async with database.service(in_turn=False) as session:
            told = Event(action="test", at=NOW, unit_name="Ủy ban nhân dân phường Vũng Áng", subject="Trần Thị Hạ")
            await events.record(session, told)
        await sealer.finish(NOW)
        told_of = await verdict(sealer)
    assert (told_of.sealed, told_of.findings) == (1, [])


async def test_the_tree_that_the_sealer_keeps_is_that_of_the_events(sealed: Sealer) -> None:
    async with sealed.database.service_reading() as session:
        leaves = [*await session.scalars(sa.select(AuditEvent.leaf).order_by(AuditEvent.seq))]
        tree = await sealing.tree_of(session)
    assert (tree.size, tree.root()) == (SOME, merkle.root_of(leaves))


async def test_events_that_wait_are_told_and_no_fault(sealed: Sealer) -> None:
    await keep(sealed.database, 1, 2)
    told = await verdict(sealed)
    assert (told.is_intact, told.unsealed) == (True, 2)


async def test_an_event_is_kept_with_its_change_or_not_at_all(database: Database) -> None:
    async def fail() -> None:
        async with database.service() as session:
            await audit.record(session, event(1))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    assert await places(database) == []
    await keep(database, 1)
    assert len(await places(database)) == 1


async def test_a_caller_adds_to_the_log_and_neither_reads_nor_changes_it(database: Database) -> None:
    await keep(database, 1)
    rights = tuple(Right(DataClass.AGGREGATE, ALL, frozenset({1}), action) for action in (Action.READ, Action.RECORD))
    async with database.writing(rights) as session:
        await audit.record(session, Event(action="test", at=NOW, personal={"name": "An"}))
    assert len(await places(database)) == 2

    async def change(statement: sa.Executable) -> None:
        async with database.writing(rights) as session:
            await session.execute(statement)

    for statement in (sa.update(AuditEvent).values(login="x"), sa.update(AuditEvent).values(seq=1)):
        with pytest.raises((DBAPIError, WriteRefused)):
            await change(statement)
    async with database.reading(rights) as session:
        assert [*await session.scalars(sa.select(AuditEvent.id))] == []
    async with database.reading((Right(DataClass.AUDIT, ALL, ALL),)) as session:
        assert len((await session.scalars(sa.select(AuditEvent.id))).all()) == 2


async def test_who_may_only_look_adds_nothing(database: Database) -> None:
    async def add(*actions: Action) -> None:
        rights = tuple(Right(DataClass.AGGREGATE, ALL, ALL, action) for action in actions)
        async with database.writing(rights) as session:
            await audit.record(session, event(1))

    with pytest.raises(WriteRefused):
        await add(Action.READ)
    assert await places(database) == []
    await add(Action.READ, Action.ASSIGN)
    assert len(await places(database)) == 1


@pytest.mark.parametrize(
    "statement",
    [
        pytest.param(sa.update(AuditEvent).values(body="{}"), id="to edit"),
        pytest.param(sa.update(AuditEvent).where(AuditEvent.seq == 1).values(seq=1000), id="to number again"),
        pytest.param(sa.update(AuditEvent).where(AuditEvent.seq == 1).values(seq=None), id="to take a number back"),
        pytest.param(sa.delete(AuditEvent), id="to delete"),
        pytest.param(sa.update(AuditPersonal).values(told="{}"), id="to edit what is said of persons"),
    ],
)
async def test_services_cannot(sealed: Sealer, statement: sa.Executable) -> None:
    async def attempt() -> int:
        async with sealed.database.service() as session:
            if "audit_personal" in str(statement):
                await audit.record(session, Event(action="test", at=NOW, personal={"name": "An"}))
            done: Any = await session.execute(statement)
            return int(done.rowcount)

    with suppress(DBAPIError):
        assert await attempt() == 0
    assert await found(sealed) == []


async def edit(owner: AsyncConnection) -> None:
    await owner.execute(sa.update(AuditEvent).where(AuditEvent.seq == 7).values(login="nobody"))


async def edit_with_leaf(owner: AsyncConnection) -> None:
    """As somebody does who knows how it is hashed."""
    await edit(owner)
    entry = await owner.scalar(sa.select(events.entries(owner.dialect.name)).where(AuditEvent.seq == 7))
    assert entry is not None
    await owner.execute(sa.update(AuditEvent).where(AuditEvent.seq == 7).values(leaf=merkle.leaf_of(entry.encode())))


async def edit_leaf(owner: AsyncConnection) -> None:
    await owner.execute(sa.update(AuditEvent).where(AuditEvent.seq == 7).values(leaf=b"x" * 32))


async def delete(owner: AsyncConnection) -> None:
    await owner.execute(sa.delete(AuditEvent).where(AuditEvent.seq == 7))


async def delete_and_close_up(owner: AsyncConnection) -> None:
    await delete(owner)
    await shift(owner, 8, -1)


async def shift(owner: AsyncConnection, first: int, by: int) -> None:
    """Every place from the first on; by way of places that nobody has."""
    for moved in (1000 + by, -1000):
        await owner.execute(sa.update(AuditEvent).where(AuditEvent.seq >= first).values(seq=AuditEvent.seq + moved))


async def insert(owner: AsyncConnection, at: int = 7) -> None:
    """In a place of its own, everything behind it one further."""
    await shift(owner, at, 1)
    row = events._row(event(1000))
    row |= {"leaf": merkle.leaf_of(events._entry(row).encode()), "seq": at}
    await owner.execute(sa.insert(AuditEvent).values(row))


async def insert_at_the_end(owner: AsyncConnection) -> None:
    await insert(owner, SOME)


async def swap(owner: AsyncConnection, one: int = 7, other: int = 8) -> None:
    for was, becomes in ((one, -1), (other, one), (-1, other)):
        await owner.execute(sa.update(AuditEvent).where(AuditEvent.seq == was).values(seq=becomes))


async def swap_far(owner: AsyncConnection) -> None:
    await swap(owner, 7, 280)


async def cut_off(owner: AsyncConnection) -> None:
    await owner.execute(sa.delete(AuditEvent).where(AuditEvent.seq >= 290))


async def retile(owner: AsyncConnection, signed: int) -> None:
    """Make the tiles fit the events, and forget checkpoints over more than ``signed`` events."""
    found = (await owner.scalars(sa.select(AuditEvent.leaf).order_by(AuditEvent.seq))).all()
    await owner.execute(sa.delete(AuditTile))
    kept = list(sealing._tiles(None, list(found)))
    await owner.execute(sa.insert(AuditTile), kept)
    await owner.execute(sa.delete(AuditCheckpoint).where(AuditCheckpoint.size > signed))


Tampering = Callable[[AsyncConnection], Awaitable[None]]


@pytest.mark.parametrize(
    ("tamper", "fault", "seq"),
    [
        pytest.param(edit, Fault.EDITED, 7, id="an event edited"),
        pytest.param(edit_with_leaf, Fault.EDITED, 7, id="an event edited and hashed again"),
        pytest.param(edit_leaf, Fault.EDITED, 7, id="a hash edited"),
        pytest.param(delete, Fault.DELETED, 7, id="an event deleted"),
        pytest.param(delete_and_close_up, Fault.DELETED, 7, id="an event deleted and the gap closed"),
        pytest.param(insert, Fault.INSERTED, 7, id="an event inserted"),
        pytest.param(insert_at_the_end, Fault.INSERTED, SOME, id="an event put behind the last"),
        pytest.param(swap, Fault.REORDERED, 7, id="neighbours swapped"),
        pytest.param(swap_far, Fault.REORDERED, 7, id="two events swapped"),
        pytest.param(cut_off, Fault.TRUNCATED, 290, id="the end cut off"),
    ],
)
async def test_what_an_owner_of_the_tables_changed_is_found(
    sealed: Sealer, tamper: Tampering, fault: Fault, seq: int
) -> None:
    assert await found(sealed) == []
    async with owning(sealed.database) as owner:
        await tamper(owner)
    assert await found(sealed) == [(fault, seq)]


async def test_what_was_changed_in_events_and_tiles_alike_does_not_fit_what_was_signed(sealed: Sealer) -> None:
    async with owning(sealed.database) as owner:
        await owner.execute(sa.update(AuditEvent).where(AuditEvent.seq == 150).values(login="nobody"))
        entry = await owner.scalar(sa.select(events.entries(owner.dialect.name)).where(AuditEvent.seq == 150))
        assert entry is not None
        leaf = merkle.leaf_of(entry.encode())
        await owner.execute(sa.update(AuditEvent).where(AuditEvent.seq == 150).values(leaf=leaf))
        await retile(owner, signed=SOME)
    assert await found(sealed) == [(Fault.REWRITTEN, 100)]


async def test_an_end_cut_off_everywhere_is_found_by_the_copy_outside_alone(sealed: Sealer) -> None:
    async with owning(sealed.database) as owner:
        await owner.execute(sa.delete(AuditEvent).where(AuditEvent.seq >= 200))
        await retile(owner, signed=100)
    assert await found(sealed, with_copy=False) == []
    assert await found(sealed) == [(Fault.TRUNCATED, 200)]


async def test_a_log_emptied_with_everything_that_goes_with_it_is_found_by_the_copy(sealed: Sealer) -> None:
    async with owning(sealed.database) as owner:
        for table in (AuditEvent, AuditTile, AuditCheckpoint):
            await owner.execute(sa.delete(table))
    assert await found(sealed) == [(Fault.TRUNCATED, 0)]


async def test_a_checkpoint_by_another_key_is_forged(sealed: Sealer) -> None:
    another = checkpoints.sign(SOME, b"\0" * 32, NOW, Ed25519PrivateKey.generate())
    async with owning(sealed.database) as owner:
        await owner.execute(sa.update(AuditCheckpoint).where(AuditCheckpoint.size == SOME).values(note=another.note))
    assert await found(sealed) == [(Fault.FORGED, SOME)]


async def test_a_copy_with_something_else_in_it_is_damaged(sealed: Sealer) -> None:
    assert sealed.witness is not None
    whole = sealed.witness.read_text(encoding="utf-8")
    sealed.witness.write_text(whole.replace(f"\n{SOME}\n", "\n9x\n"), encoding="utf-8")
    assert await found(sealed) == [(Fault.DAMAGED, None)]
    sealed.witness.write_text(whole, encoding="utf-8")
    assert await found(sealed) == []


async def test_an_event_that_waits_and_was_edited_is_told(sealed: Sealer) -> None:
    [id_] = await keep(sealed.database, 1)
    async with owning(sealed.database) as owner:
        await owner.execute(sa.update(AuditEvent).where(AuditEvent.id == id_).values(subject="2"))
    [finding] = (await verdict(sealed)).findings
    assert (finding.fault, finding.seq, finding.event) == (Fault.EDITED, None, str(id_))


async def test_what_is_said_of_a_person_is_erased_and_everything_still_holds(database: Database, witness: Path) -> None:
    sealer = Sealer(database, KEY, witness)
    async with database.service() as session:
        erased = await audit.record(session, Event(action="sign_in", at=NOW, personal={"login": "an.nguyen"}))
        kept = await audit.record(session, Event(action="sign_in", at=NOW, personal={"login": "binh.tran"}))
    await sealer.finish(NOW)
    async with database.service_reading() as session:
        before = await proving.prove(session, erased)
    async with database.service() as session:
        assert await audit.erase(session, [erased], by=event(1)) == 1
    await sealer.finish(NOW)
    async with database.service_reading() as session:
        assert [*await session.scalars(sa.select(AuditPersonal.event_id))] == [kept]
        proof = await proving.prove(session, erased)
    assert before.holds(KEY.public_key())
    assert proof.holds(KEY.public_key())
    assert proof.entry == before.entry
    assert "an.nguyen" not in proof.entry
    told = await verdict(sealer)
    assert (told.findings, told.erased, told.sealed) == ([], 1, 3)


async def test_what_is_said_of_a_person_is_not_exchanged(database: Database, witness: Path) -> None:
    sealer = Sealer(database, KEY, witness)
    async with database.service() as session:
        await audit.record(session, Event(action="sign_in", at=NOW, personal={"login": "an.nguyen"}))
    await sealer.finish(NOW)
    async with owning(database) as owner:
        await owner.execute(sa.update(AuditPersonal).values(told='{"login":"binh.tran"}'))
    assert await found(sealer) == [(Fault.EDITED, 0)]


async def test_each_event_is_proved_offline_and_no_other_in_its_place(sealed: Sealer) -> None:
    async with sealed.database.service_reading() as session:
        lines = [json.loads(json.dumps(each)) async for each in proving.exported(session)]
    assert proving.is_whole(lines, KEY.public_key())
    for seq in (0, 99, 255, 256, SOME - 1):
        async with sealed.database.service_reading() as session:
            proof = Proof.read((await proving.prove(session, await id_at(sealed, seq))).as_json())
        assert proof == proving.proof_of(lines, seq, "")
        assert proof.holds(KEY.public_key())
        assert not proof.holds(Ed25519PrivateKey.generate().public_key())
        other = lines[(seq + 1) % SOME]["entry"]
        assert not Proof(seq, other, proof.path, proof.checkpoint).holds(KEY.public_key())
    lines[7]["entry"] = lines[8]["entry"]
    assert not proving.is_whole(lines, KEY.public_key())


async def test_an_event_without_signature_over_it_has_no_proof_yet(sealed: Sealer) -> None:
    [id_] = await keep(sealed.database, 1)
    async with sealed.database.service_reading() as session:
        with pytest.raises(BadInput, match="chưa nằm dưới điểm kiểm tra") as refused:
            await proving.prove(session, id_)
        with pytest.raises(BadInput, match="Không có sự kiện"):
            await proving.prove(session, UUID(int=1))
    assert refused.value.code == "EVENT_NOT_SIGNED"
    await sealed.finish(NOW + timedelta(hours=1))
    async with sealed.database.service_reading() as session:
        assert (await proving.prove(session, id_)).seq == SOME


async def test_it_is_signed_once_a_minute_and_only_if_it_grew(database: Database, witness: Path) -> None:
    sealer = Sealer(database, KEY, witness)
    signed = []
    for seconds in (0, 30, 61, 90, 200):
        if seconds != 200:
            await keep(database, seconds)
        await sealer.seal()
        signed.append(await sealer.sign(NOW + timedelta(seconds=seconds)))
    assert signed == [True, False, True, False, True]
    await sealer.finish(NOW)
    copies = checkpoints.read_copies(witness)
    assert ([each.size for each in copies.checkpoints], copies.is_damaged) == ([1, 3, 4], False)


async def test_a_folder_gets_a_file_for_each_checkpoint(database: Database, tmp_path: Path) -> None:
    folder = tmp_path / "copies"
    folder.mkdir()
    sealer = Sealer(database, KEY, folder)
    for number in range(2):
        await keep(database, number)
        await sealer.finish(NOW)
    assert [each.size for each in checkpoints.read_copies(folder).checkpoints] == [1, 2]
    assert await found(sealer) == []


async def test_many_write_while_several_seal_and_every_event_has_its_place(database: Database, witness: Path) -> None:
    sealers = [Sealer(database, KEY, witness) for _ in range(3)]
    is_over = asyncio.Event()

    async def write(number: int) -> None:
        for each in range(15):
            await keep(database, number * 100 + each)

    async def seal(sealer: Sealer) -> None:
        while not is_over.is_set():
            await sealer.seal()
            await asyncio.sleep(0)

    sealing_ = [asyncio.create_task(seal(each)) for each in sealers]
    await asyncio.gather(*(write(number) for number in range(16)))
    is_over.set()
    await asyncio.gather(*sealing_)
    await sealers[0].finish(NOW)
    assert await places(database) == list(range(16 * 15))
    assert await found(sealers[0]) == []


async def test_more_than_is_sealed_at_once_is_sealed_in_turns(database: Database, witness: Path) -> None:
    sealer = Sealer(database, KEY, witness)
    await keep(database, *range(sealing.AT_ONCE + 20))
    assert [await sealer.seal() for _ in range(3)] == [sealing.AT_ONCE, 20, 0]
    await sealer.finish(NOW)
    assert await found(sealer) == []


async def test_without_a_key_everything_is_sealed_and_nothing_signed(database: Database) -> None:
    sealer = Sealer(database)
    await keep(database, 1)
    await sealer.finish(NOW)
    told = await verdict(sealer)
    assert (told.findings, told.sealed, told.signed) == ([], 1, 0)


@given(
    st.builds(
        Event,
        action=st.text(min_size=1),
        at=st.datetimes().map(lambda at: at.replace(tzinfo=NOW.tzinfo)),
        login=st.text(),
        role=st.text(),
        subject=st.text(),
        unit=st.none() | st.integers(0, 2**40),
        unit_name=st.text(),
        details=st.dictionaries(st.text(), st.text() | st.integers() | st.none()),
    )
)
def test_an_entry_has_one_line_a_field_whatever_was_typed(event: Event) -> None:
    row = events._row(event)
    lines = events._entry(row).split("\n")
    assert len(lines) == 13
    assert lines[4:6] == [row["login"], row["role"]]
    assert json.loads(lines[-1]) == event.details


@pytest.mark.parametrize("typed", ["", "a\nb", "x" * 5000, "Nguyễn Văn Ân", "\0\x85\u2028", "\ud800"[:0] + "‮"])
async def test_whatever_was_typed_is_kept_as_it_is_hashed(database: Database, typed: str) -> None:
    async with database.service() as session:
        await audit.record(
            session,
            Event(
                action="sign_in", at=NOW, outcome="SIGN_IN_FAILED", login=typed, unit=5, unit_name=typed,
                account=UUID(int=5), details={"typed": typed}, personal={"login": typed},
            ),
        )  # fmt: skip
    sealer = Sealer(database)
    await sealer.finish(NOW)
    told = await verdict(sealer)
    assert (told.findings, told.sealed) == ([], 1)


def pem(path: Path, key: Ed25519PrivateKey = KEY, mode: int = 0o600) -> Path:
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    path.chmod(mode)
    return path


def test_a_key_is_read_from_a_file_that_nobody_else_reads(tmp_path: Path) -> None:
    for mode in (0o600, 0o400):
        read = checkpoints.private_key(pem(tmp_path / f"{mode:o}", mode=mode))
        assert read.public_key() == KEY.public_key()
    for mode in (0o644, 0o640, 0o700):
        with pytest.raises(StartUpError, match="others might read it"):
            checkpoints.private_key(pem(tmp_path / f"{mode:o}", mode=mode))


def test_what_is_no_key_is_told_by_its_name(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("no key")
    (tmp_path / "text").chmod(0o600)
    for reads in (checkpoints.private_key, checkpoints.public_key):
        with pytest.raises(StartUpError, match="text' holds no Ed25519 key"):
            reads(tmp_path / "text")
        with pytest.raises(StartUpError, match="nowhere"):
            reads(tmp_path / "nowhere")
    (tmp_path / "public").write_bytes(KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    assert checkpoints.public_key(tmp_path / "public") == KEY.public_key()
    assert checkpoints.public_key(pem(tmp_path / "private")) == KEY.public_key()


def test_a_note_is_signed_over_every_letter() -> None:
    signed = checkpoints.sign(5, b"\1" * 32, NOW, KEY)
    assert signed.is_signed_by(KEY.public_key())
    assert Notes.read(signed.note) == Notes((signed,), is_damaged=False)
    for was, becomes in (("\n5\n", "\n6\n"), ("2025", "2026"), ("AQEB", "AQEC")):
        [changed] = Notes.read(signed.note.replace(was, becomes, 1)).checkpoints
        assert not changed.is_signed_by(KEY.public_key())
    assert not Notes.read(f"dean06-audit\n12\n{signed.note}").checkpoints[1:]


def test_an_event_shows_nothing_of_persons_in_a_trace() -> None:
    assert "an.nguyen" not in repr(Event(action="x", at=NOW, personal={"login": "an.nguyen"}))
    assert Event(action="x", at=NOW).outcome == DONE
