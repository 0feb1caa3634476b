"""The register of units: entries say what a unit was called from some day on, where it stood and what it grew out of.

Entering says nothing twice: an entry that is known already changes nothing, and
one from a later day closes the version before it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import count, pairwise
from typing import Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dean06_core import unit_tree
from dean06_core.errors import BadInput
from dean06_core.outcomes import Outcome, Refusals, Tally
from dean06_core.records import Record
from dean06_core.unit_tree import UnitCycle
from dean06_core.units import (
    CodeScheme,
    SuccessionKind,
    Tier,
    UnitArea,
    UnitCode,
    UnitLevel,
    UnitRow,
    UnitSuccession,
    UnitVersion,
)

_EVERYDAY: Final = (CodeScheme.NSO, CodeScheme.SLUG)
_NEVER: Final = date.max
_WHOLE: Final = 10**6


@dataclass(frozen=True, slots=True, kw_only=True)
class FurtherCode:
    """Another code of a unit. It starts with the entry and ends with the unit unless days are given."""

    scheme: CodeScheme
    code: str
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Predecessor:
    """A unit that this one took over from, under the code it held the day before.

    ``share`` is in millionths; ``partly`` says that it did not go over wholly.
    """

    code: str
    kind: SuccessionKind
    partly: bool | None = None
    share: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitEntry:
    """A unit from ``valid_from`` on, under the code by which it is known.

    Whoever holds the code that day is the unit that is meant; if nobody does, a
    new unit begins. So a code that went to another unit is first closed by the
    ``valid_to`` of its old holder.
    """

    code: str
    name: str
    level: UnitLevel
    tier: Tier
    valid_from: date
    valid_to: date | None = None
    scheme: CodeScheme = CodeScheme.NSO
    parent: str | None = None
    codes: tuple[FurtherCode, ...] = ()
    serves: tuple[str, ...] = ()
    basis: str | None = None
    predecessors: tuple[Predecessor, ...] = ()


async def enter(session: AsyncSession, entries: Sequence[UnitEntry]) -> Tally:
    """Enter units, in any order, and derive anew who stands above whom; Refused if one entry cannot stand."""
    by_day = sorted(enumerate(entries), key=lambda numbered: numbered[1].valid_from)
    refusals = Refusals()
    async with session.begin_nested():
        register = await _Register.load(session)
        for place, entry in by_day:
            with refusals.of_entry(place):
                register.enter(place, entry)
        refusals.stop_if_any()
        for place, entry in by_day:
            with refusals.of_entry(place):
                register.connect(place, entry)
        register.check(refusals)
        refusals.stop_if_any()
        tally = Tally.of(register.outcomes(session))
        await register.save(session)
        try:
            await unit_tree.rebuild(session)
        except UnitCycle as cycle:
            refusals.add(register.place_of(cycle.units), cycle)
        refusals.stop_if_any()
    return tally


@dataclass(slots=True)
class _Unit:
    key: int
    versions: dict[date, UnitVersion] = field(default_factory=dict)
    codes: list[UnitCode] = field(default_factory=list)

    @property
    def in_order(self) -> list[UnitVersion]:
        return [self.versions[day] for day in sorted(self.versions)]

    @property
    def ends(self) -> date | None:
        return self.in_order[-1].valid_to

    @property
    def name(self) -> str:
        return self.in_order[-1].name

    def settle(self) -> None:
        """A version ends at the latest where the next one starts, and no code outlives the unit."""
        for version, following in pairwise(self.in_order):
            version.valid_to = min(version.valid_to or _NEVER, following.valid_from)
        if self.ends is not None:
            for code in self.codes:
                code.valid_to = min(code.valid_to or _NEVER, self.ends)


class _Register:
    """Every unit in memory; what is entered is added to it and saved at the end."""

    def __init__(self) -> None:
        self._units: dict[int, _Unit] = {}
        self._codes: dict[tuple[CodeScheme, str], list[UnitCode]] = defaultdict(list)
        self._areas: dict[tuple[int, int], list[UnitArea]] = defaultdict(list)
        self._successions: dict[tuple[int, int, date], UnitSuccession] = {}
        self._entered: dict[tuple[int, date], int] = {}
        self._touched: dict[int, list[Record]] = {}
        self._fresh_keys: list[int] = []
        self._free_keys = count(1)

    @staticmethod
    async def load(session: AsyncSession) -> _Register:
        """Read all units; five statements."""
        register = _Register()
        for key in await session.scalars(sa.select(UnitRow.key)):
            register._units[key] = _Unit(key)
        for version in await session.scalars(sa.select(UnitVersion)):
            register._units[version.unit_key].versions[version.valid_from] = version
        for code in await session.scalars(sa.select(UnitCode)):
            register._units[code.unit_key].codes.append(code)
            register._codes[code.scheme, code.code].append(code)
        for area in await session.scalars(sa.select(UnitArea)):
            register._areas[area.agency_key, area.unit_key].append(area)
        for found in await session.scalars(sa.select(UnitSuccession)):
            register._successions[found.predecessor_key, found.successor_key, found.effective_on] = found
        register._free_keys = count(max(register._units, default=0) + 1)
        return register

    # first every unit and code, then what they say of one another

    def enter(self, place: int, entry: UnitEntry) -> None:
        _check(entry)
        holder = self._holder(entry.scheme, entry.code, entry.valid_from)
        unit = self._begin() if holder is None else self._units[holder]
        earlier = self._entered.setdefault((unit.key, entry.valid_from), place)
        if earlier != place:
            raise BadInput(
                "UNIT_TWICE",
                f"Đơn vị mang mã “{entry.code}” từ ngày {entry.valid_from:%d/%m/%Y} đã có ở một dòng khác "
                f"(“{unit.versions[entry.valid_from].name}”). Hãy bỏ một trong hai dòng.",
                field=("code",),
            )
        version = unit.versions.setdefault(
            entry.valid_from, UnitVersion(unit_key=unit.key, valid_from=entry.valid_from, parent_key=None)
        )
        version.name, version.level, version.tier = entry.name, entry.level, entry.tier
        version.valid_to, version.basis = entry.valid_to, entry.basis
        own = FurtherCode(scheme=entry.scheme, code=entry.code)
        self._touched[place] = [version, *(self._give(unit, code, entry.valid_from) for code in (own, *entry.codes))]
        unit.settle()

    def connect(self, place: int, entry: UnitEntry) -> None:
        version = self._touched[place][0]
        assert isinstance(version, UnitVersion)  # noqa: S101  enter() put it first
        unit = self._units[version.unit_key]
        version.parent_key = None if entry.parent is None else self._found(entry.parent, entry.valid_from, "parent")
        for code in entry.serves:
            served = self._found(code, entry.valid_from, "serves")
            self._touched[place].append(self._serve(unit, served, entry.valid_from))
        for predecessor in entry.predecessors:
            self._touched[place].append(self._succeed(unit, predecessor, entry))
        self._forget_if_nothing_changed(unit, version, place)

    def check(self, refusals: Refusals) -> None:
        """No two units hold one code on one day, and every parent stands as long as what is below it."""
        entered = {id(record): place for place, records in self._touched.items() for record in records}
        for given in self._codes.values():
            for first, second in pairwise(sorted(given, key=lambda given: given.valid_from)):
                if (first.valid_to or _NEVER) > second.valid_from:
                    refusals.add(entered.get(id(second), entered.get(id(first), 0)), self._code_taken(first, second))
        last_entered = {key: place for (key, _), place in self._entered.items()}
        for unit in self._units.values():
            for version in unit.versions.values():
                own = self._entered.get((unit.key, version.valid_from))
                concerned = last_entered.get(version.parent_key or 0) if own is None else own
                if concerned is not None and version.parent_key is not None:
                    self._check_parent(version, self._units[version.parent_key], concerned, refusals)

    def place_of(self, units: Collection[int]) -> int:
        """Which entry was the last to speak of one of these units."""
        return max(place for (key, _), place in self._entered.items() if key in units)

    def outcomes(self, session: AsyncSession) -> list[Outcome]:
        return [self._outcome(session, records) for records in self._touched.values()]

    async def save(self, session: AsyncSession) -> None:
        if self._fresh_keys:
            session.add_all(UnitRow(key=key) for key in self._fresh_keys)
            await session.flush()
        session.add_all(version for unit in self._units.values() for version in unit.versions.values())
        session.add_all(code for unit in self._units.values() for code in unit.codes)
        session.add_all(area for areas in self._areas.values() for area in areas)
        session.add_all(self._successions.values())
        await session.flush()

    def _begin(self) -> _Unit:
        unit = _Unit(next(self._free_keys))
        self._units[unit.key] = unit
        self._fresh_keys.append(unit.key)
        return unit

    def _holder(self, scheme: CodeScheme, code: str, on: date) -> int | None:
        return next((held.unit_key for held in self._codes.get((scheme, code), ()) if _holds(held, on)), None)

    def _found(self, code: str, on: date, field: str) -> int:
        found = {key for scheme in _EVERYDAY if (key := self._holder(scheme, code, on)) is not None}
        if len(found) == 1:
            return found.pop()
        if found:
            names = " và ".join(sorted(f"“{self._units[key].name}”" for key in found))
            raise BadInput(
                "UNIT_AMBIGUOUS",
                f"Mã “{code}” vào ngày {on:%d/%m/%Y} là của {names}. Hãy đổi một trong hai mã.",
                field=(field,),
            )
        raise BadInput(
            "UNIT_UNKNOWN",
            f"Không có đơn vị mang mã “{code}” vào ngày {on:%d/%m/%Y}. Hãy thêm đơn vị đó hoặc sửa mã.",
            field=(field,),
        )

    def _give(self, unit: _Unit, given: FurtherCode, entered_from: date) -> UnitCode:
        starts = given.valid_from or entered_from
        key = given.scheme, given.code
        held = next((own for own in self._codes[key] if own.unit_key == unit.key and _holds(own, starts)), None)
        if held is None:
            held = UnitCode(unit_key=unit.key, scheme=given.scheme, code=given.code, valid_from=starts)
            unit.codes.append(held)
            self._codes[key].append(held)
        held.valid_to = given.valid_to
        return held

    def _serve(self, agency: _Unit, served: int, on: date) -> UnitArea:
        areas = self._areas[agency.key, served]
        area = next((area for area in areas if _holds(area, on)), None)
        if area is None:
            area = UnitArea(agency_key=agency.key, unit_key=served, valid_from=on)
            areas.append(area)
        area.valid_to = agency.ends
        return area

    def _succeed(self, unit: _Unit, predecessor: Predecessor, entry: UnitEntry) -> UnitSuccession:
        before = self._found(predecessor.code, entry.valid_from - timedelta(days=1), "predecessors")
        if before == unit.key:
            raise BadInput(
                "PREDECESSOR_IS_ITSELF",
                f"“{entry.name}” không thể kế thừa chính mình. Nếu mã “{predecessor.code}” trước đó là của đơn vị "
                f"khác, hãy ghi valid_to {entry.valid_from:%d/%m/%Y} cho đơn vị đó.",
                field=("predecessors",),
            )
        key = before, unit.key, entry.valid_from
        succession = self._successions.setdefault(
            key, UnitSuccession(predecessor_key=before, successor_key=unit.key, effective_on=entry.valid_from)
        )
        went_over_wholly = predecessor.partly is False
        succession.kind = predecessor.kind
        succession.share = _WHOLE if predecessor.share is None and went_over_wholly else predecessor.share
        succession.basis = entry.basis
        return succession

    def _forget_if_nothing_changed(self, unit: _Unit, version: UnitVersion, place: int) -> None:
        """A new version that says what the one before it says is that one, going on."""
        before = [earlier for earlier in unit.in_order if earlier.valid_from < version.valid_from][-1:]
        if not sa.inspect(version).transient or not before or before[0].valid_to != version.valid_from:
            return
        if _content(before[0]) == _content(version):
            before[0].valid_to = version.valid_to
            del unit.versions[version.valid_from]
            self._touched[place][0] = before[0]

    def _check_parent(self, version: UnitVersion, parent: _Unit, place: int, refusals: Refusals) -> None:
        ends = version.valid_to or _NEVER
        stands_until = version.valid_from
        for above in parent.in_order:
            if above.valid_from <= stands_until:
                stands_until = max(stands_until, above.valid_to or _NEVER)
        if stands_until < ends:
            refusals.add(
                place,
                BadInput(
                    "PARENT_ENDS_FIRST",
                    f"“{version.name}” trực thuộc “{parent.name}”, đơn vị này chỉ có đến ngày {stands_until:%d/%m/%Y}. "
                    "Hãy ghi valid_to, hoặc thêm một dòng với đơn vị cấp trên mới từ ngày đó.",
                    field=("parent",),
                ),
            )

    def _code_taken(self, first: UnitCode, second: UnitCode) -> BadInput:
        names = [f"“{self._units[code.unit_key].name}”" for code in (first, second)]
        return BadInput(
            "CODE_TAKEN",
            f"Ngày {second.valid_from:%d/%m/%Y} mã {second.scheme} “{second.code}” vừa là của {names[0]} "
            f"vừa là của {names[1]}. Hãy ghi valid_to cho đơn vị giữ mã trước.",
            field=("code",),
        )

    def _outcome(self, session: AsyncSession, records: Iterable[Record]) -> Outcome:
        version, *others = records
        if sa.inspect(version).transient:
            return Outcome.CREATED
        is_changed = any(sa.inspect(record).transient or session.is_modified(record) for record in (version, *others))
        return Outcome.UPDATED if is_changed else Outcome.UNCHANGED


def _check(entry: UnitEntry) -> None:
    if entry.valid_to is not None and entry.valid_to <= entry.valid_from:
        raise BadInput(
            "VALIDITY_EMPTY",
            f"“{entry.name}” kết thúc ngày {entry.valid_to:%d/%m/%Y}, không sau ngày bắt đầu "
            f"{entry.valid_from:%d/%m/%Y}. Hãy sửa một trong hai ngày.",
            field=("valid_to",),
        )
    if not {entry.scheme, *(code.scheme for code in entry.codes)} & {*_EVERYDAY}:
        raise BadInput(
            "EVERYDAY_CODE_MISSING",
            f"“{entry.name}” chỉ có mã {entry.scheme} “{entry.code}”. Hãy thêm mã NSO hoặc SLUG để tra cứu.",
            field=("scheme",),
        )


def _holds(spell: UnitCode | UnitArea, on: date) -> bool:
    return spell.valid_from <= on and (spell.valid_to is None or on < spell.valid_to)


def _content(version: UnitVersion) -> tuple[object, ...]:
    return version.name, version.level, version.tier, version.parent_key
