"""Ways to an identity provider and back, and sessions that are handed over"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "auth_0006"
down_revision = "auth_0005"


def upgrade() -> None:
    op.create_table(
        "provider_flow",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.LargeBinary(32), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_provider_flow"),
        sa.UniqueConstraint("digest", name="uq_provider_flow_digest"),
    )
    op.create_index("ix_provider_flow_source", "provider_flow", ["source"])
    op.create_index("ix_provider_flow_expires_at", "provider_flow", ["expires_at"])
    op.create_table(
        "provider_handover",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.LargeBinary(32), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("second_factor", sa.Boolean(), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_provider_handover"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_provider_handover_account_id"),
        sa.UniqueConstraint("digest", name="uq_provider_handover_digest"),
    )
    op.create_index("ix_provider_handover_account_id", "provider_handover", ["account_id"])
    op.create_index("ix_provider_handover_expires_at", "provider_handover", ["expires_at"])


def downgrade() -> None:
    op.drop_table("provider_handover")
    op.drop_table("provider_flow")
