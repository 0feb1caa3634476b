"""How a sector's own records are listed by day and counted by unit, whatever the sector."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from operator import attrgetter
from typing import Annotated, Any, Generic, TypeVar

import sqlalchemy as sa
import strawberry
from sqlalchemy.orm import InstrumentedAttribute
from strawberry.types.info import Info

from dean06_core.directory import Unit
from dean06_core.graphql.connections import Connection
from dean06_core.graphql.context import Context
from dean06_core.pages import Page, bounded, slice_of

R = TypeVar("R")
N = TypeVar("N")

OfUnit = Annotated[str | None, strawberry.argument(description="Chỉ đơn vị có mã này")]
Since = Annotated[date | None, strawberry.argument(name="from", description="Từ ngày này")]
Until = Annotated[date | None, strawberry.argument(name="to", description="Đến trước ngày này")]


@strawberry.type
class UnitRecord:
    """A record as the API shows it: of which unit it is. Sectors add what else is told, and nothing about people."""

    unit_key: strawberry.Private[int]
    day: strawberry.Private[date]

    @strawberry.field(description="Mã đơn vị của bản ghi")
    def unit_code(self, info: Info[Context, None]) -> str:
        return info.context.directory.unit(self.unit_key, self.day).code

    @strawberry.field(description="Tên đơn vị của bản ghi")
    def unit_name(self, info: Info[Context, None]) -> str:
        return info.context.directory.unit(self.unit_key, self.day).name


@dataclass(frozen=True, slots=True)
class RecordList(Generic[R]):
    """The records of one table with ``id`` and ``unit_key``, in order of ``day``. ``order`` names their cursors."""

    record: type[R]
    day: InstrumentedAttribute[date]
    order: str

    async def page(
        self,
        context: Context,
        show: Callable[[R], N],
        *,
        unit: str | None,
        since: date | None,
        until: date | None,
        first: int | None,
        after: str | None,
    ) -> Connection[N]:
        """One page of what the caller sees, each record as ``show`` makes it; one statement.

        UNIT_UNKNOWN for a code outside his units.
        """
        page = Page.of(self.order, first=first, after=after)
        wanted = sa.select(self.record).where(*self._conditions(context, unit, since, until))
        async with context.reading() as session:
            found = (
                await session.scalars(bounded(wanted, page, [self._column(self.day.key), self._column("id")]))
            ).all()
        rows = slice_of(found, page, attrgetter(self.day.key, "id"))
        return Connection.of(rows, self.order, [show(record) for record in rows.rows])

    async def counts(
        self,
        context: Context,
        *aggregates: sa.ColumnElement[int],
        unit: str | None,
        since: date | None,
        until: date | None,
    ) -> list[tuple[Unit, Sequence[int]]]:
        """Each unit that has records, in catalogue order, with how many and the given counts; one statement."""
        key = self._column("unit_key")
        counted = (
            sa.select(key, sa.func.count(), *aggregates)
            .where(*self._conditions(context, unit, since, until))
            .group_by(key)
        )
        async with context.reading() as session:
            rows = (await session.execute(counted)).all()
        units = context.directory
        return [
            (units.unit(row[0], context.on), tuple(row[1:]))
            for row in sorted(rows, key=lambda row: units.position[row[0]])
        ]

    def _conditions(
        self, context: Context, unit: str | None, since: date | None, until: date | None
    ) -> list[sa.ColumnElement[bool]]:
        conditions: list[sa.ColumnElement[bool]] = []
        if unit is not None:
            conditions.append(self._column("unit_key") == context.directory.named(unit, context.on).key)
        if since is not None:
            conditions.append(self.day >= since)
        if until is not None:
            conditions.append(self.day < until)
        return conditions

    def _column(self, name: str) -> Any:
        return getattr(self.record, name)
