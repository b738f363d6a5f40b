"""The mapping language: what an administrator can say, and what is said back when it is wrong."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from gateway.adapters import Acknowledgement, Held, ReadContext, Understood, Unreadable, load_format, load_formats, read
from gateway.adapters.mapping import parse_mapping
from gateway.domain.statement import ComponentKind, Outcome, PaymentSource, debt_total
from gateway.errors import ConfigurationError

CONTEXT = ReadContext(received_at=datetime(2026, 11, 3, 9, tzinfo=UTC))
HEAD = """
[mapping]
id = "t"
version = "1"
syntax = "{syntax}"
[defaults]
money = "{money}"
date = "{date}"
[statement]
as_of = {{ const = "received" }}
"""


def a_format(rules: str, *, syntax: str = "json", money: str = "point", date: str = "yyyy-mm-dd"):
    text = HEAD.format(syntax=syntax, money=money, date=date) + rules
    return parse_mapping(text.encode(), slug="t", file_name="t.toml")


def answer(rules: str, reply: object, **more: str):
    known = a_format(rules, **more)
    raw = reply.encode() if isinstance(reply, str) else json.dumps(reply).encode()
    return read(raw, known.media_types[0], known, CONTEXT)


def debts(rules: str, reply: object, **more: str):
    read_as = answer(rules, reply, **more)
    assert isinstance(read_as, Understood), read_as
    return read_as.statement.debts


def holds(rules: str, reply: object, **more: str) -> list[tuple[str, str]]:
    read_as = answer(rules, reply, **more)
    assert isinstance(read_as, Held), read_as
    return [(problem.code, problem.path) for problem in read_as.problems if problem.severity == "hold"]


def faults(rules: str, **more: str) -> str:
    with pytest.raises(ConfigurationError) as caught:
        a_format(rules, **more)
    return caught.value.detail


PLAIN = """
[debts]
each = "$.d"
reference = "n"
components.unsplit.outstanding = "a"
"""


def test_an_unseen_shape_is_read_with_a_mapping_file_alone(tmp_path):
    """No code: a file and a sample in a folder. Dossiers under their number, codes per booking, Dutch dates."""
    (tmp_path / "samples" / "nieuw").mkdir(parents=True)
    (tmp_path / "nieuw.toml").write_text(
        """
        [mapping]
        id = "nieuw"
        version = "0.1.0"
        syntax = "json"
        ignore = ["$.meta"]

        [defaults]
        money = "comma"
        date = "d mmmm yyyy"

        [outcome]
        path = "$.status"
        values = { OK = "statement", NIETS = "nil" }

        [statement]
        as_of = "$.stand"
        total = "$.som"

        [debts]
        each = "$.dossiers.*"
        reference = { name_of = "." }
        arisen_on = "sinds"
        total = "saldo"

        [tables.soorten]
        HS = "principal"
        RE = "interest"
        BIK = "collection_costs"
        BTW = "collection_costs"

        [[debts.component_list]]
        each = "boekingen"
        where = { soort = { not = ["BET", "RET"] } }
        kind = { path = "soort", values = "soorten" }
        charged = "bedrag"
        combine = true

        [[debts.payments]]
        each = "boekingen"
        where = { soort = ["BET", "RET"] }
        amount = "bedrag"
        paid_on = { path = "op", date = ["dd/mm/yyyy", "yyyymmdd"] }
        source = { path = "soort", values = { BET = "resident", RET = "refund" } }
        """
    )
    reply = {
        "meta": {"x": [1, {"y": 2}]},
        "status": "OK",
        "stand": "1 november 2026",
        "som": "1.172,00",
        "dossiers": {
            "00-17": {
                "sinds": "29 februari 2024",
                "saldo": "1.172,00",
                "boekingen": [
                    {"soort": "HS", "bedrag": "1.000,00"},
                    {"soort": "RE", "bedrag": "12,00"},
                    {"soort": "BIK", "bedrag": "150,00"},
                    {"soort": "BTW", "bedrag": "31,50"},
                    {"soort": "BET", "bedrag": "50,00", "op": "03/04/2026"},
                    {"soort": "RET", "bedrag": "28,50", "op": "20260501"},
                ],
            }
        },
    }
    sample = tmp_path / "samples" / "nieuw" / "gewoon.json"
    sample.write_text(json.dumps(reply))
    sample.with_name("gewoon.expected.json").write_text("{}")
    known = load_formats(tmp_path)["nieuw"]
    read_as = read(sample.read_bytes(), "application/json", known, CONTEXT)
    assert isinstance(read_as, Understood), read_as
    (debt,) = read_as.statement.debts
    assert read_as.warnings == ()
    assert debt.reference == "00-17"
    assert debt.arisen_on == date(2024, 2, 29)
    assert [(part.kind, part.charged_cents) for part in debt.components] == [
        (ComponentKind.PRINCIPAL, 100000),
        (ComponentKind.INTEREST, 1200),
        (ComponentKind.COLLECTION_COSTS, 18150),
    ]
    assert [payment.source for payment in debt.payments] == [PaymentSource.RESIDENT, PaymentSource.REFUND]
    costs = read_as.statement.provenance.fields["/debts/0/components/2/charged_cents"]
    assert [source.raw for source in costs.sources] == ["150,00", "31,50"]
    assert costs.transform == ("money:comma", "sum")


def test_rows_of_one_debt_are_taken_together():
    """A flat list of bookings becomes debts by their number."""
    rules = """
    [debts]
    each = "$"
    group_by = "nr"
    reference = "nr"
    [[debts.component_list]]
    each = "."
    kind = { path = "k", values = { H = "principal", R = "interest" } }
    charged = "b"
    """
    rows = [{"nr": 1, "k": "H", "b": 10}, {"nr": 2, "k": "H", "b": 20}, {"nr": 1, "k": "R", "b": 0.5}]
    one, two = debts(rules, rows)
    assert (one.reference, debt_total(one), two.reference, debt_total(two)) == ("1", 1050, "2", 2000)


def test_payments_in_a_list_of_their_own_find_their_debt():
    """same_as compares a row with the debt around it; a row that fits no debt is reported, not lost."""
    rules = """
    [debts]
    each = "/R/D"
    reference = "@nr"
    components.principal.charged = "H"
    [[debts.payments]]
    each = "/R/B"
    where = { "@d" = { same_as = "@nr" } }
    amount = "."
    """
    xml = "<R><D nr='1'><H>10.00</H></D><D nr='2'><H>20.00</H></D><B d='2'>5.00</B><B d='1'>1.00</B>{}</R>"
    assert [debt_total(debt) for debt in debts(rules, xml.format(""), syntax="xml")] == [900, 1500]
    assert holds(rules, xml.format("<B d='3'>1.00</B>"), syntax="xml") == [("unmapped_element", "/R/B[3]")]


def test_an_amount_outside_the_debts_is_not_counted_for_each_of_them():
    """A shared amount that nothing ties to one debt would be counted as often as there are debts."""
    rules = """
    [debts]
    each = "$.d"
    reference = "n"
    components.principal.charged = "h"
    {}
    """
    reply = {"d": [{"n": "1", "h": 5}], "p": [{"a": 1}], "k": 2}
    listed = rules.format('[[debts.payments]]\n    each = "$.p"\n    amount = "a"')
    shared = rules.format('components.other.charged = "$.k"')
    assert debt_total(debts(listed, reply)[0]) == 400
    assert debt_total(debts(shared, reply)[0]) == 700
    reply["d"].append({"n": "2", "h": 5})
    assert ("counted_twice", "$['p'][0]") in holds(listed, reply)
    assert ("counted_twice", "$['k']") in holds(shared, reply)


def test_a_value_may_stand_in_the_object_around_the_item():
    """Contract numbers above their invoices, in JSON and in XML."""
    rules = """
    [debts]
    each = "{each}"
    reference = {{ join = ["{up}", "{nr}"], with = "/" }}
    components.principal.charged = "b"
    """
    (debt,) = debts(
        rules.format(each="$.c[*].f[*]", up="../nr", nr="nr"), {"c": [{"nr": "C1", "f": [{"nr": "7", "b": 1}]}]}
    )
    assert debt.reference == "C1/7"
    (debt,) = debts(
        rules.format(each="/R/C/F", up="../@nr", nr="@nr"),
        "<R><C nr='C1'><F nr='7'><b>1.00</b></F></C></R>",
        syntax="xml",
    )
    assert debt.reference == "C1/7"


def test_debit_and_credit_marks_give_the_sign():
    """The sign of an amount may be a code beside it; an unknown mark holds the reply."""
    rules = """
    [debts]
    each = "$.d"
    reference = "n"
    total = { path = "t", sign = { path = "dc", values = { D = "+", C = "-" } } }
    components.principal.charged = "h"
    [[debts.payments]]
    amount = "p"
    """
    reply = {"d": [{"n": "1", "t": 5, "dc": "C", "h": 10, "p": 15}]}
    assert debts(rules, reply)[0].total_stated_cents == -500
    reply["d"][0]["dc"] = "X"
    assert holds(rules, reply)[0] == ("unlisted_value", "$['d'][0]['dc']")


def test_full_jsonpath_and_xpath_are_there_for_who_needs_them():
    """With filters; items that no filter takes are reported as debts that nobody understood."""
    rules = """
    [debts]
    each = "{each}"
    reference = "{nr}"
    components.principal.charged = "{amount}"
    """
    json_rules = rules.format(each="$.d[?@.s=='open']", nr="n", amount="c[?@.k=='H'].b")
    reply = {"d": [{"s": "open", "n": "1", "c": [{"k": "H", "b": 5}]}]}
    assert debt_total(debts(json_rules, reply)[0]) == 500
    reply["d"].append({"s": "dicht", "n": "2", "c": []})
    assert holds(json_rules, reply) == [("unmapped_element", "$['d'][1]")]
    reply["d"].pop()
    reply["d"][0]["c"].append({"k": "X", "b": 7})
    assert ("unmapped_element", "$['d'][0]['c'][1]") in holds(json_rules, reply)
    xml_rules = rules.format(each="/R/D[@s='open']", nr="@n", amount="C[@k='H']")
    xml = "<R><D s='open' n='1'><C k='H'>5.00</C></D>{}</R>"
    assert debt_total(debts(xml_rules, xml.format(""), syntax="xml")[0]) == 500
    assert holds(xml_rules, xml.format("<D s='dicht' n='2'/>"), syntax="xml") == [("unmapped_element", "/R/D[2]")]


def test_nothing_of_a_chosen_list_is_lost():
    """An item that no condition takes holds the reply; one that is passed over on purpose is shown."""
    rules = PLAIN.replace('reference = "n"', 'reference = "n"\nwhere = { s = "open" }')
    reply = {"d": [{"s": "open", "n": "1", "a": 1}, {"s": "dicht", "n": "2", "a": 2}]}
    assert holds(rules, reply) == [("unmapped_element", "$['d'][1]")]
    passing = rules.replace('reference = "n"', 'reference = "n"\nskip = { s = "dicht" }')
    read_as = answer(passing, reply)
    assert isinstance(read_as, Understood)
    assert [problem.code for problem in read_as.warnings] == ["skipped_item"]


@pytest.mark.parametrize(
    "reply, code",
    [
        ({"d": [{"n": "1", "a": [1, 2]}]}, "ambiguous"),
        ({"d": [{"n": "1", "a": {"b": 2}}]}, "not_a_value"),
        ({"d": [{"n": "1", "a": True}]}, "not_an_amount"),
        ({"d": [{"n": "1", "a": None}]}, "R6"),
        ({"d": [{"a": 1}]}, "missing"),
        ({"d": [{"n": "", "a": 1}]}, "missing"),
        ({"d": [{"n": "x" * 101, "a": 1}]}, "too_long"),
        ({"d": []}, "R1"),
        ({}, "R1"),
        ({"d": [1]}, "missing"),
        ({"d": [[1], ["a"], [{}]]}, "missing"),
        ([], "R1"),
        ("7", "R1"),
        ("null", "R1"),
        ({"d": "text"}, "missing"),
    ],
)
def test_a_reply_that_does_not_fit_is_held_never_understood(reply, code):
    """Whatever stands there, it is not silence and not a statement either."""
    assert code in {found for found, _ in holds(PLAIN, reply)}


def test_empty_means_not_stated_which_is_not_zero():
    """Null, an empty text and an absent element are the same: nothing was said."""
    rules = PLAIN + 'components.interest.outstanding = "i"\n'
    rules = rules.replace("components.unsplit", "components.principal")
    for nothing in (None, "", "  "):
        (debt,) = debts(rules, {"d": [{"n": "1", "a": 5, "i": nothing}]})
        assert len(debt.components) == 1
    (debt,) = debts(rules, {"d": [{"n": "1", "a": 5, "i": 0}]})
    assert len(debt.components) == 2


def test_currency_beside_an_amount_must_be_euro():
    """As an attribute everywhere, or as a field of its own."""
    rules = """
    [debts]
    each = "$.d"
    reference = "n"
    components.principal.charged = { path = "a.v", currency = "a.c" }
    """
    assert debt_total(debts(rules, {"d": [{"n": "1", "a": {"v": 5, "c": "EUR"}}]})[0]) == 500
    assert ("not_euro", "$['d'][0]['a']['c']") in holds(rules, {"d": [{"n": "1", "a": {"v": 5, "c": "USD"}}]})


def test_data_about_somebody_else_is_cut_away_or_the_reply_stays_unread():
    """Source: ruling 22."""
    rules = PLAIN + '[[hold]]\nreason = "third_party"\nwhen = { "$.partner_debts" = { exists = true } }\n'
    read_as = answer(rules, {"d": [{"n": "1", "a": 1}], "partner_debts": []})
    assert isinstance(read_as, Held)
    assert read_as.provisional is None
    cut = HEAD.replace('version = "1"', 'version = "1"\ncut = ["$.partner"]')
    known = parse_mapping(
        (cut.format(syntax="json", money="point", date="yyyy-mm-dd") + PLAIN).encode(), slug="t", file_name="t"
    )
    reply = b'{"d": [{"n": "1", "a": 1}], "partner": {"naam": "x"}}'
    assert isinstance(read(reply, "application/json", known, CONTEXT), Understood)


def test_an_outcome_is_said_by_the_reply_or_the_reply_is_held():
    """Nil is explicit; an empty list counts only where the mapping says so. Source: rule R2."""
    nil = PLAIN + '[outcome]\nrules = [{ is = "nil", when = { "$.d" = { empty = true } } }]\n'
    read_as = answer(nil, {"d": []})
    assert isinstance(read_as, Understood)
    assert read_as.statement.outcome is Outcome.NIL
    assert holds(nil, {"e": []}) == [("no_outcome", "$")]
    assert "outcome.otherwise: must be one of statement" in faults(PLAIN + '[outcome]\notherwise = "nil"\n')


def test_an_acknowledgement_is_not_an_answer():
    """The clock runs on."""
    text = HEAD.replace(
        'version = "1"', 'version = "1"\nacknowledgement = "$.ack"\nacknowledgement_reference = "$.ack.id"'
    )
    known = parse_mapping(
        (text.format(syntax="json", money="point", date="yyyy-mm-dd") + PLAIN).encode(), slug="t", file_name="t"
    )
    assert read(b'{"ack": {"id": "7"}}', "application/json", known, CONTEXT) == Acknowledgement(reference="7")


def test_bytes_that_cannot_be_read_are_refused_not_held():
    """Source: ruling 16."""
    known = a_format(PLAIN)
    assert isinstance(read(b"{", "application/json", known, CONTEXT), Unreadable)
    assert isinstance(read(b"<a/>", "application/json", known, CONTEXT), Unreadable)


def test_another_media_type_is_only_a_warning():
    """What counts is what the bytes are."""
    known = a_format(PLAIN)
    reply = b'{"d": [{"n": "1", "a": 1}]}'
    read_as = read(reply, "text/plain; charset=utf-8", known, CONTEXT)
    assert isinstance(read_as, Understood)
    assert [problem.code for problem in read_as.warnings] == ["media_type"]
    assert read(reply, "application/problem+json", known, CONTEXT).warnings == ()


@pytest.mark.parametrize(
    "rules, said",
    [
        (
            '[debts]\neach = "$.d"\nreferense = "n"',
            't.toml:13: debts.referense: is not a word of the mapping language; did you mean "reference"?',
        ),
        (
            '[debts]\neach = "$.d"\nreference = "n"\nrank = { path = "r", values = { C = "ordinairy" } }',
            'did you mean "ordinary"?',
        ),
        ('[debts]\nreference = "n"', "debts.each: say where the debts stand"),
        ('[debts]\neach = "$.d"', "debts.reference: must be there"),
        ('[debts]\neach = "$.d["\nreference = "n"', 'debts.each: "$.d[" cannot be used as a path'),
        ("", "debts: say where the debts stand"),
        (PLAIN + 'components.fine.charged = "f"', "debts.components.fine: is no kind of component"),
        (PLAIN + "components.interest.paid = \"p\"", "debts.components.interest: needs charged"),
        (PLAIN + 'total = { path = "t", money = "dollars" }', "money = one of cents, point, comma"),
        (PLAIN + 'total = { path = "t", sum = "u" }', "must say exactly one of"),
        (PLAIN + 'arisen_on = { path = "t", date = "dd-mm" }', "must name a day, a month and a year"),
        (PLAIN + 'business = { path = "b", values = "nope" }', 'there is no table "nope" under [tables]'),
        (PLAIN + 'where = { a = { like = "x" } }', "must be one of { exists = true }"),
        (PLAIN + "[outcme]\n", 'outcme: is not a word of the mapping language; did you mean "outcome"?'),
        ("[debts", "this is not TOML"),
    ],
)  # fmt: skip
def test_a_wrong_mapping_says_where_and_what_to_do(rules, said):
    """File, key, advice; never a traceback."""
    if rules.startswith(PLAIN) and not rules.endswith("[outcme]\n"):
        rules = PLAIN.replace("[debts]", "[debts]\n" + rules.removeprefix(PLAIN))
    assert said in faults(rules)


def test_every_fault_of_a_file_is_listed_at_once():
    """So that it can be mended in one go."""
    found = faults('[debts]\neach = "$.d"\nrefrence = "n"\ntotl = "t"\n')
    assert found.count("\n") >= 2


def test_an_unknown_prefix_is_named():
    """A prefix that is not in [namespaces] would find nothing for ever."""
    assert 'the prefix "skp" is not in [namespaces]' in faults(
        '[debts]\neach = "/skp:A/B"\nreference = "@n"', syntax="xml"
    )


def test_the_identity_of_a_format_is_its_bytes(tmp_path):
    """One changed space is another mapping."""
    path = tmp_path / "t.toml"
    text = HEAD.format(syntax="json", money="point", date="yyyy-mm-dd") + PLAIN
    path.write_text(text)
    one = load_format(path, need_samples=False)
    path.write_text(text + " ")
    two = load_format(path, need_samples=False)
    assert one.sha256 != two.sha256
    assert one.identity.startswith("t@1#")
    assert one.request_style == "rest_json"


@pytest.mark.parametrize(
    "pattern, text, day",
    [
        ("yyyy-mm-dd", "2024-02-29", date(2024, 2, 29)),
        ("d-m-yyyy", "1-2-2026", date(2026, 2, 1)),
        ("yyyymmdd", "20260201", date(2026, 2, 1)),
        ("dd.mm.yyyy", "01.02.2026", date(2026, 2, 1)),
        ("dd-mm-jjjj", "01-02-2026", date(2026, 2, 1)),
        ("%d-%m-%Y", "01-02-2026", date(2026, 2, 1)),
        ("d mmmm yyyy", "3 maart 2026", date(2026, 3, 3)),
        ("dd mmm yyyy", "03 mrt. 2026", date(2026, 3, 3)),
        ("yyyy-mm-dd*", "2026-02-01 12:34:56", date(2026, 2, 1)),
        ("rfc3339", "2026-01-31T23:30:00Z", date(2026, 2, 1)),
        ("rfc3339", "2026-06-30T22:30:00+00:00", date(2026, 7, 1)),
        ("unix-seconds", "1769902200", date(2026, 2, 1)),
        ("/Date(ms)/", "/Date(1769902200000)/", date(2026, 2, 1)),  # OData 2
        ("/Date(ms)/", "/Date(1769902200000+0100)/", date(2026, 2, 1)),  # the offset only says where it was written
        ("d. mmmm yyyy", "3. März 2026", date(2026, 3, 3)),
        ("d mmmm yyyy", "3 février 2026", date(2026, 2, 3)),
    ],
)
def test_days_are_read_in_the_format_that_was_named(pattern, text, day):
    """A moment with a zone becomes the day it was in Amsterdam."""
    rules = PLAIN.replace('reference = "n"', 'reference = "n"\narisen_on = "o"')
    assert debts(rules, {"d": [{"n": "1", "a": 1, "o": text}]}, date=pattern)[0].arisen_on == day


@pytest.mark.parametrize(
    "pattern, text",
    [
        ("dd-mm-yyyy", "31-02-2026"),
        ("dd-mm-yyyy", "1-2-2026"),
        ("dd-mm-yyyy", "2026-02-01"),
        ("yyyy-mm-dd", "20260201"),
        ("yyyy-mm-dd", "2026-W01-1"),
        ("d mmmm yyyy", "3 brumaire 2026"),
        ("rfc3339", "2026-01-31"),
        ("unix-seconds", "99999999999999"),
        ("/Date(ms)/", "1769902200000"),
        ("/Date(ms)/", "/Date(99999999999999999)/"),
    ],
)
def test_a_day_in_another_format_is_never_guessed(pattern, text):
    """Source: promise 4."""
    rules = PLAIN.replace('reference = "n"', 'reference = "n"\narisen_on = "o"')
    assert "not_a_date" in {code for code, _ in holds(rules, {"d": [{"n": "1", "a": 1, "o": text}]}, date=pattern)}


def test_the_worked_example_in_the_documentation_works():
    """Whoever copies it starts from something that is understood."""
    text = (Path(__file__).parents[2] / "docs" / "mapping.md").read_text(encoding="utf-8")
    reply = text.split("```json\n")[1].split("```")[0]
    mapping = text.split("```toml\n")[1].split("```")[0]
    known = parse_mapping(mapping.encode(), slug="mine", file_name="mine.toml")
    read_as = read(reply.encode(), "application/json", known, CONTEXT)
    assert isinstance(read_as, Understood)
    assert read_as.warnings == ()
    assert debt_total(read_as.statement.debts[0]) == 114350


def test_our_own_request_id_is_never_masked_as_a_citizen_number():
    """A UUID may hold nine digits that pass the 11-test; masking it would hold an honest reply (R16 against R4)."""
    import json
    from datetime import UTC, datetime
    from pathlib import Path

    from gateway import adapters

    folder = Path(__file__).parents[2] / "config/creditors"
    request_id = "7f1c2a90-0000-4000-8000-a99999001900"
    reply = json.dumps({"request_id": request_id, "outcome": "client_unknown", "as_of": "2026-11-01"}).encode()
    context = adapters.ReadContext(received_at=datetime(2026, 11, 3, tzinfo=UTC), request_id=request_id)
    answer = adapters.read(reply, "application/json", adapters.load_format(folder / "gateway-json.toml"), context)
    assert isinstance(answer, adapters.Understood)
    assert answer.statement.request_id == request_id
    assert answer.warnings == ()


def test_a_list_of_half_a_million_is_held_at_once():
    """Every path would walk through it; nobody has so many debts. Its length is looked at first."""
    assert holds(PLAIN, [{}] * 20_001) == [("too_many_debts", "$")]


def test_more_rows_in_one_debt_than_any_debt_has_hold_the_reply():
    """Written out or not, the quick way and the other."""
    rules = PLAIN + '[[debts.payments]]\neach = "p"\namount = "c"\n'
    paid = [{"c": "0.01"}] * 20_001
    assert ("too_many", "$['d'][0]") in holds(rules, {"d": [{"n": "1", "a": "1.00", "p": paid}]})
    assert len(debts(rules, {"d": [{"n": "1", "a": "1.00", "p": paid[:20]}]})[0].payments) == 20


OUTCOMES = (
    PLAIN
    + """
[outcome]
otherwise = "statement"
rules = [
  { is = "client_unknown", when = { "$.unknown" = true } },
  { is = "nil", when = { "$.nothing" = true } },
  { is = "nil", when = { "$.zero" = true } },
]
"""
)


def test_two_outcomes_that_both_fit_are_not_chosen_between():
    """Promise 4. Two rules that say the same thing are one answer."""
    assert ("ambiguous", "$") in holds(OUTCOMES, {"d": [], "unknown": True, "nothing": True})
    read_as = answer(OUTCOMES, {"d": [], "nothing": True, "zero": True})
    assert isinstance(read_as, Understood)
    assert read_as.statement.outcome is Outcome.NIL


XML_DEBTS = """
[debts]
each = "/R/D"
reference = "N"
components.unsplit.outstanding = "A"
"""


@pytest.mark.parametrize(
    "number",
    ["999990019", "9999<!-- -->90019", "<![CDATA[9999]]>90019", "&#57;99990019", "9999 9001 9", "９９９９９００１９"],
)
def test_a_citizen_number_is_masked_however_it_is_written(number):
    """Rule R16: in pieces, escaped, with spaces, in full-width digits. The number is a synthetic one."""
    reply = f"<R><D><N>{number}</N><A>1.00</A></D></R>"
    read_as = answer(XML_DEBTS, reply, syntax="xml")
    assert isinstance(read_as, Understood), read_as
    assert read_as.statement.debts[0].reference.startswith("masked-")
    assert [problem.code for problem in read_as.warnings] == ["R16"]


def test_the_language_of_a_text_is_no_element_that_nobody_speaks_of():
    """xml:lang and its like belong to XML itself."""
    reply = '<R xml:lang="nl"><D xml:space="preserve"><N xml:lang="nl">1</N><A>1.00</A></D></R>'
    read_as = answer(XML_DEBTS, reply, syntax="xml")
    assert isinstance(read_as, Understood), read_as
    assert read_as.warnings == ()


def test_a_row_that_is_passed_over_holds_nothing_by_what_is_in_it():
    """With skip alone, the rows that are left are read as ever."""
    rules = PLAIN.replace('reference = "n"', 'reference = "n"\nskip = { kind = "info" }')
    row = {"n": "1", "a": "1.00"}
    (debt,) = debts(rules, {"d": [{"kind": "info", "text": "for your information", "x": {"y": 1}}, row]})
    assert debt.reference == "1"
    assert ("unmapped_element", "$['d'][1]['fee']") in holds(rules, {"d": [{"kind": "info"}, {**row, "fee": "9.00"}]})


def test_null_instead_of_a_list_inside_a_debt_is_no_item():
    """The totals of the debt still say whether that is true; null instead of the debts, or of one, is held."""
    rules = PLAIN + '[[debts.payments]]\neach = "p"\namount = "c"\n'
    (debt,) = debts(rules, {"d": [{"n": "1", "a": "1.00", "p": None}]})
    assert (debt.reference, debt.payments) == ("1", ())
    assert ("missing", "$['d']") in holds(PLAIN, {"d": None})
    assert ("missing", "$['d'][1]") in holds(PLAIN, {"d": [{"n": "1", "a": "1.00"}, None]})
