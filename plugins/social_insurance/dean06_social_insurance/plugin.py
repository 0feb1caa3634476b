"""The social-insurance sector: what ``dean06-social-insurance`` adds to an installation."""

from __future__ import annotations

from typing import Final

from dean06_core import Sector, hookimpl
from dean06_social_insurance.beneficiaries import BENEFICIARIES, Beneficiary
from dean06_social_insurance.indicators import INDICATORS
from dean06_social_insurance.insured_persons import INSURED_PERSONS, InsuredPerson
from dean06_social_insurance.query import SocialInsuranceQuery
from dean06_social_insurance.resolvers import RESOLVERS

SECTOR: Final = Sector(
    code="social_insurance",
    title="Bảo hiểm xã hội",
    indicators=INDICATORS,
    resolvers=RESOLVERS,
    tables=(Beneficiary, InsuredPerson),
    records={"beneficiaries": BENEFICIARIES, "insured_persons": INSURED_PERSONS},
    sdk=(1, 0),
    migrations="dean06_social_insurance.migrations",
    query=SocialInsuranceQuery,
)


@hookimpl
def declare_sector() -> Sector:
    return SECTOR
