"""The four rules. Each is a pure function of recorded facts in whatever order, and knows no clock of its own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from statistics import median
from typing import Final, TypeVar
from uuid import UUID

from dean06_auth.profile import DeviceKind
from dean06_auth.shared_use.uses import (
    VIETNAM,
    Finding,
    Replaced,
    Rule,
    Severity,
    Use,
    clock_times,
    day_of,
    midnight,
)
from dean06_auth.shared_use.watch import Hours, Watch

T = TypeVar("T")
K = TypeVar("K", bound=Hashable)
_A_DAY: Final = timedelta(days=1)
_NORMAL: Final = 1.4826
"""By which a median absolute deviation compares with a standard deviation."""
_KINDS: Final = {DeviceKind.DESKTOP: "máy tính", DeviceKind.MOBILE: "điện thoại"}
_Seen = tuple[datetime, str, UUID]
"""A minute, a device and a session."""


def interleaved(uses: Iterable[Use], watch: Watch) -> list[Finding]:
    """Who is back on a device after another of the same kind was used in between, all within one window.

    A telephone beside a desktop says nothing, and a source says nothing at all.
    Two devices in the same minute are in no order. HIGH where one and the same
    session was on both devices: somebody carried its token.
    """
    found: list[Finding] = []
    for (account, kind), own in _grouped(uses, lambda use: (use.account, use.kind)).items():
        seen = sorted({(use.minute, use.device, use.session) for use in own})
        if len({device for _, device, _ in seen}) > 1:
            found += _interleaved(account, kind, seen, watch)
    return _in_order(found)


def _interleaved(account: UUID, kind: DeviceKind, seen: Sequence[_Seen], watch: Watch) -> Iterable[Finding]:
    begins = datetime.min.replace(tzinfo=VIETNAM)
    for place, (minute, device, session) in enumerate(seen):
        if minute < begins:
            continue
        ahead = _until(seen[place:], minute + watch.window)
        others = {each for _, each, _ in ahead} - {device}
        if not others:
            continue
        carried = [each for each in ahead if each[2] == session]
        for among, returns, severity in (
            (carried, watch.returns_in_one_session, Severity.HIGH),
            (ahead, watch.returns, Severity.MEDIUM),
        ):
            turns = max((_turns(among, device, other) for other in sorted(others)), key=len)
            if len(turns) >= returns + 2:
                begins = minute + watch.window
                yield Finding(
                    account,
                    Rule.INTERLEAVED,
                    severity,
                    since=minute,
                    last=turns[-1],
                    window=watch.window,
                    count=len(turns),
                    evidence=_told_interleaved(kind, len(others) + 1, turns, severity),
                )
                break


def _until(seen: Sequence[_Seen], end: datetime) -> list[_Seen]:
    ahead = []
    for each in seen:
        if each[0] >= end:
            break
        ahead.append(each)
    return ahead


def _turns(seen: Sequence[_Seen], first: str, other: str) -> list[datetime]:
    """When use went over from one device to the other, the first use included."""
    turns: list[datetime] = []
    wanted, next_ = first, other
    for minute, device, _ in seen:
        if device == wanted and (not turns or minute > turns[-1]):
            turns.append(minute)
            wanted, next_ = next_, wanted
    return turns


def _told_interleaved(kind: DeviceKind, devices: int, turns: Sequence[datetime], severity: Severity) -> str:
    carried = ", trong cùng một phiên làm việc" if severity is Severity.HIGH else ""
    return (
        f"Ngày {_day(turns[0])} dùng xen kẽ trên {devices} {_KINDS[kind]} trong một giờ{carried}: "
        f"chuyển qua lại lúc {clock_times(turns)}"
    )


def simultaneous(replaced: Iterable[Replaced], watch: Watch) -> list[Finding]:
    """Whose sessions took one another's place again and again while they were in use, within one window."""
    found: list[Finding] = []
    lively = (each for each in replaced if each.idle <= watch.in_use)
    for (account, kind), own in _grouped(lively, lambda each: (each.account, each.kind)).items():
        moments = sorted({each.at for each in own})
        begins = moments[0]
        for place, at in enumerate(moments):
            together = [each for each in moments[place:] if each < at + watch.window]
            if at < begins or len(together) < watch.replacements:
                continue
            begins = at + watch.window
            severity = Severity.HIGH if len(together) >= 2 * watch.replacements else Severity.MEDIUM
            found.append(
                Finding(
                    account,
                    Rule.SIMULTANEOUS,
                    severity,
                    since=at,
                    last=together[-1],
                    window=watch.window,
                    count=len(together),
                    evidence=f"Ngày {_day(at)} phiên làm việc trên {_KINDS[kind]} bị phiên khác thay khi đang dùng "
                    f"{len(together)} lần trong một giờ: lúc {clock_times(together)}",
                )
            )
    return _in_order(found)


def volume(
    counts: Mapping[UUID, Mapping[date, int]],
    peers: Mapping[UUID, Collection[UUID]],
    watch: Watch,
    *,
    days: Collection[date] | None = None,
) -> list[Finding]:
    """Whose requests in a day are far beyond what he, and beyond what his peers of that day, usually have.

    ``peers``: accounts of the same role and unit. Where one of the two is not
    known well enough the other decides alone; where neither is, nothing is said.
    ``days`` are those that are judged; all if none.
    """
    found: list[Finding] = []
    for account, own in counts.items():
        for day, count in own.items():
            if count < watch.volume_floor or (days is not None and day not in days):
                continue
            earliest = day - timedelta(days=watch.volume_history_days)
            before = [each for other, each in own.items() if earliest <= other < day and each]
            others = (counts.get(peer, {}).get(day, 0) for peer in peers.get(account, ()) if peer != account)
            beside = [each for each in others if each]
            limits = [
                _limit(usual, watch)
                for usual, least in ((before, watch.volume_least_days), (beside, watch.volume_least_peers))
                if len(usual) >= least
            ]
            if limits and count > max(limits):
                severity = Severity.MEDIUM if count > 2 * max(limits) else Severity.LOW
                since = midnight(day)
                told = _told_volume(day, count, before, beside)
                found.append(Finding(account, Rule.VOLUME, severity, since, since, _A_DAY, count, told))
    return _in_order(found)


def _limit(usual: Sequence[int], watch: Watch) -> float:
    middle = median(usual)
    deviation = _NORMAL * median(abs(each - middle) for each in usual)
    least = middle * watch.volume_spread_percent / 100
    return max(watch.volume_floor, middle + watch.volume_deviations * max(deviation, least))


def _told_volume(day: date, count: int, before: Sequence[int], beside: Sequence[int]) -> str:
    told = f"Ngày {day:%d/%m/%Y} có {count} lượt yêu cầu"
    if before:
        usual = f"thường là {median(before):.0f}, nhiều nhất {max(before)}"
        told += f"; {len(before)} ngày trước của chính tài khoản {usual}"
    if beside:
        told += f"; {len(beside)} tài khoản cùng vai trò, đơn vị trong ngày thường là {median(beside):.0f}"
    return told


def outside_hours(uses: Iterable[Use], hours: Mapping[UUID, Hours], watch: Watch) -> list[Finding]:
    """Who worked outside the hours of his account's unit for longer than is to be expected of anybody."""
    found: list[Finding] = []
    for (account, day), own in _grouped(uses, lambda use: (use.account, use.day)).items():
        meant = hours.get(account, watch.hours)
        minutes = sorted({use.minute for use in own if _is_outside(use.minute, meant, watch)})
        if len(minutes) >= watch.outside_minutes:
            since = midnight(day)
            told = (
                f"Ngày {day:%d/%m/%Y} dùng ngoài giờ làm việc {len(minutes)} phút, "
                f"từ {clock_times(minutes[:1])} đến {clock_times(minutes[-1:])}"
            )
            found.append(Finding(account, Rule.OUTSIDE_HOURS, Severity.LOW, since, since, _A_DAY, len(minutes), told))
    return _in_order(found)


def _is_outside(minute: datetime, hours: Hours, watch: Watch) -> bool:
    local = minute.astimezone(VIETNAM)
    day, at = local.date(), local.time()
    if watch.is_busy(day):
        return not hours.opens <= at < hours.busy_closes
    return not watch.is_working(day, hours) or not hours.opens <= at < hours.closes


def _grouped(facts: Iterable[T], key: Callable[[T], K]) -> dict[K, list[T]]:
    grouped: dict[K, list[T]] = defaultdict(list)
    for fact in facts:
        grouped[key(fact)].append(fact)
    return grouped


def _in_order(found: Iterable[Finding]) -> list[Finding]:
    return sorted(found, key=lambda finding: (finding.since, finding.account, finding.last))


def _day(moment: datetime) -> str:
    return f"{day_of(moment):%d/%m/%Y}"
