"""How records become figures: what happened in a span is counted, what stands is looked at on its last day."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dean06_core import Measurement, Resolver, Span, measure, share_of_records, spans_table
from dean06_identity import indicators
from dean06_identity.card_dossiers import CardDossier
from dean06_identity.eid_accounts import EidAccount, HolderKind
from dean06_identity.registrations import Registration, RegistrationKind

_EVERY: Final = sa.true()


def _number_of_records(on: Any, counted: sa.ColumnElement[bool] = _EVERY) -> Resolver:
    """As ``share_of_records`` where nothing is divided: a unit with records of which none is counted has 0."""
    unit = on.class_.unit_key

    async def resolve(session: AsyncSession, units: Collection[int], spans: Sequence[Span], /) -> Sequence[Measurement]:
        if not units or not spans:
            return []
        days = spans_table(spans)
        return await measure(
            session,
            sa.select(
                unit,
                days.c.period,
                days.c.window,
                sa.func.count().filter(counted),
                sa.null(),
                sa.func.max(on),
            )
            .join(days, sa.and_(days.c.starts <= on, on < days.c.ends))
            .where(unit.in_(units))
            .group_by(unit, days.c.period, days.c.window),
        )

    return resolve


def _share_that_holds(kind: HolderKind, held_from: Any) -> Resolver:
    """Of those eligible on the last day of a span, how many hold an account on that day.

    To join a million holders with every span is slow: what changes on each day
    is added up first, and the days are joined. It is as of the last day on which
    either number changed.
    """
    left, closed = EidAccount.eligible_until, EidAccount.closed_on
    lost_on = sa.case((closed.is_(None), left), (left < closed, left), else_=closed)
    ever_holds = sa.or_(lost_on.is_(None), held_from < lost_on)

    async def resolve(session: AsyncSession, units: Collection[int], spans: Sequence[Span], /) -> Sequence[Measurement]:
        if not units or not spans:
            return []
        changes = sa.union_all(
            *(
                sa.select(
                    EidAccount.unit_key.label("unit_key"),
                    day.label("day"),
                    sa.literal(eligible).label("eligible"),
                    sa.literal(holding).label("holding"),
                ).where(EidAccount.unit_key.in_(units), EidAccount.kind == kind, day.is_not(None), condition)
                for day, eligible, holding, condition in (
                    (EidAccount.eligible_from, 1, 0, _EVERY),
                    (left, -1, 0, _EVERY),
                    (held_from, 0, 1, ever_holds),
                    (lost_on, 0, -1, held_from < lost_on),
                )
            )
        ).subquery()
        daily = (
            sa.select(
                changes.c.unit_key,
                changes.c.day,
                sa.func.sum(changes.c.eligible).label("eligible"),
                sa.func.sum(changes.c.holding).label("holding"),
            )
            .group_by(changes.c.unit_key, changes.c.day)
            .subquery()
        )
        days = spans_table(spans)
        return await measure(
            session,
            sa.select(
                daily.c.unit_key,
                days.c.period,
                days.c.window,
                sa.func.sum(daily.c.holding),
                sa.func.sum(daily.c.eligible),
                sa.func.max(daily.c.day),
            )
            .join(days, daily.c.day < days.c.ends)
            .group_by(daily.c.unit_key, days.c.period, days.c.window),
        )

    return resolve


def _share_linked(kind: RegistrationKind) -> Resolver:
    of_kind = Registration.kind == kind
    return share_of_records(Registration.registered_on, sa.and_(of_kind, Registration.linked.is_(True)), of_kind)


RESOLVERS: Final[Mapping[str, Resolver]] = {
    indicators.LINKED_BIRTHS.code: _share_linked(RegistrationKind.BIRTH),
    indicators.LINKED_DEATHS.code: _share_linked(RegistrationKind.DEATH),
    indicators.ID_CARD_DOSSIERS.code: _number_of_records(CardDossier.received_on),
    indicators.CITIZEN_ACCOUNTS.code: _share_that_holds(HolderKind.CITIZEN, EidAccount.activated_on),
    indicators.FOREIGNER_ACCOUNTS.code: _number_of_records(
        EidAccount.issued_on, EidAccount.kind == HolderKind.FOREIGNER
    ),
    indicators.ORGANISATION_ACCOUNTS.code: _share_that_holds(HolderKind.ORGANISATION, EidAccount.issued_on),
}
