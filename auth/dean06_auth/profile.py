"""The compliance profile: every number that signing in goes by, with its clause and how well its source is known."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, fields, replace
from datetime import timedelta
from enum import StrEnum
from typing import Any, Final

from dean06_core.errors import StartUpError

NAME: Final = "vn-l3-2026"
ADMINISTRATORS: Final = frozenset({"administrator"})
"""The roles that the clauses mean by administrators."""


class Source(StrEnum):
    """VERIFIED: read in a verified copy. SECONDARY: an unofficial rendering, to be read again in a bought copy.

    OWN: the clause asks for a limit and names none, or there is no clause.
    """

    VERIFIED = "VERIFIED"
    SECONDARY = "SECONDARY"
    OWN = "OWN"


class DeviceKind(StrEnum):
    """What a session was begun on, as its caller says."""

    DESKTOP = "DESKTOP"
    MOBILE = "MOBILE"


class Stricter(StrEnum):
    LESS = "at most"
    MORE = "at least"
    WIDER = "at least these"


@dataclass(frozen=True, slots=True)
class Rule:
    """Where a number comes from, and in which direction a province may move it, up to ``limit``."""

    clause: str
    source: Source
    stricter: Stricter
    limit: int = 1

    def is_looser(self, value: Value, than: Value) -> bool:
        if isinstance(value, frozenset) and isinstance(than, frozenset):
            return not value >= than
        assert isinstance(value, int)  # noqa: S101  whoever asks has compared the kinds
        assert isinstance(than, int)  # noqa: S101  as above
        return value > than if self.stricter is Stricter.LESS else value < than

    def is_beyond(self, value: Value) -> bool:
        if isinstance(value, frozenset):
            return False
        return value < self.limit if self.stricter is Stricter.LESS else value > self.limit


Value = int | frozenset[str]


def _at_most(value: int, clause: str, source: Source) -> int:
    return field(default=value, metadata={"rule": Rule(clause, source, Stricter.LESS)})


def _at_least(value: int, clause: str, source: Source, *, limit: int) -> int:
    return field(default=value, metadata={"rule": Rule(clause, source, Stricter.MORE, limit)})


def _these(*names: str, clause: str, source: Source) -> frozenset[str]:
    return field(default=frozenset(names), metadata={"rule": Rule(clause, source, Stricter.WIDER)})


@dataclass(frozen=True, slots=True)
class Profile:
    """The values that are running. Names end in their unit; lengths are in letters, histories in passwords."""

    password_shortest: int = _at_least(14, "TCVN 14423:2026 5.6.2.2", Source.SECONDARY, limit=64)
    password_shortest_with_second_factor: int = _at_least(8, "TCVN 14423:2026 5.6.2.2", Source.SECONDARY, limit=64)
    password_classes: int = _at_least(4, "TCVN 14423:2026 5.6.2.2", Source.SECONDARY, limit=4)
    password_days: int = _at_most(90, "TCVN 14423:2026 5.6.2.2", Source.OWN)
    password_days_admin: int = _at_most(60, "TCVN 14423:2026 5.6.2.2", Source.SECONDARY)
    password_history: int = _at_least(1, "TCVN 14423:2026 5.6.2.2", Source.OWN, limit=24)
    password_history_admin: int = _at_least(10, "TCVN 14423:2026 5.6.2.2", Source.SECONDARY, limit=24)
    failures_before_lock: int = _at_most(5, "TCVN 14423:2026 5.5.2.2", Source.SECONDARY)
    lock_hours: int = _at_least(12, "TCVN 14423:2026 5.5.2.2", Source.SECONDARY, limit=720)
    session_idle_minutes: int = _at_most(15, "TCVN 14423:2026 5.5.2.2 a", Source.SECONDARY)
    session_idle_minutes_admin: int = _at_most(5, "TCVN 14423:2026 5.5.2.2 a", Source.SECONDARY)
    session_idle_minutes_mobile: int = _at_most(5, "TCVN 14423:2026 5.5.2.2 a", Source.SECONDARY)
    session_hours: int = _at_most(8, "OWASP ASVS 5.0 7.3.2", Source.OWN)
    dormant_days: int = _at_most(45, "TCVN 14423:2026 5.6.2.3", Source.SECONDARY)
    warn_days: int = _at_most(30, "TCVN 14423:2026 5.6.2.3", Source.OWN)
    warn_days_again: int = _at_most(40, "TCVN 14423:2026 5.6.2.3", Source.OWN)
    review_months: int = _at_most(6, "TCVN 14423:2026 5.6.2.1", Source.SECONDARY)
    review_months_identified: int = _at_most(3, "TCVN 14423:2026 5.6.2.1", Source.OWN)
    review_grace_days: int = _at_most(14, "TCVN 14423:2026 5.6.2.1", Source.OWN)
    second_factor_roles: frozenset[str] = _these(
        "administrator", "approver", "auditor", clause="TCVN 14423:2026 5.6.2.4", source=Source.SECONDARY
    )

    def shortest_password(self, *, has_second_factor: bool) -> int:
        return self.password_shortest_with_second_factor if has_second_factor else self.password_shortest

    def password_lasts(self, roles: Collection[str]) -> timedelta:
        return timedelta(days=self.password_days_admin if ADMINISTRATORS & {*roles} else self.password_days)

    def passwords_remembered(self, roles: Collection[str]) -> int:
        return self.password_history_admin if ADMINISTRATORS & {*roles} else self.password_history

    def may_idle(self, roles: Collection[str], kind: DeviceKind) -> timedelta:
        """How long a session may lie unused; the shortest of what applies."""
        minutes = [self.session_idle_minutes]
        if ADMINISTRATORS & {*roles}:
            minutes.append(self.session_idle_minutes_admin)
        if kind is DeviceKind.MOBILE:
            minutes.append(self.session_idle_minutes_mobile)
        return timedelta(minutes=min(minutes))

    def needs_second_factor(self, roles: Collection[str]) -> bool:
        return bool(self.second_factor_roles & {*roles})

    @property
    def session_lasts(self) -> timedelta:
        return timedelta(hours=self.session_hours)

    @property
    def lock_lasts(self) -> timedelta:
        return timedelta(hours=self.lock_hours)


VN_L3_2026: Final = Profile()


DEVIATION: Final = (
    "OWASP ASVS 5.0 6.2.10 and NIST SP 800-63B-4 want no periodic change of passwords; "
    "the province's rule and TCVN 14423:2026 5.6.2.2 do, and are followed"
)


@dataclass(frozen=True, slots=True)
class Running:
    """One value as it runs, beside the one that the profile declares."""

    name: str
    value: Value
    declared: Value
    rule: Rule

    @property
    def is_tightened(self) -> bool:
        return self.value != self.declared

    def __str__(self) -> str:
        instead = f", tightened from {_told(self.declared)}" if self.is_tightened else ""
        return f"{self.name} {_told(self.value)}{instead} ({self.rule.clause}, {self.rule.source.lower()})"


def running(profile: Profile) -> Iterable[Running]:
    """Every value of a profile, in the order in which it declares them."""
    for each in fields(profile):
        yield Running(each.name, getattr(profile, each.name), getattr(VN_L3_2026, each.name), each.metadata["rule"])


def tightened(written: str, roles: Collection[str]) -> Profile:
    """The profile with what a province's TOML file says instead; StartUpError for a looser value, with both.

    The file begins with ``profile = "vn-l3-2026"``, so that it is read again
    when the profile changes. ``roles`` are the names that a list may hold.
    """
    try:
        given = tomllib.loads(written)
    except tomllib.TOMLDecodeError as error:
        raise StartUpError(f"The profile file is not TOML: {error}. Write lines such as session_hours = 4.") from error
    if given.pop("profile", None) != NAME:
        raise StartUpError(
            f"The profile file does not say which profile it tightens. Begin it with profile = '{NAME}'."
        )
    rules = {each.name: each for each in running(VN_L3_2026)}
    for name in given:
        if name not in rules:
            raise StartUpError(f"The profile has no rule '{name}'. Its rules are: {', '.join(rules)}.")
    return replace(VN_L3_2026, **{name: _tighter(rules[name], value, roles) for name, value in given.items()})


def _tighter(declared: Running, given: object, roles: Collection[str]) -> Any:
    value = frozenset(given) if isinstance(given, list) and all(isinstance(each, str) for each in given) else given
    if type(value) is not type(declared.value):
        kind = "a list of roles" if isinstance(declared.value, frozenset) else "a whole number"
        raise StartUpError(f"Rule '{declared.name}' of the profile file is {given!r}. Write {kind}.")
    assert isinstance(value, int | frozenset)  # noqa: S101  it is of the kind that the rule declares
    rule = declared.rule
    if rule.is_looser(value, declared.value):
        raise StartUpError(
            f"Rule '{declared.name}' is {_told(value)} in the profile file and {rule.stricter} "
            f"{_told(declared.value)} in {NAME} ({rule.clause}). A province may only tighten it: remove the line or "
            "write a stricter value."
        )
    if rule.is_beyond(value):
        raise StartUpError(
            f"Rule '{declared.name}' is {_told(value)} in the profile file, with which nobody could work. "
            f"Write a value from {_told(declared.value)} to {rule.limit}."
        )
    if isinstance(value, frozenset) and (unknown := sorted(value - {*roles})):
        raise StartUpError(f"Rule '{declared.name}' names no role with '{unknown[0]}'. Roles: {', '.join(roles)}.")
    return value


def _told(value: Value) -> str:
    return f"[{', '.join(sorted(value))}]" if isinstance(value, frozenset) else str(value)
