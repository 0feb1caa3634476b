"""How often somebody opened records of citizens: operations that the audit log tells of."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dean06_auth import holdings
from dean06_auth.accounts import Account
from dean06_auth.standing_days import beginning
from dean06_core.access import DataClass
from dean06_core.acting import Actor
from dean06_core.audit.events import AuditEvent
from dean06_core.audit.reads import tells_of
from dean06_core.periods import Period

OF_CITIZENS: Final = frozenset({DataClass.RECORD, DataClass.IDENTIFIED})


async def of_accounts(session: AsyncSession, actor: Actor, ids: Collection[UUID], *, period: Period) -> dict[UUID, int]:
    """In the days of a period, of those accounts that the actor is shown: his own, and those whose units he reads.

    Two statements. An operation counts once, whatever number of records it opened.
    """
    found = await session.scalars(sa.select(Account).where(Account.id.in_(set(ids))))
    shown = [account.id for account in found if holdings.is_shown(actor, account)]
    counts = await session.execute(
        sa.select(AuditEvent.account_id, sa.func.count())
        .where(
            AuditEvent.account_id.in_(shown),
            AuditEvent.recorded_at >= beginning(period.starts),
            AuditEvent.recorded_at < beginning(period.ends),
            tells_of(OF_CITIZENS),
        )
        .group_by(AuditEvent.account_id)
    )
    return dict.fromkeys(shown, 0) | {id_: count for id_, count in counts if id_ is not None}
