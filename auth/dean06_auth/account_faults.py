"""What is wrong with accounts, of dean06 or of a registered system, on a day: surplus, shared, idle, without function.

Pure rules on what a register says. Each fault comes with its evidence, in the
words of the report that asks to end it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from dean06_core import spelling

_NOTHING: Final[Mapping[str, Sequence[Finding]]] = MappingProxyType({})


class AccountFault(StrEnum):
    """SURPLUS: more than there are people for it. SHARED: more than one person uses it."""

    SURPLUS = "SURPLUS"
    WITHOUT_FUNCTION = "WITHOUT_FUNCTION"
    SHARED = "SHARED"
    DORMANT = "DORMANT"
    PASSWORD_OVERDUE = "PASSWORD_OVERDUE"  # noqa: S105  a fault, no password
    REVIEW_OVERDUE = "REVIEW_OVERDUE"


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedAccount:
    """An account as a register lists it. ``holders``: everybody who is named for the login; ``unit`` is a key.

    Where more is known: ``person`` tells the holder from a namesake, unused days are counted from ``counted_from``
    (opened, or woken), and the password lasts ``password_days``.
    """

    login: str
    holders: tuple[str, ...]
    unit: int
    function: str | None = None
    last_used_on: date | None = None
    lookups: int | None = None
    password_set_on: date | None = None
    devices_at_once: int | None = None
    """On how many devices it was used in turns within one hour, where the register tells."""
    person: str | None = None
    counted_from: date | None = None
    has_password: bool = True
    password_days: int | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """In days: ``idle`` (TCVN 14423:2026, 5.6.2.3) and ``password`` since it was last changed (5.6.2.2)."""

    idle: int = 45
    password: int = 90


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault of one account; ``evidence`` is Vietnamese."""

    fault: AccountFault
    evidence: str


def findings(
    accounts: Sequence[ListedAccount],
    headcounts: Mapping[int, int],
    *,
    on: date,
    limits: Limits,
    also: Mapping[str, Sequence[Finding]] = _NOTHING,
) -> dict[str, list[Finding]]:
    """What is wrong with each account, by login; [] for one that is sound.

    ``headcounts``: how many people of a unit have the function that the system
    is for. Of a unit that is not in it nobody knows, and only a person with two
    accounts is told as surplus. ``also``: what is known of a login besides.
    """
    found = {account.login: [*also.get(account.login, ()), *_alone(account, on, limits)] for account in accounts}
    for account, evidence in (*_of_one_person(accounts), *_beyond_headcount(accounts, headcounts)):
        if all(finding.fault is not AccountFault.SURPLUS for finding in found[account.login]):
            found[account.login].append(Finding(AccountFault.SURPLUS, evidence))
    order = [*AccountFault]
    return {login: sorted(own, key=lambda each: order.index(each.fault)) for login, own in found.items()}


def _alone(account: ListedAccount, on: date, limits: Limits) -> list[Finding]:
    """What can be told from the account's own row."""
    found: list[Finding] = []
    if account.function is None:
        found.append(Finding(AccountFault.WITHOUT_FUNCTION, "Không ghi chức năng, nhiệm vụ nào cần tài khoản này"))
    if len(account.holders) > 1:
        found.append(
            Finding(AccountFault.SHARED, f"Có {len(account.holders)} người dùng: {', '.join(account.holders)}")
        )
    elif account.devices_at_once is not None and account.devices_at_once > 1:
        found.append(Finding(AccountFault.SHARED, f"Dùng xen kẽ trên {account.devices_at_once} thiết bị trong một giờ"))
    since = max((day for day in (account.last_used_on, account.counted_from) if day is not None), default=None)
    if since is None:
        found.append(Finding(AccountFault.DORMANT, "Chưa dùng lần nào"))
    elif (on - since).days > limits.idle:
        found.append(Finding(AccountFault.DORMANT, _unused(account, on)))
    if account.password_set_on is None and account.has_password:
        found.append(Finding(AccountFault.PASSWORD_OVERDUE, "Chưa đổi mật khẩu lần nào"))
    elif is_password_overdue(account, on, limits):
        found.append(
            Finding(AccountFault.PASSWORD_OVERDUE, f"Đổi mật khẩu lần cuối ngày {account.password_set_on:%d/%m/%Y}")
        )
    return found


def is_password_overdue(account: ListedAccount, on: date, limits: Limits) -> bool:
    """An account without a password has none to change."""
    if not account.has_password:
        return False
    lasts = limits.password if account.password_days is None else account.password_days
    return account.password_set_on is None or (on - account.password_set_on).days > lasts


def _unused(account: ListedAccount, on: date) -> str:
    if account.last_used_on is None:
        return f"Chưa dùng lần nào, tính từ ngày {account.counted_from:%d/%m/%Y}"
    return f"Dùng lần cuối ngày {account.last_used_on:%d/%m/%Y}, {(on - account.last_used_on).days} ngày trước"


def _of_one_person(accounts: Iterable[ListedAccount]) -> Iterable[tuple[ListedAccount, str]]:
    """Every account of a person and unit but the one that was used last."""
    own: dict[tuple[str, int], list[ListedAccount]] = defaultdict(list)
    for account in accounts:
        if len(account.holders) == 1:
            own[account.person or spelling.fold(account.holders[0]), account.unit].append(account)
    for held in own.values():
        kept, *others = sorted(held, key=_most_used_first)
        yield from ((other, f"{other.holders[0]} đã có tài khoản {kept.login}") for other in others)


def _beyond_headcount(
    accounts: Iterable[ListedAccount], headcounts: Mapping[int, int]
) -> Iterable[tuple[ListedAccount, str]]:
    """The accounts of a unit that are used least, as many as there are more than people for them."""
    of_unit: dict[int, list[ListedAccount]] = defaultdict(list)
    for account in accounts:
        of_unit[account.unit].append(account)
    for unit, held in of_unit.items():
        if unit in headcounts:
            evidence = f"Đơn vị có {len(held)} tài khoản cho {headcounts[unit]} người có chức năng"
            yield from ((account, evidence) for account in sorted(held, key=_most_used_first)[headcounts[unit] :])


def _most_used_first(account: ListedAccount) -> tuple[object, ...]:
    """Whoever has the function, then whoever used it last, then the login, so that it is the same each time."""
    never_used = account.last_used_on is None
    day = 0 if account.last_used_on is None else -account.last_used_on.toordinal()
    return account.function is None, never_used, day, account.login
