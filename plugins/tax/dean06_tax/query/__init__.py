"""How the sector's own records are asked for: one by one, and counted for each commune."""

import strawberry

from dean06_tax.query.invoicing import InvoicingQuery
from dean06_tax.query.matching import MatchingQuery


@strawberry.type(description="Thuế: đối khớp mã số thuế, hóa đơn điện tử")
class TaxQuery(MatchingQuery, InvoicingQuery):
    pass


__all__ = ["TaxQuery"]
