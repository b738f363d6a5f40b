"""The first tables"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "installation",
        sa.Column("single_row", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("mode", sa.String(), nullable=False),
        sa.Column("clock_offset_ms", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("key_fingerprint", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("mode = 'sandbox' OR clock_offset_ms = 0", name=op.f("installation_live_clock_check")),
        sa.CheckConstraint("mode IN ('sandbox', 'live')", name=op.f("installation_mode_check")),
        sa.CheckConstraint("single_row", name=op.f("installation_single_check")),
        sa.PrimaryKeyConstraint("single_row", name=op.f("installation_pkey")),
    )
    op.create_table(
        "journal",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("resident_id", sa.Uuid(), nullable=True),
        sa.Column("participant_id", sa.Uuid(), nullable=True),
        sa.Column("grant_id", sa.Uuid(), nullable=True),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("commitment", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("journal_pkey")),
    )
    op.create_index(op.f("journal_case_id_idx"), "journal", ["case_id"], unique=False)
    op.create_index(op.f("journal_grant_id_idx"), "journal", ["grant_id"], unique=False)
    op.create_index(op.f("journal_subject_id_idx"), "journal", ["subject_id"], unique=False)
    op.create_table(
        "journal_frontier",
        sa.Column("single_row", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("hashes", sa.ARRAY(sa.LargeBinary()), nullable=False),
        sa.CheckConstraint("single_row", name=op.f("journal_frontier_single_check")),
        sa.PrimaryKeyConstraint("single_row", name=op.f("journal_frontier_pkey")),
    )
    op.create_table(
        "page_link",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("page_link_pkey")),
    )
    op.create_table(
        "participant",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("id_kind", sa.String(), nullable=False),
        sa.Column("id_value", sa.String(), nullable=False),
        sa.Column("sector", sa.String(), nullable=False),
        sa.Column("regime_group", sa.String(), nullable=False),
        sa.Column("bsn_basis", sa.String(), nullable=True),
        sa.Column("endpoint", sa.String(), nullable=True),
        sa.Column("format", sa.String(), nullable=True),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('counsellor', 'creditor', 'collector')", name=op.f("participant_kind_check")),
        sa.PrimaryKeyConstraint("id", name=op.f("participant_pkey")),
        sa.UniqueConstraint("id_kind", "id_value", name=op.f("participant_id_kind_id_value_key")),
    )
    op.create_table(
        "access_token",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("participant_id", sa.Uuid(), nullable=True),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("role IN ('administrator', 'counsellor', 'creditor')", name=op.f("access_token_role_check")),
        sa.ForeignKeyConstraint(["participant_id"], ["participant.id"], name=op.f("access_token_participant_id_fkey")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("access_token_pkey")),
    )
    op.create_table(
        "counsellor",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["participant.id"], name=op.f("counsellor_organisation_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("counsellor_pkey")),
    )
    op.create_index(op.f("counsellor_organisation_id_idx"), "counsellor", ["organisation_id"], unique=False)
    op.create_table(
        "idempotency",
        sa.Column("participant_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["participant_id"], ["participant.id"], name=op.f("idempotency_participant_id_fkey")),
        sa.UniqueConstraint("participant_id", "key", name=op.f("idempotency_participant_id_key_key")),
    )
    op.create_index(op.f("idempotency_at_idx"), "idempotency", ["at"], unique=False)
    op.create_table(
        "journal_facts",
        sa.Column("entry_id", sa.BigInteger(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["journal.id"], name=op.f("journal_facts_entry_id_fkey")),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("journal_facts_pkey")),
    )
    op.create_table(
        "journal_leaf",
        sa.Column("leaf_index", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("entry_id", sa.BigInteger(), nullable=False),
        sa.Column("leaf_hash", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["journal.id"], name=op.f("journal_leaf_entry_id_fkey")),
        sa.PrimaryKeyConstraint("leaf_index", name=op.f("journal_leaf_pkey")),
        sa.UniqueConstraint("entry_id", name=op.f("journal_leaf_entry_id_key")),
    )
    op.create_table(
        "journal_pending",
        sa.Column("entry_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["journal.id"], name=op.f("journal_pending_entry_id_fkey")),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("journal_pending_pkey")),
    )
    op.create_table(
        "resident",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("bsn_index", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["participant.id"], name=op.f("resident_organisation_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("resident_pkey")),
        sa.UniqueConstraint("organisation_id", "bsn_index", name=op.f("resident_organisation_id_bsn_index_key")),
    )
    op.create_table(
        "case_file",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("resident_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["participant.id"], name=op.f("case_file_organisation_id_fkey")),
        sa.ForeignKeyConstraint(["resident_id"], ["resident.id"], name=op.f("case_file_resident_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("case_file_pkey")),
    )
    op.create_index(op.f("case_file_organisation_id_idx"), "case_file", ["organisation_id"], unique=False)
    op.create_index(op.f("case_file_resident_id_idx"), "case_file", ["resident_id"], unique=False)
    op.create_table(
        "resident_key",
        sa.Column("resident_id", sa.Uuid(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["resident_id"], ["resident.id"], name=op.f("resident_key_resident_id_fkey")),
        sa.PrimaryKeyConstraint("resident_id", name=op.f("resident_key_pkey")),
    )
    op.create_table(
        "consent_grant",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("resident_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("recipient_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("notice", sa.String(), nullable=False),
        sa.Column("notice_version", sa.SmallInteger(), nullable=False),
        sa.Column("notice_language", sa.String(), nullable=False),
        sa.Column("notice_sha256", sa.String(), nullable=False),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("recorded_by", sa.String(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_until", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("consent_grant_case_id_fkey")),
        sa.ForeignKeyConstraint(["recipient_id"], ["participant.id"], name=op.f("consent_grant_recipient_id_fkey")),
        sa.ForeignKeyConstraint(["resident_id"], ["resident.id"], name=op.f("consent_grant_resident_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("consent_grant_pkey")),
    )
    op.create_index(
        "consent_grant_latest",
        "consent_grant",
        ["case_id", "purpose", "recipient_id", sa.literal_column("given_at DESC")],
        unique=False,
    )
    op.create_table(
        "proposal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("resident_id", sa.Uuid(), nullable=False),
        sa.Column("basis", sa.String(), nullable=False),
        sa.Column("duration_months", sa.SmallInteger(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("proposal_case_id_fkey")),
        sa.ForeignKeyConstraint(["made_by"], ["counsellor.id"], name=op.f("proposal_made_by_fkey")),
        sa.ForeignKeyConstraint(["resident_id"], ["resident.id"], name=op.f("proposal_resident_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("proposal_pkey")),
    )
    op.create_index(op.f("proposal_case_id_idx"), "proposal", ["case_id"], unique=False)
    op.create_table(
        "term",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("subject_kind", sa.String(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("policy_id", sa.String(), nullable=False),
        sa.Column("policy_version", sa.String(), nullable=False),
        sa.Column("calendar_version", sa.String(), nullable=False),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("suspensions", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("reminders_sent", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("reminders_delivered", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("reminders_failed", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.CheckConstraint("kind IN ('answer', 'cure')", name=op.f("term_kind_check")),
        sa.CheckConstraint("state IN ('running', 'suspended', 'ended', 'cancelled')", name=op.f("term_state_check")),
        sa.CheckConstraint("subject_kind IN ('request', 'offer')", name=op.f("term_subject_kind_check")),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("term_case_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("term_pkey")),
    )
    op.create_index("term_due", "term", ["next_at"], unique=False, postgresql_where=sa.text("state = 'running'"))
    op.create_index(op.f("term_subject_id_idx"), "term", ["subject_id"], unique=False)
    op.create_table(
        "message",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject_kind", sa.String(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("resident_id", sa.Uuid(), nullable=False),
        sa.Column("recipient_id", sa.Uuid(), nullable=False),
        sa.Column("grant_id", sa.Uuid(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('queued', 'sending', 'delivered', 'failed', 'cancelled')", name=op.f("message_state_check")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("message_case_id_fkey")),
        sa.ForeignKeyConstraint(["grant_id"], ["consent_grant.id"], name=op.f("message_grant_id_fkey")),
        sa.ForeignKeyConstraint(["recipient_id"], ["participant.id"], name=op.f("message_recipient_id_fkey")),
        sa.ForeignKeyConstraint(["resident_id"], ["resident.id"], name=op.f("message_resident_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("message_pkey")),
    )
    op.create_index(op.f("message_grant_id_idx"), "message", ["grant_id"], unique=False)
    op.create_index(
        "message_in_flight", "message", ["resident_id"], unique=False, postgresql_where=sa.text("state = 'sending'")
    )
    op.create_index(
        "message_open", "message", ["next_at"], unique=False, postgresql_where=sa.text("state IN ('queued', 'sending')")
    )
    op.create_index(op.f("message_subject_id_idx"), "message", ["subject_id"], unique=False)
    op.create_table(
        "statement_request",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("resident_id", sa.Uuid(), nullable=False),
        sa.Column("creditor_id", sa.Uuid(), nullable=False),
        sa.Column("grant_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("regime_id", sa.String(), nullable=False),
        sa.Column("regime_version", sa.String(), nullable=False),
        sa.Column("policy_id", sa.String(), nullable=False),
        sa.Column("policy_version", sa.String(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("late", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("held_replies", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("statement_request_case_id_fkey")),
        sa.ForeignKeyConstraint(["creditor_id"], ["participant.id"], name=op.f("statement_request_creditor_id_fkey")),
        sa.ForeignKeyConstraint(["grant_id"], ["consent_grant.id"], name=op.f("statement_request_grant_id_fkey")),
        sa.ForeignKeyConstraint(["resident_id"], ["resident.id"], name=op.f("statement_request_resident_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("statement_request_pkey")),
    )
    op.create_index(op.f("statement_request_case_id_idx"), "statement_request", ["case_id"], unique=False)
    op.create_index(op.f("statement_request_creditor_id_idx"), "statement_request", ["creditor_id"], unique=False)
    op.create_index(op.f("statement_request_grant_id_idx"), "statement_request", ["grant_id"], unique=False)
    op.create_table(
        "offer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("proposal_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("resident_id", sa.Uuid(), nullable=False),
        sa.Column("creditor_id", sa.Uuid(), nullable=False),
        sa.Column("grant_id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("regime_id", sa.String(), nullable=False),
        sa.Column("regime_version", sa.String(), nullable=False),
        sa.Column("policy_id", sa.String(), nullable=False),
        sa.Column("policy_version", sa.String(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("proven_obstacle", sa.Boolean(), nullable=False),
        sa.Column("flagged_obstacle", sa.Boolean(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("notice_delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("open_question", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("confirmed_by", sa.Uuid(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("review_until", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("offer_case_id_fkey")),
        sa.ForeignKeyConstraint(["confirmed_by"], ["counsellor.id"], name=op.f("offer_confirmed_by_fkey")),
        sa.ForeignKeyConstraint(["creditor_id"], ["participant.id"], name=op.f("offer_creditor_id_fkey")),
        sa.ForeignKeyConstraint(["grant_id"], ["consent_grant.id"], name=op.f("offer_grant_id_fkey")),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name=op.f("offer_proposal_id_fkey")),
        sa.ForeignKeyConstraint(["request_id"], ["statement_request.id"], name=op.f("offer_request_id_fkey")),
        sa.ForeignKeyConstraint(["resident_id"], ["resident.id"], name=op.f("offer_resident_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("offer_pkey")),
    )
    op.create_index(op.f("offer_case_id_idx"), "offer", ["case_id"], unique=False)
    op.create_index(op.f("offer_creditor_id_idx"), "offer", ["creditor_id"], unique=False)
    op.create_index(op.f("offer_grant_id_idx"), "offer", ["grant_id"], unique=False)
    op.create_index(op.f("offer_proposal_id_idx"), "offer", ["proposal_id"], unique=False)
    op.create_table(
        "reply",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("resident_id", sa.Uuid(), nullable=False),
        sa.Column("respondent_id", sa.Uuid(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.Column("statement", sa.LargeBinary(), nullable=True),
        sa.Column("problems", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("mapping", sa.String(), nullable=True),
        sa.Column("version", sa.SmallInteger(), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("dismissed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "status IN ('accepted', 'held', 'dismissed', 'refused', 'quarantined')", name=op.f("reply_status_check")
        ),
        sa.ForeignKeyConstraint(["request_id"], ["statement_request.id"], name=op.f("reply_request_id_fkey")),
        sa.ForeignKeyConstraint(["resident_id"], ["resident.id"], name=op.f("reply_resident_id_fkey")),
        sa.ForeignKeyConstraint(["respondent_id"], ["participant.id"], name=op.f("reply_respondent_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("reply_pkey")),
    )
    op.create_index(op.f("reply_request_id_idx"), "reply", ["request_id"], unique=False)
    op.create_index("reply_same_bytes", "reply", ["request_id", "digest"], unique=False)
    op.create_table(
        "offer_answer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("offer_id", sa.Uuid(), nullable=False),
        sa.Column("resident_id", sa.Uuid(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("ground", sa.String(), nullable=True),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "verdict IN ('accepted', 'substantiated', 'unsubstantiated', 'routed', 'refused', 'quarantined')",
            name=op.f("offer_answer_verdict_check"),
        ),
        sa.ForeignKeyConstraint(["offer_id"], ["offer.id"], name=op.f("offer_answer_offer_id_fkey")),
        sa.ForeignKeyConstraint(["resident_id"], ["resident.id"], name=op.f("offer_answer_resident_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("offer_answer_pkey")),
    )
    op.create_index(op.f("offer_answer_offer_id_idx"), "offer_answer", ["offer_id"], unique=False)
    op.create_index("offer_answer_same_bytes", "offer_answer", ["offer_id", "digest"], unique=False)


def downgrade() -> None:
    op.drop_index("offer_answer_same_bytes", table_name="offer_answer")
    op.drop_index(op.f("offer_answer_offer_id_idx"), table_name="offer_answer")
    op.drop_table("offer_answer")
    op.drop_index("reply_same_bytes", table_name="reply")
    op.drop_index(op.f("reply_request_id_idx"), table_name="reply")
    op.drop_table("reply")
    op.drop_index(op.f("offer_proposal_id_idx"), table_name="offer")
    op.drop_index(op.f("offer_grant_id_idx"), table_name="offer")
    op.drop_index(op.f("offer_creditor_id_idx"), table_name="offer")
    op.drop_index(op.f("offer_case_id_idx"), table_name="offer")
    op.drop_table("offer")
    op.drop_index(op.f("statement_request_grant_id_idx"), table_name="statement_request")
    op.drop_index(op.f("statement_request_creditor_id_idx"), table_name="statement_request")
    op.drop_index(op.f("statement_request_case_id_idx"), table_name="statement_request")
    op.drop_table("statement_request")
    op.drop_index(op.f("message_subject_id_idx"), table_name="message")
    op.drop_index("message_open", table_name="message", postgresql_where=sa.text("state IN ('queued', 'sending')"))
    op.drop_index("message_in_flight", table_name="message", postgresql_where=sa.text("state = 'sending'"))
    op.drop_index(op.f("message_grant_id_idx"), table_name="message")
    op.drop_table("message")
    op.drop_index(op.f("term_subject_id_idx"), table_name="term")
    op.drop_index("term_due", table_name="term", postgresql_where=sa.text("state = 'running'"))
    op.drop_table("term")
    op.drop_index(op.f("proposal_case_id_idx"), table_name="proposal")
    op.drop_table("proposal")
    op.drop_index("consent_grant_latest", table_name="consent_grant")
    op.drop_table("consent_grant")
    op.drop_table("resident_key")
    op.drop_index(op.f("case_file_resident_id_idx"), table_name="case_file")
    op.drop_index(op.f("case_file_organisation_id_idx"), table_name="case_file")
    op.drop_table("case_file")
    op.drop_table("resident")
    op.drop_table("journal_pending")
    op.drop_table("journal_leaf")
    op.drop_table("journal_facts")
    op.drop_index(op.f("idempotency_at_idx"), table_name="idempotency")
    op.drop_table("idempotency")
    op.drop_index(op.f("counsellor_organisation_id_idx"), table_name="counsellor")
    op.drop_table("counsellor")
    op.drop_table("access_token")
    op.drop_table("participant")
    op.drop_table("page_link")
    op.drop_table("journal_frontier")
    op.drop_index(op.f("journal_subject_id_idx"), table_name="journal")
    op.drop_index(op.f("journal_grant_id_idx"), table_name="journal")
    op.drop_index(op.f("journal_case_id_idx"), table_name="journal")
    op.drop_table("journal")
    op.drop_table("installation")
