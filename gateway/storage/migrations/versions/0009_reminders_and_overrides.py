"""That a resident was reminded of a yes, once for each moment; and what was sent without one, on whose authority."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

_INSTANT = sa.DateTime(timezone=True)
_TABLES = ("consent_reminder", "statutory_override")
# The sweep looks at the moments that came since it last looked, by whichever end of a yes they count from.
_MOMENTS = (
    ("consent_grant_ends_idx", ["valid_until"], ""),
    ("consent_grant_begins_idx", ["valid_from"], ""),
    ("consent_grant_cap_idx", ["purpose", "given_at"], ""),
    ("consent_grant_authority_idx", ["authority_until"], " AND authority_until IS NOT NULL"),
)


def upgrade() -> None:
    for name, columns, besides in _MOMENTS:
        op.create_index(name, "consent_grant", columns, postgresql_where=sa.text(f"act = 'given'{besides}"))
    op.create_table(
        "consent_reminder",
        sa.Column("grant_id", sa.Uuid(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("due_at", _INSTANT, nullable=False),
        sa.Column("recorded_at", _INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["grant_id"], ["consent_grant.id"], name=op.f("consent_reminder_grant_id_fkey")),
        sa.PrimaryKeyConstraint("grant_id", "step", name=op.f("consent_reminder_pkey")),
    )
    op.create_table(
        "reminder_look",
        sa.Column("single_row", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("looked_until", _INSTANT, nullable=False),
        sa.CheckConstraint("single_row", name=op.f("reminder_look_single_check")),
        sa.PrimaryKeyConstraint("single_row", name=op.f("reminder_look_pkey")),
    )
    op.create_table(
        "statutory_override",
        sa.Column("grant_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("statute", sa.String(), nullable=False),
        sa.Column("statute_version", sa.String(), nullable=False),
        sa.Column("motive", sa.LargeBinary(), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=False),
        sa.Column("seconded_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", _INSTANT, nullable=False),
        sa.CheckConstraint("seconded_by <> decided_by", name=op.f("statutory_override_two_persons_check")),
        sa.ForeignKeyConstraint(["grant_id"], ["consent_grant.id"], name=op.f("statutory_override_grant_id_fkey")),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("statutory_override_case_id_fkey")),
        sa.ForeignKeyConstraint(["decided_by"], ["counsellor.id"], name=op.f("statutory_override_decided_by_fkey")),
        sa.ForeignKeyConstraint(["seconded_by"], ["counsellor.id"], name=op.f("statutory_override_seconded_by_fkey")),
        sa.PrimaryKeyConstraint("grant_id", name=op.f("statutory_override_pkey")),
    )
    op.create_index(op.f("statutory_override_case_id_idx"), "statutory_override", ["case_id"])
    for table in _TABLES:
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_never_emptied BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )


def downgrade() -> None:
    op.drop_table("statutory_override")
    op.drop_table("reminder_look")
    op.drop_table("consent_reminder")
    for name, _, _ in _MOMENTS:
        op.drop_index(name, "consent_grant")
