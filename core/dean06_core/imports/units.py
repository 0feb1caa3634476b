"""Rows of units."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from dean06_core import unit_register
from dean06_core.imports.cells import Cells, day, flag, number, one_of, text, texts
from dean06_core.imports.references import References
from dean06_core.outcomes import Tally
from dean06_core.unit_register import FurtherCode, Predecessor, UnitEntry
from dean06_core.units import CodeScheme, SuccessionKind, Tier, UnitLevel

_MILLION = 10**6


def read(row: Cells, references: References) -> UnitEntry:
    entry = UnitEntry(
        code=row.need("code", text),
        scheme=row.get("scheme", one_of(CodeScheme), CodeScheme.NSO),
        name=row.need("name", text),
        level=row.need("level", one_of(UnitLevel)),
        tier=row.need("tier", one_of(Tier)),
        parent=row.get("parent", text),
        valid_from=row.need("valid_from", day),
        valid_to=row.get("valid_to", day),
        codes=tuple(
            FurtherCode(
                scheme=code.need("scheme", one_of(CodeScheme)),
                code=code.need("code", text),
                valid_from=code.get("valid_from", day),
                valid_to=code.get("valid_to", day),
            )
            for code in row.objects("codes", ("scheme", "code", "valid_from", "valid_to"))
        ),
        serves=row.get("serves", texts, ()),
        basis=row.get("basis", text),
        predecessors=tuple(
            Predecessor(
                code=before.need("code", text),
                kind=before.need("kind", one_of(SuccessionKind)),
                partly=before.get("partly", flag),
                share=_share(before),
            )
            for before in row.objects("predecessors", ("code", "kind", "partly", "share"))
        ),
    )
    row.finish()
    return entry


async def write(session: AsyncSession, entries: Sequence[UnitEntry], references: References, now: datetime) -> Tally:
    return await unit_register.enter(session, entries)


def _share(before: Cells) -> int | None:
    share = before.get("share", number)
    if share is not None and not 0 < share <= 1:
        before.refuse("share", "SHARE_INVALID", f"Phần {share} phải lớn hơn 0 và không quá 1. Hãy sửa số.")
    return None if share is None else int(share * _MILLION)
