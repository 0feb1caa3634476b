"""Who does something: one of core's verbs is done by an actor, within his rights, and sees what he sees."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Concatenate, Final, ParamSpec, Protocol, TypeVar
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dean06_core.access import Action, Allowed, Caller, DataClass, Decision, Grant, Scope, decide
from dean06_core.catalogue import Catalogue
from dean06_core.directory import Directory
from dean06_core.errors import BadInput

P = ParamSpec("P")
Done = TypeVar("Done")
_OF_NO_SECTOR: Final = ("",)
"""No grant names it, and one to all sectors covers it."""


@dataclass(frozen=True, slots=True)
class Actor:
    """A caller at a moment, on its business day.

    ``directory`` and ``catalogue`` are limited to what he sees, so that a code
    outside is as unknown as one that does not exist.
    """

    caller: Caller
    directory: Directory
    catalogue: Catalogue
    now: datetime
    on: date

    @staticmethod
    def of(caller: Caller, directory: Directory, catalogue: Catalogue, now: datetime, on: date) -> Actor:
        """Of a whole directory and catalogue."""
        return Actor(caller, directory.limited_to(caller.units(on)), catalogue.limited_to(caller.sectors(on)), now, on)

    def may(self, action: Action, scope: Scope) -> Decision:
        return decide(self.caller, action, scope, self.on)

    def may_in(self, action: Action, unit: int, sectors: Collection[str]) -> bool:
        """Whether he may do it with a unit's aggregates in one of the sectors; of no sector wants a right to all."""
        return self.allowed_in(action, unit, sectors) is not None

    def allowed_in(self, action: Action, unit: int, sectors: Collection[str]) -> Grant | None:
        """As ``may_in``: the grant by which he may."""
        for sector in sorted(sectors) or _OF_NO_SECTOR:
            decision = self.may(action, Scope(DataClass.AGGREGATE, unit, sector))
            if isinstance(decision, Allowed):
                return decision.by
        return None

    def may_in_all(self, action: Action, unit: int, sectors: Collection[str]) -> bool:
        """As ``may_in``, in every one of the sectors."""
        return all(self.may_in(action, unit, [sector]) for sector in sectors or _OF_NO_SECTOR)

    @property
    def accounts(self) -> frozenset[UUID]:
        """Whoever acts here: the caller's account, and those in whose place he may act today."""
        stood_for = (grant.in_place_of for grant in self.caller.grants if grant.is_live(self.on))
        return frozenset(account for account in (self.caller.account, *stood_for) if account is not None)

    def refuse_if_read_only(self) -> None:
        """ACCOUNT_READ_ONLY while the caller's unit is gone: nobody says what he would write in its name."""
        unit = self.directory.unit(self.caller.unit, self.on)
        if not unit.holds(self.on):
            raise BadInput(
                "ACCOUNT_READ_ONLY",
                f"Đơn vị của tài khoản, {unit.name}, không còn từ ngày {unit.valid_to:%d/%m/%Y}: tài khoản chỉ được "
                "xem. Hãy đề nghị người quản trị chuyển tài khoản sang đơn vị mới.",
            )


Verb = Callable[Concatenate[AsyncSession, Actor, P], Awaitable[Done]]
"""What somebody does in a session that writes with his rights and is committed when it is done."""


class Act(Protocol):
    """Does a verb as one actor."""

    async def __call__(self, verb: Verb[P, Done], /, *args: P.args, **kwargs: P.kwargs) -> Done: ...
