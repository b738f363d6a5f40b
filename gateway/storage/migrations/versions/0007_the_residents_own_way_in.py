"""The resident's own way in: codes from a letter, and sessions; neither tells what was said or done."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "letter_code",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("resident_id", sa.Uuid(), nullable=False),
        sa.Column("code_index", sa.LargeBinary(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("made_at", _INSTANT, nullable=False),
        sa.Column("expires_at", _INSTANT, nullable=False),
        sa.Column("failures", sa.SmallInteger(), nullable=False),
        sa.Column("used_at", _INSTANT, nullable=True),
        sa.Column("ended_at", _INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["resident_id"], ["resident.id"], name=op.f("letter_code_resident_id_fkey")),
        sa.ForeignKeyConstraint(["made_by"], ["counsellor.id"], name=op.f("letter_code_made_by_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("letter_code_pkey")),
        sa.UniqueConstraint("code_index", name=op.f("letter_code_code_index_key")),
    )
    op.create_index(op.f("letter_code_resident_id_idx"), "letter_code", ["resident_id"])
    op.create_table(
        "portal_session",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("resident_id", sa.Uuid(), nullable=False),
        sa.Column("assurance", sa.String(), nullable=False),
        sa.Column("assisted_by", sa.String(), nullable=False),
        sa.Column("opened_at", _INSTANT, nullable=False),
        sa.Column("confirmed_at", _INSTANT, nullable=False),
        sa.Column("seen_at", _INSTANT, nullable=False),
        sa.Column("ends_at", _INSTANT, nullable=False),
        sa.Column("failures", sa.SmallInteger(), nullable=False),
        sa.CheckConstraint("assurance IN ('link', 'code', 'login')", name=op.f("portal_session_assurance_check")),
        sa.ForeignKeyConstraint(["resident_id"], ["resident.id"], name=op.f("portal_session_resident_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("portal_session_pkey")),
        sa.UniqueConstraint("token_hash", name=op.f("portal_session_token_hash_key")),
    )
    op.create_index(op.f("portal_session_resident_id_idx"), "portal_session", ["resident_id"])


def downgrade() -> None:
    op.drop_table("portal_session")
    op.drop_table("letter_code")
