"""Secrets that have to be read again are stored sealed, with keys that are not in the database."""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from dean06_core.errors import StartUpError

_NONCE_BYTES: Final = 12
_FEWEST_KEY_BYTES: Final = 32


class CannotOpen(Exception):
    """It was sealed with a key that is gone, for another owner, or was changed since."""


@dataclass(frozen=True, slots=True)
class SecretBox:
    """AES-256-GCM, bound to an owner. Seals with the first key and opens with all, so that keys can be renewed."""

    keys: Sequence[bytes] = field(repr=False)

    @staticmethod
    def read(written: str) -> SecretBox:
        """The keys of a file: one a line in base64, at least 32 random bytes each; the first one seals."""
        lines = [line.strip() for line in written.splitlines() if line.strip()]
        keys = [_key(line, place) for place, line in enumerate(lines, 1)]
        if not keys:
            raise StartUpError("The file of DEAN06_SECRETS_KEY is empty. Write 32 random bytes in base64 on a line.")
        return SecretBox(tuple(keys))

    def seal(self, secret: bytes, *, owner: str) -> bytes:
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce + _cipher(self.keys[0]).encrypt(nonce, secret, owner.encode())

    def open(self, sealed: bytes, *, owner: str) -> bytes:
        """CannotOpen for what was not sealed so."""
        nonce, text = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
        for key in self.keys:
            try:
                return _cipher(key).decrypt(nonce, text, owner.encode())
            except (InvalidTag, ValueError):
                continue
        raise CannotOpen


def _key(line: str, place: int) -> bytes:
    try:
        key = base64.b64decode(line, validate=True)
    except ValueError:
        key = b""
    if len(key) < _FEWEST_KEY_BYTES:
        raise StartUpError(
            f"Line {place} of the file of DEAN06_SECRETS_KEY is no key. Write 32 random bytes in base64 on it."
        )
    return key


def _cipher(key: bytes) -> AESGCM:
    return AESGCM(hashlib.sha256(key).digest())
