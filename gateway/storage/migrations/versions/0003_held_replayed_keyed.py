"""Replies that were read anew or keyed in from paper, acknowledgements that are kept, and the values that held one."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_BEFORE = "status IN ('accepted', 'held', 'dismissed', 'refused', 'quarantined')"
_AFTER = "status IN ('accepted', 'held', 'dismissed', 'refused', 'quarantined', 'acknowledged', 'keyed', 'superseded')"


def upgrade() -> None:
    op.drop_constraint(op.f("reply_status_check"), "reply", type_="check")
    op.create_check_constraint(op.f("reply_status_check"), "reply", _AFTER)
    op.alter_column("reply", "version", type_=sa.Integer(), existing_type=sa.SmallInteger(), existing_nullable=False)
    op.add_column("reply", sa.Column("origin", sa.String(), server_default=sa.text("'creditor'"), nullable=False))
    op.create_check_constraint(op.f("reply_origin_check"), "reply", "origin IN ('creditor', 'keyed', 'replayed')")
    op.add_column("reply", sa.Column("replaces", sa.Uuid(), nullable=True))
    op.add_column("reply", sa.Column("keyed_by", sa.Uuid(), nullable=True))
    op.add_column("reply", sa.Column("checked_by", sa.Uuid(), nullable=True))
    op.add_column("reply", sa.Column("offending", sa.LargeBinary(), nullable=True))
    op.add_column("reply", sa.Column("origins", sa.LargeBinary(), nullable=True))
    op.create_foreign_key(op.f("reply_replaces_fkey"), "reply", "reply", ["replaces"], ["id"])
    op.create_foreign_key(op.f("reply_keyed_by_fkey"), "reply", "counsellor", ["keyed_by"], ["id"])
    op.create_foreign_key(op.f("reply_checked_by_fkey"), "reply", "counsellor", ["checked_by"], ["id"])
    op.create_check_constraint(op.f("reply_two_persons_check"), "reply", "keyed_by <> checked_by")


def downgrade() -> None:
    op.drop_constraint(op.f("reply_two_persons_check"), "reply", type_="check")
    for column in ("checked_by", "keyed_by", "replaces"):
        op.drop_constraint(op.f(f"reply_{column}_fkey"), "reply", type_="foreignkey")
    op.drop_constraint(op.f("reply_origin_check"), "reply", type_="check")
    for column in ("origins", "offending", "checked_by", "keyed_by", "replaces", "origin"):
        op.drop_column("reply", column)
    # What the older tables cannot hold becomes what is nearest to it: kept, and not counted.
    op.execute("UPDATE reply SET status = 'refused' WHERE status = 'acknowledged'")
    op.execute("UPDATE reply SET status = 'dismissed' WHERE status IN ('keyed', 'superseded')")
    op.drop_constraint(op.f("reply_status_check"), "reply", type_="check")
    op.create_check_constraint(op.f("reply_status_check"), "reply", _BEFORE)
    op.alter_column("reply", "version", type_=sa.SmallInteger(), existing_type=sa.Integer(), existing_nullable=False)
