"""Units, documents, indicators, observations, targets and tasks"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "core_0001"
down_revision = None


def upgrade() -> None:
    _create_units()
    _create_documents()
    _create_indicators()
    _create_observations()
    _create_targets()
    _create_tasks()


def downgrade() -> None:
    for table in (
        *(
            "task_basis",
            "task_mention",
            "task_progress_document",
            "task_progress",
            "task_event",
            "task_sector",
            "task_party",
            "task",
        ),
        *("target", "observation_part", "observation", "indicator", "document_author", "legal_document"),
        *("unit_closure", "unit_succession", "unit_area", "unit_group_member", "unit_group"),
        *("unit_code", "unit_version", "unit"),
    ):
        op.drop_table(table)


def _create_units() -> None:
    op.create_table(
        "unit",
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_unit"),
        sa.UniqueConstraint("id", name="uq_unit_id"),
    )
    op.create_table(
        "unit_version",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit_key", sa.BigInteger(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date()),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("level", sa.String(16), nullable=False),
        sa.Column("tier", sa.String(16), nullable=False),
        sa.Column("parent_key", sa.BigInteger()),
        sa.Column("basis", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_unit_version"),
        sa.ForeignKeyConstraint(["unit_key"], ["unit.key"], name="fk_unit_version_unit_key"),
        sa.ForeignKeyConstraint(["parent_key"], ["unit.key"], name="fk_unit_version_parent_key"),
        sa.UniqueConstraint("unit_key", "valid_from", name="uq_unit_version_unit_key_valid_from"),
        sa.CheckConstraint("valid_to is null or valid_to > valid_from", name="ck_unit_version_validity_is_not_empty"),
    )
    op.create_index("ix_unit_version_parent_key", "unit_version", ["parent_key"])
    op.create_table(
        "unit_code",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit_key", sa.BigInteger(), nullable=False),
        sa.Column("scheme", sa.String(16), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date()),
        sa.PrimaryKeyConstraint("id", name="pk_unit_code"),
        sa.ForeignKeyConstraint(["unit_key"], ["unit.key"], name="fk_unit_code_unit_key"),
        sa.UniqueConstraint("scheme", "code", "valid_from", name="uq_unit_code_scheme_code_valid_from"),
        sa.CheckConstraint("valid_to is null or valid_to > valid_from", name="ck_unit_code_validity_is_not_empty"),
    )
    op.create_index("ix_unit_code_unit_key", "unit_code", ["unit_key"])
    op.create_table(
        "unit_group",
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("within_key", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_unit_group"),
        sa.ForeignKeyConstraint(["within_key"], ["unit.key"], name="fk_unit_group_within_key"),
        sa.UniqueConstraint("code", name="uq_unit_group_code"),
    )
    op.create_table(
        "unit_group_member",
        sa.Column("group_key", sa.BigInteger(), nullable=False),
        sa.Column("unit_key", sa.BigInteger(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date()),
        sa.PrimaryKeyConstraint("group_key", "unit_key", "valid_from", name="pk_unit_group_member"),
        sa.ForeignKeyConstraint(["group_key"], ["unit_group.key"], name="fk_unit_group_member_group_key"),
        sa.ForeignKeyConstraint(["unit_key"], ["unit.key"], name="fk_unit_group_member_unit_key"),
    )
    op.create_table(
        "unit_area",
        sa.Column("agency_key", sa.BigInteger(), nullable=False),
        sa.Column("unit_key", sa.BigInteger(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date()),
        sa.PrimaryKeyConstraint("agency_key", "unit_key", "valid_from", name="pk_unit_area"),
        sa.ForeignKeyConstraint(["agency_key"], ["unit.key"], name="fk_unit_area_agency_key"),
        sa.ForeignKeyConstraint(["unit_key"], ["unit.key"], name="fk_unit_area_unit_key"),
    )
    op.create_table(
        "unit_succession",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("predecessor_key", sa.BigInteger(), nullable=False),
        sa.Column("successor_key", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("share", sa.BigInteger()),
        sa.Column("basis", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_unit_succession"),
        sa.ForeignKeyConstraint(["predecessor_key"], ["unit.key"], name="fk_unit_succession_predecessor_key"),
        sa.ForeignKeyConstraint(["successor_key"], ["unit.key"], name="fk_unit_succession_successor_key"),
        sa.UniqueConstraint(
            "predecessor_key",
            "successor_key",
            "effective_on",
            name="uq_unit_succession_predecessor_key_successor_key_effective_on",
        ),
        sa.CheckConstraint(
            "share is null or (share > 0 and share <= 1000000)", name="ck_unit_succession_share_is_a_part"
        ),
    )
    op.create_index("ix_unit_succession_predecessor_key", "unit_succession", ["predecessor_key"])
    op.create_index("ix_unit_succession_successor_key", "unit_succession", ["successor_key"])
    op.create_table(
        "unit_closure",
        sa.Column("ancestor_key", sa.BigInteger(), nullable=False),
        sa.Column("descendant_key", sa.BigInteger(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date()),
        sa.Column("depth", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("ancestor_key", "descendant_key", "valid_from", name="pk_unit_closure"),
        sa.ForeignKeyConstraint(["ancestor_key"], ["unit.key"], name="fk_unit_closure_ancestor_key"),
        sa.ForeignKeyConstraint(["descendant_key"], ["unit.key"], name="fk_unit_closure_descendant_key"),
    )
    op.create_index("ix_unit_closure_descendant", "unit_closure", ["descendant_key", "depth"])


def _create_documents() -> None:
    op.create_table(
        "legal_document",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("number", sa.Text()),
        sa.Column("title", sa.Text()),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("issuer", sa.Text()),
        sa.Column("issued_on", sa.Date()),
        sa.PrimaryKeyConstraint("id", name="pk_legal_document"),
        sa.UniqueConstraint("label", name="uq_legal_document_label"),
    )
    op.create_index("ix_legal_document_issued_on_id", "legal_document", ["issued_on", "id"])
    op.create_index("ix_legal_document_number", "legal_document", ["number"])
    op.create_table(
        "document_author",
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("unit_key", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("document_id", "unit_key", name="pk_document_author"),
        sa.ForeignKeyConstraint(["document_id"], ["legal_document.id"], name="fk_document_author_document_id"),
        sa.ForeignKeyConstraint(["unit_key"], ["unit.key"], name="fk_document_author_unit_key"),
    )


def _create_indicators() -> None:
    op.create_table(
        "indicator",
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("sector", sa.Text(), nullable=False),
        sa.Column("definition", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_indicator"),
        sa.UniqueConstraint("code", name="uq_indicator_code"),
    )
    op.create_index("ix_indicator_sector", "indicator", ["sector"])


def _create_observations() -> None:
    op.create_table(
        "observation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("indicator_key", sa.BigInteger(), nullable=False),
        sa.Column("unit_key", sa.BigInteger(), nullable=False),
        sa.Column("sector", sa.Text(), nullable=False),
        sa.Column("share", sa.Text(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("period_starts", sa.Date(), nullable=False),
        sa.Column("period_ends", sa.Date(), nullable=False),
        sa.Column("window", sa.String(16), nullable=False),
        sa.Column("numerator", sa.BigInteger()),
        sa.Column("denominator", sa.BigInteger()),
        sa.Column("value_scaled", sa.BigInteger()),
        sa.Column("printed", sa.Text()),
        sa.Column("qualifier", sa.String(16), nullable=False),
        sa.Column("no_activity", sa.Boolean(), nullable=False),
        sa.Column("as_of", sa.Date()),
        sa.Column("comment", sa.Text()),
        sa.Column("source", sa.String(16), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("reporter_key", sa.BigInteger(), nullable=False),
        sa.Column("document_id", sa.Uuid()),
        sa.Column("section", sa.Text()),
        sa.Column("stated_in", sa.Text(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        sa.Column("superseded_at", sa.DateTime()),
        sa.Column("official", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_observation"),
        sa.ForeignKeyConstraint(["indicator_key"], ["indicator.key"], name="fk_observation_indicator_key"),
        sa.ForeignKeyConstraint(["unit_key"], ["unit.key"], name="fk_observation_unit_key"),
        sa.ForeignKeyConstraint(["reporter_key"], ["unit.key"], name="fk_observation_reporter_key"),
        sa.ForeignKeyConstraint(["document_id"], ["legal_document.id"], name="fk_observation_document_id"),
        sa.UniqueConstraint(
            "indicator_key",
            "unit_key",
            "share",
            "period",
            "window",
            "reporter_key",
            "stated_in",
            "revision",
            name="uq_observation_place",
        ),
        sa.CheckConstraint(
            "denominator is null or numerator is not null", name="ck_observation_denominator_needs_numerator"
        ),
        sa.CheckConstraint("not official or superseded_at is null", name="ck_observation_official_is_not_superseded"),
        sa.CheckConstraint("revision >= 1", name="ck_observation_revision_starts_at_one"),
        sa.CheckConstraint(
            "denominator is null or value_scaled is null", name="ck_observation_value_is_bare_or_derived"
        ),
    )
    op.create_index("ix_observation_document_id", "observation", ["document_id"])
    op.create_index(
        "ix_observation_official_of_indicator",
        "observation",
        ["indicator_key", "period", "window", "unit_key"],
        sqlite_where=sa.text("official = 1"),
        postgresql_where=sa.text("official"),
    )
    op.create_index(
        "uq_observation_official",
        "observation",
        ["unit_key", "period", "indicator_key", "window", "share"],
        unique=True,
        sqlite_where=sa.text("official = 1"),
        postgresql_where=sa.text("official"),
    )
    op.create_table(
        "observation_part",
        sa.Column("observation_id", sa.Uuid(), nullable=False),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("value_scaled", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("observation_id", "part", name="pk_observation_part"),
        sa.ForeignKeyConstraint(["observation_id"], ["observation.id"], name="fk_observation_part_observation_id"),
    )


def _create_targets() -> None:
    op.create_table(
        "target",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("indicator_key", sa.BigInteger(), nullable=False),
        sa.Column("sector", sa.Text(), nullable=False),
        sa.Column("rule", sa.String(16), nullable=False),
        sa.Column("within_key", sa.BigInteger(), nullable=False),
        sa.Column("addressee_key", sa.BigInteger()),
        sa.Column("tier", sa.String(16)),
        sa.Column("group_key", sa.BigInteger()),
        sa.Column("period", sa.Text()),
        sa.Column("value_scaled", sa.BigInteger(), nullable=False),
        sa.Column("comparator", sa.String(16), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("check", sa.String(16), nullable=False),
        sa.Column("due_on", sa.Date()),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date()),
        sa.Column("basis_id", sa.Uuid()),
        sa.PrimaryKeyConstraint("id", name="pk_target"),
        sa.ForeignKeyConstraint(["indicator_key"], ["indicator.key"], name="fk_target_indicator_key"),
        sa.ForeignKeyConstraint(["within_key"], ["unit.key"], name="fk_target_within_key"),
        sa.ForeignKeyConstraint(["addressee_key"], ["unit.key"], name="fk_target_addressee_key"),
        sa.ForeignKeyConstraint(["group_key"], ["unit_group.key"], name="fk_target_group_key"),
        sa.ForeignKeyConstraint(["basis_id"], ["legal_document.id"], name="fk_target_basis_id"),
        sa.CheckConstraint("\"check\" = 'EACH_PERIOD' or due_on is not null", name="ck_target_deadline_needs_a_day"),
        sa.CheckConstraint("valid_to is null or valid_to > valid_from", name="ck_target_validity_is_not_empty"),
    )
    op.create_index("ix_target_basis_id", "target", ["basis_id"])
    op.create_index("ix_target_indicator_key_valid_from", "target", ["indicator_key", "valid_from"])


def _create_tasks() -> None:
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
        sa.PrimaryKeyConstraint("id", name="pk_task"),
        sa.ForeignKeyConstraint(["lead_key"], ["unit.key"], name="fk_task_lead_key"),
        sa.ForeignKeyConstraint(["lead_group_key"], ["unit_group.key"], name="fk_task_lead_group_key"),
        sa.ForeignKeyConstraint(["assigned_by_key"], ["unit.key"], name="fk_task_assigned_by_key"),
        sa.ForeignKeyConstraint(["parent_id"], ["task.id"], name="fk_task_parent_id"),
        sa.UniqueConstraint("code", name="uq_task_code"),
        sa.CheckConstraint("(lead_key is null) != (lead_group_key is null)", name="ck_task_led_by_a_unit_or_a_group"),
    )
    op.create_index("ix_task_deadline_id", "task", ["deadline", "id"])
    op.create_index("ix_task_lead_key", "task", ["lead_key"])
    op.create_index("ix_task_parent_id", "task", ["parent_id"])
    op.create_table(
        "task_party",
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column("unit_key", sa.BigInteger(), nullable=False),
        sa.Column("role", sa.String(16), nullable=False),
        sa.PrimaryKeyConstraint("task_id", "unit_key", "role", name="pk_task_party"),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name="fk_task_party_task_id"),
        sa.ForeignKeyConstraint(["unit_key"], ["unit.key"], name="fk_task_party_unit_key"),
    )
    op.create_index("ix_task_party_unit_key", "task_party", ["unit_key"])
    op.create_table(
        "task_sector",
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column("sector", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("task_id", "sector", name="pk_task_sector"),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name="fk_task_sector_task_id"),
    )
    op.create_table(
        "task_event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("deadline", sa.Date()),
        sa.Column("basis_id", sa.Uuid()),
        sa.Column("by_key", sa.BigInteger()),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_task_event"),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name="fk_task_event_task_id"),
        sa.ForeignKeyConstraint(["basis_id"], ["legal_document.id"], name="fk_task_event_basis_id"),
        sa.ForeignKeyConstraint(["by_key"], ["unit.key"], name="fk_task_event_by_key"),
        sa.CheckConstraint(
            "kind != 'EXTENDED' or deadline is not null", name="ck_task_event_extension_names_a_deadline"
        ),
    )
    op.create_index("ix_task_event_task_id_on", "task_event", ["task_id", "on"])
    op.create_table(
        "task_progress",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("unit_key", sa.BigInteger(), nullable=False),
        sa.Column("done", sa.Text(), nullable=False),
        sa.Column("remaining", sa.Text()),
        sa.Column("confirmed", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_task_progress"),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name="fk_task_progress_task_id"),
        sa.ForeignKeyConstraint(["unit_key"], ["unit.key"], name="fk_task_progress_unit_key"),
    )
    op.create_index("ix_task_progress_task_id_on_id", "task_progress", ["task_id", "on", "id"])
    op.create_table(
        "task_progress_document",
        sa.Column("progress_id", sa.Uuid(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("progress_id", "document_id", name="pk_task_progress_document"),
        sa.ForeignKeyConstraint(["progress_id"], ["task_progress.id"], name="fk_task_progress_document_progress_id"),
        sa.ForeignKeyConstraint(["document_id"], ["legal_document.id"], name="fk_task_progress_document_document_id"),
    )
    op.create_index("ix_task_progress_document_document_id", "task_progress_document", ["document_id"])
    op.create_table(
        "task_mention",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("section", sa.Text(), nullable=False),
        sa.Column("deadline_text", sa.Text()),
        sa.Column("stated_state", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_task_mention"),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name="fk_task_mention_task_id"),
        sa.ForeignKeyConstraint(["document_id"], ["legal_document.id"], name="fk_task_mention_document_id"),
        sa.UniqueConstraint("task_id", "document_id", "section", name="uq_task_mention_task_id_document_id_section"),
    )
    op.create_index("ix_task_mention_document_id", "task_mention", ["document_id"])
    op.create_table(
        "task_basis",
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("task_id", "document_id", name="pk_task_basis"),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name="fk_task_basis_task_id"),
        sa.ForeignKeyConstraint(["document_id"], ["legal_document.id"], name="fk_task_basis_document_id"),
    )
    op.create_index("ix_task_basis_document_id", "task_basis", ["document_id"])
