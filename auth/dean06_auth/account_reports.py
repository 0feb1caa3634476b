"""The review of accounts in the report's own words: how many there are, what is wrong with them, and where."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from types import MappingProxyType
from typing import Final

from dean06_auth.account_faults import AccountFault, Finding, Limits, ListedAccount, findings, is_password_overdue
from dean06_auth.registers import Register

_HUNDREDTH = Decimal("0.01")
_NOTHING: Final[Mapping[str, Sequence[Finding]]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class FaultyAccount:
    account: ListedAccount
    findings: Sequence[Finding]


@dataclass(frozen=True, slots=True)
class UnitFaults:
    """``people``: how many have the function; None where nobody said."""

    unit: int
    total: int
    people: int | None
    counts: Mapping[AccountFault, int]


@dataclass(frozen=True, slots=True)
class AccountReport:
    """``password_change_rate`` is in percent to two decimals; None where there is no account."""

    total: int
    counts: Mapping[AccountFault, int]
    password_change_rate: Decimal | None
    by_unit: Sequence[UnitFaults]
    faulty: Sequence[FaultyAccount]


def report_of(
    register: Register, *, on: date, limits: Limits, also: Mapping[str, Sequence[Finding]] = _NOTHING
) -> AccountReport:
    """What a register shows on a day; days are counted up to that day, not up to the register's.

    ``also``: what is known of a login besides.
    """
    accounts = register.accounts
    found = findings(accounts, register.headcounts, on=on, limits=limits, also=also)
    of_unit: dict[int, list[ListedAccount]] = {unit: [] for unit in register.headcounts}
    for account in accounts:
        of_unit.setdefault(account.unit, []).append(account)
    return AccountReport(
        total=len(accounts),
        counts=_counts(accounts, found),
        password_change_rate=_rate(accounts, on, limits),
        by_unit=[
            UnitFaults(unit, len(own), register.headcounts.get(unit), _counts(own, found))
            for unit, own in of_unit.items()
        ],
        faulty=[FaultyAccount(account, found[account.login]) for account in accounts if found[account.login]],
    )


def _counts(accounts: Sequence[ListedAccount], found: Mapping[str, Sequence[Finding]]) -> Mapping[AccountFault, int]:
    """How many accounts have each fault; one with two counts under both."""
    counted = Counter(finding.fault for account in accounts for finding in found[account.login])
    return {fault: counted[fault] for fault in AccountFault}


def _rate(accounts: Sequence[ListedAccount], on: date, limits: Limits) -> Decimal | None:
    if not accounts:
        return None
    changed = sum(not is_password_overdue(account, on, limits) for account in accounts)
    return (Decimal(100 * changed) / len(accounts)).quantize(_HUNDREDTH, ROUND_HALF_UP)
