"""Each figure is what looking at the records one by one gives, for every unit and span at once."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from datetime import date, timedelta
from itertools import chain
from typing import Any, NamedTuple

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from dean06_core import Measurement, Period, Record, Span, Window
from dean06_core.database import Database
from dean06_core.migrating import histories_of
from dean06_core.testing import migrated_database, unkept
from dean06_core.units import UnitRow
from dean06_tax.businesses import Business, Owner, RevenueGroup, Trade
from dean06_tax.by_hand import BY_HAND
from dean06_tax.fuel_stations import FuelStation
from dean06_tax.invoice_counts import InvoiceCount
from dean06_tax.organisations import Organisation
from dean06_tax.plugin import SECTOR
from dean06_tax.taxpayers import Taxpayer

pytestmark = pytest.mark.anyio

VUNG_ANG, THANH_SEN, ELSEWHERE = 1, 2, 3
ASKED = (VUNG_ANG, THANH_SEN)
JUNE, JULY, AUGUST = (Span.of(Period.parse(code), Window.PERIOD) for code in ("2025-06", "2025-07", "2025-08"))
SPANS = [
    Span.of(Period.parse(code), window)
    for code in ("2024-12", "2025-W27", "2025-06", "2025-07", "2025-W35", "2025-Q3")
    for window in Window
]


class State(NamedTuple):
    """How a rate's records are made, and which of their days are which."""

    make: Callable[..., Any]
    since: str
    done: str
    until: str
    done_may_come_first: bool = False


def a_taxpayer(number: int, **facts: Any) -> Taxpayer:
    return Taxpayer(**{"unit_key": VUNG_ANG, "ref": str(number), "phase": 2, "listed_on": JULY.starts, **facts})


def an_organisation(number: int, **facts: Any) -> Organisation:
    return Organisation(
        **{"unit_key": VUNG_ANG, "tax_code": f"0100233488-{number:03}", "registered_on": JULY.starts, **facts}
    )


def a_business(number: int, **facts: Any) -> Business:
    return Business(
        **{
            "unit_key": VUNG_ANG,
            "ref": str(number),
            "owner": Owner.HOUSEHOLD,
            "trade": Trade.FOOD_AND_DRINK,
            "revenue_group": RevenueGroup.FROM_1_BILLION,
            "obliged_from": JULY.starts,
            **facts,
        }
    )


def a_fuel_station(number: int, **facts: Any) -> FuelStation:
    return FuelStation(
        **{"unit_key": VUNG_ANG, "ref": str(number), "tax_code": "0100047516", "opened_on": JULY.starts, **facts}
    )


def a_count(number: int, **facts: Any) -> InvoiceCount:
    return InvoiceCount(
        **{
            "unit_key": VUNG_ANG,
            "business_ref": str(number),
            "symbol": "1C25MYY",
            "month": JULY.starts,
            "counted_until": JULY.ends - timedelta(days=1),
            "invoices": 10,
            **facts,
        }
    )


STATES = (
    State(a_taxpayer, "listed_on", "matched_on", "closed_on"),
    State(an_organisation, "registered_on", "representative_matched_on", "closed_on"),
    State(a_business, "obliged_from", "pos_einvoice_from", "ended_on", done_may_come_first=True),
    State(a_fuel_station, "opened_on", "per_sale_einvoice_from", "closed_on"),
)
days = st.dates(date(2025, 5, 30), date(2025, 9, 2)) | st.dates(date(2024, 11, 30), date(2025, 1, 1))


@st.composite
def records_of(draw: st.DrawFn, state: State) -> list[Any]:
    made = []
    for number in range(1, draw(st.integers(0, 16)) + 1):
        since, first, second = sorted(draw(st.tuples(days, days, days)))
        done, until = draw(st.permutations([first, second]))
        if state.done_may_come_first and draw(st.booleans()):
            since, done = done, since
        facts = {
            "unit_key": draw(st.sampled_from((*ASKED, ELSEWHERE))),
            state.since: since,
            state.done: draw(st.sampled_from([None, done])),
            state.until: draw(st.sampled_from([None, max(since, until)])),
        }
        if state.make is a_taxpayer:
            facts["phase"] = draw(st.sampled_from([1, 2, 2]))
        made.append(state.make(number, **facts))
    return made


@st.composite
def counts(draw: st.DrawFn) -> list[InvoiceCount]:
    months = [Period.parse(code) for code in ("2024-11", "2024-12", "2025-01", "2025-06", "2025-07", "2025-08")]
    return [
        a_count(
            number,
            unit_key=draw(st.sampled_from((*ASKED, ELSEWHERE))),
            month=month.starts,
            counted_until=draw(st.dates(month.starts, month.last_day)),
            invoices=draw(st.integers(0, 2**40)),
        )
        for number, month in enumerate(draw(st.lists(st.sampled_from(months), max_size=20)), start=1)
    ]


@pytest.fixture(scope="module")
async def database(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Database]:
    async with migrated_database(tmp_path_factory.mktemp("tax"), *histories_of([SECTOR])) as database:
        async with database.service() as session:
            session.add_all(UnitRow(key=key) for key in (*ASKED, ELSEWHERE))
        yield database


async def measured(
    database: Database, code: str, rows: Sequence[Record], spans: list[Span] | None = None
) -> list[Measurement]:
    async with unkept(database) as session:
        session.add_all(rows)
        await session.flush()
        return list(await SECTOR.resolvers[f"tax.{code}"](session, ASKED, spans or SPANS))


@pytest.mark.parametrize("code", sorted(SECTOR.resolvers))
@settings(deadline=None, max_examples=20)
@given(rows=st.tuples(counts(), *map(records_of, STATES)).map(lambda kinds: [*chain(*kinds)]))
async def test_a_figure_is_what_looking_at_each_record_gives(database: Database, code: str, rows: list[Record]) -> None:
    expected = BY_HAND[code](rows, {unit: [unit] for unit in ASKED}, SPANS)
    found = await measured(database, code.removeprefix("tax."), rows)
    assert len(found) == len(set(found))
    assert set(found) == expected


@pytest.mark.parametrize(
    ("facts", "july"),
    [
        pytest.param({}, (0, 1), id="not matched yet"),
        pytest.param({"matched_on": date(2025, 7, 31)}, (1, 1), id="matched on the last day of the month"),
        pytest.param({"matched_on": date(2025, 8, 1)}, (0, 1), id="matched the day after the month"),
        pytest.param({"closed_on": date(2025, 7, 31)}, (0, 0), id="void at the end of the month"),
        pytest.param({"closed_on": date(2025, 8, 1)}, (0, 1), id="void the day after the month"),
        pytest.param(
            {"matched_on": date(2025, 7, 9), "closed_on": date(2025, 7, 20)}, (0, 0), id="matched and then void"
        ),
        pytest.param({"listed_on": date(2025, 8, 1)}, None, id="listed the day after the month"),
        pytest.param({"phase": 1, "matched_on": date(2025, 7, 9)}, None, id="of the first phase"),
    ],
)
async def test_a_tax_code_counts_as_it_stood_at_the_end_of_the_month(
    database: Database, facts: dict[str, Any], july: tuple[int, int] | None
) -> None:
    found = await measured(database, "tax_code_match_rate", [a_taxpayer(1, **facts)], [JULY])
    assert [(each.numerator, each.denominator) for each in found] == ([] if july is None else [july])


async def test_a_past_month_stays_as_it_was_when_a_code_is_matched_later(database: Database) -> None:
    rows = [a_taxpayer(1, listed_on=JUNE.starts, matched_on=date(2025, 8, 5))]
    assert await measured(database, "tax_code_match_rate", rows, [JUNE, JULY, AUGUST]) == [
        Measurement(VUNG_ANG, "2025-06", Window.PERIOD, 0, 1, JUNE.starts),
        Measurement(VUNG_ANG, "2025-07", Window.PERIOD, 0, 1, JUNE.starts),
        Measurement(VUNG_ANG, "2025-08", Window.PERIOD, 1, 1, date(2025, 8, 5)),
    ]


async def test_whoever_used_a_cash_register_before_he_had_to_counts_from_the_day_he_has_to(database: Database) -> None:
    rows = [a_business(1, obliged_from=JULY.starts, pos_einvoice_from=date(2025, 5, 1))]
    [july] = await measured(database, "pos_einvoice_adoption_rate", rows, [JUNE, JULY])
    assert july == Measurement(VUNG_ANG, "2025-07", Window.PERIOD, 1, 1, JULY.starts)


async def test_invoices_of_months_are_told_for_no_week(database: Database) -> None:
    week = Span.of(Period.parse("2025-W27"), Window.PERIOD)
    assert await measured(database, "pos_einvoice_count", [a_count(1)], [week]) == []
    assert await measured(database, "pos_einvoice_count", [a_count(1)], [week, JULY]) == [
        Measurement(VUNG_ANG, "2025-07", Window.PERIOD, 10, None, date(2025, 7, 31))
    ]


@pytest.mark.parametrize(
    ("starts", "ends"),
    [
        pytest.param(date(2025, 6, 15), date(2025, 8, 1), id="begins inside a month"),
        pytest.param(date(2025, 7, 1), date(2025, 8, 15), id="ends inside a month"),
    ],
)
async def test_a_month_is_not_told_for_a_span_with_part_of_another(
    database: Database, starts: date, ends: date
) -> None:
    span = Span("2025-Q3", Window.PERIOD, starts, ends)
    assert await measured(database, "pos_einvoice_count", [a_count(1)], [span]) == []


TOO_EARLY, AS_EARLY_AS_CAN_BE = date(1999, 12, 31), date(2000, 1, 1)
BEFORE = JULY.starts - timedelta(days=1)


@pytest.mark.parametrize(
    ("row", "refused"),
    [
        pytest.param(lambda: a_taxpayer(1, phase=3), "phase_is_1_or_2", id="a third phase"),
        pytest.param(lambda: a_taxpayer(1, phase=1), None, id="the first phase"),
        pytest.param(lambda: a_taxpayer(1, listed_on=TOO_EARLY), "listed_since_counting_began", id="listed too early"),
        pytest.param(lambda: a_taxpayer(1, listed_on=AS_EARLY_AS_CAN_BE), None, id="listed as early as can be"),
        pytest.param(lambda: a_taxpayer(1, matched_on=BEFORE), "matched_after_listing", id="matched before listed"),
        pytest.param(lambda: a_taxpayer(1, matched_on=JULY.starts), None, id="matched when listed"),
        pytest.param(lambda: a_taxpayer(1, closed_on=BEFORE), "closed_after_listing", id="void before listed"),
        pytest.param(lambda: a_taxpayer(1, closed_on=JULY.starts), None, id="void when listed"),
        pytest.param(
            lambda: an_organisation(1, representative_matched_on=BEFORE),
            "matched_after_registration",
            id="matched before registered",
        ),
        pytest.param(
            lambda: an_organisation(1, representative_matched_on=JULY.starts), None, id="matched when registered"
        ),
        pytest.param(
            lambda: an_organisation(1, closed_on=BEFORE), "closed_after_registration", id="closed before registered"
        ),
        pytest.param(lambda: an_organisation(1, registered_on=TOO_EARLY), None, id="registered in the last century"),
        pytest.param(
            lambda: a_business(1, tax_code="0100047516"), "only_organisations_have_a_tax_code", id="a household's code"
        ),
        pytest.param(
            lambda: a_business(1, owner=Owner.ORGANISATION),
            "only_organisations_have_a_tax_code",
            id="an organisation without its code",
        ),
        pytest.param(
            lambda: a_business(1, owner=Owner.ORGANISATION, tax_code="0100047516"), None, id="an organisation's code"
        ),
        pytest.param(
            lambda: a_business(1, obliged_from=TOO_EARLY), "obliged_since_counting_began", id="obliged too early"
        ),
        pytest.param(lambda: a_business(1, ended_on=BEFORE), "ended_after_it_began", id="ended before it began"),
        pytest.param(lambda: a_business(1, pos_einvoice_from=BEFORE), None, id="a cash register before the duty"),
        pytest.param(
            lambda: a_count(1, symbol="1C25TYY"), "made_on_a_cash_register", id="invoices of no cash register"
        ),
        pytest.param(lambda: a_count(1, month=date(1999, 12, 1)), "made_since_counting_began", id="made too early"),
        pytest.param(lambda: a_count(1, counted_until=BEFORE), "counted_in_its_month", id="counted before the month"),
        pytest.param(lambda: a_count(1, invoices=-1), "no_fewer_than_none", id="fewer invoices than none"),
        pytest.param(lambda: a_count(1, invoices=0), None, id="no invoices"),
        pytest.param(
            lambda: a_fuel_station(1, per_sale_einvoice_from=BEFORE),
            "invoices_after_opening",
            id="sold before it opened",
        ),
        pytest.param(lambda: a_fuel_station(1, closed_on=BEFORE), "closed_after_opening", id="closed before it opened"),
        pytest.param(lambda: a_fuel_station(1, opened_on=TOO_EARLY), None, id="opened in the last century"),
    ],
)
async def test_the_database_refuses_what_cannot_be(
    database: Database, row: Callable[[], Record], refused: str | None
) -> None:
    async with unkept(database) as session:
        session.add(row())
        if refused is None:
            await session.flush()
        else:
            with pytest.raises(sa.exc.IntegrityError, match=refused):
                await session.flush()


@pytest.mark.parametrize(
    ("pair", "refused"),
    [
        pytest.param(lambda: [a_taxpayer(1), a_taxpayer(1)], True, id="a code twice in one phase"),
        pytest.param(lambda: [a_taxpayer(1, phase=1), a_taxpayer(1)], False, id="a code in both phases"),
        pytest.param(lambda: [an_organisation(1), an_organisation(1)], True, id="an organisation twice"),
        pytest.param(lambda: [a_business(1), a_business(1)], True, id="a business twice"),
        pytest.param(lambda: [a_fuel_station(1), a_fuel_station(1)], True, id="a station twice"),
        pytest.param(lambda: [a_fuel_station(1), a_fuel_station(2)], False, id="two stations of one organisation"),
        pytest.param(lambda: [a_count(1), a_count(1)], True, id="a month of a symbol twice"),
        pytest.param(lambda: [a_count(1), a_count(1, symbol="2C25MYY")], False, id="a month of two symbols"),
    ],
)
async def test_a_record_stands_once(database: Database, pair: Callable[[], list[Record]], refused: bool) -> None:
    async with unkept(database) as session:
        session.add_all(pair())
        if refused:
            with pytest.raises(sa.exc.IntegrityError, match=r"(?i)unique"):
                await session.flush()
        else:
            await session.flush()
