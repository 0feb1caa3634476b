"""The justice sector: what ``dean06-justice`` adds to an installation."""

from __future__ import annotations

from typing import Final

from dean06_core import Sector, hookimpl
from dean06_justice.certificates import CERTIFICATES, Certificate
from dean06_justice.indicators import INDICATORS
from dean06_justice.marriages import MARRIAGES, Marriage
from dean06_justice.procedures import PROCEDURES, Procedure
from dean06_justice.query import JusticeQuery
from dean06_justice.resolvers import RESOLVERS

SECTOR: Final = Sector(
    code="justice",
    title="Tư pháp",
    indicators=INDICATORS,
    resolvers=RESOLVERS,
    tables=(Certificate, Marriage, Procedure),
    records={"certificates": CERTIFICATES, "marriages": MARRIAGES, "procedures": PROCEDURES},
    sdk=(1, 0),
    migrations="dean06_justice.migrations",
    query=JusticeQuery,
)


@hookimpl
def declare_sector() -> Sector:
    return SECTOR
