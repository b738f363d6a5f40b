"""Links between residents who may owe debts together, and per reply whether its creditor says that others are bound."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.add_column("reply", sa.Column("others_bound", sa.Boolean(), nullable=True))
    op.create_table(
        "partner_link",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("first_id", sa.Uuid(), nullable=False),
        sa.Column("second_id", sa.Uuid(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("first_id < second_id", name=op.f("partner_link_two_persons_check")),
        sa.ForeignKeyConstraint(["first_id"], ["resident.id"], name=op.f("partner_link_first_id_fkey")),
        sa.ForeignKeyConstraint(["second_id"], ["resident.id"], name=op.f("partner_link_second_id_fkey")),
        sa.ForeignKeyConstraint(["recorded_by"], ["counsellor.id"], name=op.f("partner_link_recorded_by_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("partner_link_pkey")),
    )
    op.create_index(op.f("partner_link_first_id_idx"), "partner_link", ["first_id"])
    op.create_index(op.f("partner_link_second_id_idx"), "partner_link", ["second_id"])
    op.execute(
        "CREATE TRIGGER partner_link_append_only BEFORE UPDATE OR DELETE ON partner_link "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        "CREATE TRIGGER partner_link_never_emptied BEFORE TRUNCATE ON partner_link "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )


def downgrade() -> None:
    op.drop_table("partner_link")
    op.drop_column("reply", "others_bound")
