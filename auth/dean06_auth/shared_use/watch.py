"""What the rules go by: every threshold with where it comes from, and how far each rule may climb on its own."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date, time, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

from dean06_auth.shared_use.uses import Rule, Severity
from dean06_core.errors import StartUpError

OWN: Final = "our own, held against the recorded days of tests/auth/shared_use"
MONDAY_TO_FRIDAY: Final = frozenset(range(5))


class Rung(StrEnum):
    """What is done about a finding, from the mildest on. Nothing is ever deleted."""

    LOG = "LOG"
    STEP_UP = "STEP_UP"
    END_SESSIONS = "END_SESSIONS"
    SUSPEND = "SUSPEND"

    @property
    def height(self) -> int:
        return [*Rung].index(self)


@dataclass(frozen=True, slots=True)
class Hours:
    """When work raises nothing: from ``opens`` to before ``closes`` on ``days`` (Monday is 0).

    On the days before a monthly report is due it is until ``busy_closes``, whatever day of the week.
    """

    opens: time = time(6)
    closes: time = time(20)
    busy_closes: time = time(23)
    days: frozenset[int] = MONDAY_TO_FRIDAY


def _number(value: int, source: str = OWN) -> int:
    return field(default=value, metadata={"source": source})


def _tops() -> Mapping[Rule, Rung]:
    return MappingProxyType(
        {
            Rule.INTERLEAVED: Rung.END_SESSIONS,
            Rule.SIMULTANEOUS: Rung.END_SESSIONS,
            Rule.VOLUME: Rung.STEP_UP,
            Rule.OUTSIDE_HOURS: Rung.LOG,
        }
    )


@dataclass(frozen=True, slots=True)
class Watch:
    """Names end in their unit; returns, replacements, days and requests are counted."""

    window_minutes: int = _number(60, "notes/accounts.md §3: A-B-A in one window; the length is our own")
    returns: int = _number(2)
    """A-B-A-B, where sessions begin anew on each device: one person who goes elsewhere and comes back is A-B-A."""
    returns_in_one_session: int = _number(1, "notes/accounts.md §3: A-B-A; nobody carries a session to another device")
    replacements: int = _number(4)
    in_use_minutes: int = _number(10)
    """How lately a session was used that counts as replaced while in use."""
    volume_floor: int = _number(400)
    """Requests a day below which nobody is told of."""
    volume_deviations: int = _number(8, "modified z-score (Iglewicz and Hoaglin 1993 begin at 3.5); the value is ours")
    volume_spread_percent: int = _number(25)
    """Of the median: the least that counts as the usual deviation."""
    volume_history_days: int = _number(60)
    volume_least_days: int = _number(10)
    volume_least_peers: int = _number(3)
    outside_minutes: int = _number(30)
    """Minutes of use outside of hours in a day below which nobody is told of."""
    busy_until_day: int = _number(10, "monthly reports are due on the 10th")
    busy_last_days: int = _number(3)
    forgets_days: int = _number(30)
    """After so long without a finding an account begins at the lowest rung again."""
    kept_days: int = _number(90)
    """How long uses are kept; TCVN 14423:2026 5.8.2.1 wants logs for three months (secondary)."""
    holidays: frozenset[date] = frozenset()
    hours: Hours = Hours()
    hours_of_units: Mapping[str, Hours] = field(default_factory=dict)
    """By a unit's code, where they are others."""
    tops: Mapping[Rule, Rung] = field(default_factory=_tops)
    begins: Mapping[Severity, Rung] = field(
        default_factory=lambda: MappingProxyType(
            {Severity.LOW: Rung.LOG, Severity.MEDIUM: Rung.LOG, Severity.HIGH: Rung.STEP_UP}
        )
    )
    """The rung at which the first finding of a severity stands, as far as the rule goes."""

    @property
    def window(self) -> timedelta:
        return timedelta(minutes=self.window_minutes)

    @property
    def in_use(self) -> timedelta:
        return timedelta(minutes=self.in_use_minutes)

    def hours_at(self, unit_code: str) -> Hours:
        return self.hours_of_units.get(unit_code, self.hours)

    def is_busy(self, day: date) -> bool:
        return day.day <= self.busy_until_day or (day + timedelta(days=self.busy_last_days)).month != day.month

    def is_working(self, day: date, hours: Hours) -> bool:
        return day.weekday() in hours.days and day not in self.holidays


WATCH: Final = Watch()
_NUMBERS: Final = [each.name for each in fields(Watch) if "source" in each.metadata]
_TIMES: Final = frozenset({"opens", "closes", "busy_closes"})


def running(watch: Watch) -> Iterable[str]:
    """Every value as it runs, with the declared one where it is another, for whoever examines a server."""
    for each in fields(Watch):
        if "source" in each.metadata:
            yield f"{each.name} {_instead(getattr(watch, each.name), each.default)} ({each.metadata['source']})"
    for rule, top in watch.tops.items():
        yield f"{rule.lower()} climbs to {_instead(top, WATCH.tops[rule])}"
    hours = watch.hours
    until, days = f"{hours.closes:%H:%M}, busy days {hours.busy_closes:%H:%M}", ", ".join(map(str, sorted(hours.days)))
    yield f"hours {hours.opens:%H:%M}-{until}, on days {days} (0: Monday)"
    yield f"hours of their own at {len(watch.hours_of_units)} units, {len(watch.holidays)} holidays"


def _instead(value: object, declared: object) -> str:
    return str(value) if value == declared else f"{value}, instead of {declared}"


def read(written: str) -> Watch:
    """The defaults with what a province's TOML file says instead; StartUpError for what it cannot mean.

    Numbers by their names, ``holidays`` as a list of days, the tables ``[hours]``, ``[hours_of.CODE]`` and ``[tops]``.
    """
    try:
        given = tomllib.loads(written)
    except tomllib.TOMLDecodeError as error:
        raise StartUpError(
            f"The file of shared use is not TOML: {error}. Write lines such as replacements = 5."
        ) from error
    changed: dict[str, Any] = {}
    for name, value in given.items():
        match name:
            case "holidays":
                changed[name] = frozenset(_days(value))
            case "hours":
                changed[name] = _hours(value, Hours())
            case "hours_of":
                changed["hours_of_units"] = {code: _hours(each, Hours()) for code, each in _table(value, name).items()}
            case "tops":
                changed[name] = MappingProxyType({**_tops(), **_climbs(value)})
            case _ if name in _NUMBERS:
                changed[name] = _positive(name, value)
            case _:
                raise StartUpError(
                    f"The file of shared use has the unknown line '{name}'. "
                    f"It may have: {', '.join(_NUMBERS)}, holidays, hours, hours_of, tops."
                )
    return replace(WATCH, **changed)


def _positive(name: str, value: object) -> int:
    if type(value) is not int or value < 1:
        raise StartUpError(f"'{name}' of the file of shared use is {value!r}. Write a whole number from 1 on.")
    return value


def _days(value: object) -> list[date]:
    if not isinstance(value, list) or not all(type(each) is date for each in value):
        raise StartUpError(f"'holidays' of the file of shared use is {value!r}. Write a list of days: [2026-09-02].")
    return value


def _table(value: object, name: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise StartUpError(f"'{name}' of the file of shared use is {value!r}. Write a table, [{name}].")
    return value


def _hours(value: object, than: Hours) -> Hours:
    given = _table(value, "hours")
    days = given.pop("days", sorted(than.days))
    if not isinstance(days, list) or not all(type(each) is int and 0 <= each <= 6 for each in days):
        raise StartUpError(f"'days' of working hours is {days!r}. Write numbers from 0 (Monday) to 6: [0, 1, 2, 3, 4].")
    if not given.keys() <= _TIMES or not all(type(each) is time for each in given.values()):
        raise StartUpError("Working hours have opens, closes and busy_closes, as opens = 07:00:00, and days.")
    hours = replace(than, **given, days=frozenset(days))
    if not hours.opens < hours.closes <= hours.busy_closes:
        raise StartUpError("Working hours have to open before they close, and busy days to close no earlier.")
    return hours


def _climbs(value: object) -> dict[Rule, Rung]:
    found = {}
    for rule, rung in _table(value, "tops").items():
        if rule.upper() not in Rule.__members__ or str(rung).upper() not in Rung.__members__:
            raise StartUpError(
                f"'{rule} = {rung!r}' in [tops] of the file of shared use cannot be meant. "
                f"Write one of {', '.join(Rule).lower()} = one of {', '.join(Rung)}."
            )
        found[Rule[rule.upper()]] = Rung[str(rung).upper()]
    return found
