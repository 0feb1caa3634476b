"""Who read how often is counted without reading the whole log"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "core_0009"
down_revision = "core_0008"


def upgrade() -> None:
    op.create_index(
        "ix_audit_event_reads",
        "audit_event",
        ["account_id", "recorded_at"],
        sqlite_where=sa.text("action = 'read'"),
        postgresql_where=sa.text("action = 'read'"),
    )


def downgrade() -> None:
    op.drop_index("ix_audit_event_reads", "audit_event")
