"""The public-services sector: what ``dean06-public-services`` adds to an installation."""

from __future__ import annotations

from typing import Final

from dean06_core import Sector, hookimpl
from dean06_public_services.adults import ADULTS, AdultYear
from dean06_public_services.dossiers import DOSSIERS, Dossier
from dean06_public_services.essential_services import ESSENTIAL_SERVICES, EssentialService
from dean06_public_services.indicators import INDICATORS
from dean06_public_services.procedures import PROCEDURES, Procedure
from dean06_public_services.query import PublicServicesQuery
from dean06_public_services.resolvers import RESOLVERS

SECTOR: Final = Sector(
    code="public_services",
    title="Dịch vụ công",
    indicators=INDICATORS,
    resolvers=RESOLVERS,
    tables=(AdultYear, Dossier, EssentialService, Procedure),
    records={
        "adults": ADULTS,
        "dossiers": DOSSIERS,
        "essential_services": ESSENTIAL_SERVICES,
        "procedures": PROCEDURES,
    },
    sdk=(1, 0),
    migrations="dean06_public_services.migrations",
    query=PublicServicesQuery,
)


@hookimpl
def declare_sector() -> Sector:
    return SECTOR
