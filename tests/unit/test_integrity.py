"""Each rule of integrity, on both sides of its line."""

from __future__ import annotations

import importlib
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.integrity import (
    ELSEWHERE,
    RULES,
    CollectionScale,
    IntegrityContext,
    LegalRates,
    check,
    legal_rates_from,
    no_answer,
)
from gateway.domain.statement import (
    Component,
    ComponentKind,
    Debt,
    Interest,
    InterestKind,
    Limitation,
    Organisation,
    Outcome,
    Payment,
    PaymentSource,
    Provenance,
    ProvenanceMethod,
    Rank,
    Statement,
    TransferredTo,
    Waiver,
)
from gateway.errors import ConfigurationError
from gateway.settings import read_toml

LEGAL = legal_rates_from(read_toml(Path(__file__).parents[2] / "config" / "legal-rates.toml"))
K = ComponentKind
NOTHING_KNOWN = IntegrityContext()
PRINCIPAL = Component(kind=K.PRINCIPAL, charged_cents=10000)
DEBT = Debt(reference="F-1", components=(PRINCIPAL,), total_stated_cents=10000)
STATEMENT = Statement(
    request_id="7f1c2a90-0000-4000-8000-000000000001",
    outcome=Outcome.STATEMENT,
    as_of=date(2026, 11, 2),
    received_at=datetime(2026, 11, 3, 9, tzinfo=UTC),
    debts=(DEBT,),
)


def found(statement: Statement, context: IntegrityContext = NOTHING_KNOWN) -> list[tuple[str, str]]:
    return [(problem.code, problem.severity.value) for problem in check(statement, context)]


def with_debt(**changes: object) -> Statement:
    return replace(STATEMENT, debts=(replace(DEBT, **changes),))  # type: ignore[arg-type]


def part(kind: ComponentKind, charged=None, paid=None, still_open=None) -> Component:
    return Component(kind=kind, charged_cents=charged, paid_cents=paid, outstanding_cents=still_open)


def test_an_ordinary_statement_has_no_problems():
    """The line all others are measured against."""
    assert found(STATEMENT) == []


@pytest.mark.parametrize(
    "statement",
    [
        replace(STATEMENT, debts=()),
        replace(STATEMENT, outcome=Outcome.NIL),
        replace(STATEMENT, outcome=Outcome.CLIENT_UNKNOWN),
        replace(STATEMENT, outcome=Outcome.REFUSED, debts=()),
        replace(STATEMENT, outcome=Outcome.TRANSFERRED, debts=()),
        replace(STATEMENT, outcome=Outcome.TRANSFERRED),
        replace(STATEMENT, outcome=Outcome.TRANSFERRED, debts=(), transferred_to=TransferredTo()),
    ],
)
def test_r1_outcome_and_debts_agree(statement):
    """Nil, unknown and refused have no debts; a statement has; a transfer names the holder."""
    assert ("R1", "hold") in found(statement)


def test_r1_a_transferred_debt_needs_no_amount():
    """Source: ruling 25."""
    debt = Debt(reference="F-1", transferred_to=TransferredTo(name="Opkoper"))
    assert found(replace(STATEMENT, outcome=Outcome.TRANSFERRED, debts=(debt,))) == []


def test_r4_a_reply_belongs_to_its_request():
    """Braces, capitals and urn:uuid: are the same id; another id is not."""
    ours = IntegrityContext(request_id="7F1C2A90-0000-4000-8000-000000000001")
    assert found(STATEMENT, ours) == []
    assert found(replace(STATEMENT, request_id="{urn:uuid:x}"), ours) == [("R4", "hold")]
    assert found(replace(STATEMENT, request_id="other"), replace(ours, accepted_ids=("OTHER",))) == []


def test_r4_who_answers_was_asked():
    """An id that is stated must be one of the creditor's or its collectors'."""
    ours = IntegrityContext(creditor_ids=frozenset({"kvk:90000011"}))
    right = Organisation(name="a", id_kind="kvk", id_value="90000011")
    assert found(replace(STATEMENT, respondent=right), ours) == []
    assert found(replace(STATEMENT, respondent=replace(right, id_value="90000012")), ours) == [("R4", "hold")]


@pytest.mark.parametrize(
    "as_of, expected",
    [
        (date(2026, 11, 3), []),
        (date(2026, 11, 4), [("R5", "hold")]),
        (date(2026, 9, 21), []),
        (date(2026, 9, 20), [("R5", "warn")]),
        (None, [("R5", "hold")]),
    ],
)
def test_r5_amounts_are_not_of_tomorrow_nor_stale(as_of, expected):
    """At most 31 days before the request of 22 October; a day after receipt is impossible."""
    asked = IntegrityContext(requested_on=date(2026, 10, 22))
    assert found(replace(STATEMENT, as_of=as_of), asked) == expected


def test_r5_the_day_of_receipt_is_the_day_in_amsterdam():
    """At 23:30 UTC it is already tomorrow there."""
    late = replace(STATEMENT, received_at=datetime(2026, 11, 3, 23, 30, tzinfo=UTC), as_of=date(2026, 11, 4))
    assert found(late) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"components": (part(K.PRINCIPAL, -1),), "total_stated_cents": None},
        {"components": (PRINCIPAL, PRINCIPAL), "total_stated_cents": 20000},
        {"components": (PRINCIPAL, part(K.UNSPLIT, still_open=1)), "total_stated_cents": 10001},
        {"components": (part(K.PRINCIPAL, paid=5),), "total_stated_cents": None},
        {"components": (), "total_stated_cents": None},
        {"payments": (Payment(cents=-5),), "total_stated_cents": None},
        {"rank": Rank.SECURED},
    ],
)
def test_r6_amounts_and_kinds_make_sense(changes):
    """Two principals, a negative charge, an amount out of nowhere."""
    assert ("R6", "hold") in found(with_debt(**changes))


def test_r6_two_increases_are_ordinary():
    """A first and a second reminder."""
    changes = {"components": (PRINCIPAL, part(K.INCREASE, 1), part(K.INCREASE, 2)), "total_stated_cents": 10003}
    assert found(with_debt(**changes)) == []


@pytest.mark.parametrize(
    "changes, expected",
    [
        ({"total_stated_cents": 10001}, [("R7", "hold")]),
        ({"total_stated_cents": None}, []),
        ({"components": (part(K.PRINCIPAL, 10000, 1000, 9001),), "total_stated_cents": 9001}, [("R7", "hold")]),
        ({"payments": (Payment(cents=1000),), "total_stated_cents": 9000}, []),
        (
            {
                "components": (part(K.PRINCIPAL, 10000, 1000),),
                "payments": (Payment(cents=900),),
                "total_stated_cents": 9000,
            },
            [("R7", "hold")],
        ),
        (
            {
                "components": (part(K.PRINCIPAL, still_open=9000), part(K.INTEREST, 100)),
                "payments": (Payment(cents=1000),),
                "total_stated_cents": None,
            },
            [("R7", "hold")],
        ),
        ({"waivers": (Waiver(cents=100, component=K.PRINCIPAL),), "total_stated_cents": 9900}, []),
        ({"payments": (Payment(cents=10100),), "total_stated_cents": -100}, [("R7", "warn")]),
        (
            {"payments": (Payment(cents=50, source=PaymentSource.REFUND),), "total_stated_cents": 10050},
            [],
        ),
    ],
)
def test_r7_a_debt_adds_up_to_what_was_stated(changes, expected):
    """Tolerance 0. Source: rulings 23, 24 and 27."""
    assert found(with_debt(**changes)) == expected


def test_r8_the_debts_add_up_to_the_grand_total():
    """Source: ruling 17, R8 holds as well."""
    assert found(replace(STATEMENT, total_stated_cents=10000)) == []
    assert found(replace(STATEMENT, total_stated_cents=9999)) == [("R8", "hold")]


@pytest.mark.parametrize(
    "principal, most",
    [
        (1, 4_000),
        (26_666, 4_000),
        (26_667, 4_001),
        (100_000, 15_000),
        (250_000, 37_500),
        (250_001, 37_501),
        (500_000, 62_500),
        (1_000_000, 87_500),
        (20_000_000, 277_500),
        (100_000_000, 677_500),
        (10**11, 677_500),
    ],
)
def test_r9_collection_costs_stay_within_the_scale(principal, most):
    """15, 10, 5, 1 and 0.5%, at least 40 and at most 6,775 euros, to the cent. Source: Stb. 2012, 141."""
    context = IntegrityContext(legal_rates=LEGAL)
    for costs, expected in ((most, []), (most + 1, [("R9", "warn")])):
        parts = (part(K.PRINCIPAL, principal), part(K.COLLECTION_COSTS, costs))
        assert found(with_debt(components=parts, total_stated_cents=None), context) == expected
        assert found(with_debt(components=parts, total_stated_cents=None, business=True), context) == []


def test_r9_knows_nothing_of_before_its_first_scale():
    """What fell due before 1 July 2012 is not held to a scale of later."""
    parts = (part(K.PRINCIPAL, 10_000), part(K.COLLECTION_COSTS, 9_000))
    context = IntegrityContext(legal_rates=LEGAL)
    for due, expected in ((date(2012, 6, 30), []), (date(2012, 7, 1), [("R9", "warn")])):
        assert found(with_debt(components=parts, total_stated_cents=None, due_on=due), context) == expected


@given(st.integers(1, 10**10), st.integers(0, 10**7))
def test_r9_the_scale_rises_with_the_principal_and_keeps_its_bounds(principal, more):
    """Never under the minimum or over the maximum, and never less for a larger debt."""
    (scale,) = LEGAL.scales
    assert 4_000 <= scale.most(principal) <= scale.most(principal + more) <= 677_500


CONSUMER, COMMERCIAL = InterestKind.STATUTORY_CONSUMER, InterestKind.STATUTORY_COMMERCIAL


@pytest.mark.parametrize(
    "rate, kind, first, last, warned",
    [
        ("6", CONSUMER, date(2023, 7, 1), date(2023, 12, 31), False),
        ("4", CONSUMER, date(2023, 7, 1), date(2023, 12, 31), True),
        ("4", CONSUMER, date(2023, 6, 30), date(2023, 12, 31), False),  # one day of the old rate is enough
        ("7", CONSUMER, date(2023, 7, 1), date(2023, 12, 31), True),
        ("7", CONSUMER, date(2023, 7, 1), date(2024, 1, 1), False),
        ("2", CONSUMER, date(2015, 1, 1), date(2022, 12, 31), False),
        ("2.01", CONSUMER, date(2015, 1, 1), date(2022, 12, 31), True),
        ("12", CONSUMER, date(2024, 1, 1), date(2024, 12, 31), True),
        ("12.25", COMMERCIAL, date(2024, 7, 1), date(2024, 12, 31), False),
        ("12.5", COMMERCIAL, date(2024, 7, 1), date(2024, 12, 31), True),
        ("99", CONSUMER, date(2012, 6, 30), date(2015, 1, 1), False),  # before the table: not checked
        ("99", CONSUMER, date(2025, 1, 1), date(2025, 6, 30), True),
        ("99", CONSUMER, date(2025, 1, 1), date(2025, 7, 1), False),  # beyond what was verified: not checked
        ("99", InterestKind.CONTRACTUAL, date(2024, 1, 1), date(2024, 12, 31), False),
        ("99", None, date(2024, 1, 1), date(2024, 12, 31), False),
        (None, CONSUMER, date(2024, 1, 1), date(2024, 12, 31), False),
    ],
)
def test_r10_statutory_interest_has_a_rate_that_was_legal_in_its_period(rate, kind, first, last, warned):
    """Only what the dated table knows from the first to the last day is held to it. Source: art. 6:119, 6:119a BW."""
    interest = Interest(rate=rate, kind=kind, from_on=first, to_on=last)
    given_ = found(with_debt(interest=interest), IntegrityContext(legal_rates=LEGAL))
    assert given_ == ([("R10", "warn")] if warned else [])
    assert found(with_debt(interest=interest)) == []


def test_r10_a_period_without_days_runs_from_the_debt_to_the_day_of_the_amounts():
    """Interest cannot begin before the debt fell due; without any day nothing is checked."""
    interest = Interest(rate="5", kind=CONSUMER)
    context = IntegrityContext(legal_rates=LEGAL)
    old = replace(with_debt(interest=interest, due_on=date(2024, 2, 1)), as_of=date(2024, 12, 1))
    assert found(old, context) == [("R10", "warn")]
    assert found(replace(with_debt(interest=interest), as_of=date(2024, 12, 1)), context) == []
    stopped = replace(interest, rate="6", stopped_on=date(2023, 12, 31))
    assert found(with_debt(interest=stopped, due_on=date(2023, 8, 1)), context) == []


def test_r11_nothing_is_added_while_collection_is_paused():
    """Costs may stay as they were; growth is shown."""
    paused = IntegrityContext(previous=STATEMENT, paused_since=date(2026, 10, 1))
    grown = with_debt(components=(PRINCIPAL, part(K.INCREASE, 500)), total_stated_cents=10500)
    assert found(grown, paused) == [("R11", "warn")]
    assert found(STATEMENT, paused) == []


def test_r12_payments_do_not_vanish():
    """Unless a refund is listed."""
    before = with_debt(payments=(Payment(cents=100),), total_stated_cents=9900)
    assert found(STATEMENT, IntegrityContext(previous=before)) == [("R12", "warn")]
    refund = with_debt(
        payments=(Payment(cents=100), Payment(cents=100, source=PaymentSource.REFUND)), total_stated_cents=10000
    )
    assert found(refund, IntegrityContext(previous=before)) == []


@pytest.mark.parametrize(
    "chain, held", [((), False), (("A", "B"), False), (("A", "B", "C"), True), (("Opkoper",), True)]
)
def test_r15_a_chain_of_transfers_ends(chain, held):
    """Three hops at most, and never in a circle."""
    debt = Debt(reference="F-1", transferred_to=TransferredTo(name="Opkoper"))
    statement = replace(STATEMENT, outcome=Outcome.TRANSFERRED, debts=(debt,))
    assert (("R15", "hold") in found(statement, IntegrityContext(transfer_chain=chain))) is held


def test_two_debts_with_one_reference_are_not_counted_twice():
    """One of them is a copy, and nobody can tell which."""
    assert found(replace(STATEMENT, debts=(DEBT, DEBT))) == [("R6", "hold")]


def test_every_rule_has_its_place():
    """R1 to R16, each with a source; those that cannot run on one statement say where they live."""
    numbers = {rule.number for rule in RULES}
    assert numbers | set(ELSEWHERE) == {f"R{number}" for number in range(1, 17)}
    assert not numbers & set(ELSEWHERE)
    assert all(rule.source and rule.check.__doc__ and rule.number in rule.check.__doc__ for rule in RULES)
    assert all(importlib.import_module(place) for place in ELSEWHERE.values())


def test_r1_a_new_holder_has_a_name_or_a_number():
    """ "Transferred" without to whom leads nowhere."""
    debt = Debt(reference="F-1", transferred_to=TransferredTo(reference="X"))
    assert ("R1", "hold") in found(replace(STATEMENT, outcome=Outcome.TRANSFERRED, debts=(debt,)))
    whole = replace(STATEMENT, outcome=Outcome.TRANSFERRED, debts=(), transferred_to=TransferredTo(id_value="9"))
    assert found(whole) == []


@pytest.mark.parametrize("total, held", [(None, False), (0, False), (1, True), (-1, True)])
def test_r2_nil_is_not_contradicted(total, held):
    """ "Nothing is owed" beside a total is neither."""
    nil = replace(STATEMENT, outcome=Outcome.NIL, debts=(), total_stated_cents=total)
    assert (("R2", "hold") in found(nil)) is held


@pytest.mark.parametrize(
    "media_type, body",
    [
        ("application/json", b""),
        ("application/json", b" \r\n\t"),
        ("text/html; charset=utf-8", b"<!DOCTYPE html><html><body>Inloggen</body></html>"),
        (
            "application/xml",
            b"\xef\xbb\xbf\n<?xml version='1.0'?>\n<!-- x --><html xmlns='http://www.w3.org/1999/xhtml'/>",
        ),
        ("application/json", b"<HTML>"),
        ("Application/Problem+JSON; charset=utf-8", b'{"title": "Down"}'),
        ("application/problem+xml", b"<problem/>"),
        (
            "text/xml",
            b"<?xml version='1.0'?><s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope/'><s:Header/>"
            b"<s:Body><s:Fault><faultcode>s:Server</faultcode></s:Fault></s:Body></s:Envelope>",
        ),
        (
            "application/soap+xml",
            b'<Envelope xmlns="http://www.w3.org/2003/05/soap-envelope"><Body><Fault/></Body></Envelope>',
        ),
    ],
)
def test_r3_a_failure_is_no_answer(media_type, body):
    """The clock runs on, and whoever looks is told why in a sentence."""
    assert no_answer(media_type, body)


@pytest.mark.parametrize(
    "media_type, body",
    [
        ("text/html", b'{"outcome": "nil"}'),  # a wrong label on a right answer is only a warning
        ("application/json", b"[]"),
        ("text/xml", b"<htmlReport/>"),
        ("text/xml", b"<Saldoopgave><Fault/></Saldoopgave>"),
        (
            "text/xml",
            b"<s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope/'><s:Body><Antwoord/></s:Body></s:Envelope>",
        ),
        ("text/xml", b"<Envelope xmlns='urn:post'><Body><Fault/></Body></Envelope>"),
        ("text/xml", b"<" + b"!" * 100_000),
        ("text/plain", b"Uw bericht is ontvangen."),
    ],
)
def test_r3_what_may_be_an_answer_is_left_to_who_reads_it(media_type, body):
    """Promise 4: only what certainly is no answer is silence."""
    assert no_answer(media_type, body) is None


def test_r3_an_error_is_no_answer_whatever_its_body():
    """Only what came with a 2xx can be a reply."""
    assert no_answer("application/json", b'{"outcome": "nil"}', 500)
    assert no_answer("application/json", b'{"outcome": "nil"}', 302)
    assert no_answer("application/json", b'{"outcome": "nil"}', 200) is None


@given(st.binary(max_size=300), st.sampled_from(["", "text/xml", "application/json", ";", "\u00e9"]))
def test_r3_never_raises(body, media_type):
    """Whatever bytes come back, the question has an answer."""
    assert no_answer(media_type, body) is None or body.isspace() or not body or b"<" in body


def test_r4_a_message_number_stands_for_one_content():
    """The same number with other content is a mistake of the creditor's; read once more it is itself."""
    first = replace(STATEMENT, creditor_message_id="B-1", provenance=READ)
    context = IntegrityContext(previous=first)
    later = replace(first, received_at=first.received_at + timedelta(hours=1), provenance=OTHER_BYTES)
    assert found(later, context) == []
    other = replace(later, customer_number="K-9")
    assert found(other, context) == [("R4", "hold")]
    assert found(replace(other, creditor_message_id="B-2"), context) == []
    assert found(replace(other, creditor_message_id=None), context) == []
    assert found(replace(other, provenance=READ), context) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"interest": Interest(from_on=date(2026, 11, 4))},
        {"interest": Interest(from_on=date(2026, 1, 2), to_on=date(2026, 1, 1))},
        {"interest": Interest(from_on=date(2026, 1, 2), stopped_on=date(2026, 1, 1))},
        {"limitation": Limitation(interrupted_on=date(2026, 11, 4))},
        {"waivers": (Waiver(cents=0, waived_on=date(2026, 11, 4)),)},
        {"payments": (Payment(cents=0, paid_on=date(2026, 11, 4)),)},
        {"arisen_on": date(2026, 11, 4)},
        {"arisen_on": date(2026, 1, 2), "due_on": date(2026, 1, 1)},
    ],
)
def test_r5_days_inside_a_debt_are_held_to_the_day_of_receipt_and_to_each_other(changes):
    """Received on 3 November 2026."""
    assert found(with_debt(**changes)) == [("R5", "hold")]


def test_r5_what_is_still_to_come_may_lie_ahead():
    """A debt may fall due, and a claim may expire, after the day of receipt."""
    ahead = date(2030, 1, 1)
    assert found(with_debt(due_on=ahead, limitation=Limitation(expires_on=ahead))) == []


READ = Provenance(
    raw_sha256="a" * 64, raw_bytes=10, media_type="application/json", used_charset="utf-8", mapping_id="m",
    mapping_version="1", mapping_sha256="0" * 64, engine_version="1.0",
)  # fmt: skip
OTHER_BYTES = replace(READ, raw_sha256="b" * 64)
KEYED = Provenance(
    raw_sha256="c" * 64, raw_bytes=10, media_type="text/plain", method=ProvenanceMethod.KEYED_BY_PERSON, keyed_by="1"
)


@pytest.mark.parametrize(
    "provenance, held",
    [
        (READ, False),
        (KEYED, False),
        (None, False),
        (replace(READ, raw_sha256=""), True),
        (replace(READ, raw_sha256="g" * 64), True),
        (replace(READ, raw_bytes=0), True),
        (replace(READ, mapping_sha256="short"), True),
        (replace(READ, mapping_version=""), True),
        (replace(KEYED, raw_sha256="x"), True),
    ],
)
def test_r14_a_statement_names_its_bytes_and_who_read_them(provenance, held):
    """What can be seen in passing; the replay is in test_golden_samples."""
    assert (found(replace(STATEMENT, provenance=provenance)) == [("R14", "hold")]) is held


def test_holds_come_first_and_each_has_a_pointer():
    """In the order of the rules within a severity."""
    bad = replace(
        with_debt(components=(PRINCIPAL, part(K.INTEREST, still_open=-5)), total_stated_cents=1, rank=Rank.SECURED),
        total_stated_cents=7,
    )
    problems = check(bad, NOTHING_KNOWN)
    assert [(one.code, one.path) for one in problems] == [
        ("R6", "/debts/0/security"),
        ("R7", "/debts/0/total_stated_cents"),
        ("R8", "/total_stated_cents"),
        ("R7", "/debts/0/components/1/outstanding_cents"),
    ]


cents = st.integers(0, 10**7)
rows = st.tuples(cents, cents, st.sampled_from([K.PRINCIPAL, K.INTEREST, K.COURT_COSTS, K.OTHER]))


@given(
    st.lists(st.lists(rows, min_size=1, max_size=4, unique_by=lambda row: row[2]), min_size=1, max_size=4), st.data()
)
def test_one_cent_off_anywhere_is_always_found(debts, data):
    """Rules R7 and R8: a statement that adds up is accepted, and with one cent more in any figure it is not."""
    right = replace(
        STATEMENT,
        debts=tuple(
            Debt(
                reference=f"F-{number}",
                components=tuple(
                    Component(kind=kind, charged_cents=paid + left, paid_cents=paid, outstanding_cents=left)
                    for paid, left, kind in parts
                ),
                total_stated_cents=sum(left for _, left, _ in parts),
            )
            for number, parts in enumerate(debts)
        ),
        total_stated_cents=sum(left for parts in debts for _, left, _ in parts),
    )
    assert found(right) == []
    at = data.draw(st.integers(0, len(debts) - 1))
    debt = right.debts[at]
    name = data.draw(st.sampled_from(["charged_cents", "paid_cents", "outstanding_cents", "total_stated_cents", "all"]))
    off = data.draw(st.sampled_from([-1, 1]))
    if name == "all":
        wrong = replace(right, total_stated_cents=right.total_stated_cents + off)
    elif name == "total_stated_cents":
        wrong = with_debts(right, at, replace(debt, total_stated_cents=debt.total_stated_cents + off))
    else:
        spot = data.draw(st.integers(0, len(debt.components) - 1))
        changed = replace(debt.components[spot], **{name: getattr(debt.components[spot], name) + off})
        parts = tuple(changed if number == spot else one for number, one in enumerate(debt.components))
        wrong = with_debts(right, at, replace(debt, components=parts))
    assert {code for code, severity in found(wrong) if severity == "hold"} & {"R6", "R7", "R8"}


def with_debts(statement: Statement, at: int, debt: Debt) -> Statement:
    return replace(statement, debts=(*statement.debts[:at], debt, *statement.debts[at + 1 :]))


@given(st.lists(st.sampled_from(["F-1", "F-2", "F-3"]), max_size=4))
def test_r6_every_reference_stands_for_one_debt(references):
    """As many findings as there are debts too many."""
    statement = replace(STATEMENT, debts=tuple(replace(DEBT, reference=reference) for reference in references))
    twice = [code for code, _ in found(statement) if code == "R6"]
    assert len(twice) == len(references) - len(set(references))


@given(st.integers(-400, 400), st.integers(0, 60))
def test_r5_for_every_day(as_of_offset, asked_before):
    """Held after the day of receipt, warned about when older than 31 days before the request, fine in between."""
    today, asked = date(2026, 11, 3), date(2026, 11, 3) - timedelta(days=asked_before)
    as_of = today + timedelta(days=as_of_offset)
    stale, future = as_of < asked - timedelta(days=31), as_of > today
    expected = [("R5", "hold")] * future + [("R5", "warn")] * stale
    assert found(replace(STATEMENT, as_of=as_of), IntegrityContext(requested_on=asked)) == expected


@given(st.lists(st.integers(0, 1000), max_size=3), st.lists(st.integers(0, 1000), max_size=3), st.booleans())
def test_r12_for_every_pair_of_statements(before, after, refunded):
    """Payments may grow, and shrink only with a refund."""

    def paid(amounts, refund=False):
        payments = tuple(Payment(cents=amount) for amount in amounts)
        payments += (Payment(cents=0, source=PaymentSource.REFUND),) if refund else ()
        return with_debt(payments=payments, total_stated_cents=None)

    warned = found(paid(after, refunded), IntegrityContext(previous=paid(before)))
    assert (("R12", "warn") in warned) == (sum(after) < sum(before) and not refunded)


@given(st.lists(st.sampled_from("ABCDE"), max_size=5), st.sampled_from("ABCDE"))
def test_r15_for_every_chain(chain, holder):
    """Held when the holder was there before, or after three hops."""
    debt = Debt(reference="F-1", transferred_to=TransferredTo(name=holder))
    statement = replace(STATEMENT, outcome=Outcome.TRANSFERRED, debts=(debt,))
    held = ("R15", "hold") in found(statement, IntegrityContext(transfer_chain=tuple(chain)))
    assert held == (holder in chain or len(chain) >= 3)


# The dated tables.


def a_table() -> dict:
    return read_toml(Path(__file__).parents[2] / "config" / "legal-rates.toml")


def test_what_nobody_verified_is_not_used():
    """A row may wait in the file to be looked up; until then the rule keeps silent about its days."""
    doubtful = [row for row in a_table()["interest"] if not row["verified"]]
    assert doubtful
    for row in doubtful:
        assert LEGAL.interest_during(row["kind"], row["since"], row["since"]) is None


def _mend(**changes):
    return lambda table: table["collection_costs"][0].update(changes)


@pytest.mark.parametrize(
    "spoil, message",
    [
        (_mend(examples=[[100_000, 15_001]]), "the example says 15001, the scale gives 15000"),
        (_mend(steps=[[500_000, 10], [250_000, 5]]), "from low to high"),
        (_mend(since="2012-07-01"), "without quotes"),
        (_mend(extra=1), "missing or unknown: extra"),
        (lambda table: table["interest"][0].update(per_cent=3), "a text such as"),
        (lambda table: table["interest"][0].update(per_cent="three"), "a text such as"),
        (lambda table: table["interest"][0].update(kind="habit"), "kind is one of"),
        (lambda table: table["interest"][0].update(verified="yes"), "verified = true or false"),
        (lambda table: table["interest"][0].update(source=" "), "say the source"),
        (lambda table: table["interest"].reverse(), "from old to new"),
        (lambda table: table["known_until"].update(statutory_consumer=date(2026, 1, 1)), "lies before the first row"),
        (lambda table: table["known_until"].pop("statutory_consumer"), "missing or unknown"),
        (lambda table: table.pop("version"), "missing or unknown: version"),
    ],
)
def test_a_table_that_is_wrong_is_not_loaded(spoil, message):
    """The message names the file, the row and what to do."""
    table = a_table()
    spoil(table)
    with pytest.raises(ConfigurationError, match=r"config/legal-rates\.toml") as raised:
        legal_rates_from(table)
    assert message in str(raised.value)


@given(st.dates(date(2010, 1, 1), date(2027, 1, 1)), st.integers(0, 900))
def test_the_rates_of_a_period_are_those_of_its_days(first, days):
    """As many single days say it; a period that is not known on one of its days is not known."""
    last = first + timedelta(days=days)
    ends = {first + timedelta(days=step) for step in range(0, days + 1, 7)} | {last}
    each = [LEGAL.interest_during("statutory_consumer", day, day) for day in sorted(ends)]
    whole = LEGAL.interest_during("statutory_consumer", first, last)
    if whole is None:
        assert each[0] is None or each[-1] is None
    else:
        assert whole == frozenset().union(*each)


def test_a_kind_that_is_not_in_the_table_is_not_known():
    """No table, no opinion."""
    day = date(2024, 1, 1)
    assert LEGAL.interest_during("contractual", day, day) is None
    assert LegalRates(version="1").scale_on(day) is None
    assert CollectionScale(steps=((100, 100),), minimum_cents=0).most(50) == 1
