"""How visits become figures: each rate is a share of the visits of a span of days."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from dean06_core import Resolver, share_of_records
from dean06_health.indicators import CASHLESS_FEES, HEALTH_BOOK_USE, ID_CARD_LOOK_UPS, VISITS_INTEROPERATED
from dean06_health.visits import Visit

RESOLVERS: Final[Mapping[str, Resolver]] = {
    CASHLESS_FEES.code: share_of_records(
        Visit.visited_on, Visit.paid_cashless.is_(True), Visit.paid_cashless.is_not(None)
    ),
    ID_CARD_LOOK_UPS.code: share_of_records(
        Visit.visited_on, Visit.id_card_found.is_(True), Visit.id_card_found.is_not(None)
    ),
    HEALTH_BOOK_USE.code: share_of_records(Visit.visited_on, Visit.used_health_book.is_(True)),
    VISITS_INTEROPERATED.code: share_of_records(Visit.visited_on, Visit.data_sent.is_(True)),
}
