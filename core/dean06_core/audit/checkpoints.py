"""What is signed: how many events there are and the root over them, so that whoever keeps a copy can hold us to it.

A checkpoint is a signed note (C2SP signed-note and tlog-checkpoint): readable
text, an empty line, and an Ed25519 signature with the name of its key.
"""

from __future__ import annotations

import base64
import binascii
import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Final

import sqlalchemy as sa
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from dean06_core.access import Access, DataClass
from dean06_core.errors import StartUpError
from dean06_core.records import Record

ORIGIN: Final = "dean06-audit"
_NOTE: Final = re.compile(
    rf"(?P<text>{ORIGIN}\n(?P<size>0|[1-9][0-9]{{0,17}})\n(?P<root>[A-Za-z0-9+/]{{43}}=)\n(?:[^\n]+\n)*)\n"
    rf"— {ORIGIN} (?P<signature>[A-Za-z0-9+/]+={{0,2}})\n"
)
_ED25519: Final = b"\x01"
_ID: Final = 4
_SECRET: Final = frozenset({0o600, 0o400})


class AuditCheckpoint(Record):
    """A checkpoint as it was signed, with what it says of itself beside it."""

    __tablename__ = "audit_checkpoint"
    __access__ = Access(DataClass.AUDIT)

    size: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    signed_at: Mapped[datetime]
    note: Mapped[str]


@dataclass(frozen=True, slots=True)
class Checkpoint:
    size: int
    root: bytes
    note: str

    def is_signed_by(self, key: Ed25519PublicKey) -> bool:
        found = _NOTE.fullmatch(self.note)
        if found is None:
            return False
        try:
            signature = base64.b64decode(found["signature"], validate=True)
            key.verify(signature[_ID:], found["text"].encode())
        except (binascii.Error, InvalidSignature):
            return False
        return signature[:_ID] == _id_of(key)


def sign(size: int, root: bytes, at: datetime, key: Ed25519PrivateKey) -> Checkpoint:
    text = f"{ORIGIN}\n{size}\n{base64.b64encode(root).decode()}\n{at:%Y-%m-%dT%H:%M:%SZ}\n"
    signature = base64.b64encode(_id_of(key.public_key()) + key.sign(text.encode())).decode()
    return Checkpoint(size, root, f"{text}\n— {ORIGIN} {signature}\n")


@dataclass(frozen=True, slots=True)
class Notes:
    """The checkpoints found in a text, in its order; ``is_damaged`` if there is anything else in it."""

    checkpoints: tuple[Checkpoint, ...]
    is_damaged: bool

    @staticmethod
    def read(text: str) -> Notes:
        found = tuple(_found(text))
        return Notes(found, bool(_NOTE.sub("", text).strip()))


async def latest(session: AsyncSession) -> AuditCheckpoint | None:
    return await session.scalar(sa.select(AuditCheckpoint).order_by(AuditCheckpoint.size.desc()).limit(1))


def copy_out(checkpoint: Checkpoint, witness: Path) -> None:
    """Append it to the copy outside the database, and return when it is on the disk.

    A folder is given a file for each checkpoint, named by its size.
    """
    if witness.is_dir():
        _append(witness / f"{checkpoint.size:018d}.checkpoint", checkpoint.note)
    else:
        _append(witness, checkpoint.note)


def read_copies(witness: Path) -> Notes:
    """Every checkpoint of a file, or of the files in a folder."""
    files = sorted(witness.glob("*.checkpoint")) if witness.is_dir() else [witness]
    try:
        return Notes.read("".join(file.read_text(encoding="utf-8") for file in files))
    except UnicodeDecodeError:
        return Notes((), is_damaged=True)
    except OSError as error:
        raise StartUpError(f"The copy of the checkpoints cannot be read: {error.strerror}: {witness}") from None


def private_key(path: Path) -> Ed25519PrivateKey:
    """The key that signs: a PEM file that nobody else may read."""
    if (mode := stat.S_IMODE(_stat(path).st_mode)) not in _SECRET:
        raise StartUpError(
            f"The audit key '{path}' has mode {mode:04o}: others might read it. Set it to 0600 or 0400: chmod 0400"
        )
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise StartUpError(_no_key(path))
    return key


def public_key(path: Path) -> Ed25519PublicKey:
    """The key that checks: its PEM file, or that of the private key."""
    _stat(path)
    pem = path.read_bytes()
    if b"PRIVATE KEY" in pem:
        return private_key(path).public_key()
    try:
        key = load_pem_public_key(pem)
    except (ValueError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PublicKey):
        raise StartUpError(_no_key(path))
    return key


def _found(text: str) -> Iterator[Checkpoint]:
    for note in _NOTE.finditer(text):
        yield Checkpoint(int(note["size"]), base64.b64decode(note["root"]), note[0])


def _append(path: Path, note: str) -> None:
    """In one write, so that it is there whole or not at all."""
    opened = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    try:
        os.write(opened, note.encode())
        os.fsync(opened)
    finally:
        os.close(opened)


def _id_of(key: Ed25519PublicKey) -> bytes:
    raw = key.public_bytes(Encoding.Raw, PublicFormat.Raw)
    return sha256(ORIGIN.encode() + b"\n" + _ED25519 + raw).digest()[:_ID]


def _stat(path: Path) -> os.stat_result:
    try:
        return path.stat()
    except OSError as error:
        raise StartUpError(f"The audit key cannot be read: {error.strerror}: {path}") from None


def _no_key(path: Path) -> str:
    return f"'{path}' holds no Ed25519 key in PEM. Make one with: openssl genpkey -algorithm ed25519"
