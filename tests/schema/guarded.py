"""A province in which everything has a name that stands nowhere else, so that a response can be searched for it."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, suppress
from dataclasses import dataclass, field, replace
from datetime import date
from enum import Enum
from typing import Any, Final, NoReturn
from uuid import UUID

import strawberry
from sqlalchemy.ext.asyncio import AsyncSession

from dean06_auth import attempts, governing
from dean06_auth.profile import VN_L3_2026
from dean06_auth.tokens import AccessToken
from dean06_core import catalogue, migrating, unit_tree
from dean06_core.access import ALL, Action, All, Caller, DataClass, Grant, Scope, decide
from dean06_core.acting import Act, Actor, Done, P, Verb
from dean06_core.catalogue import Catalogue
from dean06_core.database import Address, Database
from dean06_core.directory import Directory
from dean06_core.documents import LegalDocument
from dean06_core.graphql import Context
from dean06_core.indicators import Indicator
from dean06_core.migrating import CORE, History
from dean06_core.observations import unscaled
from dean06_core.records import declared_access, new_id, records_of
from dean06_core.sectors import Sector
from dean06_core.targets import Comparator, Target, TargetCheck, TargetKind, TargetRule
from dean06_core.units import CodeScheme, Tier, UnitCode, UnitLevel, UnitRow, UnitVersion
from dean06_core.verbs import VERBS
from dean06_schema.engine import Answer, Operation, assemble
from dean06_schema.nodes import global_id
from tests.auth.province import hire
from tests.core.worlds import LONG_AGO, PROVINCE, World, stated
from tests.schema import asking
from tests.schema.orders import give, order

TABLES: Final = declared_access([*records_of("dean06_core"), *records_of("dean06_auth")])
TODAY: Final = asking.TODAY
COMMUNES: Final = {11: "zalora", 12: "xubeni", 13: "vikota"}
DOCUMENT: Final = "15/QĐ-UBND"
SECTORS: Final = ("amberine", "cobaltic", "indigoan")


def _sector(code: str) -> Sector:
    kind = Enum(f"{code.title()}Kind", {f"{code.upper()}_ONE": 1})  # type: ignore[misc]  # each has its own name
    thing = type(f"{code.title()}Thing", (), {"__annotations__": {f"{code}_kind": strawberry.enum(kind)}})
    query = type(
        f"{code.title()}Query", (), {f"{code}_thing": strawberry.field(resolver=_thing(strawberry.type(thing)))}
    )
    return Sector(
        code=code,
        title=f"Ngành {code}",
        query=strawberry.type(query),
        indicators=(
            Indicator(
                code=f"{code}.rate",
                name=f"Tỷ lệ {code}",
                name_en=f"Rate of {code}",
                numerator=f"số đạt của {code}",
                denominator=f"tổng số của {code}",
                definition=f"Số đạt trên tổng số của {code}.",
            ),
        ),
    )


def _thing(made: Any) -> Any:
    def resolve() -> Any:
        return None

    resolve.__annotations__ = {"return": made | None}
    return resolve


DECLARED: Final = tuple(_sector(code) for code in SECTORS)
ENGINE: Final = assemble(DECLARED)
WHOLE: Final = ENGINE.schema._schema


class _TakenBack(Exception):
    """Ends a transaction of which nothing is to stay."""


@dataclass(frozen=True, slots=True)
class Secret:
    """Words that only a caller may be told who holds one grant on all of the scope."""

    scope: Scope
    words: tuple[str, ...]


class Shut:
    """A gate with no session behind it that lets nobody in; what passwords do is tried elsewhere."""

    profile = VN_L3_2026

    async def sessions(self) -> Sequence[AccessToken]:
        return ()

    def __getattr__(self, _way: str) -> Callable[..., Awaitable[NoReturn]]:
        async def refuse(*_: object) -> NoReturn:
            raise attempts.failed()

        return refuse


@dataclass(frozen=True)
class Guarded:
    """The world, what is secret in it, and the ids of what can be asked for again."""

    world: World
    secrets: tuple[Secret, ...] = field(repr=False)
    ids: Mapping[str, str] = field(repr=False)
    """Each with a word that is hidden from whoever may not ask for it."""

    def hidden_from(self, caller: Caller | None) -> set[str]:
        """Every word that no response may tell him."""
        return {word for secret in self.secrets if not _may_know(caller, secret) for word in secret.words}

    def context(self, by: Caller | None, session: AsyncSession | None = None) -> Context:
        units = frozenset[int]() if by is None else by.units(TODAY)
        sectors = frozenset[str]() if by is None else by.sectors(TODAY)
        directory, indicators = self.world.directory.limited_to(units), self.world.catalogue.limited_to(sectors)
        context = Context(by, TODAY, asking.NOW, directory, indicators, session, gate=Shut())
        if by is not None:
            actor = Actor(by, directory, indicators, asking.NOW, TODAY)
            context.asking = governing.asking(self.world.database, actor)
            context.doing = self._trying(actor)
        return context

    def _trying(self, actor: Actor) -> Act:
        """Does each verb in a transaction that is taken back, so that the next request meets the same rows."""

        async def act(verb: Verb[P, Done], /, *args: P.args, **kwargs: P.kwargs) -> Done:
            done: list[Done] = []

            async def undone() -> None:
                actor.refuse_if_read_only()
                async with self._opened_for(actor, verb) as session:
                    done.append(await verb(session, actor, *args, **kwargs))
                    raise _TakenBack

            with suppress(_TakenBack):
                await undone()
            return done[0]

        return act

    def _opened_for(self, actor: Actor, verb: Callable[..., Any]) -> AbstractAsyncContextManager[AsyncSession]:
        if verb in governing.VERBS:
            return self.world.database.service()
        return self.world.database.writing(actor.caller.rights(TODAY, VERBS[verb]))

    async def answer(self, document: str, by: Caller | None) -> Answer:
        if by is None:
            return await ENGINE.execute(Operation(document), self.context(None))
        async with self.world.database.reading(by.rights(TODAY)) as session:
            return await ENGINE.execute(Operation(document), self.context(by, session))

    def pairs(self, caller: Caller) -> list[list[tuple[str, str]]]:
        """By kind each code and id that is hidden from him, with one of the same shape that means nothing."""
        hidden = self.hidden_from(caller)
        kinds = [[(code, _meaning_nothing(code)) for code in codes if code in hidden] for codes in KINDS]
        kinds.append([(id_, _meaning_nothing_id(id_)) for id_, secret in self.ids.items() if secret in hidden])
        return [pairs for pairs in kinds if pairs]


def text_of(answer: Answer) -> str:
    return json.dumps(answer.body, ensure_ascii=False)


def _may_know(caller: Caller | None, secret: Secret) -> bool:
    if caller is None:
        return False
    scope = secret.scope
    if scope.data_class is DataClass.DIRECTORY:  # shown as far as anything may be read there
        return (scope.unit is None or scope.unit in caller.units(TODAY)) and (
            scope.sector is None or scope.sector in caller.sectors(TODAY)
        )
    return bool(decide(caller, Action.READ, scope, TODAY))


async def settle(address: Address) -> None:
    """Write units, one account, one order and one figure of each sector for each commune, and a target of each."""
    database = Database(address, TABLES)
    await migrating.upgrade(database, [CORE, History("auth", "dean06_auth.migrations")])
    async with database.service() as session:
        session.add_all(UnitRow(key=key, id=new_id()) for key in (PROVINCE, *COMMUNES))
        await session.flush()
        session.add_all(row for key, name in {PROVINCE: "goc", **COMMUNES}.items() for row in _unit(key, name))
        await session.flush()
        await unit_tree.rebuild(session)
        await catalogue.register(session, DECLARED)
        session.add(LegalDocument(label=DOCUMENT, number=DOCUMENT, kind="Quyết định"))
        for key, name in COMMUNES.items():
            await hire(session, login_of(name), unit_key=key)
    async with database.service_reading() as session:
        world = World(database, await Directory.load(session), await Catalogue.load(session, DECLARED), DECLARED)
    for key in COMMUNES:
        for place, code in enumerate(SECTORS):
            indicator = world.catalogue.key(f"{code}.rate")
            numerator, level = _numbers(key, place)
            target = _target(indicator, code, key, level)
            figure = stated(key, numerator, 1_000_000_000, indicator=indicator, sector=code)
            await world.add(target, figure)
            await give(world, order(order_of(key, place), lead=key, sectors=(code,)))
    await database.close()


async def opened(database: Database) -> Guarded:
    async with database.service_reading() as session:
        world = World(database, await Directory.load(session), await Catalogue.load(session, DECLARED), DECLARED)
    here = Guarded(world, (*_secret_sectors(), *_secret_places()), {})
    asked = """{ units { edges { node { id code } } } tasks { edges { node { id code } } }
      observations(units: {codes: [%s]}, periods: ["2025-07"]) { id unit { code } indicator { code } } }"""
    answer = await here.answer(asked % ", ".join(f'"{name}"' for name in COMMUNES.values()), EVERYTHING)
    assert answer.data is not None, answer.errors
    ids = {
        each["node"]["id"]: each["node"]["code"] for nodes in ("units", "tasks") for each in answer.data[nodes]["edges"]
    }
    for word in ("unit", "indicator"):
        ids |= {each["id"]: each[word]["code"] for each in answer.data["observations"][word == "unit" :: 2]}
    return replace(here, ids=ids)


def _secret_sectors() -> Iterable[Secret]:
    for code in SECTORS:
        shown = (code, f"{code}thing", f"{code}kind", f"{code}query", f"{code}.rate", f"{code}_one", f"ngành {code}")
        yield Secret(Scope(DataClass.DIRECTORY, sector=code), shown)


def _secret_places() -> Iterable[Secret]:
    for key, name in COMMUNES.items():
        yield Secret(Scope(DataClass.DIRECTORY, unit=key), (name,))
        yield Secret(Scope(DataClass.GOVERNANCE, unit=key), (login_of(name),))
        for place, code in enumerate(SECTORS):
            numerator, level = _numbers(key, place)
            words = (str(numerator), f"{unscaled(level).normalize():f}", order_of(key, place))
            yield Secret(Scope(DataClass.AGGREGATE, unit=key, sector=code), words)


def official(
    sectors: frozenset[str] | All, units: frozenset[int] | All, data_classes: frozenset[DataClass], *actions: Action
) -> Grant:
    held = frozenset({Action.READ, *actions})
    return Grant("officer", held, sectors, units, data_classes, date(2025, 1, 1), date(2026, 1, 1), UUID(int=5))


def caller(*grants: Grant) -> Caller:
    return Caller("lan", "Nguyễn Thị Lan", PROVINCE, grants, UUID(int=7))


EVERYTHING: Final = caller(official(ALL, ALL, frozenset(DataClass), Action.ADMINISTER))


def _numbers(key: int, place: int) -> tuple[int, int]:
    """Of the figure and of the target of a commune in a sector, in digits that stand nowhere else."""
    return 470_000_000 + key * 7_919 + place * 104_729, 61_000_000 + key * 6_007 + place * 90_001


def order_of(key: int, place: int) -> str:
    return f"viec-{key * 10 + place}-qz"


def login_of(unit: str) -> str:
    """Of the account of a commune; the name of the unit does not stand in it."""
    return f"login-{unit[::-1]}"


def _meaning_nothing(code: str) -> str:
    return re.sub(r"[a-z]{6,}|\d+", lambda found: ("9" if found[0].isdigit() else "w") * len(found[0]), code)


def _meaning_nothing_id(id_: str) -> str:
    """The same with another UUID in it."""
    kind, _, key = base64.urlsafe_b64decode(id_ + "=" * (-len(id_) % 4)).decode().partition(":")
    return global_id(kind, re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", str(UUID(int=9)), key))


KINDS: Final = (
    tuple(COMMUNES.values()),
    SECTORS,
    tuple(f"{code}.rate" for code in SECTORS),
    tuple(order_of(key, place) for key in COMMUNES for place in range(len(SECTORS))),
    tuple(login_of(name) for name in COMMUNES.values()),
)
CODES: Final = tuple(code for codes in KINDS for code in codes)


def _unit(key: int, name: str) -> list[Any]:
    level, tier = (UnitLevel.PROVINCE, Tier.PROVINCIAL) if key == PROVINCE else (UnitLevel.COMMUNE, Tier.COMMUNE)
    parent = None if key == PROVINCE else PROVINCE
    return [
        UnitVersion(unit_key=key, name=f"Xã {name}", level=level, tier=tier, parent_key=parent, valid_from=LONG_AGO),
        UnitCode(unit_key=key, scheme=CodeScheme.SLUG, code=name, valid_from=LONG_AGO),
    ]


def _target(indicator: int, sector: str, unit: int, scaled: int) -> Target:
    return Target(
        id=new_id(),
        indicator_key=indicator,
        sector=sector,
        rule=TargetRule.UNIT,
        within_key=unit,
        addressee_key=unit,
        value_scaled=scaled,
        comparator=Comparator.GE,
        kind=TargetKind.ASSIGNED,
        check=TargetCheck.EACH_PERIOD,
        valid_from=LONG_AGO,
    )
