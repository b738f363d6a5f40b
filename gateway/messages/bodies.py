"""What systems may send to our own API: one schema per body; unknown fields refused, all faults at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields
from stdnum.nl import bsn

from gateway.errors import Fault, Invalid
from gateway.messages import keyed_statement, wire_fields
from gateway.messages.wire_fields import Day, Identifier, Instant, Listing, Part, StrictSchema, Text, Whole, YesNo

# Logius, OIN-stelsel: twenty positions: prefix, number, zero suffix.
OIN = r"0000(?:000[1-9]|0010|0099)(?:[0-9A-Z]{9}0{3}|[0-9A-Z]{8}0{4})"
KVK = r"[0-9]{8}"
SLUG = r"[a-z0-9][a-z0-9-]{0,62}"
MOST_IN_ONE_CALL = 100
MAX_POOL_CENTS = 10**11


class Bsn(Text):
    """A burgerservicenummer: nine digits that pass the 11-test."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(9, pattern=r"[0-9]{9}", **kwargs)
        self.validators.append(_passes_eleven_test)


def _passes_eleven_test(value: str) -> None:
    if not bsn.is_valid(value):
        raise ValidationError("eleven_test|This is not a valid BSN; check the digits.")


class _Organisation(StrictSchema):
    kind = Text(20, choices=("counsellor", "creditor", "collector"), required=True)
    name = Text(200, required=True)
    oin = Text(20, pattern=OIN)
    kvk = Text(8, pattern=KVK)
    sector = Text(40, pattern=r"[a-z_]+", required=True)
    regime_group = Text(40, pattern=SLUG, load_default="default")
    bsn_basis = Text(200)
    endpoint = Text(500, pattern=r"https?://[!-~]+")
    format = Text(60, pattern=SLUG)


class _Endpoint(StrictSchema):
    endpoint = Text(500, pattern=r"https?://[!-~]+", required=True)


class _Counsellor(StrictSchema):
    name = Text(200, required=True)


class _Token(StrictSchema):
    role = Text(20, choices=("counsellor", "creditor"), required=True)
    label = Text(100, required=True)
    participant_id = Identifier(required=True)


class _PageLink(StrictSchema):
    role = Text(20, choices=("resident", "counsellor"), required=True)
    case_id = Identifier(required=True)


class _CreditorPageLink(StrictSchema):
    creditor_id = Identifier(required=True)


class _Resident(StrictSchema):
    bsn = Bsn(required=True)
    initials = Text(20, required=True)
    surname = Text(200, required=True)
    birth_date = Day(required=True)
    street = Text(200, required=True)
    house_number = Text(20, required=True)
    postcode = Text(7, pattern=r"[1-9][0-9]{3} ?[A-Z]{2}", required=True)
    town = Text(200, required=True)


class _Case(StrictSchema):
    reference = Text(60, pattern=r"[0-9A-Za-z][0-9A-Za-z ./_-]*", required=True)
    resident = Part(_Resident, required=True)


LANGUAGES = ("nl", "en", "ar")
# Where a paper lies or a note is kept: a number of the reader's own, never a name.
REFERENCE = r"[0-9A-Za-z][0-9A-Za-z ./_-]*"


class _Word(StrictSchema):
    """How a resident, or who speaks for one, said something."""

    method = Text(10, choices=("desk", "phone", "paper", "portal"), required=True)
    language = Text(2, choices=LANGUAGES, load_default="nl")
    said_at = Instant()
    received_at = Instant()
    starts_at = Instant()
    ends_at = Instant()
    evidence_kind = Text(20, choices=("letter", "form", "call_note", "declaration"))
    evidence_reference = Text(60, pattern=REFERENCE)
    identified_by = Text(20, choices=("known", "id_document", "call_back", "login", "code", "signature", "not_checked"))
    assisted_by = Text(20, choices=("nobody", "counsellor", "interpreter", "volunteer", "family"))
    understood = YesNo()
    mandate_id = Identifier()
    ask_id = Identifier()


class _Grant(_Word):
    creditor_id = Identifier(required=True)
    purpose = Text(40, required=True)
    act = Text(10, choices=("given", "refused", "deferred", "unknown"), required=True)


class _Renewal(_Word):
    recorded_by = Identifier(required=True)


class _GrantChange(StrictSchema):
    change = Text(
        20,
        choices=("paused", "resumed", "review_required", "reaffirmed", "revoked", "invalidated"),
        required=True,
    )
    reason = Text(40, pattern=r"[a-z_]+", required=True)
    recorded_by = Identifier(required=True)
    mandate_id = Identifier()


class _Override(StrictSchema):
    statute = Text(40, pattern=r"[a-z_]+", required=True)
    creditor_id = Identifier(required=True)
    motive = Text(2000, required=True)
    decided_by = Identifier(required=True)
    seconded_by = Identifier(required=True)
    reference = Text(60, pattern=REFERENCE)
    ends_at = Instant()
    language = Text(2, choices=LANGUAGES, load_default="nl")
    references = Listing(Text(64), 50)
    customer_number = Text(64)


class _ConsentAsk(StrictSchema):
    creditor_id = Identifier(required=True)
    purpose = Text(40, required=True)
    language = Text(2, choices=LANGUAGES, load_default="nl")
    ends_at = Instant()
    initiative = Text(20, choices=("organisation", "resident"), load_default="organisation")


class _ConsentAsks(StrictSchema):
    recorded_by = Identifier(required=True)
    asks = Listing(Part(_ConsentAsk), MOST_IN_ONE_CALL, required=True)


class _Serving(StrictSchema):
    recorded_by = Identifier(required=True)


class _Mandate(StrictSchema):
    kind = Text(20, choices=("gemachtigde", "bewindvoerder", "curator", "parent"), required=True)
    name = Text(200, required=True)
    purposes = Listing(Text(40), 20, required=True)
    evidence_kind = Text(
        20,
        choices=("ccbr", "court_order", "digid_machtigen", "notarial_deed", "parental_register", "signed_letter"),
        required=True,
    )
    evidence_reference = Text(60, pattern=REFERENCE, required=True)
    valid_from = Instant()
    valid_until = Instant(required=True)
    checked_by = Identifier(required=True)
    participant_id = Identifier()
    paid_by_creditor = YesNo(load_default=False)
    seconded_by = Identifier()


class _MandateEnd(StrictSchema):
    recorded_by = Identifier(required=True)
    reason = Text(30, choices=("withdrawn_by_resident", "ended_by_court", "task_done", "died", "other"), required=True)


class _Partner(StrictSchema):
    partner_case_id = Identifier(required=True)
    recorded_by = Identifier(required=True)
    unsafe = YesNo(load_default=False)


class _PartnerEnd(StrictSchema):
    recorded_by = Identifier(required=True)


class _PartnerSafety(StrictSchema):
    recorded_by = Identifier(required=True)
    unsafe = YesNo(required=True)


class _AddressProtection(StrictSchema):
    recorded_by = Identifier(required=True)
    on = YesNo(required=True)


class _LetterCode(StrictSchema):
    made_by = Identifier(required=True)


class _SignInLetter(StrictSchema):
    made_by = Identifier(required=True)
    language = Text(2, choices=LANGUAGES, load_default="nl")


class _NoticeRecall(StrictSchema):
    notice = Text(40, pattern=SLUG, required=True)
    version = Whole(1, 10_000, required=True)
    effect = Text(20, choices=("review", "recalled", "invalidated"), required=True)
    language = Text(2, choices=LANGUAGES)


class _Grants(StrictSchema):
    recorded_by = Identifier(required=True)
    grants = Listing(Part(_Grant), MOST_IN_ONE_CALL, required=True)


class _WithdrawalPreview(StrictSchema):
    creditor_id = Identifier()
    purpose = Text(40)
    grant_id = Identifier()
    everything = YesNo()
    all_cases = YesNo()


class _Withdrawal(_WithdrawalPreview):
    method = Text(10, choices=("desk", "phone", "paper", "portal"), load_default="desk")
    received_at = Instant()
    recorded_by = Identifier()
    identity_doubted = YesNo(load_default=False)


class _Closure(StrictSchema):
    counsellor_id = Identifier(required=True)
    reason = Text(20, choices=("finished", "help_waived", "not_admitted", "moved", "died"), required=True)


class _LegalHold(StrictSchema):
    counsellor_id = Identifier(required=True)
    reason = Text(20, choices=("court_case", "complaint", "audit", "investigation"), required=True)
    on = YesNo(required=True)


class _Erasure(StrictSchema):
    counsellor_id = Identifier(required=True)


class _AskOne(StrictSchema):
    creditor_id = Identifier(required=True)
    references = Listing(Text(64), 50)
    customer_number = Text(64)
    purpose = Text(40)
    since = Day()


class _Asks(StrictSchema):
    requests = Listing(Part(_AskOne), MOST_IN_ONE_CALL, required=True)


class _Unconfirmed(StrictSchema):
    creditor_id = Identifier(required=True)
    amount_cents = Whole(1, wire_fields.MAX_CENTS, required=True)


class _LeaveOut(StrictSchema):
    creditor_id = Identifier(required=True)
    reference = Text(100, required=True)


class _Proposal(StrictSchema):
    made_by = Identifier(required=True)
    pool_cents = Whole(0, MAX_POOL_CENTS, required=True)
    duration_months = Whole(1, 60, load_default=18)
    basis = Text(20, choices=("total", "original_debt"), load_default="total")
    unconfirmed = Listing(Part(_Unconfirmed), MOST_IN_ONE_CALL)
    leave_out = Listing(Part(_LeaveOut), MOST_IN_ONE_CALL)
    count_possible_duplicates = YesNo(load_default=False)


class _Confirmation(StrictSchema):
    counsellor_id = Identifier(required=True)


class _Dispute(StrictSchema):
    counsellor_id = Identifier(required=True)
    open = YesNo(required=True)


class _Dismissal(StrictSchema):
    counsellor_id = Identifier(required=True)
    reason = Text(
        40,
        choices=("not_an_answer", "about_someone_else", "will_be_sent_again", "other"),
        required=True,
    )


class Document(fields.Field[dict[str, Any]]):
    """An object whose inside is read by a form of its own."""

    def __init__(self, **kwargs: Any) -> None:
        messages = {"required": wire_fields.REQUIRED, "null": wire_fields.NOT_NULL}
        super().__init__(error_messages={**messages, "invalid": wire_fields.NOT_AN_OBJECT}, **kwargs)

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise self.make_error("invalid")
        return value


class _KeyedStatement(StrictSchema):
    keyed_by = Identifier(required=True)
    received_on = Day(required=True)
    page_reference = Text(200, required=True)
    statement = Document(required=True)


class _DebtTotal(StrictSchema):
    reference = Text(500, required=True)
    total_cents = Whole(-wire_fields.MAX_CENTS, wire_fields.MAX_CENTS, required=True)


class _KeyedCheck(StrictSchema):
    counsellor_id = Identifier(required=True)
    agrees = YesNo(required=True)
    reason = Text(40, choices=("another_letter", "cannot_read", "figures_differ", "other"))
    outcome = Text(20, choices=("statement", "nil", "client_unknown", "transferred", "refused"))
    grand_total_cents = Whole(-wire_fields.MAX_CENTS, wire_fields.MAX_CENTS)
    debt_totals = Listing(Part(_DebtTotal), wire_fields.MOST_ENTRIES)


class _ClockMove(StrictSchema):
    seconds = Whole(0, 366 * 86_400, required=True)


_BODIES: Mapping[str, StrictSchema] = {
    "organisation": _Organisation(),
    "endpoint": _Endpoint(),
    "counsellor": _Counsellor(),
    "token": _Token(),
    "page_link": _PageLink(),
    "creditor_page_link": _CreditorPageLink(),
    "case": _Case(),
    "grants": _Grants(),
    "grant_change": _GrantChange(),
    "renewal": _Renewal(),
    "override": _Override(),
    "consent_asks": _ConsentAsks(),
    "serving": _Serving(),
    "mandate": _Mandate(),
    "mandate_end": _MandateEnd(),
    "partner": _Partner(),
    "partner_end": _PartnerEnd(),
    "partner_safety": _PartnerSafety(),
    "address_protection": _AddressProtection(),
    "letter_code": _LetterCode(),
    "sign_in_letter": _SignInLetter(),
    "notice_recall": _NoticeRecall(),
    "withdrawal": _Withdrawal(),
    "withdrawal_preview": _WithdrawalPreview(),
    "closure": _Closure(),
    "legal_hold": _LegalHold(),
    "erasure": _Erasure(),
    "statement_requests": _Asks(),
    "proposal": _Proposal(),
    "confirmation": _Confirmation(),
    "dispute": _Dispute(),
    "dismissal": _Dismissal(),
    "keyed_statement": _KeyedStatement(),
    "keyed_check": _KeyedCheck(),
    "clock_move": _ClockMove(),
}

# Bodies with an object inside that has a form of its own: its field, and what tells the faults in it.
_INSIDE = {"keyed_statement": ("statement", keyed_statement.faults_in)}
_ONE_OF = {"organisation": ("oin", "kvk")}


_FAULTS = "The body has faults; each is listed."


def load(name: str, body: Any) -> dict[str, Any]:
    """
    *body* checked against the schema *name*.

    Raises:
        Invalid: Every fault with its JSON pointer.
    """
    if too_many := wire_fields.excess(body):
        raise Invalid(too_many, "The body has more in it than we take.")
    inside = _faults_inside(name, body)
    try:
        loaded: dict[str, Any] = _BODIES[name].load(body)
        for pair in (_ONE_OF.get(name),):
            if pair is not None and len(set(pair) & set(loaded)) != 1:
                raise ValidationError(f"one_of|Send exactly one of: {', '.join(pair)}.")
    except ValidationError as error:
        raise Invalid((*wire_fields.faults(error), *inside), _FAULTS) from error
    if inside:
        raise Invalid(inside, _FAULTS)
    return loaded


def _faults_inside(name: str, body: Any) -> tuple[Fault, ...]:
    field, faults_in = _INSIDE.get(name, (None, None))
    part = body.get(field) if isinstance(body, dict) else None
    return faults_in(part, f"/{field}") if faults_in is not None and isinstance(part, dict) else ()
