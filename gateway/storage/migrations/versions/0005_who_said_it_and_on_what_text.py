"""Grants say who gave them, on which text and under which bounds; mandates and questions are rows of their own."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"

_INSTANT = sa.DateTime(timezone=True)
_NEW = ("mandate", "consent_ask")


def _columns() -> list[sa.Column[Any]]:
    """What a grant says beside what it said before; empty in older rows."""
    words = ("notice_text_sha256", "evidence_kind", "evidence_reference", "identified_by", "assisted_by")
    return [
        sa.Column("received_at", _INSTANT, nullable=True),
        sa.Column("recorded_at", _INSTANT, nullable=True),
        *(sa.Column(name, sa.String(), nullable=True) for name in words),
        sa.Column("understood", sa.Boolean(), nullable=True),
        sa.Column("mandate_id", sa.Uuid(), nullable=True),
        sa.Column("authority_until", _INSTANT, nullable=True),
        *(sa.Column(name, sa.String(), nullable=True) for name in ("mode", "legal_basis", "article")),
        sa.Column("fields_out", postgresql.ARRAY(sa.String()), nullable=True),
        sa.Column("fields_in", postgresql.ARRAY(sa.String()), nullable=True),
        sa.Column("max_messages", sa.SmallInteger(), nullable=True),
        sa.Column("supersedes", sa.Uuid(), nullable=True),
        sa.Column("ask_id", sa.Uuid(), nullable=True),
    ]


def upgrade() -> None:
    _mandates()
    _asks()
    # Adding the number rewrites the table in its stored order: no row trigger fires, no value that was there changes.
    op.add_column("consent_grant", sa.Column("number", sa.BigInteger(), sa.Identity(always=True), nullable=False))
    for column in _columns():
        op.add_column("consent_grant", column)
    for name, table in (("mandate_id", "mandate"), ("supersedes", "consent_grant"), ("ask_id", "consent_ask")):
        op.create_foreign_key(op.f(f"consent_grant_{name}_fkey"), "consent_grant", table, [name], ["id"])
    op.create_check_constraint(
        op.f("consent_grant_authority_check"), "consent_grant", "(mandate_id IS NULL) = (authority_until IS NULL)"
    )
    op.create_check_constraint(
        op.f("consent_grant_unknown_permits_nothing_check"),
        "consent_grant",
        "act <> 'unknown' OR valid_until = valid_from",
    )
    op.create_index(op.f("consent_grant_mandate_id_idx"), "consent_grant", ["mandate_id"])
    op.create_index(op.f("consent_grant_ask_id_idx"), "consent_grant", ["ask_id"])
    op.create_index("consent_grant_notice_idx", "consent_grant", ["notice", "notice_version"])
    for table in _NEW:
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_never_emptied BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )


def _mandates() -> None:
    op.create_table(
        "mandate",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("resident_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("participant_id", sa.Uuid(), nullable=True),
        sa.Column("purposes", postgresql.ARRAY(sa.String()), nullable=False),
        sa.Column("evidence_kind", sa.String(), nullable=False),
        sa.Column("evidence_reference", sa.String(), nullable=False),
        sa.Column("checked_by", sa.Uuid(), nullable=False),
        sa.Column("checked_at", _INSTANT, nullable=False),
        sa.Column("valid_from", _INSTANT, nullable=False),
        sa.Column("valid_until", _INSTANT, nullable=False),
        sa.Column("conflict", sa.Boolean(), nullable=False),
        sa.Column("seconded_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('gemachtigde', 'bewindvoerder', 'curator', 'parent')", name=op.f("mandate_kind_check")
        ),
        sa.CheckConstraint("valid_from < valid_until", name=op.f("mandate_lasts_check")),
        sa.CheckConstraint("NOT conflict OR seconded_by IS NOT NULL", name=op.f("mandate_second_person_check")),
        sa.CheckConstraint("seconded_by <> checked_by", name=op.f("mandate_two_persons_check")),
        sa.ForeignKeyConstraint(["resident_id"], ["resident.id"], name=op.f("mandate_resident_id_fkey")),
        sa.ForeignKeyConstraint(["participant_id"], ["participant.id"], name=op.f("mandate_participant_id_fkey")),
        sa.ForeignKeyConstraint(["checked_by"], ["counsellor.id"], name=op.f("mandate_checked_by_fkey")),
        sa.ForeignKeyConstraint(["seconded_by"], ["counsellor.id"], name=op.f("mandate_seconded_by_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("mandate_pkey")),
    )
    op.create_index(op.f("mandate_resident_id_idx"), "mandate", ["resident_id"])


def _asks() -> None:
    op.create_table(
        "consent_ask",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("resident_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("recipient_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("notice", sa.String(), nullable=False),
        sa.Column("notice_version", sa.SmallInteger(), nullable=False),
        sa.Column("notice_language", sa.String(), nullable=False),
        sa.Column("notice_sha256", sa.String(), nullable=False),
        sa.Column("valid_until", _INSTANT, nullable=False),
        sa.Column("initiative", sa.String(), nullable=False),
        sa.Column("asked_by", sa.String(), nullable=False),
        sa.Column("requested_at", _INSTANT, nullable=False),
        sa.Column("lapses_at", _INSTANT, nullable=False),
        sa.CheckConstraint("initiative IN ('organisation', 'resident')", name=op.f("consent_ask_initiative_check")),
        sa.ForeignKeyConstraint(["resident_id"], ["resident.id"], name=op.f("consent_ask_resident_id_fkey")),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("consent_ask_case_id_fkey")),
        sa.ForeignKeyConstraint(["recipient_id"], ["participant.id"], name=op.f("consent_ask_recipient_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("consent_ask_pkey")),
    )
    op.create_index(op.f("consent_ask_case_id_idx"), "consent_ask", ["case_id"])


def downgrade() -> None:
    op.drop_index("consent_grant_notice_idx", "consent_grant")
    for name in ("ask_id", "mandate_id"):
        op.drop_index(op.f(f"consent_grant_{name}_idx"), "consent_grant")
    for name in ("unknown_permits_nothing", "authority"):
        op.drop_constraint(op.f(f"consent_grant_{name}_check"), "consent_grant", type_="check")
    for name in ("ask_id", "supersedes", "mandate_id"):
        op.drop_constraint(op.f(f"consent_grant_{name}_fkey"), "consent_grant", type_="foreignkey")
    for column in reversed(_columns()):
        op.drop_column("consent_grant", column.name)
    op.drop_column("consent_grant", "number")
    for table in reversed(_NEW):
        op.drop_table(table)
