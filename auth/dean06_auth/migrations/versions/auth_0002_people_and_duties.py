"""People, duties, grants that three people make, and stand-ins"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "auth_0002"
down_revision = "auth_0001"

_OPEN = sa.text("state <> 'CLOSED'")
_GRANT_CHECKS = {
    "given_or_proposed": "(given_by is null) = (proposer_id is not null)",
    "proposed_on_a_duty": "proposer_id is null or duty_id is not null",
    "approved_once_proposed": "approver_id is null or proposer_id is not null",
    "each_act_has_its_moment": (
        "(proposer_id is null) = (proposed_at is null) and (approver_id is null) = (approved_at is null)"
    ),
    "in_force_by_a_decision": "basis is not null or (given_by is null and approver_id is null)",
    "three_people": "proposer_id <> subject_id and approver_id <> subject_id and approver_id <> proposer_id",
    "nobody_through_a_stand_in": (
        "proposer_for_id <> subject_id and approver_for_id <> subject_id and approver_for_id <> proposer_id "
        "and approver_id <> proposer_for_id and approver_for_id <> proposer_for_id"
    ),
    "revoked_for_a_reason": "(revoked_on is null) = (revoke_reason is null)",
}
_PEOPLE = ("proposer_id", "proposer_for_id", "approver_id", "approver_for_id")


def upgrade() -> None:
    """Everybody who has an account becomes a person of his own, under the account's id."""
    op.create_table(
        "person",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.LargeBinary(32)),
        sa.PrimaryKeyConstraint("id", name="pk_person"),
        sa.UniqueConstraint("digest", name="uq_person_digest"),
    )
    op.execute("insert into person (id) select id from account")
    if _is_sqlite():
        _remake("account", lambda: _create_account(with_people=True), {"person_id": "id"})
    else:
        for column in _account_columns():
            op.add_column("account", column)
        op.execute("update account set person_id = id")
        op.alter_column("account", "person_id", nullable=False)
        op.create_foreign_key("fk_account_person_id", "account", "person", ["person_id"], ["id"])
        op.create_unique_constraint("uq_account_id_person_id", "account", ["id", "person_id"])
    op.create_index(
        "uq_account_person_id_open", "account", ["person_id"], unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN
    )
    _create_duty()
    _create_stand_in()
    if _is_sqlite():
        _remake(
            "account_grant", lambda: _create_grant(by_three=True), {"subject_id": "account_id", "given_by": "'service'"}
        )
    else:
        _extend_grants()
    op.create_index("ix_account_grant_duty_id", "account_grant", ["duty_id"])


def downgrade() -> None:
    """What was only proposed, or was revoked, is not kept."""
    lost = "basis is null or revoked_on is not null"
    for table in ("account_grant_sector", "account_grant_units"):
        op.execute(f"delete from {table} where grant_id in (select id from account_grant where {lost})")  # noqa: S608  constants
    op.execute(f"delete from account_grant where {lost}")  # noqa: S608  a constant
    op.drop_index("ix_account_grant_duty_id", "account_grant")
    if _is_sqlite():
        _remake("account_grant", lambda: _create_grant(by_three=False), {})
        op.drop_table("stand_in")
        op.drop_table("duty")
        op.drop_index("uq_account_person_id_open", "account")
        _remake("account", lambda: _create_account(with_people=False), {})
    else:
        op.alter_column("account_grant", "basis", nullable=False)
        op.drop_constraint("fk_account_grant_subject", "account_grant")
        op.drop_constraint("fk_account_grant_duty", "account_grant")
        for name in _GRANT_CHECKS:
            op.drop_constraint(f"ck_account_grant_{name}", "account_grant")
        for column in _grant_columns():
            op.drop_column("account_grant", column.name)
        op.create_foreign_key("fk_account_grant_account_id", "account_grant", "account", ["account_id"], ["id"])
        op.drop_table("stand_in")
        op.drop_table("duty")
        op.drop_constraint("uq_account_id_person_id", "account")
        op.drop_index("uq_account_person_id_open", "account")
        for column in _account_columns():
            op.drop_column("account", column.name)
    op.drop_table("person")


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _account_columns(*, nullable: bool = True) -> list[sa.Column[Any]]:
    return [
        sa.Column("person_id", sa.Uuid(), nullable=nullable),
        sa.Column("suspended_at", sa.DateTime()),
        sa.Column("suspended_by", sa.Text()),
        sa.Column("suspended_reason", sa.Text()),
    ]


def _grant_columns(*, nullable: bool = True) -> list[sa.Column[Any]]:
    return [
        sa.Column("subject_id", sa.Uuid(), nullable=nullable),
        sa.Column("duty_id", sa.Uuid()),
        sa.Column("given_by", sa.Text()),
        sa.Column("proposed_by", sa.Text()),
        sa.Column("proposer_id", sa.Uuid()),
        sa.Column("proposer_for_id", sa.Uuid()),
        sa.Column("proposed_at", sa.DateTime()),
        sa.Column("approved_by", sa.Text()),
        sa.Column("approver_id", sa.Uuid()),
        sa.Column("approver_for_id", sa.Uuid()),
        sa.Column("approved_at", sa.DateTime()),
        sa.Column("revoked_by", sa.Text()),
        sa.Column("revoked_on", sa.Date()),
        sa.Column("revoke_reason", sa.Text()),
    ]


def _extend_grants() -> None:
    for column in _grant_columns():
        op.add_column("account_grant", column)
    op.execute(
        "update account_grant set given_by = 'service', "
        "subject_id = (select person_id from account where id = account_grant.account_id)"
    )
    op.alter_column("account_grant", "subject_id", nullable=False)
    op.alter_column("account_grant", "basis", nullable=True)
    op.drop_constraint("fk_account_grant_account_id", "account_grant")
    op.create_foreign_key(
        "fk_account_grant_subject", "account_grant", "account", ["account_id", "subject_id"], ["id", "person_id"]
    )
    op.create_foreign_key(
        "fk_account_grant_duty", "account_grant", "duty", ["duty_id", "account_id"], ["id", "account_id"]
    )
    for name in _PEOPLE:
        op.create_foreign_key(f"fk_account_grant_{name}", "account_grant", "person", [name], ["id"])
    for name, check in _GRANT_CHECKS.items():
        op.create_check_constraint(f"ck_account_grant_{name}", "account_grant", check)


def _create_duty() -> None:
    op.create_table(
        "duty",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("unit_key", sa.BigInteger(), nullable=False),
        sa.Column("sector", sa.Text()),
        sa.Column("function", sa.Text(), nullable=False),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("starts", sa.Date(), nullable=False),
        sa.Column("ends", sa.Date(), nullable=False),
        sa.Column("assigned_by", sa.Text(), nullable=False),
        sa.Column("assigned_at", sa.DateTime(), nullable=False),
        sa.Column("ended_on", sa.Date()),
        sa.Column("end_reason", sa.Text()),
        sa.Column("ended_by", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_duty"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_duty_account_id"),
        sa.ForeignKeyConstraint(["unit_key"], ["unit.key"], name="fk_duty_unit_key"),
        sa.UniqueConstraint("id", "account_id", name="uq_duty_id_account_id"),
        sa.CheckConstraint("ends > starts", name="ck_duty_days_are_not_empty"),
        sa.CheckConstraint("ended_on is null or ended_on between starts and ends", name="ck_duty_ends_within_its_days"),
        sa.CheckConstraint("(ended_on is null) = (end_reason is null)", name="ck_duty_an_end_has_a_reason"),
        sa.CheckConstraint("decision <> ''", name="ck_duty_rests_on_a_decision"),
    )
    op.create_index("ix_duty_account_id", "duty", ["account_id"])
    op.create_index("ix_duty_unit_key", "duty", ["unit_key"])


def _create_stand_in() -> None:
    op.create_table(
        "stand_in",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("duty_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("starts", sa.Date(), nullable=False),
        sa.Column("ends", sa.Date(), nullable=False),
        sa.Column("named_by", sa.Text(), nullable=False),
        sa.Column("named_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_stand_in"),
        sa.ForeignKeyConstraint(["duty_id"], ["duty.id"], name="fk_stand_in_duty_id"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_stand_in_account_id"),
        sa.CheckConstraint("ends > starts", name="ck_stand_in_days_are_not_empty"),
        sa.CheckConstraint("julianday(ends) - julianday(starts) <= 15", name="ck_stand_in_at_most_fifteen_days").ddl_if(
            dialect="sqlite"
        ),
        sa.CheckConstraint("ends - starts <= 15", name="ck_stand_in_at_most_fifteen_days").ddl_if(dialect="postgresql"),
    )
    op.create_index("ix_stand_in_duty_id", "stand_in", ["duty_id"])
    op.create_index("ix_stand_in_account_id", "stand_in", ["account_id"])


def _create_account(*, with_people: bool) -> None:
    people = (
        *_account_columns(nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_account_person_id"),
        sa.UniqueConstraint("id", "person_id", name="uq_account_id_person_id"),
    )
    op.create_table(
        "account",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("unit_key", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("last_used_on", sa.Date()),
        sa.PrimaryKeyConstraint("id", name="pk_account"),
        sa.ForeignKeyConstraint(["unit_key"], ["unit.key"], name="fk_account_unit_key"),
        sa.UniqueConstraint("login", name="uq_account_login"),
        *(people if with_people else ()),
    )
    op.create_index("ix_account_unit_key", "account", ["unit_key"])


def _create_grant(*, by_three: bool) -> None:
    account = sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_account_grant_account_id")
    three = (
        *_grant_columns(nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id", "subject_id"], ["account.id", "account.person_id"], name="fk_account_grant_subject"
        ),
        sa.ForeignKeyConstraint(
            ["duty_id", "account_id"], ["duty.id", "duty.account_id"], name="fk_account_grant_duty"
        ),
        *(sa.ForeignKeyConstraint([each], ["person.id"], name=f"fk_account_grant_{each}") for each in _PEOPLE),
        *(sa.CheckConstraint(check, name=f"ck_account_grant_{name}") for name, check in _GRANT_CHECKS.items()),
    )
    op.create_table(
        "account_grant",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("every_sector", sa.Boolean(), nullable=False),
        sa.Column("every_unit", sa.Boolean(), nullable=False),
        sa.Column("data_classes", sa.Text(), nullable=False),
        sa.Column("starts", sa.Date(), nullable=False),
        sa.Column("ends", sa.Date(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=by_three),
        sa.PrimaryKeyConstraint("id", name="pk_account_grant"),
        sa.CheckConstraint("ends > starts", name="ck_account_grant_days_are_not_empty"),
        sa.CheckConstraint("julianday(ends) - julianday(starts) <= 366", name="ck_account_grant_at_most_twelve_months"),
        sa.CheckConstraint("data_classes <> ''", name="ck_account_grant_names_a_data_class"),
        *(three if by_three else (account,)),
    )
    op.create_index("ix_account_grant_account_id", "account_grant", ["account_id"])


def _remake(name: str, create: Callable[[], None], values: Mapping[str, str]) -> None:
    """Make a table anew with the rows that it has; SQLite adds no column that has to be filled.

    What refers to its rows is looked at again when the transaction ends.
    """
    connection = op.get_bind()
    op.execute("pragma defer_foreign_keys = on")
    computed = "".join(f", {value} as {column}" for column, value in values.items())
    op.execute(f"create temp table kept as select *{computed} from {name}")  # noqa: S608  constants
    op.drop_table(name)
    create()
    kept = {row.name for row in connection.execute(sa.text("pragma temp.table_info(kept)"))}
    columns = [row.name for row in connection.execute(sa.text(f"pragma main.table_info({name})"))]
    listed = ", ".join(f'"{column}"' for column in columns if column in kept)
    op.execute(f"insert into main.{name} ({listed}) select {listed} from temp.kept")  # noqa: S608  constants
    op.execute("drop table temp.kept")
