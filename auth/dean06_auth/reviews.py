"""Every grant is looked at again: a review of those at one unit is opened, and decided as a whole by somebody else."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from statistics import median
from typing import Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dean06_auth import governed, holdings, review_rows, roles, standing_days
from dean06_auth.accounts import Account, AccountState
from dean06_auth.duties import Duty
from dean06_auth.grant_rows import GrantRow, GrantState, in_force
from dean06_auth.holdings import GivenGrant
from dean06_auth.profile import VN_L3_2026, Profile
from dean06_auth.review_rows import AccessReview, ReviewedGrant
from dean06_core import pages
from dean06_core.access import Action, DataClass, Scope
from dean06_core.acting import Actor
from dean06_core.errors import BadInput
from dean06_core.outcomes import Refusals, Refused, refused_at
from dean06_core.pages import Page, Slice

MOST: Final = 300
"""Units of one campaign."""
LOOKS_BACK: Final = timedelta(days=183)
"""For how long the use of an account is counted."""


class ReviewState(StrEnum):
    OPEN = "OPEN"
    OVERDUE = "OVERDUE"
    DECIDED = "DECIDED"


@dataclass(frozen=True, slots=True)
class Entry:
    """A grant with what shows whether it is needed.

    ``days_used``: on how many days its account was used. ``peers``: how many others have the role at the unit, and
    ``peers_days`` on how many days the median of them was used; None without any.
    """

    given: GivenGrant
    account: Account
    kept: bool | None
    days_used: int
    peers: int
    peers_days: float | None


@dataclass(frozen=True, slots=True)
class Review:
    row: AccessReview
    entries: tuple[Entry, ...]


async def open(  # noqa: A001  read as reviews.open
    session: AsyncSession, actor: Actor, units: Sequence[str], *, profile: Profile = VN_L3_2026
) -> tuple[UUID, ...]:
    """Open the review of what is granted at each unit, and beside it one of its reviewers' own grants.

    By whoever administers accounts there or approves grants. It is due when
    the first of its grants is.
    """
    if not 0 < len(units) <= MOST:
        raise BadInput(
            "LIST_LENGTH", f"Danh sách có {len(units)} đơn vị. Hãy gửi từ 1 đến {MOST} đơn vị.", field=("units",)
        )
    refusals, keys = Refusals(), list[int]()
    for place, code in enumerate(units):
        with refusals.of_entry(place):
            keys.append(_unit(actor, code))
    refusals.stop_if_any()
    rows, is_open = await _in_force(session, actor, keys), await _open_at(session, keys)
    opened: list[UUID] = []
    for place, key in enumerate(keys):
        with refusals.of_entry(place):
            if key in is_open or key in keys[:place]:
                raise BadInput(
                    "REVIEW_OPEN",
                    f"Đơn vị “{units[place]}” đang có đợt rà soát chưa quyết định. Hãy quyết định đợt đó trước.",
                )
            if not rows.get(key):
                raise BadInput(
                    "NOTHING_TO_REVIEW",
                    f"Đơn vị “{units[place]}” không có quyền nào đang có hiệu lực. Hãy bỏ đơn vị này.",
                )
    refusals.stop_if_any()
    for key in keys:
        opened += await _opened(session, actor, key, rows[key], profile)
    return tuple(opened)


async def decide(
    session: AsyncSession, actor: Actor, id_: UUID, *, keep: Sequence[UUID], end: Sequence[UUID], reason: str
) -> UUID:
    """Keep some grants of a review and revoke the others: every one that is in force is in one of the lists.

    By whoever may propose grants at the unit. Nobody decides on his own grants
    nor on those of whom he stands in for. A refused entry is told by its place
    and its list. Answers with the review's id.
    """
    found = await session.execute(sa.select(AccessReview).where(AccessReview.id == id_).with_for_update())
    review = found.scalar_one_or_none()
    by = None if review is None else governed.allowing(actor, Action.PROPOSE, review.unit_key)
    if review is None or by is None:
        raise BadInput(
            "REVIEW_UNKNOWN",
            "Không có đợt rà soát với định danh này trong phạm vi của bạn. Hãy lấy trường id của accessReviews.",
            field=("review",),
        )
    if review.decided_on is not None:
        raise BadInput(
            "REVIEW_DECIDED",
            f"“{review.decided_by}” đã quyết định đợt rà soát này ngày {review.decided_on:%d/%m/%Y}. "
            "Hãy xem kết quả ở accessReviews.",
            field=("review",),
        )
    why = governed.reason_of(reason)
    hands = await governed.hands(session, actor, by)
    reviewed = await _reviewed(session, actor, review.id)
    _refuse_lists(reviewed, hands.people, keep, end)
    for kept, ids in ((True, keep), (False, end)):
        for one in (reviewed[each] for each in ids):
            one.note.kept = kept
            if kept:
                one.row.reviewed_on = actor.on
            else:
                one.row.revoked_on, one.row.revoke_reason, one.row.revoked_by = actor.on, why, actor.caller.login
    review.decided_on, review.decided_by, review.reason = actor.on, hands.login, why
    review.decider_id, review.decider_for_id = hands.person, hands.in_place_of
    await session.flush()
    return review.id


async def listed(
    session: AsyncSession, actor: Actor, states: Collection[ReviewState] | None, page: Page
) -> tuple[Slice[AccessReview], int]:
    """Those of units whose accounts the actor reads, by the day on which they are due, and how many; two statements."""
    statement = sa.select(AccessReview)
    units = holdings.units_of(actor, Action.READ)
    if isinstance(units, frozenset):
        statement = statement.where(AccessReview.unit_key.in_(units))
    if states is not None:
        is_over = AccessReview.due_on < actor.on
        meant = {
            ReviewState.OPEN: sa.and_(AccessReview.decided_on.is_(None), sa.not_(is_over)),
            ReviewState.OVERDUE: sa.and_(AccessReview.decided_on.is_(None), is_over),
            ReviewState.DECIDED: AccessReview.decided_on.is_not(None),
        }
        statement = statement.where(sa.or_(sa.false(), *(meant[state] for state in states)))
    order = (AccessReview.due_on.expression, AccessReview.id.expression)
    rows = (await session.scalars(pages.bounded(statement, page, order))).all()
    total = await session.scalar(sa.select(sa.func.count()).select_from(statement.subquery()))
    return pages.slice_of(rows, page, lambda row: (row.due_on, row.id)), total or 0


async def of_ids(session: AsyncSession, actor: Actor, ids: Collection[UUID]) -> dict[UUID, Review]:
    """Those of the ids that are of units whose accounts the actor reads, with what a reviewer has to know."""
    rows = await session.scalars(sa.select(AccessReview).where(AccessReview.id.in_(set(ids))))
    shown = {row.id: row for row in rows if actor.may(Action.READ, Scope(DataClass.GOVERNANCE, row.unit_key))}
    notes = (await session.scalars(sa.select(ReviewedGrant).where(ReviewedGrant.review_id.in_(shown)))).all()
    given = {each.row.id: each for each in await holdings.given(session, GrantRow.id.in_({n.grant_id for n in notes}))}
    at_units = await _in_force(session, actor, {row.unit_key for row in shown.values()})
    peers = [one for own in at_units.values() for one in own]
    owners = {each.row.account_id for each in given.values()}
    accounts = {
        account.id: account for account in await session.scalars(sa.select(Account).where(Account.id.in_(owners)))
    }
    used = await standing_days.days_used(
        session, {*owners, *(one.account.id for one in peers)}, since=actor.on - LOOKS_BACK, before=actor.on
    )

    def entry(review: AccessReview, note: ReviewedGrant) -> Entry:
        grant = given[note.grant_id]
        role, own = grant.row.role, grant.row.account_id
        others = {one.account.id for one in at_units.get(review.unit_key, ()) if one.row.role == role} - {own}
        days = median(used.get(id_, 0) for id_ in others) if others else None
        return Entry(grant, accounts[own], note.kept, used.get(own, 0), len(others), days)

    return {
        id_: Review(row, tuple(entry(row, note) for note in notes if note.review_id == id_))
        for id_, row in shown.items()
    }


def state_of(row: AccessReview, on: date) -> ReviewState:
    if row.decided_on is not None:
        return ReviewState.DECIDED
    return ReviewState.OVERDUE if row.due_on < on else ReviewState.OPEN


@dataclass(frozen=True, slots=True)
class _InForce:
    row: GrantRow
    account: Account


@dataclass(frozen=True, slots=True)
class _Reviewed:
    note: ReviewedGrant
    row: GrantRow
    account: Account
    is_in_force: bool


def _unit(actor: Actor, code: str) -> int:
    unit = actor.directory.named(code, actor.on)
    if all(governed.allowing(actor, action, unit.key) is None for action in (Action.ADMINISTER, Action.APPROVE)):
        raise BadInput(
            "UNIT_NOT_GOVERNED",
            f"Bạn không mở rà soát tại đơn vị “{code}”. Hãy nhờ người quản trị hoặc người phê duyệt quyền.",
        )
    return unit.key


async def _in_force(session: AsyncSession, actor: Actor, units: Collection[int]) -> dict[int, list[_InForce]]:
    """The grants at each unit that are in force today, reviewed or not: where its duty is, or its account if none."""
    at = sa.func.coalesce(Duty.unit_key, Account.unit_key)
    rows = await session.execute(
        sa.select(GrantRow, Duty, Account, at)
        .join(Account, Account.id == GrantRow.account_id)
        .outerjoin(Duty, Duty.id == GrantRow.duty_id)
        .where(
            at.in_(set(units)),
            in_force(),
            GrantRow.revoked_on.is_(None),
            GrantRow.ends > actor.on,
            Account.state != AccountState.CLOSED,
        )
        .order_by(GrantRow.id)
    )
    found: dict[int, list[_InForce]] = {}
    for row, duty, account, unit in rows:
        if row.state(duty, actor.on) is GrantState.ACTIVE:
            found.setdefault(unit, []).append(_InForce(row, account))
    return found


async def _open_at(session: AsyncSession, units: Collection[int]) -> frozenset[int]:
    found = await session.scalars(
        sa.select(AccessReview.unit_key).where(AccessReview.unit_key.in_(set(units)), AccessReview.decided_on.is_(None))
    )
    return frozenset(found)


async def _opened(
    session: AsyncSession, actor: Actor, unit: int, rows: Iterable[_InForce], profile: Profile
) -> list[UUID]:
    held = list(rows)
    reviewers = {one.account.id for one in held if Action.PROPOSE in _actions(one.row)}
    ids: list[UUID] = []
    for of_reviewers in (False, True):
        own = [one.row for one in held if (one.account.id in reviewers) is of_reviewers]
        if not own:
            continue
        review = AccessReview(
            unit_key=unit,
            of_reviewers=of_reviewers,
            opened_on=actor.on,
            opened_by=actor.caller.login,
            due_on=max(actor.on, min(review_rows.due(row, profile) for row in own)),
        )
        session.add(review)
        await session.flush()
        session.add_all(ReviewedGrant(review_id=review.id, grant_id=row.id) for row in own)
        ids.append(review.id)
    await session.flush()
    return ids


def _actions(row: GrantRow) -> Collection[Action]:
    return roles.ROLES[row.role].actions if row.role in roles.ROLES else ()


async def _reviewed(session: AsyncSession, actor: Actor, review: UUID) -> dict[UUID, _Reviewed]:
    rows = await session.execute(
        sa.select(ReviewedGrant, GrantRow, Duty, Account)
        .join(GrantRow, GrantRow.id == ReviewedGrant.grant_id)
        .join(Account, Account.id == GrantRow.account_id)
        .outerjoin(Duty, Duty.id == GrantRow.duty_id)
        .where(ReviewedGrant.review_id == review)
    )
    return {
        row.id: _Reviewed(
            note,
            row,
            account,
            row.state(duty, actor.on) is GrantState.ACTIVE and account.state is not AccountState.CLOSED,
        )
        for note, row, duty, account in rows
    }


def _refuse_lists(
    reviewed: Mapping[UUID, _Reviewed], people: Collection[UUID], keep: Sequence[UUID], end: Sequence[UUID]
) -> None:
    """Each refusal's path is the entry's place and its list, ``keep`` or ``end``."""
    wrong, seen = list[BadInput](), set[UUID]()
    for name, ids in (("keep", keep), ("end", end)):
        refusals = Refusals()
        for place, id_ in enumerate(ids):
            with refusals.of_entry(place), refused_at(name):
                _refuse_entry(reviewed.get(id_), people, is_again=id_ in seen)
            seen.add(id_)
        try:
            refusals.stop_if_any()
        except Refused as refused:
            wrong += refused.refusals
    if wrong:
        raise Refused(wrong)
    left = [one for id_, one in reviewed.items() if one.is_in_force and id_ not in seen]
    if left:
        named = ", ".join(sorted({f"{one.row.role} của “{one.account.login}”" for one in left})[:5])
        raise BadInput(
            "GRANTS_UNDECIDED",
            f"Còn {len(left)} quyền chưa có quyết định: {named}. Hãy ghi mỗi quyền vào keep hoặc end.",
            field=("keep",),
        )


def _refuse_entry(one: _Reviewed | None, people: Collection[UUID], *, is_again: bool) -> None:
    if one is None:
        raise BadInput("GRANT_NOT_IN_REVIEW", "Quyền này không thuộc đợt rà soát. Hãy bỏ khỏi danh sách.")
    if is_again:
        raise BadInput("GRANT_TWICE", f"Quyền “{one.row.role}” của “{one.account.login}” ghi hai lần. Hãy ghi một lần.")
    if one.row.subject_id in people:
        raise BadInput(
            "GRANT_OF_ONESELF",
            f"Không ai tự rà soát quyền của mình, cũng không qua người làm thay: “{one.account.login}”. "
            "Hãy để thủ trưởng đơn vị cấp trên hoặc người quản trị quyết định đợt này.",
        )
    if not one.is_in_force:
        raise BadInput("GRANT_OVER", f"Quyền “{one.row.role}” của “{one.account.login}” đã hết. Hãy bỏ khỏi danh sách.")
