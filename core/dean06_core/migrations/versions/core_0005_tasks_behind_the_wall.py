"""Whose right covers a task before its parties stand there, and who confirms that it is finished"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import sqlalchemy as sa
from alembic import op

revision = "core_0005"
down_revision = "core_0004"

_ADDRESSEE = """coalesce(
    lead_key,
    (select min(unit_key) from task_party where task_id = task.id and role = 'OWNER'),
    (select within_key from unit_group where key = task.lead_group_key)
)"""
"""A task is addressed to its lead; one that a group leads, to the unit whose group it was then."""
_SECTOR = "(select min(sector) from task_sector where task_id = task.id)"
_CHECK = "lead_key is null or lead_key = addressee_key"


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _remake("task", lambda: _create_task(addressed=True), {"addressee_key": _ADDRESSEE, "sector": _SECTOR})
        _remake("task_progress", lambda: _create_progress("finished"), {"finished": "false"})
    else:
        _address_tasks()
        _fill("finished", "false")
        op.drop_column("task_progress", "confirmed")
    op.create_table(
        "task_confirmation",
        sa.Column("progress_id", sa.Uuid(), nullable=False),
        sa.Column("accepted", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text()),
        sa.Column("by_key", sa.BigInteger(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("progress_id", name="pk_task_confirmation"),
        sa.ForeignKeyConstraint(["progress_id"], ["task_progress.id"], name="fk_task_confirmation_progress_id"),
        sa.ForeignKeyConstraint(["by_key"], ["unit.key"], name="fk_task_confirmation_by_key"),
        sa.CheckConstraint("accepted or reason is not null", name="ck_task_confirmation_refusal_has_a_reason"),
    )


def downgrade() -> None:
    confirmed = "exists (select 1 from task_confirmation where progress_id = task_progress.id and accepted)"
    if op.get_bind().dialect.name == "sqlite":
        _remake("task_progress", lambda: _create_progress("confirmed"), {"confirmed": confirmed})
        op.drop_table("task_confirmation")
        _remake("task", lambda: _create_task(addressed=False), {})
        return
    _fill("confirmed", confirmed)
    op.drop_column("task_progress", "finished")
    op.drop_table("task_confirmation")
    for policy in ("callers_insert", "callers_update"):
        op.execute(f"drop policy if exists {policy} on task")
    op.drop_constraint("ck_task_addressed_to_its_lead", "task")
    op.drop_column("task", "sector")
    op.drop_column("task", "addressee_key")


def _address_tasks() -> None:
    op.add_column("task", sa.Column("addressee_key", sa.BigInteger()))
    op.add_column("task", sa.Column("sector", sa.Text()))
    op.execute(f"update task set addressee_key = {_ADDRESSEE}, sector = {_SECTOR}")  # noqa: S608  constants
    op.alter_column("task", "addressee_key", nullable=False)
    op.create_foreign_key("fk_task_addressee_key", "task", "unit", ["addressee_key"], ["key"])
    op.create_check_constraint("ck_task_addressed_to_its_lead", "task", _CHECK)


def _fill(column: str, value: str) -> None:
    op.add_column("task_progress", sa.Column(column, sa.Boolean()))
    op.execute(f"update task_progress set {column} = {value}")  # noqa: S608  constants
    op.alter_column("task_progress", column, nullable=False)


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


def _create_task(*, addressed: bool) -> None:
    columns = [sa.Column("addressee_key", sa.BigInteger(), nullable=False), sa.Column("sector", sa.Text())]
    constraints = [
        sa.ForeignKeyConstraint(["addressee_key"], ["unit.key"], name="fk_task_addressee_key"),
        sa.CheckConstraint(_CHECK, name="ck_task_addressed_to_its_lead"),
    ]
    op.create_table(
        "task",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("title_folded", sa.Text(), nullable=False),
        sa.Column("group", sa.Text(), nullable=False),
        sa.Column("origin", sa.String(16), nullable=False),
        sa.Column("recurrence", sa.String(16), nullable=False),
        sa.Column("lead_key", sa.BigInteger()),
        sa.Column("lead_group_key", sa.BigInteger()),
        sa.Column("assigned_by_key", sa.BigInteger()),
        sa.Column("person", sa.Text()),
        sa.Column("product", sa.Text()),
        sa.Column("parent_id", sa.Uuid()),
        sa.Column("starts_on", sa.Date()),
        sa.Column("deadline", sa.Date()),
        sa.Column("deadline_text", sa.Text()),
        sa.Column("deadline_precision", sa.String(16)),
        *(columns if addressed else ()),
        sa.PrimaryKeyConstraint("id", name="pk_task"),
        sa.ForeignKeyConstraint(["lead_key"], ["unit.key"], name="fk_task_lead_key"),
        sa.ForeignKeyConstraint(["lead_group_key"], ["unit_group.key"], name="fk_task_lead_group_key"),
        sa.ForeignKeyConstraint(["assigned_by_key"], ["unit.key"], name="fk_task_assigned_by_key"),
        sa.ForeignKeyConstraint(["parent_id"], ["task.id"], name="fk_task_parent_id"),
        sa.UniqueConstraint("code", name="uq_task_code"),
        sa.CheckConstraint("(lead_key is null) != (lead_group_key is null)", name="ck_task_led_by_a_unit_or_a_group"),
        *(constraints if addressed else ()),
    )
    op.create_index("ix_task_deadline_id", "task", ["deadline", "id"])
    op.create_index("ix_task_lead_key", "task", ["lead_key"])
    op.create_index("ix_task_parent_id", "task", ["parent_id"])


def _create_progress(said: str) -> None:
    op.create_table(
        "task_progress",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("unit_key", sa.BigInteger(), nullable=False),
        sa.Column("done", sa.Text(), nullable=False),
        sa.Column("remaining", sa.Text()),
        sa.Column(said, sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_task_progress"),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name="fk_task_progress_task_id"),
        sa.ForeignKeyConstraint(["unit_key"], ["unit.key"], name="fk_task_progress_unit_key"),
    )
    op.create_index("ix_task_progress_task_id_on_id", "task_progress", ["task_id", "on", "id"])
