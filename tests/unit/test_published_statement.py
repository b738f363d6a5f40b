"""What the gateway adds to a statement when it publishes it, and what a statement says about its own origin."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.statement import (
    Debt,
    IdKind,
    Interest,
    MatchStatus,
    Organisation,
    Outcome,
    Provenance,
    ProvenanceMethod,
    Statement,
    TransferredTo,
    debt_id,
    from_dict,
    original_debt_view,
    published,
    statement_total,
    to_dict,
)
from tests.unit.statement_examples import CREDITOR, FILED, PROVENANCE, RECEIVED, everything, ordinary
from tests.unit.statements import statements, texts

REFERENCES = st.lists(texts(), max_size=4).map(tuple)


@given(statements(), REFERENCES)
def test_every_reference_that_was_asked_about_is_matched_or_not_found(statement, asked):
    """None is lost between the two, and a debt that nobody asked about says so."""
    made = published(statement, replace(FILED, asked=asked))
    names = {name for debt in statement.debts for name in (debt.reference, debt.requested_reference) if name}
    if statement.outcome in (Outcome.STATEMENT, Outcome.NIL, Outcome.CLIENT_UNKNOWN):
        assert set(made.not_found) == set(asked) - names
    else:
        assert made.not_found == ()
    for debt in made.debts:
        found = debt.reference in asked or debt.requested_reference in asked
        wanted = MatchStatus.MATCHED if found else MatchStatus.ADDED_BY_CREDITOR
        assert debt.match_status == (wanted if asked else None)


@given(statements())
def test_what_the_creditor_stated_is_published_unchanged(statement):
    """The header and the derived fields stand beside it, never in its place."""
    made = published(statement, FILED)
    ours = {"request_id", "creditor", "respondent", "debts"}
    assert all(getattr(made, name) == getattr(statement, name) for name in Statement.__dataclass_fields__.keys() - ours)
    for before, after in zip(statement.debts, made.debts, strict=True):
        assert all(getattr(before, name) == getattr(after, name) for name in Debt.__dataclass_fields__)
        assert after.original_debt == original_debt_view(before)
        assert after.original_debt_known is (after.original_debt is not None)
    assert made.total_computed_cents == statement_total(statement)


def test_a_debt_keeps_its_id_from_one_statement_to_the_next():
    """By creditor and reference: the same again for the same, another for another. Source: RFC 9562 section 5.5."""
    first = published(ordinary(), FILED).debts[0].debt_id
    later = replace(FILED, statement_id="3d0e6c52-0000-4000-8000-00000000ffff", version=7)
    assert published(replace(ordinary(), as_of=date(2027, 1, 1)), later).debts[0].debt_id == first
    other = replace(CREDITOR, participant_id="b6a3c1de-0000-4000-8000-0000000000ff")
    assert published(ordinary(), replace(FILED, creditor=other)).debts[0].debt_id != first
    assert first == debt_id(CREDITOR.participant_id, "F-2026-17") == "a8174e0f-11cd-5a23-ad7f-865c61b9475e"


def test_a_debt_under_another_number_is_matched_by_the_one_that_was_asked_about():
    """The creditor says which of our numbers it means."""
    made = published(everything(), FILED)
    assert [debt.match_status for debt in made.debts] == ["matched", "added_by_creditor", "added_by_creditor"]
    assert made.not_found == ()


def test_a_debt_that_was_not_split_or_was_handed_on_has_no_original_debt():
    """Unknown is not 0. Source: VNG condition 7."""
    split, unsplit, handed_on = published(everything(), FILED).debts
    assert split.original_debt is not None
    assert (unsplit.original_debt_known, unsplit.original_debt) == (False, None)
    assert (handed_on.original_debt_known, handed_on.original_debt) == (False, None)


def test_who_is_owed_is_named_as_in_the_reply_and_else_as_registered():
    """A name without a number keeps the registered number; the sector never comes from a reply."""
    named = replace(ordinary(), creditor=Organisation(name="Stroom bv"))
    made = published(named, FILED).creditor
    assert (made.name, made.id_kind, made.id_value) == ("Stroom bv", IdKind.KVK, CREDITOR.id_value)
    assert made.sector == CREDITOR.sector
    assert published(ordinary(), FILED).creditor == CREDITOR
    other = replace(ordinary(), respondent=Organisation(id_kind=IdKind.OIN, id_value="00000001003214345000"))
    assert published(other, FILED).respondent.id_value == "00000001003214345000"


def test_a_creditor_that_hands_on_or_refuses_does_not_say_what_it_has():
    """So no reference counts as not found then; a creditor that knows nobody of that name has none of them."""
    for outcome, missing in ((Outcome.TRANSFERRED, ()), (Outcome.REFUSED, ()), (Outcome.CLIENT_UNKNOWN, FILED.asked)):
        answer = Statement(outcome=outcome, received_at=RECEIVED, transferred_to=TransferredTo(name="Opkoper"))
        assert published(answer, FILED).not_found == missing


def test_the_moment_of_receipt_is_published_in_utc():
    """One form of a moment, whatever zone it was noted in."""
    summer = datetime(2026, 7, 1, 11, tzinfo=timezone(timedelta(hours=2)))
    assert (
        published(replace(ordinary(), received_at=summer), FILED).received_at.isoformat() == "2026-07-01T09:00:00+00:00"
    )


# --- where a statement came from ---------------------------------------------------------------------------------


def test_a_statement_that_was_typed_in_names_who_did_and_who_looked():
    """No mapping, and the digest is that of what was typed."""
    typed = Provenance(
        raw_sha256="0" * 64,
        raw_bytes=1,
        media_type="application/json",
        method=ProvenanceMethod.KEYED_BY_PERSON,
        keyed_by="a",
        checked_by="b",
        page_reference="bladzijde 2",
    )
    assert typed.mapping is None
    statement = replace(ordinary(), provenance=typed)
    assert from_dict(to_dict(statement)) == statement


def test_a_statement_that_was_read_names_its_mapping_in_one_line():
    """As the journal does."""
    assert PROVENANCE.mapping == "gateway-json@1.1.0#a1a1a1a1a1a1"


@pytest.mark.parametrize(
    "missing",
    [
        {"mapping_id": None},
        {"mapping_version": None},
        {"mapping_sha256": None},
        {"engine_version": None},
        {"used_charset": None},
        {"method": ProvenanceMethod.KEYED_BY_PERSON},
    ],
)
def test_an_origin_that_does_not_say_how_is_refused(missing):
    """Promise 6: every figure can be traced."""
    with pytest.raises(ValueError, match="names"):
        replace(PROVENANCE, **missing)


def test_a_document_of_before_the_method_was_named_is_still_read():
    """What was stored stays readable: then everything had been read with a mapping."""
    old = to_dict(ordinary())
    del old["provenance"]["method"]
    for debt in old["debts"]:
        del debt["urgencies"]
    assert from_dict(old) == ordinary()


@pytest.mark.parametrize("rate", ["04", "4.0", "4.50", "4,5", "-1", "100.1", "101", "4%", "", "1e1", "4.12345"])
def test_a_rate_that_is_not_in_its_one_form_is_refused(rate):
    """Equal rates are equal texts."""
    with pytest.raises(ValueError, match="rate"):
        Interest(rate=rate)
