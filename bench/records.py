"""A sector's own records, as many as a province has, in a database of their own: what figures are computed from.

The sector is social insurance, because its tables are the longest: everybody
who takes part, and everybody who is paid.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import islice
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa

from bench import generating
from bench.shape import SEED, TODAY, Scale, places
from dean06_core import BEGINNING, Record, UnitLevel, migrating
from dean06_social_insurance.beneficiaries import Beneficiary, Benefit
from dean06_social_insurance.insured_persons import InsuredPerson
from dean06_social_insurance.plugin import SECTOR

KINDS: Final = (InsuredPerson, Beneficiary)

_COUNTED_SINCE: Final = TODAY - timedelta(days=730)
_LONG_AGO: Final = date(1995, 1, 1)
_BENEFITS: Final = {Benefit.PENSION: 55, Benefit.ALLOWANCE: 15, Benefit.ASSISTANCE: 20, Benefit.UNEMPLOYMENT: 10}
_AT_ONCE: Final = 10_000


def generate(path: Path, scale: Scale, count: int, *, seed: int = SEED) -> None:
    """Make one province of that scale with ``count`` rows of each kind over its communes; the same from one seed."""
    of_a_province = replace(scale, provinces=1)
    asyncio.run(generating.settle(path, of_a_province, (migrating.CORE, *migrating.histories_of([SECTOR]))))
    communes = [place.key for place in places(of_a_province) if place.level is UnitLevel.COMMUNE]
    chance = random.Random(seed)
    with generating.bulk(path) as connection:
        for kind in KINDS:
            rows = _rows(kind, count, communes, chance)
            while some := [*islice(rows, _AT_ONCE)]:
                connection.execute(sa.insert(kind), some)


def _rows(kind: type[Record], count: int, communes: list[int], chance: random.Random) -> Iterator[dict[str, Any]]:
    facts: Callable[[random.Random], dict[str, Any]] = _insured if kind is InsuredPerson else _paid
    for number in range(1, count + 1):
        own = {"id": UUID(int=number), "ref": f"R-{number}", "unit_key": chance.choice(communes)}
        yield own | facts(chance)


def _insured(chance: random.Random) -> dict[str, Any]:
    """Nine in ten have been verified, at some time in the last five years; one in twenty is of the armed forces."""
    joined = _beginning(chance)
    verified = _between(chance, TODAY - timedelta(days=1826), TODAY) if chance.random() < 0.9 else None
    return {
        "joined_on": joined,
        "left_on": _some_day_after(chance, joined),
        "has_personal_id": verified is not None or chance.random() < 0.5,
        "verified_on": verified,
        "is_armed_forces": chance.random() < 0.05,
    }


def _paid(chance: random.Random) -> dict[str, Any]:
    """Four in five are paid without cash, some of them from the start."""
    started = _beginning(chance)
    cashless = max(started, _between(chance, BEGINNING, TODAY)) if chance.random() < 0.8 else None
    return {
        "benefit": chance.choices([*_BENEFITS], [*_BENEFITS.values()])[0],
        "started_on": started,
        "ended_on": _some_day_after(chance, cashless or started),
        "cashless_since": cashless,
    }


def _beginning(chance: random.Random) -> date:
    """Three in ten began in the two years that are computed, on any day of them."""
    return _between(chance, _COUNTED_SINCE if chance.random() < 0.3 else _LONG_AGO, TODAY)


def _some_day_after(chance: random.Random, day: date) -> date | None:
    return day + timedelta(days=chance.randrange(1, 6000)) if chance.random() < 0.2 else None


def _between(chance: random.Random, first: date, until: date) -> date:
    return first + timedelta(days=chance.randrange((until - first).days))
