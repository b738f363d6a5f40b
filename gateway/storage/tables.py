"""
The tables, as SQLAlchemy Core objects. Migrations create them; a test holds both to each other.

Sealed columns hold ciphertext (gateway.keys): names, BSN, addresses, amounts, raw replies, statements, message
bodies. States, ids and dates are in the clear, because the gateway works with them.
"""

from __future__ import annotations

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    UniqueConstraint,
    Uuid,
    text,
)  # fmt: skip
from sqlalchemy.dialects.postgresql import JSONB

metadata = MetaData(
    naming_convention={
        "ix": "%(table_name)s_%(column_0_N_name)s_idx",
        "uq": "%(table_name)s_%(column_0_N_name)s_key",
        "ck": "%(table_name)s_%(constraint_name)s_check",
        "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
        "pk": "%(table_name)s_pkey",
    }
)

INSTANT = DateTime(timezone=True)


def _id() -> Column[object]:
    return Column("id", Uuid, primary_key=True)


def _to(name: str, table: str, *, nullable: bool = False, index: bool = False) -> Column[object]:
    return Column(name, Uuid, ForeignKey(f"{table}.id"), nullable=nullable, index=index)


# One row: what this database is. A live database never becomes a sandbox, and only a sandbox has a movable clock.
installation = Table(
    "installation",
    metadata,
    Column("single_row", Boolean, primary_key=True, server_default=text("true")),
    Column("mode", String, nullable=False),
    Column("clock_offset_ms", BigInteger, nullable=False, server_default=text("0")),
    Column("key_fingerprint", String, nullable=False),
    Column("created_at", INSTANT, nullable=False),
    CheckConstraint("single_row", name="single"),
    CheckConstraint("mode IN ('sandbox', 'live')", name="mode"),
    CheckConstraint("mode = 'sandbox' OR clock_offset_ms = 0", name="live_clock"),
)

participant = Table(
    "participant",
    metadata,
    _id(),
    Column("kind", String, nullable=False),
    Column("name", String, nullable=False),
    Column("id_kind", String, nullable=False),
    Column("id_value", String, nullable=False),
    Column("sector", String, nullable=False),
    Column("regime_group", String, nullable=False),
    Column("bsn_basis", String),  # the legal reference that entitles it to the BSN; NULL = not entitled
    Column("endpoint", String),
    Column("format", String),
    Column("registered_at", INSTANT, nullable=False),
    UniqueConstraint("id_kind", "id_value"),
    CheckConstraint("kind IN ('counsellor', 'creditor', 'collector')", name="kind"),
)

counsellor = Table(
    "counsellor",
    metadata,
    _id(),
    _to("organisation_id", "participant", index=True),
    Column("name", String, nullable=False),
    Column("registered_at", INSTANT, nullable=False),
)

access_token = Table(
    "access_token",
    metadata,
    Column("token_hash", LargeBinary, primary_key=True),
    _to("participant_id", "participant", nullable=True),
    Column("role", String, nullable=False),
    Column("label", String, nullable=False),
    Column("issued_at", INSTANT, nullable=False),
    Column("expires_at", INSTANT, nullable=False),
    Column("revoked_at", INSTANT),
    CheckConstraint("role IN ('administrator', 'counsellor', 'creditor')", name="role"),
)

page_link = Table(
    "page_link",
    metadata,
    Column("token_hash", LargeBinary, primary_key=True),
    Column("role", String, nullable=False),
    Column("subject_id", Uuid, nullable=False),
    Column("issued_at", INSTANT, nullable=False),
    Column("expires_at", INSTANT, nullable=False),
)

# A code from a letter lets in once, together with the birth date; a few wrong birth dates end it.
letter_code = Table(
    "letter_code",
    metadata,
    _id(),
    _to("resident_id", "resident", index=True),
    Column("code_index", LargeBinary, nullable=False, unique=True),  # keyed: the code is short enough to be tried
    _to("made_by", "counsellor", nullable=True),  # NULL = the resident, signed in, for the next time
    Column("made_at", INSTANT, nullable=False),
    Column("expires_at", INSTANT, nullable=False),
    Column("failures", SmallInteger, nullable=False),
    Column("used_at", INSTANT),
    Column("ended_at", INSTANT),
)

# How many wrong codes came in a minute, over the whole gateway; not who sent them. Only the last minutes are kept.
wrong_code = Table(
    "wrong_code",
    metadata,
    Column("minute", INSTANT, primary_key=True),
    Column("times", Integer, nullable=False),
)

portal_session = Table(
    "portal_session",
    metadata,
    _id(),
    Column("token_hash", LargeBinary, nullable=False, unique=True),
    _to("resident_id", "resident", index=True),
    Column("assurance", String, nullable=False),
    Column("assisted_by", String, nullable=False),
    Column("opened_at", INSTANT, nullable=False),
    Column("confirmed_at", INSTANT, nullable=False),  # when the resident last showed who it is
    Column("seen_at", INSTANT, nullable=False),
    Column("ends_at", INSTANT, nullable=False),
    Column("failures", SmallInteger, nullable=False),
    CheckConstraint("assurance IN ('link', 'code', 'login')", name="assurance"),
)

resident = Table(
    "resident",
    metadata,
    _id(),
    _to("organisation_id", "participant"),
    Column("bsn_index", LargeBinary),  # NULL, and sealed too, once the resident was erased
    Column("sealed", LargeBinary),
    Column("registered_at", INSTANT, nullable=False),
    Column("erased_at", INSTANT),
    UniqueConstraint("organisation_id", "bsn_index"),
)

# In a table of its own, so that destroying the key is one DELETE and backups of it can have a shorter life.
resident_key = Table(
    "resident_key",
    metadata,
    Column("resident_id", Uuid, ForeignKey("resident.id"), primary_key=True),
    Column("wrapped", LargeBinary, nullable=False),
)

case_file = Table(
    "case_file",
    metadata,
    _id(),
    _to("resident_id", "resident", index=True),
    _to("organisation_id", "participant", index=True),
    Column("reference", String, nullable=False),
    Column("opened_at", INSTANT, nullable=False),
    Column("closed_at", INSTANT),  # from here the terms of retention count
    Column("erased_at", INSTANT),  # what is sealed in its rows is gone; the case is as unknown as any other
)

# While one is not lifted, nothing of the resident is erased (bewaarplicht bij een procedure).
legal_hold = Table(
    "legal_hold",
    metadata,
    _id(),
    _to("resident_id", "resident", index=True),
    Column("reason", String, nullable=False),
    _to("set_by", "counsellor"),
    Column("set_at", INSTANT, nullable=False),
    _to("lifted_by", "counsellor", nullable=True),
    Column("lifted_at", INSTANT),
    CheckConstraint("(lifted_by IS NULL) = (lifted_at IS NULL)", name="lifted"),
    CheckConstraint("reason IN ('court_case', 'complaint', 'audit', 'investigation')", name="reason"),
    # One at a time: setting one twice is setting it once.
    Index("legal_hold_in_force", "resident_id", unique=True, postgresql_where=text("lifted_at IS NULL")),
)

# Who may speak for a resident: gemachtigde, bewindvoerder, curator, parent. Immutable; its end is in the journal.
mandate = Table(
    "mandate",
    metadata,
    _id(),
    _to("resident_id", "resident", index=True),
    Column("kind", String, nullable=False),
    Column("sealed", LargeBinary, nullable=False),  # who it is
    _to("participant_id", "participant", nullable=True),  # where it is an organisation that we know
    Column("purposes", ARRAY(String), nullable=False),
    Column("evidence_kind", String, nullable=False),
    Column("evidence_reference", String, nullable=False),
    _to("checked_by", "counsellor"),
    Column("checked_at", INSTANT, nullable=False),
    Column("valid_from", INSTANT, nullable=False),
    Column("valid_until", INSTANT, nullable=False),
    Column("conflict", Boolean, nullable=False),
    _to("seconded_by", "counsellor", nullable=True),
    CheckConstraint("kind IN ('gemachtigde', 'bewindvoerder', 'curator', 'parent')", name="kind"),
    CheckConstraint("valid_from < valid_until", name="lasts"),
    CheckConstraint("NOT conflict OR seconded_by IS NOT NULL", name="second_person"),
    CheckConstraint("seconded_by <> checked_by", name="two_persons"),
)

# Two residents who may owe debts together. Immutable; that it ended or is unsafe is in the journal of each of them.
partner_link = Table(
    "partner_link",
    metadata,
    _id(),
    _to("first_id", "resident", index=True),
    _to("second_id", "resident", index=True),
    _to("recorded_by", "counsellor"),
    Column("recorded_at", INSTANT, nullable=False),
    CheckConstraint("first_id < second_id", name="two_persons"),
)

# A question that a resident was to be asked. Immutable; that it was served is in the journal, that it lapsed is time.
consent_ask = Table(
    "consent_ask",
    metadata,
    _id(),
    _to("resident_id", "resident"),
    _to("case_id", "case_file", index=True),
    _to("recipient_id", "participant"),
    Column("purpose", String, nullable=False),
    Column("notice", String, nullable=False),
    Column("notice_version", SmallInteger, nullable=False),
    Column("notice_language", String, nullable=False),
    Column("notice_sha256", String, nullable=False),  # as it was to be shown, everything filled in
    Column("valid_until", INSTANT, nullable=False),  # the last day that was filled in
    Column("initiative", String, nullable=False),
    Column("asked_by", String, nullable=False),
    Column("requested_at", INSTANT, nullable=False),
    Column("lapses_at", INSTANT, nullable=False),
    CheckConstraint("initiative IN ('organisation', 'resident')", name="initiative"),
)

consent_grant = Table(
    "consent_grant",
    metadata,
    _id(),
    _to("resident_id", "resident"),
    _to("case_id", "case_file"),
    _to("recipient_id", "participant"),
    Column("purpose", String, nullable=False),
    Column("act", String, nullable=False),
    Column("notice", String, nullable=False),
    Column("notice_version", SmallInteger, nullable=False),
    Column("notice_language", String, nullable=False),
    Column("notice_sha256", String, nullable=False),
    Column("method", String, nullable=False),
    Column("recorded_by", String, nullable=False),
    Column("given_at", INSTANT, nullable=False),
    Column("valid_from", INSTANT, nullable=False),
    Column("valid_until", INSTANT, nullable=False),
    Column("number", BigInteger, Identity(always=True), nullable=False),  # the order in which they were recorded
    # Empty in the rows that are older than these columns.
    Column("received_at", INSTANT),
    Column("recorded_at", INSTANT),
    Column("notice_text_sha256", String),
    Column("evidence_kind", String),
    Column("evidence_reference", String),
    Column("identified_by", String),
    Column("assisted_by", String),
    Column("understood", Boolean),
    _to("mandate_id", "mandate", nullable=True, index=True),
    Column("authority_until", INSTANT),
    Column("mode", String),
    Column("legal_basis", String),
    Column("article", String),
    Column("fields_out", ARRAY(String)),
    Column("fields_in", ARRAY(String)),
    Column("max_messages", SmallInteger),
    _to("supersedes", "consent_grant", nullable=True),
    _to("ask_id", "consent_ask", nullable=True, index=True),
    CheckConstraint("(mandate_id IS NULL) = (authority_until IS NULL)", name="authority"),
    CheckConstraint("act <> 'unknown' OR valid_until = valid_from", name="unknown_permits_nothing"),
    Index("consent_grant_latest", "case_id", "purpose", "recipient_id", text("given_at DESC")),
    Index("consent_grant_notice_idx", "notice", "notice_version"),
    # From which end of a yes the moments count at which the resident is reminded of it.
    Index("consent_grant_ends_idx", "valid_until", postgresql_where=text("act = 'given'")),
    Index("consent_grant_begins_idx", "valid_from", postgresql_where=text("act = 'given'")),
    Index("consent_grant_cap_idx", "purpose", "given_at", postgresql_where=text("act = 'given'")),
    Index(
        "consent_grant_authority_idx",
        "authority_until",
        postgresql_where=text("act = 'given' AND authority_until IS NOT NULL"),
    ),
)

# That a resident was reminded of a yes, once for each moment, however many look. Append-only.
consent_reminder = Table(
    "consent_reminder",
    metadata,
    Column("grant_id", Uuid, ForeignKey("consent_grant.id"), primary_key=True),
    Column("step", String, primary_key=True),
    Column("due_at", INSTANT, nullable=False),
    Column("recorded_at", INSTANT, nullable=False),
)

# One row: every moment up to this one was looked at, so that the next look costs what has come since.
reminder_look = Table(
    "reminder_look",
    metadata,
    Column("single_row", Boolean, primary_key=True, server_default=text("true")),
    Column("looked_until", INSTANT, nullable=False),
    CheckConstraint("single_row", name="single"),
)

# On whose authority something is sent without the resident's yes. Its standing is that of its grant. Append-only.
statutory_override = Table(
    "statutory_override",
    metadata,
    Column("grant_id", Uuid, ForeignKey("consent_grant.id"), primary_key=True),
    _to("case_id", "case_file", index=True),
    Column("statute", String, nullable=False),
    Column("statute_version", String, nullable=False),
    Column("motive", LargeBinary, nullable=False),  # sealed: in words, and about this resident
    _to("decided_by", "counsellor"),
    _to("seconded_by", "counsellor"),
    Column("recorded_at", INSTANT, nullable=False),
    CheckConstraint("seconded_by <> decided_by", name="two_persons"),
)

# The one journal. Append-only by trigger. An entry's facts and salt stand beside it, so that erasing them later
# leaves the commitment, the leaf and every proof valid (RFC 9162 leaves over salted commitments).
journal = Table(
    "journal",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("at", INSTANT, nullable=False),
    Column("kind", String, nullable=False),
    Column("actor", String, nullable=False),
    Column("case_id", Uuid, index=True),
    Column("resident_id", Uuid),
    Column("participant_id", Uuid),
    Column("grant_id", Uuid, index=True),
    Column("subject_id", Uuid, index=True),
    Column("commitment", LargeBinary, nullable=False),
)

journal_facts = Table(
    "journal_facts",
    metadata,
    Column("entry_id", BigInteger, ForeignKey("journal.id"), primary_key=True),
    Column("salt", LargeBinary),  # NULL, both of them: erased
    Column("facts", JSONB),
    CheckConstraint("(salt IS NULL) = (facts IS NULL)", name="erased"),
)

# Entries that have no leaf number yet; the sequencer empties it.
journal_pending = Table(
    "journal_pending",
    metadata,
    Column("entry_id", BigInteger, ForeignKey("journal.id"), primary_key=True),
)

journal_leaf = Table(
    "journal_leaf",
    metadata,
    Column("leaf_index", BigInteger, primary_key=True, autoincrement=False),
    Column("entry_id", BigInteger, ForeignKey("journal.id"), nullable=False, unique=True),
    Column("leaf_hash", LargeBinary, nullable=False),
)

# The perfect subtrees of 16 leaves and more, by (level, place), so that a proof costs O(log n) reads.
journal_node = Table(
    "journal_node",
    metadata,
    Column("level", SmallInteger, primary_key=True, autoincrement=False),
    Column("place", BigInteger, primary_key=True, autoincrement=False),
    Column("hash", LargeBinary, nullable=False),
)

# What the journal said of itself, signed: after every batch of the sequencer, and every hour.
journal_checkpoint = Table(
    "journal_checkpoint",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("size", BigInteger, nullable=False),
    Column("root", LargeBinary, nullable=False),
    Column("at", INSTANT, nullable=False),
    Column("kid", String, nullable=False),
    Column("signed", String, nullable=False),
    Index("journal_checkpoint_size_idx", "size", "id"),
)

# One row: the right-hand edge of the Merkle tree, so that a leaf costs O(log n).
journal_frontier = Table(
    "journal_frontier",
    metadata,
    Column("single_row", Boolean, primary_key=True, server_default=text("true")),
    Column("size", BigInteger, nullable=False),
    Column("hashes", ARRAY(LargeBinary), nullable=False),
    CheckConstraint("single_row", name="single"),
)

statement_request = Table(
    "statement_request",
    metadata,
    _id(),
    _to("case_id", "case_file", index=True),
    _to("resident_id", "resident"),
    _to("creditor_id", "participant", index=True),
    _to("grant_id", "consent_grant", index=True),
    Column("state", String, nullable=False),
    Column("regime_id", String, nullable=False),
    Column("regime_version", String, nullable=False),
    Column("policy_id", String, nullable=False),
    Column("policy_version", String, nullable=False),
    Column("sealed", LargeBinary),  # references and customer number; NULL once erased
    Column("asked_at", INSTANT, nullable=False),
    Column("delivered_at", INSTANT),
    Column("answered_at", INSTANT),
    Column("late", Boolean, nullable=False, server_default=text("false")),
    Column("held_replies", SmallInteger, nullable=False, server_default=text("0")),
)

reply = Table(
    "reply",
    metadata,
    _id(),
    _to("request_id", "statement_request", index=True),
    _to("resident_id", "resident"),
    _to("respondent_id", "participant"),
    Column("received_at", INSTANT, nullable=False),
    Column("status", String, nullable=False),
    Column("media_type", String, nullable=False),
    Column("digest", String, nullable=False),
    Column("raw", LargeBinary),  # NULL once erased
    Column("statement", LargeBinary),
    Column("problems", JSONB, nullable=False),
    Column("mapping", String),
    Column("version", Integer, nullable=False),
    Column("late", Boolean, nullable=False),
    Column("dismissed_at", INSTANT),
    Column("origin", String, nullable=False, server_default=text("'creditor'")),
    _to("replaces", "reply", nullable=True),  # the row whose bytes this row reads anew
    _to("keyed_by", "counsellor", nullable=True),
    _to("checked_by", "counsellor", nullable=True),
    Column("offending", LargeBinary),  # the values that the problems speak of, for who may see them
    Column("origins", LargeBinary),  # from where in the bytes each value of the statement came
    Column("erased_at", INSTANT),
    Column("others_bound", Boolean),  # whether its creditor says that others owe a debt too; NULL = it does not say
    CheckConstraint(
        "status IN ('accepted', 'held', 'dismissed', 'refused', 'quarantined', 'acknowledged', 'keyed', 'superseded', "
        "'erased')",
        name="status",
    ),
    CheckConstraint("origin IN ('creditor', 'keyed', 'replayed')", name="origin"),
    CheckConstraint("keyed_by <> checked_by", name="two_persons"),
    Index("reply_same_bytes", "request_id", "digest"),
)

proposal = Table(
    "proposal",
    metadata,
    _id(),
    _to("case_id", "case_file", index=True),
    _to("resident_id", "resident"),
    Column("basis", String, nullable=False),
    Column("duration_months", SmallInteger, nullable=False),
    Column("made_by", Uuid, ForeignKey("counsellor.id"), nullable=False),
    Column("made_at", INSTANT, nullable=False),
    Column("sealed", LargeBinary),  # pool, shares, flags; NULL once erased
)

offer = Table(
    "offer",
    metadata,
    _id(),
    _to("proposal_id", "proposal", index=True),
    _to("case_id", "case_file", index=True),
    _to("resident_id", "resident"),
    _to("creditor_id", "participant", index=True),
    _to("grant_id", "consent_grant", index=True),
    _to("request_id", "statement_request"),
    Column("state", String, nullable=False),
    Column("regime_id", String, nullable=False),
    Column("regime_version", String, nullable=False),
    Column("policy_id", String, nullable=False),
    Column("policy_version", String, nullable=False),
    Column("sealed", LargeBinary),  # claim, offer, percentage, rank; NULL once erased
    Column("proven_obstacle", Boolean, nullable=False),
    Column("flagged_obstacle", Boolean, nullable=False),
    Column("sent_at", INSTANT),
    Column("delivered_at", INSTANT),
    Column("notice_delivered_at", INSTANT),
    Column("open_question", Boolean, nullable=False, server_default=text("false")),
    Column("confirmed_by", Uuid, ForeignKey("counsellor.id")),
    Column("confirmed_at", INSTANT),
    Column("review_until", Date),
)

offer_answer = Table(
    "offer_answer",
    metadata,
    _id(),
    _to("offer_id", "offer", index=True),
    _to("resident_id", "resident"),
    Column("received_at", INSTANT, nullable=False),
    Column("verdict", String, nullable=False),
    Column("ground", String),
    Column("late", Boolean, nullable=False),
    Column("media_type", String, nullable=False),
    Column("digest", String, nullable=False),
    Column("raw", LargeBinary),  # NULL once erased
    Column("erased_at", INSTANT),
    CheckConstraint(
        "verdict IN ('accepted', 'substantiated', 'unsubstantiated', 'routed', 'refused', 'quarantined')",
        name="verdict",
    ),
    Index("offer_answer_same_bytes", "offer_id", "digest"),
)

# Deadlines are rows, not future jobs: the sweep looks at those whose moment has come.
term = Table(
    "term",
    metadata,
    _id(),
    Column("subject_kind", String, nullable=False),
    Column("subject_id", Uuid, nullable=False, index=True),
    _to("case_id", "case_file"),
    Column("kind", String, nullable=False),
    Column("policy_id", String, nullable=False),
    Column("policy_version", String, nullable=False),
    Column("calendar_version", String, nullable=False),
    Column("started_on", Date, nullable=False),
    Column("due_on", Date),  # NULL while suspended
    Column("suspensions", JSONB, nullable=False),
    Column("reminders_sent", SmallInteger, nullable=False, server_default=text("0")),
    Column("reminders_delivered", JSONB, nullable=False),
    Column("reminders_failed", SmallInteger, nullable=False, server_default=text("0")),
    Column("next_at", INSTANT),
    Column("state", String, nullable=False),
    CheckConstraint("subject_kind IN ('request', 'offer')", name="subject_kind"),
    CheckConstraint("kind IN ('answer', 'cure')", name="kind"),
    CheckConstraint("state IN ('running', 'suspended', 'ended', 'cancelled')", name="state"),
    Index("term_due", "next_at", postgresql_where=text("state = 'running'")),
)

message = Table(
    "message",
    metadata,
    _id(),
    Column("kind", String, nullable=False),
    Column("subject_kind", String, nullable=False),
    Column("subject_id", Uuid, nullable=False, index=True),
    _to("case_id", "case_file"),
    _to("resident_id", "resident"),
    _to("recipient_id", "participant"),
    _to("grant_id", "consent_grant", index=True),
    Column(
        "sealed", LargeBinary
    ),  # what this kind says beyond its conversation: reasons, missing facts; NULL = nothing
    Column("state", String, nullable=False),
    Column("attempts", SmallInteger, nullable=False, server_default=text("0")),
    Column("queued_at", INSTANT, nullable=False),
    Column("next_at", INSTANT),  # when queued: not before; when sending: the end of the lease
    Column("delivered_at", INSTANT),
    CheckConstraint("state IN ('queued', 'sending', 'delivered', 'failed', 'cancelled')", name="state"),
    Index("message_open", "next_at", postgresql_where=text("state IN ('queued', 'sending')")),
    Index("message_in_flight", "resident_id", postgresql_where=text("state = 'sending'")),
)

idempotency = Table(
    "idempotency",
    metadata,
    _to("participant_id", "participant"),
    Column("key", String, nullable=False),
    Column("fingerprint", String, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("at", INSTANT, nullable=False, index=True),
    UniqueConstraint("participant_id", "key"),
)
