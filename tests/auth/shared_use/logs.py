"""The recorded days as the rules are given them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import NAMESPACE_OID, UUID, uuid5

from dean06_auth.profile import DeviceKind
from dean06_auth.shared_use import rules
from dean06_auth.shared_use.uses import VIETNAM, Finding, Replaced, Rule, Use
from dean06_auth.shared_use.watch import Watch
from tests.auth.shared_use.officer_days import FOLDER

_KINDS: Final = {"d": DeviceKind.DESKTOP, "m": DeviceKind.MOBILE}


@dataclass
class Log:
    uses: list[Use] = field(default_factory=list)
    replaced: list[Replaced] = field(default_factory=list)
    counts: dict[UUID, dict[date, int]] = field(default_factory=dict)
    peers: dict[UUID, set[UUID]] = field(default_factory=dict)
    days: int = 0

    def findings(self, watch: Watch) -> list[Finding]:
        """Of all four rules, as ``looking.over`` has them."""
        return [finding for rule in Rule for finding in self.of(rule, watch)]

    def of(self, rule: Rule, watch: Watch) -> list[Finding]:
        match rule:
            case Rule.INTERLEAVED:
                return rules.interleaved(self.uses, watch)
            case Rule.SIMULTANEOUS:
                return rules.simultaneous(self.replaced, watch)
            case Rule.VOLUME:
                return rules.volume(self.counts, self.peers, watch)
            case Rule.OUTSIDE_HOURS:
                return rules.outside_hours(self.uses, {}, watch)


def read(name: str) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = json.loads((FOLDER / name).read_text(encoding="utf-8"))
    return entries


def account(officer: str) -> UUID:
    return uuid5(NAMESPACE_OID, officer)


def log_of(days: Iterable[Mapping[str, Any]]) -> Log:
    """Officers of one unit are one another's peers."""
    log, units = Log(), dict[str, set[UUID]]()
    for day in days:
        who, on = account(day["officer"]), date.fromisoformat(day["on"])
        log.days += 1
        units.setdefault(day["officer"].partition("/")[0], set()).add(who)
        for kind, device, source, session, at, counts in day["stretches"]:
            first, id_ = _moment(on, at), account(f"{day['officer']} {on} {session}")
            log.uses += [
                Use(who, id_, _KINDS[kind], device, source, first + timedelta(minutes=place), int(count, 36))
                for place, count in enumerate(counts)
                if count != "."
            ]
        log.replaced += [
            Replaced(who, _KINDS[kind], _moment(on, at), timedelta(minutes=idle)) for at, kind, idle in day["begun"]
        ]
    for use in log.uses:
        own = log.counts.setdefault(use.account, {})
        own[use.day] = own.get(use.day, 0) + use.count
    log.peers = {who: unit for unit in units.values() for who in unit}
    return log


def _moment(on: date, at: str) -> datetime:
    return datetime.fromisoformat(f"{on}T{at}").replace(tzinfo=VIETNAM)
