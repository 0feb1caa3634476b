"""Who reported progress, so that nobody confirms his own"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "core_0007"
down_revision = "core_0006"


def upgrade() -> None:
    op.add_column("task_progress", sa.Column("reported_by", sa.Uuid()))
    op.add_column("task_progress", sa.Column("reported_for", sa.Uuid()))


def downgrade() -> None:
    op.drop_column("task_progress", "reported_for")
    op.drop_column("task_progress", "reported_by")
