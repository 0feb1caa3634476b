"""How often somebody changed what everybody may look up: one number, which the database itself counts up.

Whoever holds units or indicators in memory knows by it whether they are still
as they were, whatever process changed them and in whatever way.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from dean06_core.access import INTERNAL, Access, DataClass
from dean06_core.records import Record

TABLE: Final = "directory_changes"


class DirectoryChanges(Record):
    """One row. Its number changes with every statement, or every row, that writes to a counted table."""

    __tablename__ = TABLE
    __access__ = INTERNAL

    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int]


async def number(session: AsyncSession) -> int:
    """As of the session's snapshot; one statement."""
    found: int = await session.scalar(sa.select(DirectoryChanges.number).where(DirectoryChanges.key == 1)) or 0
    return found


def counted(tables: Mapping[str, Access]) -> list[str]:
    """The tables that everybody may look up, whose changes are counted; by name."""
    return sorted(
        table for table, access in tables.items() if access.data_class is DataClass.DIRECTORY and not access.internal
    )
