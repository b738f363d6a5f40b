"""How many wrong codes were typed in each minute, by whom is not kept: enough to slow down whoever tries them all."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.create_table(
        "wrong_code",
        sa.Column("minute", sa.DateTime(timezone=True), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("minute", name=op.f("wrong_code_pkey")),
    )


def downgrade() -> None:
    op.drop_table("wrong_code")
