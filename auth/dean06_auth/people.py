"""A person, told from every other without keeping who he is: by a keyed hash of his citizen number, or by a bare id."""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from dean06_core import spelling
from dean06_core.access import INTERNAL
from dean06_core.errors import BadInput
from dean06_core.records import Record, new_id

SHORTEST_KEY: Final = 32

_NUMBER: Final = re.compile(r"\d{12}", re.ASCII)


class Person(Record):
    """``digest`` is null while nobody has said which citizen it is; two such rows may be the same person."""

    __tablename__ = "person"
    __access__ = INTERNAL

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    digest: Mapped[bytes | None] = mapped_column(sa.LargeBinary(32), unique=True)


@dataclass(frozen=True, slots=True)
class PersonKey:
    """The installation's secret. Another key makes other people of the same numbers, so it is never changed alone."""

    secret: bytes = field(repr=False)

    def digest(self, number: str) -> bytes:
        """HMAC-SHA256 of a citizen number of twelve digits; no message repeats the number."""
        tidy = spelling.tidy(number).replace(" ", "")
        if not _NUMBER.fullmatch(tidy):
            raise BadInput(
                "CITIZEN_NUMBER_UNUSABLE",
                "Số định danh cá nhân vừa nhập không đủ 12 chữ số. Hãy nhập lại đúng như trên thẻ căn cước.",
                field=("number",),
            )
        return hmac.digest(self.secret, tidy.encode(), "sha256")


async def unknown(session: AsyncSession) -> Person:
    """A new person of whom nothing is known."""
    person = Person()
    session.add(person)
    await session.flush()
    return person


async def known(session: AsyncSession, *, number: str, key: PersonKey) -> Person:
    """The person with that citizen number; a new one if it was never told before."""
    digest = key.digest(number)
    found = await session.scalar(sa.select(Person).where(Person.digest == digest))
    if found is None:
        found = Person(digest=digest)
        session.add(found)
        await session.flush()
    return found
