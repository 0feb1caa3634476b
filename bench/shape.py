"""What a benchmark database holds: so many provinces, units, indicators, weeks and tasks, and how each is called."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from dean06_core.indicators import Direction, Indicator, IndicatorKind, OverTime
from dean06_core.periods import Period
from dean06_core.sectors import Sector
from dean06_core.units import CodeScheme, Tier, UnitLevel

SEED: Final = 2506
TODAY: Final = date(2025, 7, 1)
"""The business day of every question: the day after the last week."""

COMMON_INDICATORS: Final = 40
FURTHER_INDICATORS: Final = 60
NOT_STATED_BY_PROVINCES: Final = 40
"""The number of the one indicator that provinces leave to the sum of their units; Q5 ranks it."""

TARGETS_EACH: Final = 5
RECORDS_A_COMMUNE: Final = 2_900
_INDICATORS_A_SECTOR: Final = 10


@dataclass(frozen=True, slots=True)
class Scale:
    """How much of everything; what a single cell, unit or week looks like is the same at every scale."""

    name: str
    provinces: int
    departments: int
    communes: int
    facilities: int
    tasks: int
    weeks: int = 26

    @property
    def units(self) -> int:
        """The country, its provinces and what lies below each."""
        return 1 + self.provinces * (1 + self.departments + self.communes + self.facilities)

    @property
    def indicators(self) -> int:
        return COMMON_INDICATORS + FURTHER_INDICATORS

    @property
    def targets(self) -> int:
        return self.indicators * TARGETS_EACH

    @property
    def parties(self) -> int:
        """One lead and two cooperating units a task."""
        return self.tasks * 3

    @property
    def observations(self) -> int:
        """Every unit but the country states the common indicators, the communes of province 1 the further ones too."""
        a_week = (
            (self.units - 1) * COMMON_INDICATORS
            - self.provinces  # NOT_STATED_BY_PROVINCES
            + self.communes * FURTHER_INDICATORS
        )
        return a_week * self.weeks

    @property
    def records(self) -> int:
        """Of each kind that a sector keeps of one province; the longest tables of a real one have some 200,000."""
        return self.communes * RECORDS_A_COMMUNE

    @property
    def periods(self) -> tuple[Period, ...]:
        return tuple(Period.parse(f"2025-W{week:02d}") for week in range(1, self.weeks + 1))


FULL: Final = Scale("full", provinces=34, departments=20, communes=69, facilities=13, tasks=20_000)
SMALL: Final = Scale("small", provinces=4, departments=2, communes=12, facilities=1, tasks=480)
SCALES: Final = {scale.name: scale for scale in (FULL, SMALL)}


@dataclass(frozen=True, slots=True)
class Place:
    """A unit of the benchmark; ``province`` is 0 for the country."""

    key: int
    scheme: CodeScheme
    code: str
    name: str
    level: UnitLevel
    tier: Tier
    parent_key: int | None
    province: int


def places(scale: Scale) -> list[Place]:
    """Every unit by key: the country, the provinces, then province by province what lies below."""
    country = Place(1, CodeScheme.SLUG, "viet-nam", "Việt Nam", UnitLevel.COUNTRY, Tier.CENTRAL, None, 0)
    provinces = [
        Place(
            1 + number,
            CodeScheme.NSO,
            f"{number:02d}",
            f"Tỉnh {number:02d}",
            UnitLevel.PROVINCE,
            Tier.PROVINCIAL,
            country.key,
            number,
        )
        for number in range(1, scale.provinces + 1)
    ]
    found = [country, *provinces]
    for province in provinces:
        for scheme, code, name, level, tier in _below(scale, province):
            found.append(Place(len(found) + 1, scheme, code, name, level, tier, province.key, province.province))
    return found


def _below(scale: Scale, province: Place) -> Iterator[tuple[CodeScheme, str, str, UnitLevel, Tier]]:
    for number in range(1, scale.departments + 1):
        name = f"Sở {number:02d} {province.name.lower()}"
        yield CodeScheme.SLUG, f"so-{province.code}-{number:02d}", name, UnitLevel.DEPARTMENT, Tier.PROVINCIAL
    for number in range(1, scale.communes + 1):
        name = f"Xã {number:02d} {province.name.lower()}"
        yield CodeScheme.NSO, f"{province.code}{number:03d}", name, UnitLevel.COMMUNE, Tier.COMMUNE
    for number in range(1, scale.facilities + 1):
        name = f"Bệnh viện {number:02d} {province.name.lower()}"
        yield CodeScheme.SLUG, f"bv-{province.code}-{number:02d}", name, UnitLevel.FACILITY, Tier.PROVINCIAL


def indicator_code(number: int) -> str:
    """``bench_1.i01`` to ``bench_10.i100``: ten indicators a sector, the first four sectors for every unit."""
    return f"bench_{(number - 1) // _INDICATORS_A_SECTOR + 1}.i{number:02d}"


def sectors() -> tuple[Sector, ...]:
    """Ten sectors of ten indicators: seven rates and a stock that add up, a rate that is to fall, and a count."""
    every = [_indicator(number) for number in range(1, COMMON_INDICATORS + FURTHER_INDICATORS + 1)]
    return tuple(
        Sector(
            code=every[first].sector,
            title=f"Lĩnh vực {first // _INDICATORS_A_SECTOR + 1}",
            indicators=tuple(every[first : first + _INDICATORS_A_SECTOR]),
        )
        for first in range(0, len(every), _INDICATORS_A_SECTOR)
    )


def _indicator(number: int) -> Indicator:
    is_count = number % 10 == 7
    return Indicator(
        code=indicator_code(number),
        name=f"Chỉ tiêu theo dõi số {number}",
        name_en=f"Indicator {number}",
        kind=IndicatorKind.COUNT if is_count else IndicatorKind.RATIO,
        unit_of_measure="hồ sơ" if is_count else "%",
        numerator="Số hồ sơ đạt",
        denominator=None if is_count else "Số hồ sơ phải đạt",
        definition="Chỉ tiêu để đo tốc độ.",
        decimals=0 if is_count else 2,
        direction=Direction.LOWER_IS_BETTER if number % 10 == 9 else Direction.HIGHER_IS_BETTER,
        over_time=OverTime.LAST if number % 10 == 4 else OverTime.SUM,
        heading="Đo tốc độ",
        order=number,
    )
