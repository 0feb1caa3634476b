"""Rights of people who look, and the targets that they try to assign, for tests of who writes what."""

from __future__ import annotations

from typing import Final

from dean06_core.access import ALL, DataClass, Right
from dean06_core.targets import Comparator, Target, TargetCheck, TargetKind, TargetRule
from tests.core.worlds import LONG_AGO, PROVINCE

OWN, OTHER = 2, 3
EVERYTHING: Final = Right(DataClass.DIRECTORY, ALL, ALL)


def reader() -> tuple[Right, ...]:
    return EVERYTHING, Right(DataClass.AGGREGATE, ALL, ALL)


def assigned(addressee: int | None) -> Target:
    return Target(
        indicator_key=1,
        sector="roads",
        rule=TargetRule.NATIONAL if addressee is None else TargetRule.UNIT,
        within_key=addressee or PROVINCE,
        addressee_key=addressee,
        value_scaled=95_000_000,
        comparator=Comparator.GE,
        kind=TargetKind.ASSIGNED,
        check=TargetCheck.EACH_PERIOD,
        valid_from=LONG_AGO,
    )
