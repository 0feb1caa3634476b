"""Whatever is proposed, approved, revoked, ended, named and suspended in whatever order, no rule is ever broken.

The rows are judged here in plain Python, without the code that reads grants.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import combinations
from pathlib import Path
from typing import Final
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dean06_auth import duties, roles, suspensions
from dean06_auth.accounts import AccountState
from dean06_auth.duties import Duty, StandIn
from dean06_auth.grants import GrantRow
from dean06_auth.proposals import GrantEntry
from dean06_core.access import All
from dean06_core.database import Database
from dean06_core.directory import Directory
from dean06_core.errors import BadInput
from dean06_core.testing import places
from dean06_core.testing.places import Template
from tests.auth import offices
from tests.auth.offices import Office, entry
from tests.auth.province import DONG_LOC, HA_TINH, VUNG_ANG

pytestmark = pytest.mark.anyio

STEPS: Final = 250
ACTS: Final = int(os.environ.get("DEAN06_TEST_ACTS") or (1000 if places.is_server() else 1500))
"""In all. Ten thousand take two minutes."""
SEEDS: Final = range(ACTS // STEPS)
UNITS: Final = (HA_TINH, VUNG_ANG, DONG_LOC)
ROLES: Final = ("officer", "officer", "leader", "secretariat", "unit_head", "administrator", "approver", "auditor")
VERBS: Final = {
    "assign": 3,
    "propose": 8,
    "approve": 8,
    "revoke": 2,
    "end": 1,
    "stand in": 5,
    "suspend": 1,
    "wake": 2,
    "wait": 2,
}


@dataclass
class Walk:
    office: Office
    chance: random.Random
    duties: list[UUID] = field(default_factory=list)
    grants: list[UUID] = field(default_factory=list)
    done: dict[str, int] = field(default_factory=dict)

    async def step(self) -> bool:
        """Whether anything was done."""
        verb = self.chance.choices([*VERBS], [*VERBS.values()])[0]
        try:
            async with self.office.session.begin_nested():
                await self._do(verb)
        except BadInput as refused:
            verb = refused.code
        self.done[verb] = self.done.get(verb, 0) + 1
        if verb in VERBS:
            self.office.known.clear()
        return verb in VERBS

    async def _do(self, verb: str) -> None:
        office, chance, someone = self.office, self.chance, [*self.office.people]
        by = chance.choice(someone)
        match verb:
            case "assign":
                starts = office.on + timedelta(days=chance.randrange(-30, 30))
                self.duties.append(
                    await office.assign(
                        chance.choice(someone),
                        by=chance.choice(["quan-tri", "quan-tri-2", by]),
                        unit=f"unit-{chance.choice(UNITS)}",
                        sector=chance.choice([None, "health", "tax"]),
                        starts=starts,
                        ends=starts + timedelta(days=chance.randrange(1, 500)),
                    )
                )
            case "propose" if self.duties:
                made = [self._entry() for _ in range(chance.choice([1, 1, 3]))]
                self.grants += await office.propose(*made, by=chance.choice(["quan-tri", "thu-truong", by]))
            case "approve" if self.grants:
                ids = chance.sample(self.grants[-12:], k=min(len(self.grants[-12:]), chance.choice([1, 1, 2])))
                await office.approve(*ids, by=chance.choice(["phe-duyet", "phe-duyet-2", by]))
            case "revoke" if self.grants:
                await office.revoke(chance.choice(self.grants), by=by)
            case "end" if self.duties:
                day = office.on + timedelta(days=chance.randrange(0, 20))
                await duties.end(
                    office.session, await office.actor(by), chance.choice(self.duties), on=day, reason="Thôi việc"
                )
            case "stand in" if self.duties:
                await office.stand_in(
                    chance.choice(self.duties[-12:]),
                    chance.choice(someone),
                    days=chance.randrange(1, 17),
                    by=chance.choice(["thu-truong", by]),
                )
            case "suspend":
                await suspensions.suspend(
                    office.session, await office.actor(by), chance.choice(["chi", "dung", by]), reason="Nghi dùng chung"
                )
            case "wake":
                for account in office.people.values():
                    account.state = AccountState.ACTIVE
                await office.session.execute(sa.update(GrantRow).values(reviewed_on=office.on))
            case _:
                office.on += timedelta(days=chance.randrange(1, 12))

    def _entry(self) -> GrantEntry:
        chance = self.chance
        starts = self.office.on + timedelta(days=chance.randrange(-5, 20))
        return entry(
            chance.choice(self.duties[-12:]),
            chance.choice(ROLES),
            starts=starts,
            ends=starts + timedelta(days=chance.randrange(1, 380)),
            sectors=chance.choice([None, ("health",), ("health", "tax")]),
            units=chance.choice([None, (f"unit-{chance.choice(UNITS)}",)]),
        )


async def faults(office: Office) -> list[str]:
    """What is wrong with the rows as they stand, and with what anybody holds today."""
    session = office.session
    rows = {row.id: row for row in await session.scalars(sa.select(GrantRow))}
    ordered = {duty.id: duty for duty in await session.scalars(sa.select(Duty))}
    standing_in = list(await session.scalars(sa.select(StandIn)))
    found = [f"grant {row.role}: not three people" for row in rows.values() if not _by_three(row)]
    found += _pairs(office, rows, ordered, standing_in)
    return found


def _by_three(row: GrantRow) -> bool:
    if row.given_by is not None or row.approver_id is None:
        return row.given_by is not None or row.basis is None
    proposers: set[UUID | None] = {row.proposer_id, row.proposer_for_id} - {None}
    approvers: set[UUID | None] = {row.approver_id, row.approver_for_id} - {None}
    groups: list[set[UUID | None]] = [{row.subject_id}, proposers, approvers]
    return bool(row.basis) and all(not one & other for one, other in combinations(groups, 2))


def _days(row: GrantRow, duty: Duty | None) -> tuple[date, date]:
    starts, ends = row.starts, min(row.ends, row.revoked_on or row.ends)
    if duty is None:
        return starts, ends
    return max(starts, duty.starts), min(ends, duty.ends, duty.ended_on or duty.ends)


def _pairs(
    office: Office, rows: dict[UUID, GrantRow], ordered: dict[UUID, Duty], standing_in: list[StandIn]
) -> Iterator[str]:
    """Of every account, over all days."""
    for account in office.people.values():
        own = [each for each in standing_in if each.account_id == account.id]
        held = [
            (row.role, *_days(row, ordered.get(row.duty_id) if row.duty_id else None))
            for row in rows.values()
            if row.account_id == account.id and (row.given_by or row.approver_id)
        ]
        for each in own:
            for row in rows.values():
                if row.duty_id == each.duty_id and row.approver_id:
                    starts, ends = _days(row, ordered[each.duty_id])
                    held.append((row.role, max(starts, each.starts), min(ends, each.ends)))
        for (one, begins, over), (other, first, last) in combinations(held, 2):
            if max(begins, first) < min(over, last) and roles.exclude_each_other(roles.ROLES[one], roles.ROLES[other]):
                yield f"{account.login} holds {one} and {other} from {max(begins, first)}"


async def outside_duty(office: Office) -> list[str]:
    """What the grants that somebody holds today reach beyond their duties."""
    session, found = office.session, list[str]()
    for login in office.people:
        caller = (await office.actor(login)).caller
        held = {grant.role for grant in caller.grants}
        if roles.apart(held) is not None:
            found.append(f"{login} counts as {sorted(held)}")
        for grant in caller.grants:
            row = await session.get_one(GrantRow, grant.id)
            if row.duty_id is None:
                continue
            duty = await session.get_one(Duty, row.duty_id)
            whole = office.directory.subtree(duty.unit_key) | office.directory.area(duty.unit_key, office.on)
            is_within = (
                duty.holds(office.on)
                and not isinstance(grant.units, All)
                and grant.units <= whole
                and (duty.sector is None or grant.sectors == frozenset({duty.sector}))
                and row.approver_id is not None
                and (row.revoked_on is None or office.on < row.revoked_on)
            )
            if not is_within:
                found.append(f"{login}: {grant} is not within {duty.function} of {duty.unit_key}, {duty.sector}")
    return found


async def walk(session: AsyncSession, seed: int, steps: int) -> dict[str, int]:
    """Raises with the first step after which something is wrong."""
    walking = Walk(await offices.settle(session, await Directory.load(session)), random.Random(seed))
    for number in range(steps):
        wrong = await faults(walking.office) if await walking.step() else []
        if number % 25 == 24:
            wrong += await outside_duty(walking.office)
        assert wrong == [], f"seed {seed}, step {number}"
    return walking.done


async def test_acts_at_random_break_no_rule(tmp_path: Path, settled: Template) -> None:
    """A database of its own for each seed, on whichever kind the tests are run."""
    done: dict[str, int] = {}
    for seed in SEEDS:
        place = tmp_path / str(seed)
        place.mkdir()
        with settled.copied(place) as address:
            database = Database(address, {}, readers=1)
            async with database.service() as session:
                for verb, count in (await walk(session, seed, STEPS)).items():
                    done[verb] = done.get(verb, 0) + count
            await database.close()
    assert sum(done.values()) == len(SEEDS) * STEPS
    assert {*VERBS, "ROLES_APART", "OUTSIDE_DUTY", "GRANT_FOR_ONESELF"} <= {*done}
