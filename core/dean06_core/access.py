"""Who may do what to which rows: grants, the one decision, and what each table declares about itself.

A row is reached only if one grant covers its unit, its sector and its data
class together. An empty scope is nothing.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final
from uuid import UUID


class DataClass(StrEnum):
    """What a row gives away. The letter is how grants and walls write it."""

    DIRECTORY = "D"
    PUBLISHED = "P"
    AGGREGATE = "A"
    RECORD = "R"
    IDENTIFIED = "I"
    GOVERNANCE = "G"
    AUDIT = "L"


class Action(StrEnum):
    READ = "READ"
    RECORD = "RECORD"
    ASSIGN = "ASSIGN"
    ADMINISTER = "ADMINISTER"
    PROPOSE = "PROPOSE"
    APPROVE = "APPROVE"


class All:
    """Every unit, or every sector: contains whatever is asked."""

    def __contains__(self, _: object) -> bool:
        return True

    def __repr__(self) -> str:
        return "ALL"


ALL: Final = All()


@dataclass(frozen=True, slots=True)
class Scope:
    """What is about to be touched: rows of one unit, one sector and one data class.

    ``unit`` is a unit's key; None stands for rows bound to no unit, or no sector.
    """

    data_class: DataClass
    unit: int | None = None
    sector: str | None = None


@dataclass(frozen=True, slots=True)
class Grant:
    """A role on units, sectors and data classes for some days (``ends`` is the first day without it).

    ``in_place_of`` is the account whose grant it is, where the caller stands in for its holder.
    """

    role: str
    actions: frozenset[Action]
    sectors: frozenset[str] | All
    units: frozenset[int] | All
    data_classes: frozenset[DataClass]
    starts: date
    ends: date
    id: UUID | None = None
    in_place_of: UUID | None = None

    def is_live(self, on: date) -> bool:
        """Whether it gives anything that day; without any unit or any sector it never does."""
        return self.starts <= on < self.ends and bool(self.units) and bool(self.sectors)

    def covers(self, action: Action, scope: Scope, on: date) -> bool:
        return (
            self.is_live(on)
            and action in self.actions
            and scope.data_class in self.data_classes
            and (scope.sector is None or scope.sector in self.sectors)
            and (scope.unit is None or scope.unit in self.units)
        )


@dataclass(frozen=True, slots=True)
class Caller:
    """Who is calling: one person's account and what it was granted."""

    login: str
    name: str
    unit: int
    grants: tuple[Grant, ...]
    account: UUID | None = None

    def sectors(self, on: date) -> frozenset[str] | All:
        """Every sector in which some live grant reads."""
        found: set[str] = set()
        for grant in self._readable(on):
            if isinstance(grant.sectors, All):
                return ALL
            found |= grant.sectors
        return frozenset(found)

    def units(self, on: date) -> frozenset[int] | All:
        """Every unit of which some live grant reads anything."""
        found: set[int] = set()
        for grant in self._readable(on):
            if isinstance(grant.units, All):
                return ALL
            found |= grant.units
        return frozenset(found)

    def rights(self, on: date, *also: Action) -> tuple[Right, ...]:
        """What a database transaction of this caller may read that day; every caller reads the directory.

        With other actions, what it may write in doing them as well.
        """
        return Right(DataClass.DIRECTORY, ALL, ALL), *(
            Right(data_class, grant.sectors, grant.units, action)
            for action in (Action.READ, *also)
            for grant in self._live(action, on)
            for data_class in sorted(grant.data_classes)
        )

    def _readable(self, on: date) -> tuple[Grant, ...]:
        return self._live(Action.READ, on)

    def _live(self, action: Action, on: date) -> tuple[Grant, ...]:
        return tuple(grant for grant in self.grants if grant.is_live(on) and action in grant.actions)


@dataclass(frozen=True, slots=True)
class Right:
    """One action on one data class of one grant, as the wall checks it."""

    data_class: DataClass
    sectors: frozenset[str] | All
    units: frozenset[int] | All
    action: Action = Action.READ

    @property
    def key(self) -> str:
        return key_of(self.data_class, self.action)


def key_of(data_class: DataClass, action: Action = Action.READ) -> str:
    """How a pass names what may be done to a class of rows."""
    return data_class.value if action is Action.READ else f"{data_class.value}:{action.value}"


class Reason(StrEnum):
    """Why not: the nearest miss. Each is true of everything that the caller holds.

    ENDED, NOT_BEGUN: what would allow it is over, or to come; so is everything where nothing is in force.
    ACTION_NOT_IN_ROLE to DATA_CLASS_OUTSIDE: no grant in force includes that.
    NOT_TOGETHER: some grant in force includes each, none includes all.
    """

    NO_GRANT = "NO_GRANT"
    ENDED = "ENDED"
    NOT_BEGUN = "NOT_BEGUN"
    ACTION_NOT_IN_ROLE = "ACTION_NOT_IN_ROLE"
    UNIT_OUTSIDE = "UNIT_OUTSIDE"
    SECTOR_OUTSIDE = "SECTOR_OUTSIDE"
    DATA_CLASS_OUTSIDE = "DATA_CLASS_OUTSIDE"
    NOT_TOGETHER = "NOT_TOGETHER"


@dataclass(frozen=True, slots=True)
class Allowed:
    by: Grant

    def __bool__(self) -> bool:
        return True


@dataclass(frozen=True, slots=True)
class Denied:
    """``day`` is the first day without the grant that ENDED, or with the one that is NOT_BEGUN."""

    reason: Reason
    action: Action
    scope: Scope
    on: date
    day: date | None = None

    def __bool__(self) -> bool:
        return False


Decision = Allowed | Denied


def decide(caller: Caller, action: Action, scope: Scope, on: date) -> Decision:
    """Allow when one grant covers the action and the whole scope on that day; otherwise say why not."""
    for grant in caller.grants:
        if grant.covers(action, scope, on):
            return Allowed(by=grant)
    reason, day = _nearest_miss(caller.grants, action, scope, on)
    return Denied(reason, action=action, scope=scope, on=on, day=day)


def _nearest_miss(grants: tuple[Grant, ...], action: Action, scope: Scope, on: date) -> tuple[Reason, date | None]:
    """Of grants none of which covers what is asked."""
    if not grants:
        return Reason.NO_GRANT, None
    in_force = [grant for grant in grants if grant.starts <= on < grant.ends]
    on_other_days = [grant for grant in grants if grant.covers(action, scope, grant.starts)]
    if on_other_days or not in_force:
        nearest = min(on_other_days or grants, key=lambda grant: abs(_missed_day(grant, on)[1] - on))
        return _missed_day(nearest, on)
    included = {
        Reason.ACTION_NOT_IN_ROLE: any(action in grant.actions for grant in in_force),
        Reason.UNIT_OUTSIDE: any(_is_in(scope.unit, grant.units) for grant in in_force),
        Reason.SECTOR_OUTSIDE: any(_is_in(scope.sector, grant.sectors) for grant in in_force),
        Reason.DATA_CLASS_OUTSIDE: any(scope.data_class in grant.data_classes for grant in in_force),
    }
    return next((reason for reason, is_included in included.items() if not is_included), Reason.NOT_TOGETHER), None


def _missed_day(grant: Grant, on: date) -> tuple[Reason, date]:
    """How a grant that is not in force on a day misses it."""
    return (Reason.ENDED, grant.ends) if grant.ends <= on else (Reason.NOT_BEGUN, grant.starts)


def _is_in(asked: int | str | None, granted: Collection[int] | Collection[str] | All) -> bool:
    """Rows bound to none are in whatever is not empty."""
    return bool(granted) and (asked is None or asked in granted)


@dataclass(frozen=True, slots=True)
class Via:
    """A row's units or sectors stand in another table: ``table.column`` where ``table.key`` is the row's ``of``.

    Rows that are seen so have an ``id``, whatever ``of`` is.
    """

    table: str
    key: str
    column: str
    of: str = "id"


@dataclass(frozen=True, slots=True)
class Appended:
    """Of rows that are added and never changed, by nobody but the owner of the tables.

    ``numbered_in``: the column in which a service numbers a row, once; it comes without a number.
    ``is_erasable``: services may take a row away again.
    """

    numbered_in: str | None = None
    is_erasable: bool = False


@dataclass(frozen=True, slots=True)
class Access:
    """What a table says about its rows; from it the walls are generated.

    ``unit``: the column with the unit's key, or ``Via`` another table.
    ``sector``: the column with the sector's code, or ``Via``; ``sector_is``: the one sector of all rows.
    ``within``: (column, table): a row is seen exactly when the row of that table with that id is.
    ``unit_optional``: a row whose unit is null belongs to no unit and is bound by sector and class alone.
    ``internal``: no caller ever sees a row; only services do.
    ``written_by``: the action in which a caller writes rows, of units and sectors for which he may do it; without it
    only services write. A row without unit is written by whoever may do it in every unit. Nothing is deleted.
    ``written_where``: the units and sectors that count for it where they are others than those by which a row is seen,
    as of a row that is made before those through which it is seen. With ``within`` and a unit or sector both count.
    ``appended_by_all``: whoever may write anything adds rows, of whatever unit, in the same transaction.
    """

    data_class: DataClass
    unit: str | Via | None = None
    sector: str | Via | None = None
    sector_is: str | None = None
    within: tuple[str, str] | None = None
    unit_optional: bool = False
    internal: bool = field(default=False)
    written_by: Action | None = None
    written_where: Access | None = None
    appended_by_all: Appended | None = None

    @property
    def is_bound(self) -> bool:
        """Whether rows have a unit or a sector of their own."""
        return any(place is not None for place in (self.unit, self.sector, self.sector_is))

    @property
    def vias(self) -> Collection[Via]:
        """The ways through other tables that the declaration takes, to see and to write."""
        own = [place for place in (self.unit, self.sector) if isinstance(place, Via)]
        return own if self.written_where is None else [*own, *self.written_where.vias]

    def rule(self, action: Action) -> Access:
        """Where a right to an action has to reach for a row: what it is written by has a rule of its own."""
        return (self.written_where or self) if action is self.written_by else self

    def columns(self) -> Collection[str]:
        """The columns of the table itself that the declaration names, to see and to write."""
        places = [place.of if isinstance(place, Via) else place for place in (self.unit, self.sector)]
        named = [*places, self.within and self.within[0], *(self.written_where.columns() if self.written_where else ())]
        if self.appended_by_all is not None:
            named.append(self.appended_by_all.numbered_in)
        return list(dict.fromkeys(name for name in named if name))


DIRECTORY: Final = Access(DataClass.DIRECTORY)
INTERNAL: Final = Access(DataClass.GOVERNANCE, internal=True)


def within(
    column: str, table: str, data_class: DataClass = DataClass.AGGREGATE, *, written_by: Action | None = None
) -> Access:
    """Seen, and written, exactly when the row of ``table`` whose id stands in ``column`` is."""
    return Access(data_class, within=(column, table), written_by=written_by)
