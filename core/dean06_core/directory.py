"""The units of a province as one immutable value in memory: found by code, by name, by place in the tree, on any day.

Only class D data is held here. ``Directory.limited_to`` gives the same value
with nothing outside a caller's units.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from functools import cached_property
from typing import Final, TypeVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dean06_core import spelling
from dean06_core.access import ALL, All
from dean06_core.errors import BadInput
from dean06_core.units import (
    CodeScheme,
    SuccessionKind,
    Tier,
    UnitArea,
    UnitCode,
    UnitGroupMember,
    UnitGroupRow,
    UnitLevel,
    UnitRow,
    UnitSuccession,
    UnitVersion,
)

_EVERYDAY_SCHEMES: Final = (CodeScheme.NSO, CodeScheme.SLUG)
_LEVEL_ORDER: Final = {level: order for order, level in enumerate(UnitLevel)}


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit as it was on some day. ``valid_to`` is the first day on which this version no longer holds."""

    key: int
    id: UUID
    code: str
    name: str
    level: UnitLevel
    tier: Tier
    parent_key: int | None
    valid_from: date
    valid_to: date | None

    def holds(self, on: date) -> bool:
        return self.valid_from <= on and (self.valid_to is None or on < self.valid_to)


@dataclass(frozen=True, slots=True)
class UnitGroup:
    key: int
    code: str
    name: str
    within_key: int


@dataclass(frozen=True, slots=True)
class Span:
    """Something that holds of a unit for some days."""

    key: int
    valid_from: date
    valid_to: date | None

    def holds(self, on: date) -> bool:
        return self.valid_from <= on and (self.valid_to is None or on < self.valid_to)


@dataclass(frozen=True, slots=True)
class Succession:
    """A unit took over from another. ``share`` is 1 unless it was divided, and null where nobody said how."""

    predecessor: int
    successor: int
    effective_on: date
    share: Fraction | None


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitSelector:
    """Which units are meant; every given condition has to hold. Nothing given means every unit that is seen."""

    codes: tuple[str, ...] | None = None
    within: str | None = None
    levels: frozenset[UnitLevel] = frozenset()
    tier: Tier | None = None
    group: str | None = None
    served_by: str | None = None
    text: str | None = None


@dataclass(frozen=True)
class Directory:
    """Every unit with all its versions. Build it with ``load``; ``seen`` says which units may be listed."""

    versions: Mapping[int, tuple[Unit, ...]]
    codes: Mapping[tuple[CodeScheme, str], tuple[Span, ...]]
    groups: Mapping[int, UnitGroup]
    memberships: Mapping[int, tuple[Span, ...]]
    areas: Mapping[int, tuple[Span, ...]]
    successions: Mapping[int, tuple[Succession, ...]] = field(default_factory=dict)
    """By the unit that took over."""
    seen: frozenset[int] | All = field(default=ALL)

    @staticmethod
    async def load(session: AsyncSession) -> Directory:
        """Read all units; seven statements, however many units there are."""
        ids = {row.key: row.id for row in await session.execute(sa.select(UnitRow.key, UnitRow.id))}
        code_rows = (await session.scalars(sa.select(UnitCode).order_by(UnitCode.valid_from))).all()
        version_rows = (await session.scalars(sa.select(UnitVersion).order_by(UnitVersion.valid_from))).all()
        everyday: dict[int, list[UnitCode]] = defaultdict(list)
        codes: dict[tuple[CodeScheme, str], list[Span]] = defaultdict(list)
        for code in code_rows:
            codes[code.scheme, code.code].append(Span(code.unit_key, code.valid_from, code.valid_to))
            if code.scheme in _EVERYDAY_SCHEMES:
                everyday[code.unit_key].append(code)
        versions: dict[int, list[Unit]] = defaultdict(list)
        for row in version_rows:
            versions[row.unit_key].append(
                Unit(
                    row.unit_key,
                    ids[row.unit_key],
                    _code_on(everyday[row.unit_key], row.valid_from),
                    row.name,
                    row.level,
                    row.tier,
                    row.parent_key,
                    row.valid_from,
                    row.valid_to,
                )
            )
        groups = {
            row.key: UnitGroup(row.key, row.code, row.name, row.within_key)
            for row in await session.scalars(sa.select(UnitGroupRow))
        }
        memberships: dict[int, list[Span]] = defaultdict(list)
        for member in await session.scalars(sa.select(UnitGroupMember)):
            memberships[member.group_key].append(Span(member.unit_key, member.valid_from, member.valid_to))
        areas: dict[int, list[Span]] = defaultdict(list)
        for area in await session.scalars(sa.select(UnitArea)):
            areas[area.agency_key].append(Span(area.unit_key, area.valid_from, area.valid_to))
        successions: dict[int, list[Succession]] = defaultdict(list)
        for taken in await session.scalars(sa.select(UnitSuccession)):
            whole = taken.kind is not SuccessionKind.SPLIT
            share = Fraction(taken.share, 10**6) if taken.share is not None else Fraction(1) if whole else None
            successions[taken.successor_key].append(
                Succession(taken.predecessor_key, taken.successor_key, taken.effective_on, share)
            )
        return Directory(
            _frozen(versions), _frozen(codes), groups, _frozen(memberships), _frozen(areas), _frozen(successions)
        )

    def limited_to(self, units: frozenset[int] | All) -> Directory:
        """The same directory for a caller: listed and found by code is only in ``units``; references still resolve."""
        limited = replace(self, seen=units)
        limited.__dict__.update({name: getattr(self, name) for name in _INDEXES})
        return limited

    def is_seen(self, key: int) -> bool:
        """Whether a unit may be listed and asked about, not only named by a reference."""
        return key in self.seen

    # one unit

    def unit(self, key: int, on: date) -> Unit:
        """The unit as it was on a day; before it existed its first version, after it ended its last."""
        versions = self.versions[key]
        return versions[max(bisect_right(versions, on, key=lambda version: version.valid_from) - 1, 0)]

    def by_id(self, id_: UUID, on: date) -> Unit | None:
        key = self._key_of_id.get(id_)
        return None if key is None or key not in self.seen else self.unit(key, on)

    def by_code(self, code: str, on: date, scheme: CodeScheme | None = None) -> Unit | None:
        """The seen unit that held a code on a day; None if there is none. Without a scheme: NSO codes and our slugs."""
        found = {
            span.key
            for candidate in ((scheme,) if scheme else _EVERYDAY_SCHEMES)
            for span in self.codes.get((candidate, code), ())
            if span.holds(on) and span.key in self.seen
        }
        if len(found) > 1:
            raise BadInput(
                "UNIT_AMBIGUOUS", f"Mã “{code}” thuộc nhiều đơn vị. Hãy ghi rõ hệ mã (scheme).", field=("code",)
            )
        return self.unit(found.pop(), on) if found else None

    def key_by_code(self, code: str, on: date) -> int | None:
        """The key behind a code that a declaration names, seen or not; None where the code means no single unit."""
        keys = {
            span.key for scheme in _EVERYDAY_SCHEMES for span in self.codes.get((scheme, code), ()) if span.holds(on)
        }
        return keys.pop() if len(keys) == 1 else None

    def named(self, code: str, on: date) -> Unit:
        """As ``by_code``; UNIT_UNKNOWN, in the same words for a unit that is not seen and one that does not exist."""
        found = self.by_code(code, on)
        if found is None:
            raise BadInput(
                "UNIT_UNKNOWN",
                f"Không có đơn vị mang mã “{code}” vào ngày {on:%d/%m/%Y} trong phạm vi của bạn. "
                "Hãy tra mã ở truy vấn units.",
                field=("code",),
            )
        return found

    def by_name(self, written: str, on: date, *, within: int | None = None) -> Unit:
        """The unit that a report means by a name: "UBND Phường Trần Phú." is Phường Trần Phú.

        The office before the name, blanks, stops and case do not matter; marks
        matter only where two names differ by them alone. Never guesses between
        two units: UNIT_AMBIGUOUS lists them; UNIT_UNKNOWN if none is meant.
        """
        name = spelling.tidy(written).strip(" .;,")
        folded = self._called(name, on, within)
        if not folded:
            name = spelling.bare_name(written)
            folded = self._called(name, on, within)
        exact = [unit for unit in folded if spelling.tidy(unit.name).lower() == name.lower()]
        found = exact or folded
        if len(found) == 1:
            return found[0]
        if not found:
            raise BadInput(
                "UNIT_UNKNOWN",
                f"Không nhận ra đơn vị “{written}” vào ngày {on:%d/%m/%Y}. "
                "Hãy ghi mã đơn vị hoặc tên đầy đủ kèm Xã, Phường.",
                field=("unit",),
            )
        listed = ", ".join(f"{unit.name} ({unit.code})" for unit in sorted(found, key=lambda unit: unit.code))
        raise BadInput("UNIT_AMBIGUOUS", f"“{written}” có thể là: {listed}. Hãy ghi mã đơn vị.", field=("unit",))

    def _called(self, name: str, on: date, within: int | None) -> list[Unit]:
        """The seen units whose name is the same but for marks and case."""
        return [
            unit
            for unit in self._by_folded_name.get(spelling.fold(name), ())
            if unit.holds(on) and unit.key in self.seen and (within is None or self.is_within(unit.key, within, on))
        ]

    # the tree

    def ancestors(self, key: int, on: date) -> tuple[Unit, ...]:
        """From the parent up to the root."""
        found: list[Unit] = []
        parent = self.unit(key, on).parent_key
        while parent is not None and all(parent != unit.key for unit in found):
            found.append(self.unit(parent, on))
            parent = found[-1].parent_key
        return tuple(found)

    def is_within(self, key: int, top: int, on: date) -> bool:
        return key == top or any(unit.key == top for unit in self.ancestors(key, on))

    def children(self, key: int, on: date) -> tuple[Unit, ...]:
        """The units directly below on a day, in catalogue order."""
        return self._in_order(
            (child for child in self._children_ever.get(key, ()) if self._is_child(child, key, on)), on
        )

    def has_children(self, key: int) -> bool:
        """Whether any unit ever stood directly below."""
        return key in self._children_ever

    def descendants(self, key: int, on: date) -> tuple[Unit, ...]:
        """Every unit below on a day, nearest first."""
        found = list(self.children(key, on))
        for unit in found:
            found.extend(self.children(unit.key, on))
        return tuple(found)

    def subtree(self, key: int) -> frozenset[int]:
        """The keys of a unit and all that ever stood below it; what a grant on a subtree reaches."""
        found = {key}
        front = [key]
        while front:
            front = [child for parent in front for child in self._children_ever.get(parent, ()) if child not in found]
            found.update(front)
        return frozenset(found)

    # groups and areas

    def group(self, code: str) -> UnitGroup:
        found = next((group for group in self.groups.values() if group.code == code), None)
        if found is None:
            raise BadInput(
                "GROUP_UNKNOWN",
                f"Không có nhóm đơn vị mang mã “{code}”. Hãy tra mã ở truy vấn unitGroups.",
                field=("group",),
            )
        return found

    def group_members(self, group_key: int, on: date) -> tuple[Unit, ...]:
        return self._in_order((span.key for span in self.memberships.get(group_key, ()) if span.holds(on)), on)

    def members(self, group_key: int, on: date) -> frozenset[int]:
        return frozenset(unit.key for unit in self.group_members(group_key, on))

    def groups_of(self, key: int, on: date) -> tuple[UnitGroup, ...]:
        return tuple(self.groups[span.key] for span in self._groups_of_unit.get(key, ()) if span.holds(on))

    def area(self, agency_key: int, on: date) -> frozenset[int]:
        """The keys of every unit that an agency serves, with all below them."""
        return frozenset().union(*(self.subtree(unit.key) for unit in self.serves(agency_key, on)))

    def serves(self, agency_key: int, on: date) -> tuple[Unit, ...]:
        return self._in_order((span.key for span in self.areas.get(agency_key, ()) if span.holds(on)), on)

    def served_by(self, key: int, on: date) -> tuple[Unit, ...]:
        """The agencies that serve a unit, or a unit above it."""
        above = {key, *(unit.key for unit in self.ancestors(key, on))}
        return tuple(
            self.unit(agency, on)
            for agency, spans in self.areas.items()
            if any(span.key in above and span.holds(on) for span in spans)
        )

    def successions_to(self, key: int) -> tuple[Succession, ...]:
        """From whom a unit took over."""
        return self.successions.get(key, ())

    def successors(self, key: int) -> tuple[int, ...]:
        """The keys of the units that took over from a unit."""
        return tuple(heir for heir, taken in self.successions.items() if any(each.predecessor == key for each in taken))

    # many units

    def listed(self, on: date) -> tuple[Unit, ...]:
        """Every seen unit that exists on a day, in catalogue order."""
        return tuple(unit for key in self._ordered if key in self.seen and (unit := self.unit(key, on)).holds(on))

    def select(self, selector: UnitSelector, on: date) -> tuple[Unit, ...]:
        """The seen units that a selector means, in catalogue order. A code or group that is not there is an error."""
        if selector.codes is not None:
            found: Sequence[Unit] = tuple(
                {unit.key: unit for code in selector.codes for unit in [self.named(code, on)]}.values()
            )
        else:
            found = self.listed(on)
        if selector.within is not None:
            top = self.named(selector.within, on)
            inside = {top.key, *(unit.key for unit in self.descendants(top.key, on))}
            found = [unit for unit in found if unit.key in inside]
        if selector.levels:
            found = [unit for unit in found if unit.level in selector.levels]
        if selector.tier is not None:
            found = [unit for unit in found if unit.tier is selector.tier]
        if selector.group is not None:
            group = {unit.key for unit in self.group_members(self.group(selector.group).key, on)}
            found = [unit for unit in found if unit.key in group]
        if selector.served_by is not None:
            area = self.area(self.named(selector.served_by, on).key, on)
            found = [unit for unit in found if unit.key in area]
        if selector.text is not None:
            wanted = spelling.fold(selector.text)
            found = [unit for unit in found if wanted in spelling.fold(unit.name) or wanted == unit.code]
        return tuple(found)

    # how it is indexed

    @cached_property
    def _key_of_id(self) -> dict[UUID, int]:
        return {versions[0].id: key for key, versions in self.versions.items()}

    @cached_property
    def _by_folded_name(self) -> dict[str, list[Unit]]:
        found: dict[str, list[Unit]] = defaultdict(list)
        for versions in self.versions.values():
            for unit in versions:
                found[spelling.fold(unit.name)].append(unit)
        return found

    @cached_property
    def _children_ever(self) -> dict[int, list[int]]:
        found: dict[int, dict[int, None]] = defaultdict(dict)
        for key, versions in self.versions.items():
            for unit in versions:
                if unit.parent_key is not None:
                    found[unit.parent_key][key] = None
        return {parent: list(children) for parent, children in found.items()}

    @cached_property
    def _groups_of_unit(self) -> dict[int, list[Span]]:
        found: dict[int, list[Span]] = defaultdict(list)
        for group, spans in self.memberships.items():
            for span in spans:
                found[span.key].append(Span(group, span.valid_from, span.valid_to))
        return found

    @cached_property
    def _ordered(self) -> tuple[int, ...]:
        def order(key: int) -> tuple[int, str, int]:
            last = self.versions[key][-1]
            return _LEVEL_ORDER[last.level], last.code, key

        return tuple(sorted(self.versions, key=order))

    @cached_property
    def position(self) -> dict[int, int]:
        """Where each unit stands in catalogue order: by level, then by code."""
        return {key: place for place, key in enumerate(self._ordered)}

    def _is_child(self, child: int, parent: int, on: date) -> bool:
        unit = self.unit(child, on)
        return unit.parent_key == parent and unit.holds(on)

    def _in_order(self, keys: Iterable[int], on: date) -> tuple[Unit, ...]:
        return tuple(self.unit(key, on) for key in sorted(keys, key=self.position.__getitem__))


_INDEXES: Final = {"_key_of_id", "_by_folded_name", "_children_ever", "_groups_of_unit", "_ordered", "position"}

_K = TypeVar("_K")
_V = TypeVar("_V")


def _frozen(grouped: Mapping[_K, list[_V]]) -> dict[_K, tuple[_V, ...]]:
    return {key: tuple(values) for key, values in grouped.items()}


def _code_on(codes: Collection[UnitCode], on: date) -> str:
    """The everyday code of a unit on a day, or the last one it had."""
    held = [code for code in codes if code.valid_from <= on and (code.valid_to is None or on < code.valid_to)]
    return (held or list(codes))[-1].code
