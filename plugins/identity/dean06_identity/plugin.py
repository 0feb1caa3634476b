"""The identity sector: what ``dean06-identity`` adds to an installation."""

from __future__ import annotations

from typing import Final

from dean06_core import Sector, hookimpl
from dean06_identity.card_dossiers import CARD_DOSSIERS, CardDossier
from dean06_identity.eid_accounts import EID_ACCOUNTS, EidAccount
from dean06_identity.indicators import INDICATORS
from dean06_identity.query import IdentityQuery
from dean06_identity.registrations import REGISTRATIONS, Registration
from dean06_identity.resolvers import RESOLVERS

SECTOR: Final = Sector(
    code="identity",
    title="Căn cước, định danh điện tử và dữ liệu dân cư",
    indicators=INDICATORS,
    resolvers=RESOLVERS,
    tables=(CardDossier, EidAccount, Registration),
    records={"card_dossiers": CARD_DOSSIERS, "eid_accounts": EID_ACCOUNTS, "registrations": REGISTRATIONS},
    sdk=(1, 0),
    migrations="dean06_identity.migrations",
    query=IdentityQuery,
)


@hookimpl
def declare_sector() -> Sector:
    return SECTOR
