"""The health sector: what ``dean06-health`` adds to an installation."""

from __future__ import annotations

from typing import Final

from dean06_core import Sector, hookimpl
from dean06_health.facilities import FACILITIES, Facility
from dean06_health.indicators import INDICATORS
from dean06_health.query import HealthQuery
from dean06_health.residents import RESIDENTS, Resident
from dean06_health.resolvers import RESOLVERS
from dean06_health.visits import VISITS, Visit

SECTOR: Final = Sector(
    code="health",
    title="Y tế",
    indicators=INDICATORS,
    resolvers=RESOLVERS,
    tables=(Facility, Resident, Visit),
    records={"facilities": FACILITIES, "residents": RESIDENTS, "visits": VISITS},
    sdk=(1, 0),
    migrations="dean06_health.migrations",
    query=HealthQuery,
)


@hookimpl
def declare_sector() -> Sector:
    return SECTOR
