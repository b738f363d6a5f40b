"""`gateway creditor learn`: what a proposal gets right by itself, what it leaves open, and that it never makes things up."""

from __future__ import annotations

import json
import re
import tomllib
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.adapters import Held, ReadContext, Understood, UnreadableInput, load_formats, read
from gateway.adapters.learning import Proposal, Sample, learn
from gateway.adapters.learning.sums import Term, explained
from gateway.adapters.mapping import Format, parse_mapping
from gateway.adapters.samples import context_of
from gateway.domain.statement import Statement, debt_total, statement_total
from gateway.errors import ConfigurationError
from tests.unit.learned_formats import FAMILIES, Family
from tests.unit.learned_formats_more import MORE_FAMILIES

CREDITORS = Path(__file__).parents[2] / "config" / "creditors"
CONTEXT = ReadContext(received_at=datetime(2026, 11, 3, 9, tzinfo=UTC))
FORMATS = load_formats(CREDITORS)


def learned(*replies: str | bytes, names: tuple[str, ...] = ()) -> Proposal:
    raws = [reply if isinstance(reply, bytes) else reply.encode() for reply in replies]
    return learn([Sample(name=name, raw=raw) for name, raw in zip(names or "abcdefgh", raws, strict=False)])


def loaded(text: str) -> Format:
    return parse_mapping(text.encode(), slug="t", file_name="t.toml")


def line_of(proposal: Proposal, key: str, table: str | None = None) -> Any:
    """The one proposed line with this key."""
    (found,) = [line for line in proposal.lines if line.key == key and table in (None, line.table)]
    return found


# --- Formats that nobody has seen --------------------------------------------------------------------------


@pytest.mark.parametrize("family", (*FAMILIES, *MORE_FAMILIES), ids=lambda family: family.name)
def test_a_format_that_nobody_has_seen_is_read_after_the_edits_of_a_person(family: Family) -> None:
    """Starting from `learn`; the edits are all that a person must do: one line a decision, often none."""
    others = [Sample(name=name, raw=raw) for name, raw, _ in family.others]
    proposal = learn([Sample(name=family.name, raw=family.reply), *others])
    assert len(family.edits) <= 8
    assert len(proposal.undecided) <= len(family.edits)
    text = proposal.text
    for before, after in family.edits:
        assert text.count(before) == 1, before
        text = text.replace(before, after)
    format = loaded(text)
    answer = read(family.reply, format.media_types[0], format, CONTEXT)
    assert isinstance(answer, Understood), answer
    statement = answer.statement
    assert statement.outcome == "statement"
    assert statement.request_id == family.request_id
    assert str(statement.as_of) == family.as_of
    found = [
        (debt.reference, tuple(part.kind.value for part in debt.components), debt_total(debt))
        for debt in statement.debts
    ]
    assert found == list(family.kinds)
    assert not re.search(r"999990019|Voorbeeld", text), "a proposal holds no value of a sample but codes"
    for name, raw, outcome in family.others:
        other = read(raw, format.media_types[0], format, CONTEXT)
        assert isinstance(other, Understood), (name, other)
        assert other.statement.outcome == outcome, name


# --- The shipped formats, whose right answers are known -----------------------------------------------------


SHAPES = {
    "bare-list": ["ordinary"],
    "agency-json": ["ordinary", "client-unknown", "refused"],
    "bailiff-xml": ["ordinary", "nil", "client-unknown"],
    "gateway-json": ["ordinary"],
    "gateway-xml": ["ordinary"],
    "fcid-like": ["ordinary", "nil-empty-list", "client-unknown"],
    "skp-like": ["ordinary-agreed-in-advance"],
    "skp-csv": ["ordinary", "client-unknown", "nil"],
    "ubl-statement": ["ordinary"],
}


@pytest.mark.parametrize("slug", SHAPES)
def test_a_shipped_format_is_learned_from_its_samples(slug: str) -> None:
    """With each "?" filled in from the shipped mapping, every sample gives the outcome, total and debts it should."""
    files = [FORMATS[slug].samples[0].with_name(f"{name}{FORMATS[slug].samples[0].suffix}") for name in SHAPES[slug]]
    proposal = learn([Sample(name=file.name, raw=file.read_bytes()) for file in files])
    format = loaded(filled(proposal.text, slug, files))
    for file in files:
        raw = file.read_bytes()
        mine, shipped = (statement_in(raw, known) for known in (format, FORMATS[slug]))
        assert mine.outcome == shipped.outcome
        assert statement_total(mine) == statement_total(shipped)
        assert [debt_total(debt) for debt in mine.debts] == [debt_total(debt) for debt in shipped.debts]
        assert [debt.reference for debt in mine.debts] == [debt.reference for debt in shipped.debts]
        assert mine.as_of == shipped.as_of
        assert mine.request_id == shipped.request_id


def statement_in(raw: bytes, format: Format) -> Statement:
    answer = read(raw, format.media_types[0], format, context_of({}))
    found: Statement | None = getattr(answer, "statement", None) or getattr(answer, "provisional", None)
    holds = [it for it in getattr(answer, "problems", ()) if it.severity == "hold" and it.code != "unmapped_element"]
    assert found is not None, answer
    assert not holds, holds
    return found


def filled(text: str, slug: str, files: list[Path]) -> str:
    """What a person would do who knows the codes: fill in each "?" with what the shipped mapping says."""
    shipped = tomllib.loads((CREDITORS / f"{slug}.toml").read_text("utf-8"))
    codes: dict[str, set[str]] = {}
    gather(shipped, codes)
    outcomes = {
        file.name: json.loads(file.with_name(f"{file.stem}.expected.json").read_text("utf-8")) for file in files
    }
    lines, allowed = [], []
    for line in text.splitlines():
        if line.startswith("# ") and "Write one of: " in line:
            allowed = line.partition("Write one of: ")[2].rstrip(".").split(", ")
        if "One of " in line:
            allowed = line.partition("One of ")[2].split(", ")
        if line.startswith('is = "?"'):
            (name,) = [name for name in outcomes if name in line]
            line = line.replace('"?"', f'"{outcomes[name]["statement"]["outcome"]}"')
        elif line.startswith("money = "):
            line = line.replace('"?"', f'"{shipped["defaults"]["money"]}"')
        line = re.sub(
            r'("[^"]+"|[\w-]+) = "\?"',
            lambda match, words=allowed: f'{match[1]} = "{told(match[1], codes, words)}"',
            line,
        )
        lines.append(line)
    return "\n".join(lines)


def gather(value: object, codes: dict[str, set[str]]) -> None:
    for key, part in value.items() if isinstance(value, dict) else ():
        if isinstance(part, str):
            codes.setdefault(key, set()).add(part)
        for each in part if isinstance(part, list) else [part]:
            gather(each, codes)
    for rule in value.get("rules", ()) if isinstance(value, dict) else ():
        for wanted in rule["when"].values():
            for code in wanted if isinstance(wanted, list) else [wanted]:
                codes.setdefault(str(code), set()).add(rule["is"])
    # fcid-like names its kinds in conditions: { categorie = "RENTE" } under [debts.components.interest]
    components = value.get("components", {}) if isinstance(value, dict) else {}
    for kind, table in components.items():
        where = table.get("charged", {}).get("where", {}) if isinstance(table.get("charged"), dict) else {}
        if "categorie" in where:
            codes.setdefault(where["categorie"], set()).add(kind)


def told(code: str, codes: dict[str, set[str]], allowed: list[str]) -> str:
    known = [word for word in codes.get(code.strip('"'), set()) if word in allowed]
    return known[0] if known else "unknown" if "unknown" in allowed else allowed[0]


# --- What is decided over all values, and what is left open ---------------------------------------------------


def reply(**debt: object) -> str:
    return json.dumps({"stand": "2026-10-31", "dossiers": [{"dossiernummer": "D-1"} | debt]})


@pytest.mark.parametrize(
    "values, notation",
    [
        (["12,50", "3"], "comma"),
        (["1.250,00"], "comma"),
        (["1.250", "0,50"], "comma"),
        (["12.50"], "point"),
        (["1,250.00", "7"], "point"),
        ([12.5, 7], "point"),
        (["EUR 3,-"], "comma"),
    ],
)
def test_the_notation_of_amounts_is_decided_over_all_values(values: list[object], notation: str) -> None:
    """One value that can be read in one way only decides for the field."""
    debts = [{"nr": f"D-{number}", "bedrag": value} for number, value in enumerate(values)]
    proposal = learned(json.dumps({"dossiers": debts}))
    assert line_of(proposal, "money").value == f'"{notation}"'
    assert line_of(proposal, "money").sure == "certain"


def test_whole_numbers_are_left_open_unless_a_name_or_another_amount_tells() -> None:
    """12500 is 125 euros or 12,500 euros; a factor of a hundred is not guessed."""
    open_still = learned(reply(bedrag=12500))
    assert line_of(open_still, "money").value == '"?"'
    with pytest.raises(ConfigurationError, match=r'defaults\.money: still says "\?"; .*cents, point, comma'):
        loaded(open_still.text)
    assert line_of(learned(reply(bedragCenten=12500)), "money").value == '"cents"'
    grouped = learned(reply(bedrag="1.250"))
    assert line_of(grouped, "money").value == '"?"'
    assert "thousands or cents" in line_of(grouped, "money").why
    told_by_another = learned(reply(hoofdsom=125, rente=2.5))
    assert line_of(told_by_another, "money").value == '"point"'


def test_two_notations_in_one_reply_are_both_kept() -> None:
    """The rarer one stands at its own field."""
    proposal = learned(reply(hoofdsom="12,50", rente="1,25", saldoCenten=1375))
    assert line_of(proposal, "money").value == '"comma"'
    assert line_of(proposal, "total").value == '{ path = "saldoCenten", money = "cents" }'
    assert line_of(proposal, "total").sure == "certain"
    assert isinstance(read(reply(hoofdsom="12,50", rente="1,25", saldoCenten=1375).encode(), "application/json",
                           loaded(proposal.text), CONTEXT), Understood)  # fmt: skip


@pytest.mark.parametrize(
    "days, pattern",
    [
        (["13-02-2026", "01-02-2026"], "dd-mm-yyyy"),
        (["02/13/2026"], "mm/dd/yyyy"),
        (["2026-02-01"], "yyyy-mm-dd"),
        (["2026-02-01T10:00:00Z"], "rfc3339"),
        (["20260201"], "yyyymmdd"),
        (["3 februari 2026"], "d mmmm yyyy"),
        (["13-2-2026"], "d-m-yyyy"),
        (["01.02.2026"], "dd.mm.yyyy"),
    ],
)
def test_the_form_of_days_is_decided_over_all_values(days: list[str], pattern: str) -> None:
    """A day above 12 decides the order; with dots the day comes first."""
    debts = [{"nr": f"D-{number}", "bedrag": "1,00", "factuurdatum": day} for number, day in enumerate(days)]
    proposal = learned(json.dumps({"dossiers": debts}))
    assert line_of(proposal, "date").value == f'"{pattern}"'


def test_an_order_of_day_and_month_that_cannot_be_known_is_left_open() -> None:
    """And said; another date of the same reply may tell, and then that is said too."""
    debt = {"bedrag": "1,00", "factuurdatum": "03-04-2026"}
    unknown = learned(json.dumps({"dossiers": [{"nr": "D-1"} | debt]}))
    assert line_of(unknown, "date").value == '"?"'
    assert "no day above 12" in line_of(unknown, "date").why
    with pytest.raises(ConfigurationError, match=r"defaults\.date: still says"):
        loaded(unknown.text)
    told_by_another = learned(json.dumps({"dossiers": [{"nr": "D-1", "vervaldatum": "23-04-2026"} | debt]}))
    assert line_of(told_by_another, "date").value == '"dd-mm-yyyy"'


def test_arithmetic_tells_what_was_charged_and_what_is_left() -> None:
    """Whether payments are taken off to get the total, or were taken off before."""
    off_now = learned(reply(hoofdsom="100,00", rente="5,50", betaald="20,00", openstaand="85,50"))
    assert line_of(off_now, "principal").value == '{ charged = "hoofdsom" }'
    assert line_of(off_now, "amount", "debts.payments").why == "arithmetic: taken off to get the total"
    off_before = learned(reply(hoofdsom="80,00", rente="5,50", betaald="20,00", openstaand="85,50"))
    assert line_of(off_before, "principal").value == '{ outstanding = "hoofdsom" }'
    for proposal in (off_now, off_before):
        assert line_of(proposal, "total").sure == "certain"
        assert line_of(proposal, "principal").sure == "certain"


def test_names_that_do_not_add_up_are_only_guesses() -> None:
    """The file says so, and the trial shows that the reply would be held."""
    proposal = learned(reply(hoofdsom="100,00", rente="5,50", openstaand="99,00"))
    assert line_of(proposal, "total").sure == "a guess"
    assert "nothing was found that adds up to it" in line_of(proposal, "total").why
    assert proposal.trial is not None
    answer = read(reply(hoofdsom="100,00", rente="5,50", openstaand="99,00").encode(), "application/json",
                  loaded(proposal.trial), CONTEXT)  # fmt: skip
    assert isinstance(answer, Held)
    assert "R7" in {problem.code for problem in answer.problems}


def test_an_amount_that_counts_but_has_no_name_is_for_a_person_to_name() -> None:
    """Arithmetic proves that it counts, not what it is."""
    proposal = learned(reply(hoofdsom="100,00", zegel="7,13", openstaand="107,13"))
    assert line_of(proposal, "kind", "debts.component_list").value == '{ const = "?" }'
    assert line_of(proposal, "charged", "debts.component_list").value == '"zegel"'


def test_people_are_cut_out_and_the_rest_is_left_to_decide() -> None:
    """By the name of an element, and by the form of a citizen number; each with a remark."""
    proposal = learned(
        json.dumps(
            {
                "klant": {"voornaam": "A.", "achternaam": "Voorbeeld", "geboortedatum": "1985-02-03"},
                "registratie": "999990019",
                "behandelaar": "Team 3",
                "dossiers": [{"nr": "D-1", "saldo": "1,00", "partner": {"naam": "B."}, "vlag": "x"}],
                "aantal": 1,
            }
        )
    )
    assert {path for path, _ in proposal.removed} == {
        "$.klant",
        "$.registratie",
        "$.behandelaar",
        "$.dossiers.partner",
        "$.aantal",
    }
    assert dict(proposal.left) == {"$.dossiers.vlag": "inside a debt, so it holds a reply that does not add up"}
    assert set(tomllib.loads(proposal.text)["mapping"]["cut"]) == {"$.klant", "$.registratie", "$.dossiers.partner"}


def test_answers_without_debts_are_told_apart_but_not_named() -> None:
    """What a reply without debts means is the creditor's to say; learn shows what makes it another one."""
    proposal = learned(
        reply(saldo="1,00"),
        '{"stand": "2026-10-31", "dossiers": []}',
        '{"fout": "x"}',
        names=("a.json", "b.json", "c.json"),
    )
    rules = tomllib.loads(proposal.text)["outcome"]["rules"]
    assert {json.dumps(rule["when"]): rule["is"] for rule in rules} == {
        '{"$.dossiers": {"empty": true}}': "?",
        '{"$.fout": "x"}': "?",
    }
    with pytest.raises(ConfigurationError, match=r"outcome\.rules\[0\]\.is: still says .* one of statement, nil"):
        loaded(proposal.text)


@pytest.mark.parametrize(
    "replies",
    [
        ['{"a": 1}', "<a/>"],
        ['{"a": 1, "a": 2}'],
        ["<!DOCTYPE a><a/>"],
        [""],
        ["a;b\n1\n"],
    ],
)
def test_what_cannot_be_read_is_refused(replies: list[str]) -> None:
    """Learning stands behind the same strict doors as reading."""
    with pytest.raises(UnreadableInput):
        learned(*replies)


# --- What would go wrong without a word ------------------------------------------------------------------------


def test_a_discount_and_an_account_are_not_taken_for_a_count() -> None:
    """Only whole numbers under a name that counts are left out unasked."""
    proposal = learned(reply(grossCharge="100.00", singlePersonDiscount="-25.00", openstaand="75.00", accountId="A1-x"))
    assert "singlePersonDiscount" not in str(proposal.removed)
    assert "accountId" not in str(proposal.removed)
    assert line_of(proposal, "amount", "debts.waivers").value == '{ path = "singlePersonDiscount", negate = true }'
    assert line_of(proposal, "amount", "debts.waivers").sure == "a guess"


def test_what_is_a_part_of_another_amount_is_not_added_to_it() -> None:
    """Of every part what is overdue, and of the total: those add up too, and prove nothing; whatever they are called."""
    debts = [
        {"nr": f"D-{n}", "hoofdsom": f"{p}.00", "rente": f"{r}.00", "kosten": f"{k}.00", "totaal": f"{p + r + k}.00",
         "hoofdsomX": f"{p - n}.00", "renteX": f"{r - n}.00", "kostenX": f"{k - n}.00",
         "betaaldX": f"{p + r + k - 3 * n}.00"}
        for n, p, r, k in ((1, 100, 40, 30), (2, 210, 90, 17), (3, 333, 51, 29))
    ]  # fmt: skip
    proposal = learned(json.dumps({"dossiers": debts}))
    assert line_of(proposal, "total").why == "arithmetic: 3 amounts add up to it in each of 3 debts"
    assert not [line for line in proposal.lines if "X" in line.value and line.sure == "certain"]


def test_another_answer_is_known_by_what_it_says_and_not_by_being_there() -> None:
    """Another error would be read as the same answer, if it were enough that there is one."""
    unknown = '{"errors": [{"message": "Debtor not found", "extensions": {"code": "NOT_FOUND"}}]}'
    proposal = learned(reply(saldo="1,00"), unknown)
    assert line_of(proposal, "when", "outcome.rules").value == '{ "$.errors.extensions.code" = "NOT_FOUND" }'
    told_in_words = learned(reply(saldo="1,00"), '{"melding": {"tekst": "Onbekend", "nr": 123456}}')
    assert line_of(told_in_words, "when", "outcome.rules").value == '{ "$.melding.tekst" = "Onbekend" }'
    says_nothing = learned(reply(saldo="1,00"), '{"melding": {"nr": 1234567}}')
    assert line_of(says_nothing, "when", "outcome.rules").sure == "a guess"


@pytest.mark.parametrize(
    "mark, test",
    [
        ({"pageInfo": {"hasNextPage": False}}, '{ "$.pageInfo.hasNextPage" = true }'),
        ({"__next": None}, '{ "$.__next" = { exists = true } }'),
        ({"links": {"self": "x", "next": None}}, '{ "$.links.next" = { exists = true } }'),
    ],
)
def test_a_reply_that_is_one_page_of_several_is_held(mark: dict[str, Any], test: str) -> None:
    """A part of the debts is never taken for all of them."""
    whole = json.loads(reply(saldo="1.50")) | mark
    proposal = learned(json.dumps(whole))
    assert line_of(proposal, "when", "hold").value == test
    text = json.dumps(whole).replace("false", "true").replace("null", '"https://x.example/2"')
    answer = read(text.encode(), "application/json", loaded(proposal.text), CONTEXT)
    assert isinstance(answer, Held)
    assert {problem.code for problem in answer.problems} == {"held_by_mapping"}


def test_rows_with_amounts_of_their_own_stay_a_list() -> None:
    """Only rows of several sorts are fields by another name: a breakdown may get a kind that no sample had."""
    rows = [{"naam": "hoofdsom", "bedrag": "10,00"}, {"naam": "rente", "bedrag": "2,00"}]
    assert "[?@" not in learned(reply(regels=rows, saldo="12,00")).text
    cells = [{"naam": "vordering.nummer", "waarde": "A-1"}, {"naam": "saldo", "waarde": "12,00"}]
    proposal = learned(json.dumps({"dossiers": [{"velden": cells}]}))
    assert line_of(proposal, "unsplit").value == "{ outstanding = \"velden[?@.naam=='saldo'].waarde\" }"


def test_the_day_of_the_figures_is_no_day_of_payment() -> None:
    """It stands on every row of a table, also on that of a payment."""
    table = "Peildatum;Factuurnummer;Soort;Bedrag;Saldo\n" + "".join(
        f"31-10-2026;F-{n};{kind};{amount};{total}\n"
        for n, kind, amount, total in (
            (1, "HS", "90,00", "70,00"), (1, "BET", "20,00", "70,00"), (2, "HS", "40,00", "40,00"), (2, "BET", "0,00", "40,00"),
        )
    )  # fmt: skip
    proposal = learned(table)
    assert line_of(proposal, "as_of").value == '"$.Peildatum"'
    assert not [line for line in proposal.lines if line.key == "paid_on"]
    assert line_of(proposal, "total", "debts").value == '"Saldo"'


def test_interest_on_recovery_is_interest_and_a_reminder_among_costs_is_a_cost() -> None:
    """The last word of a name says what it is."""
    proposal = learned(
        reply(bedragHoofdsom="100,00", invorderingsrente="3,00", aanmaningskosten="7,00", saldo="110,00")
    )
    assert line_of(proposal, "interest").value == '{ charged = "invorderingsrente" }'
    assert line_of(proposal, "collection_costs").value == '{ charged = "aanmaningskosten" }'


# --- It never makes things up ---------------------------------------------------------------------------------

NAMES = st.sampled_from(
    [
        "dossiers",
        "nr",
        "bedrag",
        "saldo",
        "hoofdsom",
        "rente",
        "kosten",
        "betaald",
        "datum",
        "soort",
        "status",
        "klant",
        "naam",
        "regels",
        "boekingen",
        "type",
        "outcome",
        "openstaand",
        "@id",
        "a.b",
        "a'b",
        "0-30",
        "Größe",
    ]
)
VALUES = st.one_of(
    st.sampled_from(["1,00", "2.50", "12-12-2026", "J", "N", "OK", "BET", "HS", "", " ", "?", "999990019", "x" * 300]),
    st.integers(-5, 100_000),
    st.decimals(-10, 1000, places=2),
    st.booleans(),
    st.none(),
)
TREES = st.recursive(
    VALUES,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(NAMES, inner, max_size=5)),
    max_leaves=25,
)
DOCUMENTS = st.dictionaries(NAMES, TREES, min_size=1, max_size=5)


class _Exact(json.JSONEncoder):
    def default(self, o: object) -> object:
        return float(o) if isinstance(o, Decimal) else super().default(o)


def _texts(value: object) -> set[str]:
    if isinstance(value, dict):
        return set().union(*(_texts(part) for part in value.values()), set())
    if isinstance(value, list):
        return set().union(*(_texts(part) for part in value), set())
    return {str(value).lower() if isinstance(value, bool) else str(value).strip()}


def _codes(value: object, key: str = "") -> set[str]:
    """The left sides of every table of codes in a mapping."""
    if not isinstance(value, dict):
        return set().union(*(_codes(part) for part in value), set()) if isinstance(value, list) else set()
    own = set(value) if key in ("values", "booleans") else set()
    if key == "tables":
        own = set().union(*(set(table) for table in value.values()), set())
    return own.union(*(_codes(part, name) for name, part in value.items()), set())


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(DOCUMENTS, min_size=1, max_size=3))
def test_a_proposal_never_holds_a_code_that_was_not_seen(documents: list[dict[str, Any]]) -> None:
    """Whatever the samples are: it is TOML, every code in it stood in a sample, and no code has a meaning yet."""
    proposal = learned(*(json.dumps(document, cls=_Exact) for document in documents))
    table = tomllib.loads(proposal.text)
    seen = set().union(*(_texts(json.loads(json.dumps(it, cls=_Exact), parse_float=Decimal)) for it in documents))
    assert _codes(table) <= seen
    for name, codes in table.get("tables", {}).items():
        assert set(codes.values()) == {"?"}, name
    values = table.get("outcome", {}).get("values", {})
    assert all(meaning == "?" or meaning == code for code, meaning in values.items())
    if proposal.trial is not None:
        format = loaded(proposal.trial)
        for document in documents:
            read(json.dumps(document, cls=_Exact).encode(), "application/json", format, CONTEXT)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_a_sum_that_is_said_to_hold_does(data: st.DataObject) -> None:
    """And one that is there is found, when the names do not stand in its way."""
    debts = data.draw(st.integers(1, 4))
    column = st.lists(st.integers(0, 50_000), min_size=debts, max_size=debts)
    columns = data.draw(st.lists(column, min_size=1, max_size=8))
    signs = data.draw(st.lists(st.sampled_from([0, 1, -1]), min_size=len(columns), max_size=len(columns)))
    total = tuple(sum(sign * each[at] for sign, each in zip(signs, columns, strict=True)) for at in range(debts))
    found = explained(total, [Term(tuple(each), {1: 1, -1: 1}) for each in columns])
    if found is None:
        assert not any(any(each) for sign, each in zip(signs, columns, strict=True) if sign) or not any(total)
    else:
        again = tuple(sum(s * each[at] for s, each in zip(found.signs, columns, strict=True)) for at in range(debts))
        assert again == total


ELEMENTS = st.sampled_from("Dossier Nr Bedrag Saldo Hoofdsom Betaling Datum soort Status Klant Naam p:Regel".split())  # noqa: SIM905


@st.composite
def elements(draw: st.DrawFn, depth: int = 0) -> str:
    """An element with attributes, text, and elements inside, some of them several times."""
    name = draw(ELEMENTS)
    attributes = "".join(
        f' {key}="{draw(st.sampled_from(["1,00", "01-02-2026", "HS", "BET", "x"]))}"'
        for key in draw(st.lists(st.sampled_from(["nr", "soort", "datum", "bedrag"]), max_size=2, unique=True))
    )
    inside = draw(st.sampled_from(["", "1.250,00", "12,50", "13-02-2026", "J", "BET", "999990019"]))
    for _ in range(draw(st.integers(0, 3)) if depth < 3 else 0):
        inside += draw(elements(depth=depth + 1)) * draw(st.integers(1, 2))
    return f"<{name}{attributes}>{inside}</{name}>"


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(elements(), min_size=1, max_size=3), st.booleans())
def test_a_proposal_from_any_xml_is_toml_and_its_trial_loads(inside: list[str], spaced: bool) -> None:
    """Namespaces get prefixes that every path knows."""
    space = ' xmlns="urn:a:b:1"' if spaced else ""
    raw = f'<R{space} xmlns:p="urn:c:d">{"".join(inside)}</R>'
    proposal = learned(raw)
    tomllib.loads(proposal.text)
    if proposal.trial is not None:
        format = loaded(proposal.trial)
        read(raw.encode(), "application/xml", format, CONTEXT)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_a_proposal_from_any_table_is_toml_and_its_trial_loads(data: st.DataObject) -> None:
    """Whatever the columns are called, and whatever separates them."""
    columns = data.draw(st.lists(NAMES, min_size=1, max_size=6, unique=True))
    cell = st.sampled_from(["1,00", "2.50", "13-02-2026", "J", "HS", "BET", "D-1", "", "999990019"])
    table = data.draw(st.lists(st.lists(cell, min_size=len(columns), max_size=len(columns)), max_size=5))
    mark = data.draw(st.sampled_from([";", "\t", "|"]))
    raw = "\n".join(mark.join(row) for row in [columns, *table]).encode()
    proposal = learned(raw)
    tomllib.loads(proposal.text)
    if proposal.trial is not None:
        read(raw, "text/csv", loaded(proposal.trial), CONTEXT)
