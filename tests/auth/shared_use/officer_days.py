"""Makes the recorded days beside it anew, the same each time: ``python -m tests.auth.shared_use.officer_days``.

Nobody was watched for them. They are invented officers with habits that are
awkward and honest, and invented accounts that are lent. A day is a list of
stretches: kind of device (d, m), device, source, session, first minute, and the
requests of each minute in base 36, a dot for none; and of sessions begun while
another of the kind was in use, with the minutes since that was used.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any, Final

FOLDER: Final = Path(__file__).parent
SEED: Final = 20260622
UNITS: Final = 4
OFFICERS: Final = 5
STARTS: Final = date(2026, 4, 1)
ENDS: Final = date(2026, 7, 1)
DAYS_OFF: Final = frozenset({date(2026, 4, 27), date(2026, 4, 30), date(2026, 5, 1)})
MIDDLE_OF_MONTH: Final = date(2026, 6, 17)
_DIGITS: Final = ".123456789abcdefghijklmnopqrstuvwxyz"


@dataclass
class Day:
    """One officer's day while it is made; a session is numbered within it."""

    dice: Random
    sessions: int = 0
    stretches: list[list[Any]] = field(default_factory=list)
    begun: list[list[Any]] = field(default_factory=list)

    def between(self, low: int, high: int) -> int:
        """By ``random`` alone, which is the same in every release of Python."""
        return low + int(self.dice.random() * (high - low + 1))

    def sign_in(self, at: int = 0, kind: str = "d", idle: int | None = None) -> int:
        """A new session; ``idle`` since when the one was used whose place it takes."""
        self.sessions += 1
        if idle is not None:
            self.begun.append([clock(at), kind, idle])
        return self.sessions

    def work(
        self,
        at: int,
        minutes: int,
        *,
        device: str = "a",
        kind: str = "d",
        source: str = "n",
        session: int,
        pace: float = 1,
    ) -> None:
        """Some requests in two minutes of three, from the minute of the day ``at`` on."""
        made = "".join(
            _DIGITS[min(35, round(self.between(1, 9) * pace))] if self.dice.random() < 0.67 else "."
            for _ in range(minutes)
        )
        self.stretches.append([kind, device, source, session, clock(at), "3" + made[1:]])

    def told(self, officer: str, on: date) -> dict[str, Any]:
        return {"officer": officer, "on": str(on), "stretches": self.stretches, "begun": self.begun}


Habit = Callable[[Day, date], None]


def clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def is_busy(on: date) -> bool:
    """While the monthly report is due."""
    return on.day <= 10 or (on + timedelta(days=3)).month != on.month


def plain(day: Day, on: date, *, device: str = "a", pace: float = 1, source: str = "n") -> None:
    """Some stretches between half past seven and five, each in a session of its own; more while reports are due."""
    pace *= 1.8 if is_busy(on) else 1
    for at in (7 * 60 + 30, 9 * 60, 10 * 60 + 15, 13 * 60 + 30, 14 * 60 + 45, 16 * 60):
        if day.dice.random() < 0.8:
            begins = at + day.between(0, 25)
            day.work(begins, day.between(8, 22), device=device, source=source, session=day.sign_in(), pace=pace)


def changes_place_at_noon(day: Day, on: date) -> None:
    morning = day.sign_in()
    day.work(8 * 60 + day.between(0, 30), 40, session=morning)
    day.work(11 * 60 + 10 + day.between(0, 15), 10, session=day.sign_in())
    day.work(11 * 60 + 40 + day.between(0, 30), 15, device="b", session=day.sign_in(11 * 60 + 40, idle=12))
    day.work(14 * 60 + day.between(0, 30), 40, device="b", session=day.sign_in())


def works_late(day: Day, on: date) -> None:
    plain(day, on)
    if is_busy(on):
        day.work(19 * 60 + day.between(0, 30), day.between(60, 150), session=day.sign_in(), pace=1.3)


def telephone_beside(day: Day, on: date) -> None:
    desktop, telephone = day.sign_in(), day.sign_in()
    for at in range(8 * 60, 11 * 60, 12):
        day.work(at, 5, session=desktop)
        day.work(at + 4, 4, device="p", kind="m", source="mobile", session=telephone)
    plain(day, on)


def meets(day: Day, on: date) -> None:
    """Goes to the computer of the meeting room and comes back within the hour."""
    plain(day, on)
    if on.weekday() == 2:
        at = 17 * 60 + day.between(0, 20)
        day.work(at, 10, session=day.sign_in())
        day.work(at + 15, 15, device="b", session=day.sign_in(at + 15, idle=5))
        day.work(at + 38, 10, session=day.sign_in(at + 38, idle=8))


def browser_crashes(day: Day, on: date) -> None:
    plain(day, on)
    if day.dice.random() < 0.2:
        at = 17 * 60
        day.work(at, 8, session=day.sign_in())
        for again in (10, 24, 41):
            day.work(at + again, 8, session=day.sign_in(at + again, idle=day.between(1, 3)))


def two_lines(day: Day, on: date) -> None:
    """The office leaves by two lines, and every few minutes by the other."""
    session = day.sign_in()
    for place, at in enumerate(range(8 * 60, 10 * 60, 5)):
        day.work(at, 4, source="no"[place % 2], session=session)
    plain(day, on, source="o")


def browser_is_renewed(day: Day, on: date) -> None:
    """Its name changes in the middle of a session, and stays changed."""
    if on.day != 12:
        plain(day, on, device="a" if on.day < 12 else f"a{on.month}")
        return
    session = day.sign_in()
    day.work(9 * 60, 30, session=session)
    day.work(9 * 60 + 31, 40, device=f"a{on.month}", session=session)


def on_saturday(day: Day, on: date) -> None:
    if on.weekday() == 5:
        day.work(9 * 60, day.between(8, 20), session=day.sign_in())
    else:
        plain(day, on)


def stands_in(day: Day, on: date) -> None:
    """Ten days of June he does a colleague's work as well, with his own account."""
    plain(day, on, pace=2 if date(2026, 6, 15) <= on < date(2026, 6, 25) else 1)


def was_on_leave(day: Day, on: date) -> None:
    if date(2026, 5, 11) <= on < date(2026, 5, 25):
        return
    plain(day, on, pace=2 if on == date(2026, 5, 25) else 1)


def early(day: Day, on: date) -> None:
    day.work(6 * 60 + day.between(5, 15), 20, session=day.sign_in())
    plain(day, on)


def enters_for_the_unit(day: Day, on: date) -> None:
    plain(day, on, pace=2.2 if on.day in (24, 25) else 1)


HABITS: Final[tuple[Habit, ...]] = (
    changes_place_at_noon,
    works_late,
    telephone_beside,
    meets,
    browser_crashes,
    two_lines,
    browser_is_renewed,
    on_saturday,
    stands_in,
    was_on_leave,
    early,
    enters_for_the_unit,
)


def clean() -> list[dict[str, Any]]:
    """Every officer's working days of three months; those without a habit are plain."""
    return [
        told
        for place in range(UNITS * OFFICERS)
        for told in days_of(
            f"unit-{place % UNITS}/{place}", HABITS[place] if place < len(HABITS) else plain, STARTS, ENDS, SEED + place
        )
    ]


def days_of(officer: str, habit: Habit, starts: date, ends: date, seed: int) -> Iterator[dict[str, Any]]:
    dice = Random(seed)
    for passed in range((ends - starts).days):
        on = starts + timedelta(days=passed)
        if on in DAYS_OFF or on.weekday() == 6 or (on.weekday() == 5 and habit is not on_saturday):
            continue
        day = Day(dice)
        habit(day, on)
        if day.stretches:
            yield day.told(officer, on)


def in_turns(*devices: str, every: int, turns: int, kind: str = "d") -> Habit:
    """Each takes the account back, with a session of his own."""

    def shared(day: Day, on: date) -> None:
        for turn in range(turns):
            at = 9 * 60 + turn * every
            session = day.sign_in(at, kind, None if turn == 0 else 1)
            day.work(at, every - 1, device=devices[turn % len(devices)], kind=kind, session=session)

    return shared


def carried(day: Day, on: date) -> None:
    """One session's token on two computers."""
    session = day.sign_in()
    for turn in range(4):
        day.work(9 * 60 + turn * 14, 10, device="ab"[turn % 2], session=session)


def for_many(day: Day, on: date) -> None:
    """Everybody of the office works at one computer that stays signed in."""
    for hour in range(7, 17):
        day.work(hour * 60 + 30, 55, session=day.sign_in(), pace=1.5)


def at_night(at: int, minutes: int) -> Habit:
    def shared(day: Day, on: date) -> None:
        plain(day, on)
        day.work(at, minutes, session=day.sign_in())

    return shared


@dataclass(frozen=True)
class Lent:
    """An account that is lent on one day, after plain ones; ``peers`` work as ever, beside it."""

    name: str
    rule: str
    habit: Habit
    on: date = MIDDLE_OF_MONTH
    before: int = 14
    peers: int = 0
    holidays: tuple[date, ...] = ()


LENT: Final = (
    Lent("two computers, every ten minutes", "INTERLEAVED", in_turns("a", "b", every=10, turns=6)),
    Lent("two computers, four times in an hour", "INTERLEAVED", in_turns("a", "b", every=18, turns=4)),
    Lent("three computers, one after the other", "INTERLEAVED", in_turns("a", "b", "c", every=8, turns=7)),
    Lent("two telephones", "INTERLEAVED", in_turns("p", "q", every=12, turns=5, kind="m")),
    Lent("one session carried to another computer", "INTERLEAVED", carried),
    Lent("two computers that look alike", "SIMULTANEOUS", in_turns("a", every=11, turns=6)),
    Lent("computers that look alike, all the time", "SIMULTANEOUS", in_turns("a", every=4, turns=14)),
    Lent("two telephones that look alike", "SIMULTANEOUS", in_turns("p", every=12, turns=5, kind="m")),
    Lent("everybody at one computer", "VOLUME", for_many, peers=4),
    Lent("everybody at one computer, nobody to compare with", "VOLUME", for_many),
    Lent("everybody at one computer, with a new account", "VOLUME", for_many, before=0, peers=4),
    Lent("an hour late in the evening", "OUTSIDE_HOURS", at_night(21 * 60, 60)),
    Lent("before dawn", "OUTSIDE_HOURS", at_night(4 * 60, 70)),
    Lent("a whole Sunday", "OUTSIDE_HOURS", at_night(8 * 60, 120), on=date(2026, 6, 21)),
    Lent("a public holiday", "OUTSIDE_HOURS", at_night(9 * 60, 90), holidays=(MIDDLE_OF_MONTH,)),
    Lent("the night of a busy day", "OUTSIDE_HOURS", at_night(23 * 60, 50), on=date(2026, 6, 4)),
)


def shared() -> list[dict[str, Any]]:
    return [_case(each, SEED + 1000 * place) for place, each in enumerate(LENT, start=1)]


def _case(lent: Lent, seed: int) -> dict[str, Any]:
    who, starts = "unit-0/0", lent.on - timedelta(days=lent.before)
    days = [*days_of(who, plain, starts, lent.on, seed)]
    day = Day(Random(seed))
    lent.habit(day, lent.on)
    days.append(day.told(who, lent.on))
    for peer in range(1, lent.peers + 1):
        days += days_of(f"unit-0/{peer}", plain, starts, lent.on + timedelta(days=1), seed + peer)
    return {
        "name": lent.name,
        "rule": lent.rule,
        "who": who,
        "on": str(lent.on),
        "holidays": [str(each) for each in lent.holidays],
        "days": days,
    }


def written(entries: list[dict[str, Any]]) -> str:
    """A line each."""
    lines = (json.dumps(entry, ensure_ascii=False, separators=(",", ":")) for entry in entries)
    return "[\n" + ",\n".join(lines) + "\n]\n"


if __name__ == "__main__":
    for name, made in (("clean.json", clean()), ("shared.json", shared())):
        (FOLDER / name).write_text(written(made), encoding="utf-8")
