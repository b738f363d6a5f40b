"""Cases that close, contents that are erased, legal holds, and stop notices that need no key to be queued."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

_INSTANT = sa.DateTime(timezone=True)
_SEALED = (
    ("resident", "bsn_index"), ("resident", "sealed"), ("statement_request", "sealed"), ("reply", "raw"),
    ("proposal", "sealed"), ("offer", "sealed"), ("offer_answer", "raw"), ("message", "sealed"),
)  # fmt: skip
_DATED = (
    ("resident", "erased_at"), ("case_file", "closed_at"), ("case_file", "erased_at"), ("reply", "erased_at"),
    ("offer_answer", "erased_at"),
)  # fmt: skip
_BEFORE = "status IN ('accepted', 'held', 'dismissed', 'refused', 'quarantined', 'acknowledged', 'keyed', 'superseded')"
_AFTER = _BEFORE.replace("'superseded'", "'superseded', 'erased'")


def upgrade() -> None:
    for table, column in _SEALED:
        op.alter_column(table, column, existing_type=sa.LargeBinary(), nullable=True)
    for table, column in _DATED:
        op.add_column(table, sa.Column(column, _INSTANT, nullable=True))
    op.drop_constraint(op.f("reply_status_check"), "reply", type_="check")
    op.create_check_constraint(op.f("reply_status_check"), "reply", _AFTER)
    op.create_table(
        "legal_hold",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("resident_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("set_by", sa.Uuid(), nullable=False),
        sa.Column("set_at", _INSTANT, nullable=False),
        sa.Column("lifted_by", sa.Uuid(), nullable=True),
        sa.Column("lifted_at", _INSTANT, nullable=True),
        sa.CheckConstraint("(lifted_by IS NULL) = (lifted_at IS NULL)", name=op.f("legal_hold_lifted_check")),
        sa.CheckConstraint(
            "reason IN ('court_case', 'complaint', 'audit', 'investigation')", name=op.f("legal_hold_reason_check")
        ),
        sa.ForeignKeyConstraint(["resident_id"], ["resident.id"], name=op.f("legal_hold_resident_id_fkey")),
        sa.ForeignKeyConstraint(["set_by"], ["counsellor.id"], name=op.f("legal_hold_set_by_fkey")),
        sa.ForeignKeyConstraint(["lifted_by"], ["counsellor.id"], name=op.f("legal_hold_lifted_by_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("legal_hold_pkey")),
    )
    op.create_index(op.f("legal_hold_resident_id_idx"), "legal_hold", ["resident_id"])
    op.create_index(
        "legal_hold_in_force", "legal_hold", ["resident_id"], unique=True, postgresql_where=sa.text("lifted_at IS NULL")
    )


def downgrade() -> None:
    op.drop_table("legal_hold")
    op.drop_constraint(op.f("reply_status_check"), "reply", type_="check")
    # What the older tables cannot hold becomes what is nearest to it: there, empty, and not counted.
    op.execute("UPDATE reply SET status = 'dismissed' WHERE status = 'erased'")
    op.create_check_constraint(op.f("reply_status_check"), "reply", _BEFORE)
    for table, column in _DATED:
        op.drop_column(table, column)
    op.execute("UPDATE resident SET bsn_index = sha256(id::text::bytea) WHERE bsn_index IS NULL")
    for table, column in _SEALED:
        kept = sa.table(table, sa.column(column, sa.LargeBinary()))
        op.execute(sa.update(kept).where(kept.c[column].is_(None)).values({column: b""}))
        op.alter_column(table, column, existing_type=sa.LargeBinary(), nullable=False)
