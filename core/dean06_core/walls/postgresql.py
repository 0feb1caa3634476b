"""The wall of the server database: policies made from the tables' declarations, bound to the pass of a transaction.

A pass is an unguessable text in the setting ``dean06.pass``; the schema ``wall``
keeps its hash with what it covers. Functions that run as the owner look it up.
A policy asks them once a statement, in sub-selects that depend on no row, and
only as far as it has to: whoever sees everything of a class is asked one
question.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from dean06_core import directory_changes
from dean06_core.access import Access, Action, All, Appended, Right, Via, key_of

SETTING: Final = "dean06.pass"
EXPIRED: Final = "D0601"
"""The SQLSTATE of a statement whose pass is over."""

FORGET: Final = sa.text("delete from wall.pass where expires_at < now() - interval '1 hour'")
ISSUE: Final = sa.text(
    """
    insert into wall.pass (digest, data_class, sector, units, expires_at)
    select :digest, :data_class, :sector,
        case when exists (select key from unit except select unnest(cast(:units as bigint[]))) then :units end,
        now() + make_interval(secs => :lasts)
    """
).bindparams(
    sa.bindparam("sector", type_=sa.Text()),
    sa.bindparam("units", type_=ARRAY(sa.BigInteger())),
    sa.bindparam("lasts", type_=sa.Float()),
)
"""A right to every unit that there is names none, and is as quick as one to all."""
DIGEST: Final = sa.text("select obj_description(to_regnamespace('wall'), 'pg_namespace')")
POWERS: Final = sa.text(
    """
    select rolname as name,
        rolsuper or rolbypassrls or exists (
            select from pg_class where relowner = pg_roles.oid and relnamespace = to_regnamespace('public')
        ) as above_walls
    from pg_roles where rolname = any(:names)
    """
)

_POLICIES: Final = (
    "services",
    "services_insert",
    "services_update",
    "services_delete",
    "owner",
    "callers",
    "callers_insert",
    "callers_update",
)
_NO_FUNCTIONS: Final = """
    do $$ declare each regprocedure; begin
        for each in select oid from pg_proc where pronamespace = 'wall'::regnamespace loop
            execute 'drop function ' || each;
        end loop;
    end $$
"""
"""Those of another release may have the same names with other arguments."""

_PASS: Final = f"sha256(convert_to(current_setting('{SETTING}', true), 'UTF8'))"
_FUNCTION: Final = "language plpgsql stable security definer set search_path = pg_catalog, pg_temp"


@dataclass(frozen=True, slots=True)
class Logins:
    """The names of the three roles."""

    owner: str
    services: str
    callers: str


def rows_of(rights: tuple[Right, ...], digest: bytes, lasts: float) -> list[dict[str, Any]]:
    """What ``ISSUE`` keeps of a pass; without any right there is a row that covers nothing."""
    rows = [
        {"digest": digest, "data_class": right.key, "sector": sector, "units": units, "lasts": lasts}
        for right in rights
        if right.units
        for units in (None if isinstance(right.units, All) else sorted(right.units),)
        for sector in ((None,) if isinstance(right.sectors, All) else sorted(right.sectors))
    ]
    return rows or [{"digest": digest, "data_class": "", "sector": "", "units": [], "lasts": lasts}]


def digest(tables: Mapping[str, Access], logins: Logins) -> str:
    """Tells walls apart: by the statements that raise them, so that another release of this module has another.

    Not the owner's login, which those who only use the tables do not know.
    """
    told = "\n".join(raised(tables, tables, replace(logins, owner=""), ""))
    return hashlib.sha256(told.encode()).hexdigest()


def raised(tables: Mapping[str, Access], existing: Collection[str], logins: Logins, whole: str) -> Iterator[str]:
    """The statements, run by the owner in one transaction, that leave exactly the walls of these tables.

    ``existing`` are all tables of the schema: what is declared by nobody is open
    to services alone. ``whole`` is kept as the digest of what was raised.
    """
    yield "create schema if not exists wall"
    for table in sorted(existing):
        for policy in _POLICIES:
            yield f'drop policy if exists {policy} on public."{table}"'
        yield f'drop trigger if exists counted on public."{table}"'
    yield _NO_FUNCTIONS
    yield from _helpers(logins)
    yield f"comment on schema wall is '{whole}'"
    services, callers, owner = (f'"{name}"' for name in (logins.services, logins.callers, logins.owner))
    revoking = "'revoke temporary on database ' || quote_ident(current_database()) || ' from public'"
    yield f"do $$ begin execute {revoking}; end $$"
    for schema in ("public", "wall"):
        yield f"grant usage on schema {schema} to {services}, {callers}"
    yield f"revoke all on all tables in schema public from public, {callers}"
    yield f"grant select, insert, update, delete on all tables in schema public to {services}"
    for table, action in sorted(_asked(tables)):
        yield _writing(table, action, tables)
    for table, declared in sorted(tables.items()):
        if not declared.internal:
            yield from _functions(table, declared)
    for table in sorted(existing):
        access = tables.get(table)
        name = f'public."{table}"'
        yield f"alter table {name} enable row level security"
        yield f"alter table {name} force row level security"
        if access is not None and access.appended_by_all is not None:
            yield from _appending(name, access.appended_by_all, services, callers, owner)
        else:
            yield f"create policy services on {name} to {services}, {owner} using (true) with check (true)"
        if access is None or access.internal:
            continue
        seen = _predicate(table, access, tables)
        yield f"create policy callers on {name} for select to {callers} using ({seen})"
        yield f"grant select on {name} to {callers}"
        if access.written_by is not None:
            written = _written(table, access)
            yield f"create policy callers_insert on {name} for insert to {callers} with check ({written})"
            yield f"create policy callers_update on {name} for update to {callers} using ({written})"
            yield f"grant insert, update on {name} to {callers}"
    if directory_changes.TABLE in existing:
        yield from _counting(tables)


def _counting(tables: Mapping[str, Access]) -> Iterator[str]:
    """What counts the changes of tables; see ``directory_changes``. To raise it counts as a change."""
    count = f"update public.{directory_changes.TABLE} set number = number + 1"
    options = "language plpgsql security definer set search_path = pg_catalog, pg_temp"
    yield f"create function wall.count_change() returns trigger {options} as $$ begin {count}; return null; end $$"
    for table in directory_changes.counted(tables):
        yield (
            f'create trigger counted after insert or update or delete or truncate on public."{table}" '
            "for each statement execute function wall.count_change()"
        )
    yield count


def _appending(name: str, appended: Appended, services: str, callers: str, owner: str) -> Iterator[str]:
    """Rows of it are added by services and whoever may write anything; the owner alone is not held to it."""
    number = appended.numbered_in
    new = "true" if number is None else f'"{number}" is null'
    may = f"{new} and (select wall.writes())"
    yield f"create policy owner on {name} to {owner} using (true) with check (true)"
    yield f"create policy services on {name} for select to {services} using (true)"
    yield f"create policy services_insert on {name} for insert to {services} with check ({new})"
    yield f"create policy callers_insert on {name} for insert to {callers} with check ({may})"
    yield f"grant insert on {name} to {callers}"
    yield f"revoke update, delete, truncate on {name} from {services}"
    if number is not None:
        numbering = f'using ("{number}" is null) with check ("{number}" is not null)'
        yield f"create policy services_update on {name} for update to {services} {numbering}"
        yield f'grant update ("{number}") on {name} to {services}'
    if appended.is_erasable:
        yield f"create policy services_delete on {name} for delete to {services} using (true)"
        yield f"grant delete on {name} to {services}"


def _helpers(logins: Logins) -> Iterator[str]:
    """Passes, and the questions that policies ask of the one in force."""
    yield (
        "create table if not exists wall.pass (digest bytea not null, data_class text not null, sector text, "
        "units bigint[], expires_at timestamptz not null)"
    )
    yield "create index if not exists pass_digest on wall.pass (digest)"
    yield "revoke all on schema wall from public"
    yield f'grant select, insert, delete on wall.pass to "{logins.services}"'
    yield _function(
        "everything(class text)",
        "boolean",
        f"""
        declare found record;
        begin
            select bool_or(p.data_class = class and p.sector is null and p.units is null) as everything,
                min(p.expires_at) as expires_at
            into found from wall.pass p where p.digest = {_PASS};
            if found.expires_at <= clock_timestamp() then
                raise exception 'The pass is over.' using errcode = '{EXPIRED}';
            end if;
            return coalesce(found.everything, false);
        end
        """,
    )
    yield _function(
        "writes()",
        "boolean",
        f"""
        begin
            perform wall.everything('');
            return exists (
                select from wall.pass p where p.digest = {_PASS} and position(':' in p.data_class) > 0
            );
        end
        """,
    )
    yield _function(
        "rights(class text)",
        "table (sector text, units bigint[])",
        f"""
        begin
            perform wall.everything(class);
            return query select p.sector, p.units from wall.pass p where p.digest = {_PASS} and p.data_class = class;
        end
        """,
    )
    yield _function(
        "units(class text)",
        "bigint[]",
        f"""
        begin
            return array(
                select unnest(p.units) from wall.pass p
                where p.digest = {_PASS} and p.data_class = class and p.sector is null and p.units is not null
            );
        end
        """,
    )
    yield _function(
        "sectors(class text)",
        "text[]",
        f"""
        begin
            return array(
                select p.sector from wall.pass p
                where p.digest = {_PASS} and p.data_class = class and p.sector is not null and p.units is null
            );
        end
        """,
    )
    yield _function(
        "pairs(class text)",
        "table (sector text, unit bigint)",
        f"""
        begin
            return query select p.sector, u from wall.pass p, unnest(p.units) u
            where p.digest = {_PASS} and p.data_class = class and p.sector is not null;
        end
        """,
    )
    yield _function(
        "sector_units(class text, of_sector text)",
        "bigint[]",
        f"""
        begin
            return array(
                select unnest(p.units) from wall.pass p
                where p.digest = {_PASS} and p.data_class = class and coalesce(p.sector, of_sector) = of_sector
                    and p.units is not null
            );
        end
        """,
    )
    yield _function(
        "anywhere(class text)",
        "boolean",
        f"""
        begin
            return exists (
                select from wall.pass p where p.digest = {_PASS} and p.data_class = class and p.units is null
            );
        end
        """,
    )
    yield _function(
        "any_units(class text)",
        "bigint[]",
        f"""
        begin
            return array(
                select unnest(p.units) from wall.pass p
                where p.digest = {_PASS} and p.data_class = class and p.units is not null
            );
        end
        """,
    )
    yield _function(
        "some(class text)",
        "boolean",
        f"""
        begin
            return exists (select from wall.pass p where p.digest = {_PASS} and p.data_class = class);
        end
        """,
    )


def _function(signature: str, returns: str, body: str) -> str:
    return f"create or replace function wall.{signature} returns {returns} {_FUNCTION} as $wall${body}$wall$"


def _predicate(table: str, access: Access, tables: Mapping[str, Access]) -> str:
    """When a row of the table is covered. Each sub-select is run once a statement, and not before it is needed.

    Rows below one whose units stand in another table ask for the same keys as
    that row does: ``exists`` is run for each of them.
    """
    if access.within is None:
        key = key_of(access.data_class)
        return " or ".join([f"(select wall.everything('{key}'))", *_ways(table, access, f"'{key}'")])
    column, parent = access.within
    above = tables.get(parent)
    if above is None or above.within is not None or not isinstance(above.unit, Via):
        return f'exists (select from public."{parent}" above where above.id = "{table}"."{column}")'
    everything = f"(select wall.everything('{key_of(above.data_class)}'))"
    return f'{everything} or "{table}"."{column}" in (select wall."seen_{parent}"())'


def _written(table: str, access: Access) -> str:
    """When a row may be made or changed; whoever may do it everywhere is not asked for each row."""
    assert access.written_by is not None  # noqa: S101  asked for nothing else
    asked = _call(table, access, access.written_by, f'"{table}"')
    if access.rule(access.written_by).within is not None:
        return asked
    return f"(select wall.everything('{key_of(access.data_class, access.written_by)}')) or {asked}"


def _asked(tables: Mapping[str, Access]) -> set[tuple[str, Action]]:
    """Of which tables' rows it is asked whether an action is covered: those it writes, and those above them."""
    found: set[tuple[str, Action]] = set()
    waiting = {(table, access.written_by) for table, access in tables.items() if access.written_by is not None}
    while waiting:
        found |= waiting
        rules = ((tables[table].rule(action), action) for table, action in waiting)
        waiting = {(rule.within[1], action) for rule, action in rules if rule.within is not None} - found
    return found


def _call(table: str, access: Access, action: Action, row: str) -> str:
    """Ask it of a row, by its columns that the rule names."""
    given = (f'{row}."{column}"' for column in _arguments(access, action))
    return f"{_asking(table, action)}({', '.join(given)})"


def _asking(table: str, action: Action) -> str:
    return f'wall."{action.value.lower()}_{table}"'


def _arguments(access: Access, action: Action) -> dict[str, str]:
    """The columns that the rule names, with their types."""
    rule = access.rule(action)
    keys = [place.of for place in (rule.unit, rule.sector) if isinstance(place, Via)]
    return {
        **({rule.within[0]: "uuid"} if rule.within is not None else {}),
        **dict.fromkeys(keys, "uuid"),
        **({rule.unit: "bigint"} if isinstance(rule.unit, str) else {}),
        **({rule.sector: "text"} if isinstance(rule.sector, str) else {}),
    }


def _writing(table: str, action: Action, tables: Mapping[str, Access]) -> str:
    """The function that tells whether a row is covered in an action. It sees rows that the caller does not."""
    access = tables[table]
    rule, arguments = access.rule(action), _arguments(access, action)
    given = {column: f"${number}" for number, column in enumerate(arguments, start=1)}
    wants: list[str] = ["false"] if access.internal else []
    if rule.within is not None:
        column, parent = rule.within
        above = _call(parent, tables[parent], action, "above")
        wants.append(f'exists (select from public."{parent}" above where above.id = {given[column]} and {above})')
    if rule.within is None or rule.is_bound:
        reached = [_has_sector(rule, given), _has_unit(rule, given)]
        rights = f"wall.rights('{key_of(access.data_class, action)}') r"
        wants.append(f"exists (select from {rights} where {' and '.join(each for each in reached if each) or 'true'})")
    name = f"{_asking(table, action)}({', '.join(arguments.values())})".removeprefix("wall.")
    return _function(name, "boolean", f" begin return {' and '.join(wants)}; end ")


def _has_sector(rule: Access, given: Mapping[str, str]) -> str:
    if rule.sector_is is not None:
        return f"(r.sector is null or r.sector = '{rule.sector_is}')"
    if rule.sector is None:
        return ""
    return f"(r.sector is null or {_is_one(rule.sector, given, 'r.sector = {}')})"


def _has_unit(rule: Access, given: Mapping[str, str]) -> str:
    return "" if rule.unit is None else f"(r.units is null or {_is_one(rule.unit, given, '{} = any (r.units)')})"


def _is_one(place: str | Via, given: Mapping[str, str], condition: str) -> str:
    """That it holds for the row's unit or sector, or for one of those in another table."""
    if isinstance(place, str):
        return condition.format(given[place])
    of_row, meant = f'v."{place.key}" = {given[place.of]}', condition.format(f'v."{place.column}"')
    return f'exists (select from public."{place.table}" v where {of_row} and {meant})'


def _ways(table: str, access: Access, klass: str) -> Iterable[str]:
    unit, sector = access.unit, access.sector
    if isinstance(unit, Via) or isinstance(sector, Via):
        return [f'id in (select wall."seen_{table}"())']
    if access.sector_is is not None:
        all_units = f"'{access.sector_is}' = any ((select wall.sectors({klass}))::text[])"
        units = f"unnest(wall.sector_units({klass}, '{access.sector_is}'))"
        return [all_units] if unit is None else [all_units, f'"{unit}" in (select {units})']
    if unit is None and sector is None:
        return [f"(select wall.some({klass}))"]
    if unit is None:
        return [
            f'"{sector}" = any ((select wall.sectors({klass}))::text[])',
            f'"{sector}" in (select p.sector from wall.pairs({klass}) p)',
        ]
    optional = f'"{unit}" is null' if access.unit_optional else None
    if sector is None:
        ways = [f"(select wall.anywhere({klass}))", f'"{unit}" in (select unnest(wall.any_units({klass})))']
        return ways if optional is None else [*ways, f"({optional} and (select wall.some({klass})))"]
    listed = f'"{unit}" in (select unnest(wall.units({klass})))'
    paired = f'("{sector}", "{unit}") in (select p.sector, p.unit from wall.pairs({klass}) p)'
    of_all_units = f'"{sector}" = any ((select wall.sectors({klass}))::text[])'
    ways = [listed, of_all_units, paired]
    if optional is not None:
        ways.append(
            f"({optional} and ((select cardinality(wall.units({klass}))) > 0 "
            f'or "{sector}" in (select p.sector from wall.pairs({klass}) p)))'
        )
    return ways


def _functions(table: str, access: Access) -> Iterator[str]:
    """For a table whose units or sectors stand in other tables: the keys of the rows that the pass covers.

    It reads those tables as their owner, whose own walls look at this one.
    """
    unit, sector = access.unit, access.sector
    if not isinstance(unit, Via):
        return
    of_sector = "true"
    if isinstance(sector, Via):
        of_sector = (
            f'(r.sector is null or exists (select from public."{sector.table}" s '
            f'where s."{sector.key}" = t."{sector.of}" and s."{sector.column}" = r.sector))'
        )
    elif sector is not None:
        of_sector = f'(r.sector is null or r.sector = t."{sector}")'
    elif access.sector_is is not None:
        of_sector = f"coalesce(r.sector, '{access.sector_is}') = '{access.sector_is}'"
    rights = f"wall.pass r where r.digest = {_PASS} and r.data_class = '{access.data_class.value}'"
    yield _function(
        f'"seen_{table}"()',
        "setof uuid",
        f"""
        begin
            return query
                select t.id from (select r.sector, u as unit from wall.pass r, unnest(r.units) u
                    where r.digest = {_PASS} and r.data_class = '{access.data_class.value}') r
                join public."{unit.table}" p on p."{unit.column}" = r.unit
                join public."{table}" t on t."{unit.of}" = p."{unit.key}"
                where {of_sector}
                union
                select t.id from (select r.sector from {rights} and r.units is null) r
                join public."{table}" t on {of_sector};
        end
        """,
    )
