"""What each shipped shape can say, as strategies of statements, and a writer that says it as such a creditor would."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from typing import Any, Final
from xml.sax.saxutils import escape, quoteattr
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from gateway.domain.statement import (
    Arrangement,
    ArrangementPeriod,
    Component,
    ComponentKind,
    Debt,
    Dispute,
    IdKind,
    Obstacle,
    Organisation,
    Outcome,
    Payment,
    PaymentSource,
    Rank,
    Refusal,
    RefusalReason,
    RespondentRole,
    Security,
    SecurityKind,
    Seizure,
    SeizureKind,
    Statement,
    Title,
    TitleKind,
    TransferKind,
    TransferredTo,
    Waiver,
)

REQUEST: Final = "7f1c2a90-0000-4000-8000-000000000001"
RECEIVED: Final = datetime(2026, 11, 3, 9, tzinfo=UTC)
_AMSTERDAM: Final = ZoneInfo("Europe/Amsterdam")
_K = ComponentKind

# No digits in names: a long number in a text may be a citizen's, and is then masked (rule R16).
_LETTERS = st.characters(
    exclude_categories=["Cc", "Cs", "Cn", "Co", "Nd", "Zl", "Zp"], exclude_characters="\ufffe\uffff"
)
_TRICKY = st.sampled_from(
    ["<a>", "&amp;", "]]>", '"', "'", "\\", "\\u0041", "<!-- -->", "EUR 1,00", "é", "ﬁ", "{}", "null"]
)
TEXTS = (
    st.lists(st.text(_LETTERS, min_size=1, max_size=6) | _TRICKY, min_size=1, max_size=4)
    .map(lambda parts: unicodedata.normalize("NFC", " ".join(parts).strip()))
    .filter(lambda text: bool(text) and unicodedata.normalize("NFC", text.strip()) == text)
)
REFERENCES = st.from_regex(r"[A-Z]{0,2}0{0,2}[0-9]{1,5}(-[0-9]{1,2})?", fullmatch=True)
CENTS = st.integers(0, 5_000_000)
ARISEN = st.dates(date(2015, 1, 1), date(2024, 12, 31))
LATER = st.dates(date(2025, 1, 1), date(2026, 9, 30))
AS_OF = st.dates(date(2026, 10, 5), date(2026, 11, 3))
KVK = st.integers(1, 99_999_999).map(lambda number: f"{number:08d}")
OIN = st.integers(1, 99_999_999).map(lambda number: f"00000001{number:09d}000")


@dataclass(frozen=True, kw_only=True)
class Shape:
    """One shipped format: the statements it can express, and how they are written."""

    slug: str
    statements: st.SearchStrategy[Statement]
    write: Callable[[Statement], bytes]


def organisations(kind: IdKind, role: RespondentRole | None = None) -> st.SearchStrategy[Organisation]:
    values = OIN if kind is IdKind.OIN else KVK
    return st.builds(Organisation, name=TEXTS, id_kind=st.just(kind), id_value=values, role=st.just(role))


def transfers(kind: IdKind, *how: TransferKind, reference: bool = True) -> st.SearchStrategy[TransferredTo]:
    return st.builds(
        TransferredTo,
        name=TEXTS,
        id_kind=st.just(kind),
        id_value=OIN if kind is IdKind.OIN else KVK,
        reference=st.none() | REFERENCES if reference else st.none(),
        transferred_on=LATER,
        kind=st.sampled_from(how),
    )


def refusals() -> st.SearchStrategy[Refusal]:
    return st.builds(Refusal, code=st.sampled_from(RefusalReason), text=st.none() | TEXTS)


def listed(debts: st.SearchStrategy[Debt]) -> st.SearchStrategy[tuple[Debt, ...]]:
    return st.lists(debts, min_size=1, max_size=3, unique_by=lambda debt: debt.reference).map(tuple)


def components(**kinds: tuple[str, ...]) -> st.SearchStrategy[tuple[Component, ...]]:
    """Some of these kinds in this order, each with its fields; at least one."""

    def one(kind: str, fields: tuple[str, ...]) -> st.SearchStrategy[Component | None]:
        first, *others = fields
        amounts: dict[str, Any] = {f"{first}_cents": CENTS}
        amounts |= {f"{name}_cents": st.none() | CENTS for name in others}
        return st.none() | st.builds(Component, kind=st.just(_K(kind)), **amounts)

    every = st.tuples(*(one(kind, fields) for kind, fields in kinds.items()))
    return every.map(lambda parts: tuple(part for part in parts if part is not None)).filter(bool)


def headers(outcome: Outcome, **more: Any) -> dict[str, Any]:
    return {
        "request_id": st.just(REQUEST),
        "creditor_message_id": st.none() | REFERENCES,
        "outcome": st.just(outcome),
        "as_of": AS_OF,
        "received_at": st.just(RECEIVED),
        **more,
    }


def statements(outcome: Outcome, **more: Any) -> st.SearchStrategy[Statement]:
    return st.builds(Statement, **headers(outcome, **more))


def gross(debt: Debt) -> int:
    """Charges less what was booked on them, less payments and waivers: written out here, not asked of the gateway."""
    left = sum((part.charged_cents or 0) - (part.paid_cents or 0) for part in debt.components)
    return left - sum(one.cents for one in debt.payments) - sum(one.cents for one in debt.waivers)


def net(debt: Debt) -> int:
    return sum(part.outstanding_cents or 0 for part in debt.components)


def with_totals(
    make: Callable[[Debt], int], *, each: bool = True, grand: bool = True
) -> Callable[[Statement], Statement]:
    """The same statement with the totals that follow from its debts."""

    def add(said: Statement) -> Statement:
        totals = [make(debt) for debt in said.debts]
        debts = tuple(
            replace(debt, total_stated_cents=total) if each and debt.components else debt
            for debt, total in zip(said.debts, totals, strict=True)
        )
        return replace(said, debts=debts, total_stated_cents=sum(totals) if grand else None)

    return add


# --- How amounts and days are spelt -----------------------------------------------------------------------------------


def comma(cents: int) -> str:
    """Every way the Dutch write it, by chance of the amount: 1.250,00 or 1250,00 or 1.250,-"""
    sign, (whole, rest) = "-" if cents < 0 else "", divmod(abs(cents), 100)
    grouped = f"{whole:,}".replace(",", ".") if cents % 3 else str(whole)
    return f"{sign}{grouped},-" if rest == 0 and cents % 2 else f"{sign}{grouped},{rest:02d}"


def point(cents: int) -> str:
    return f"{'-' if cents < 0 else ''}{abs(cents) // 100}.{abs(cents) % 100:02d}"


def dutch(day: date | None) -> str | None:
    return None if day is None else day.strftime("%d-%m-%Y")


def moment(day: date) -> str:
    """Late in the evening and with a zone, so that a day read in another zone would be another day."""
    return datetime.combine(day, time(23, 30), _AMSTERDAM).astimezone(UTC).isoformat()


def halves(cents: int) -> tuple[int, ...]:
    """Rows that add up to one amount."""
    return (cents,) if cents < 2 else (cents // 2, cents - cents // 2)


def table(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def as_json(document: Any) -> bytes:
    return json.dumps(document, ensure_ascii=False).encode()


def tag(name: str, inside: str | Iterable[str] | None, /, **attributes: str | None) -> str:
    """An element, nothing when *inside* is None; "" makes an empty one. Its inside is XML already."""
    if inside is None:
        return ""
    said = "".join(
        f" {key.replace('__', ':')}={quoteattr(text)}" for key, text in attributes.items() if text is not None
    )
    return f"<{name}{said}>{inside if isinstance(inside, str) else ''.join(inside)}</{name}>"


def text(name: str, value: str | None, /, **attributes: str | None) -> str:
    return "" if value is None else tag(name, escape(value), **attributes)


# --- agency-json ------------------------------------------------------------------------------------------------------

_REASONS = {
    "GEEN_SAMENWERKING": RefusalReason.NO_COOPERATION, "RECENTE_KWIJTING": RefusalReason.CLIENT_RECENT_DISCHARGE,
    "RECENTE_STABILISATIE": RefusalReason.RECENT_STABILISATION, "ANDERS": RefusalReason.OTHER,
}  # fmt: skip
_WAYS = {
    "CESSIE": TransferKind.ASSIGNMENT,
    "VERKOOP": TransferKind.SALE,
    "TERUGGEGEVEN": TransferKind.COLLECTION_MANDATE,
}


def word(codes: dict[str, Any], meaning: Any) -> str | None:
    return next((code for code, known in codes.items() if known is meaning), None)


_AGENCY_DEBTS = st.builds(
    Debt,
    reference=REFERENCES,
    description=st.none() | TEXTS,
    business=st.none() | st.booleans(),
    arisen_on=st.none() | ARISEN,
    due_on=st.none() | LATER,
    original_creditor=st.none() | organisations(IdKind.KVK),
    components=components(principal=("charged", "paid"), interest=("charged",), collection_costs=("charged", "paid")),
    disputed=st.none() | st.builds(Dispute, by_resident=st.booleans(), reason=st.none() | TEXTS),
    arrangement=st.none()
    | st.builds(Arrangement, cents=CENTS, period=st.sampled_from(ArrangementPeriod), starts_on=st.none() | LATER),
)
_RESPONDENT = st.none() | organisations(IdKind.KVK, RespondentRole.COLLECTION_AGENCY)
_AGENCY = {"respondent": _RESPONDENT, "customer_number": st.none() | REFERENCES}


def _agency(said: Statement) -> bytes:
    results = {"GEVONDEN": "statement", "VOLDAAN": "nil", "ONBEKEND": "client_unknown", "OVERGEDRAGEN": "transferred",
               "WEIGERT": "refused"}  # fmt: skip
    answer = table(
        kenmerkVerzoek=said.request_id,
        berichtId=said.creditor_message_id,
        resultaat=word(results, said.outcome.value) or next(k for k, v in results.items() if v == said.outcome.value),
        peildatum=dutch(said.as_of),
        klant=None if said.customer_number is None else {"nummer": said.customer_number},
        bureau=None if said.respondent is None else {"naam": said.respondent.name, "kvk": said.respondent.id_value},
        totaal=None if said.total_stated_cents is None else f"€ {comma(said.total_stated_cents)}",
        behandelaar="Team Minnelijk",
        dossiers=[_agency_file(debt) for debt in said.debts],
    )
    if said.refusal is not None:
        answer["weigering"] = table(reden=word(_REASONS, said.refusal.code), toelichting=said.refusal.text)
    if said.transferred_to is not None:
        to = said.transferred_to
        answer["overdracht"] = table(
            naam=to.name,
            kvk=to.id_value,
            kenmerk=to.reference,
            datum=dutch(to.transferred_on),
            wijze=word(_WAYS, to.kind),
        )
    return as_json({"antwoord": answer})


def _agency_file(debt: Debt) -> dict[str, Any]:
    names = {_K.PRINCIPAL: ("hoofdsom", "betaaldHoofdsom"), _K.INTEREST: ("rente", ""),
             _K.COLLECTION_COSTS: ("incassokosten", "betaaldKosten")}  # fmt: skip
    amounts = {"openstaand": f"EUR {comma(debt.total_stated_cents or 0)}"}
    for part in debt.components:
        charged, paid = names[part.kind]
        amounts[charged] = f"EUR {comma(part.charged_cents or 0)}"
        if part.paid_cents is not None:
            amounts[paid] = comma(part.paid_cents)
    made = table(
        dossiernummer=debt.reference,
        omschrijving=debt.description,
        interneCode="X9",
        zakelijk=None if debt.business is None else "JN"[not debt.business],
        data=table(ontstaan=dutch(debt.arisen_on), vervallen=dutch(debt.due_on)),
        bedragen=amounts,
    )
    if debt.original_creditor is not None:
        made["opdrachtgever"] = {"naam": debt.original_creditor.name, "kvk": debt.original_creditor.id_value}
    if debt.disputed is not None:
        made |= table(betwist="JN"[not debt.disputed.by_resident], redenBetwisting=debt.disputed.reason)
    if debt.arrangement is not None:
        made["regeling"] = table(
            actief="J",
            termijn=comma(debt.arrangement.cents),
            per="maand" if debt.arrangement.period is ArrangementPeriod.MONTH else "week",
            vanaf=dutch(debt.arrangement.starts_on),
        )
    return made


AGENCY = Shape(
    slug="agency-json",
    statements=st.one_of(
        statements(Outcome.STATEMENT, debts=listed(_AGENCY_DEBTS), **_AGENCY).map(with_totals(gross)),
        statements(Outcome.NIL, **_AGENCY),
        statements(Outcome.CLIENT_UNKNOWN, **_AGENCY),
        statements(Outcome.REFUSED, refusal=refusals(), **_AGENCY),
        statements(Outcome.TRANSFERRED, transferred_to=transfers(IdKind.KVK, *_WAYS.values()), **_AGENCY),
    ),
    write=_agency,
)

# --- bailiff-xml ------------------------------------------------------------------------------------------------------

_BAILIFF_DEBTS = st.builds(
    Debt,
    reference=REFERENCES,
    description=st.none() | TEXTS,
    arisen_on=st.none() | ARISEN,
    rank=st.sampled_from([Rank.ORDINARY, Rank.PREFERENTIAL, Rank.UNKNOWN]),
    original_creditor=st.none() | st.builds(Organisation, name=TEXTS),
    components=components(
        principal=("charged",), interest=("charged",), collection_costs=("charged",), court_costs=("charged",),
        enforcement_costs=("charged",),
    ),
    title=st.none()
    | st.builds(
        Title,
        kind=st.sampled_from([TitleKind.JUDGMENT, TitleKind.WRIT, TitleKind.NOTARIAL_DEED]),
        number=st.none() | REFERENCES,
        issued_on=st.none() | LATER,
        court=st.none() | TEXTS,
    ),
    payments=st.lists(
        st.builds(
            Payment,
            cents=CENTS,
            paid_on=st.none() | LATER,
            source=st.sampled_from([PaymentSource.SEIZURE, PaymentSource.RESIDENT]),
        ),
        max_size=3,
    ).map(tuple),
    seizures=st.lists(
        st.builds(
            Seizure,
            kind=st.sampled_from([SeizureKind.WAGE, SeizureKind.BENEFIT, SeizureKind.BANK, SeizureKind.GOODS]),
            seized_on=st.none() | LATER,
            holder=st.none() | TEXTS,
        ),
        max_size=2,
    ).map(tuple),
)  # fmt: skip
_BAILIFF = {"respondent": st.none() | organisations(IdKind.KVK, RespondentRole.BAILIFF)}
_SEIZED = {
    SeizureKind.WAGE: "loon",
    SeizureKind.BENEFIT: "uitkering",
    SeizureKind.BANK: "bank",
    SeizureKind.GOODS: "roerend",
}
_TITLES = {TitleKind.JUDGMENT: "vonnis", TitleKind.WRIT: "dwangbevel", TitleKind.NOTARIAL_DEED: "akte"}
_BAILIFF_REASONS = {
    RefusalReason.CLIENT_RECENT_DISCHARGE: "recente-kwijting", RefusalReason.RECENT_STABILISATION: "recente-stabilisatie",
    RefusalReason.NO_COOPERATION: "geen-samenwerking", RefusalReason.OTHER: "anders",
}  # fmt: skip


def _bailiff(said: Statement) -> bytes:
    office, to = said.respondent, said.transferred_to
    inside = [
        "" if office is None else tag("Kantoor", text("Naam", office.name), kvk=office.id_value),
        text("Peildatum", dutch(said.as_of)),
        tag("GeenDossier", "" if said.outcome is Outcome.CLIENT_UNKNOWN else None),
        tag("Voldaan", "" if said.outcome is Outcome.NIL else None),
        "" if to is None
        else text("Overgedragen", to.name, kvk=to.id_value, dossier=to.reference, datum=dutch(to.transferred_on)),
        "" if said.refusal is None
        else text("GeenMedewerking", said.refusal.text or "", reden=_BAILIFF_REASONS[said.refusal.code]),
        *(_bailiff_file(debt) for debt in said.debts),
        "" if said.total_stated_cents is None else text("Totaal", comma(said.total_stated_cents)),
    ]  # fmt: skip
    document = tag("Saldoopgave", inside, verzoek=said.request_id, bericht=said.creditor_message_id)
    return ('<?xml version="1.0" encoding="ISO-8859-1"?>\n' + document).encode("iso-8859-1", "xmlcharrefreplace")


def _bailiff_file(debt: Debt) -> str:
    charged = {part.kind: part.charged_cents or 0 for part in debt.components}
    ranks = {Rank.ORDINARY: "concurrent", Rank.PREFERENTIAL: "preferent", Rank.UNKNOWN: None}
    parts = [
        text("Opdrachtgever", debt.original_creditor.name if debt.original_creditor else None),
        text("Omschrijving", debt.description),
        text("Ontstaan", dutch(debt.arisen_on)),
        text("Rang", ranks[debt.rank]),
    ]
    for kind, name in ((_K.PRINCIPAL, "Hoofdsom"), (_K.INTEREST, "Rente"), (_K.COLLECTION_COSTS, "BIK")):
        parts.append(text(name, comma(charged[kind]) if kind in charged else None))
    if _K.COURT_COSTS in charged:
        names = ("Griffierecht", "Proceskosten")
        parts += [text(name, comma(cents)) for name, cents in zip(names, halves(charged[_K.COURT_COSTS]), strict=False)]
    if _K.ENFORCEMENT_COSTS in charged:
        costs = [text("Kosten", comma(cents), soort="beslag") for cents in halves(charged[_K.ENFORCEMENT_COSTS])]
        parts.append(tag("Executiekosten", costs))
    if debt.title is not None:
        court = text("Rechtbank", debt.title.court)
        stated = {"nummer": debt.title.number, "datum": dutch(debt.title.issued_on)}
        parts.append(tag("Titel", court, soort=_TITLES[debt.title.kind], **stated))
    for one in debt.seizures:
        parts.append(text("Beslag", one.holder or "", soort=_SEIZED[one.kind], datum=dutch(one.seized_on)))
    for payment in debt.payments:
        via = "beslag" if payment.source is PaymentSource.SEIZURE else None
        parts.append(text("Betaling", comma(payment.cents), datum=dutch(payment.paid_on), via=via))
    parts.append(text("Saldo", comma(debt.total_stated_cents or 0)))
    return tag("Dossier", parts, nr=debt.reference)


BAILIFF = Shape(
    slug="bailiff-xml",
    statements=st.one_of(
        statements(Outcome.STATEMENT, debts=listed(_BAILIFF_DEBTS), **_BAILIFF).map(with_totals(gross)),
        statements(Outcome.NIL, **_BAILIFF),
        statements(Outcome.CLIENT_UNKNOWN, **_BAILIFF),
        statements(Outcome.REFUSED, refusal=refusals(), **_BAILIFF),
        statements(
            Outcome.TRANSFERRED, transferred_to=transfers(IdKind.KVK, TransferKind.COLLECTION_MANDATE), **_BAILIFF
        ),
    ),
    write=_bailiff,
)

# --- bare-list --------------------------------------------------------------------------------------------------------

_BARE_DEBTS = st.builds(
    Debt,
    reference=REFERENCES,
    description=st.none() | TEXTS,
    arisen_on=st.none() | ARISEN,
    due_on=st.none() | LATER,
    components=st.integers(-5_000_000, 5_000_000).map(lambda n: (Component(kind=_K.UNSPLIT, outstanding_cents=n),)),
)


class _Euros(float):
    """A JSON number with exactly the decimals that an amount has."""

    def __new__(cls, cents: int) -> _Euros:
        made = super().__new__(cls, cents / 100)
        made.written = point(cents).removesuffix("0") if cents % 3 else point(cents)  # type: ignore[attr-defined]
        return made

    def __repr__(self) -> str:
        return str(self.written)  # type: ignore[attr-defined]


def _bare(said: Statement) -> bytes:
    document: dict[str, Any] = {"correlationId": said.request_id, "date": (said.as_of or date.min).isoformat()}
    if said.outcome is Outcome.CLIENT_UNKNOWN:
        return as_json(document | {"error": "customer_not_found"})
    rows = [
        table(
            chargeReference=debt.reference,
            chargeDescription=debt.description,
            chargeAmount=_Euros(net(debt)),
            chargeCreationDate=None if debt.arisen_on is None else debt.arisen_on.isoformat(),
            chargeDueDate=None if debt.due_on is None else debt.due_on.isoformat(),
        )
        for debt in said.debts
    ]
    return as_json(document | {"debts": rows})


_NO_MESSAGE_ID: dict[str, Any] = {"creditor_message_id": st.none()}
BARE = Shape(
    slug="bare-list",
    statements=st.one_of(
        statements(Outcome.STATEMENT, debts=listed(_BARE_DEBTS), **_NO_MESSAGE_ID),
        statements(Outcome.NIL, **_NO_MESSAGE_ID),
        statements(Outcome.CLIENT_UNKNOWN, **_NO_MESSAGE_ID),
    ),
    write=_bare,
)

# --- fcid-like --------------------------------------------------------------------------------------------------------

_CATEGORIES = {
    _K.PRINCIPAL: "ALGEMEEN", _K.INTEREST: "RENTE", _K.ADMIN_COSTS: "ADMINISTRATIEKOSTEN", _K.INCREASE: "VERHOGING",
}  # fmt: skip
_FCID_DEBTS = st.builds(
    Debt,
    reference=REFERENCES,
    source_type=st.none() | st.just("cjib_verkeersboete"),
    arisen_on=ARISEN,
    components=components(
        principal=("charged",), interest=("charged",), admin_costs=("charged",), increase=("charged",)
    ),
    payments=st.lists(st.builds(Payment, cents=CENTS, paid_on=LATER), max_size=3).map(tuple),
    waivers=st.lists(
        st.builds(Waiver, cents=CENTS, waived_on=LATER, component=st.sampled_from(list(_CATEGORIES))), max_size=2
    ).map(tuple),
).filter(lambda debt: any(part.kind is _K.PRINCIPAL for part in debt.components))
_FCID = {"creditor": organisations(IdKind.OIN)}
_OBSTACLES = st.none() | st.builds(
    lambda code, law, what: Obstacle(code=code, facts=(("legal_basis", law), ("what_happened", what))),
    st.sampled_from(["legal_bar", "bad_faith"]),
    TEXTS,
    TEXTS,
)
_FCID_REASONS = {
    RefusalReason.CLIENT_RECENT_DISCHARGE: "RECENTE_SCHONE_LEI", RefusalReason.NO_COOPERATION: "GEEN_MEDEWERKING",
    RefusalReason.RECENT_STABILISATION: "RECENTE_STABILISATIE", RefusalReason.OTHER: "ANDERS",
}  # fmt: skip


def _fcid(said: Statement) -> bytes:
    assert said.creditor is not None
    assert said.as_of is not None
    states = {Outcome.CLIENT_UNKNOWN: "ONBEKEND", Outcome.TRANSFERRED: "OVERGEDRAGEN", Outcome.REFUSED: "GEWEIGERD"}
    document = table(
        documentversie="3.0.0-like",
        document_kenmerk=said.creditor_message_id,
        verzoek_kenmerk=said.request_id,
        status=states.get(said.outcome),
        organisatie={"naam": said.creditor.name, "oin": said.creditor.id_value},
        saldo_datumtijd=moment(said.as_of),
        totaal_openstaand=said.total_stated_cents,
        financiele_zaken=[_fcid_matter(debt) for debt in said.debts],
    )
    if said.obstacle is not None:
        facts = dict(said.obstacle.facts)
        document["belemmering"] = {
            "code": {"legal_bar": "WETTELIJK", "bad_faith": "FRAUDE"}[said.obstacle.code],
            "wettelijke_grondslag": facts["legal_basis"],
            "toelichting": facts["what_happened"],
        }
    if said.refusal is not None:
        document["reden"] = table(code=_FCID_REASONS[said.refusal.code], toelichting=said.refusal.text)
    if said.transferred_to is not None:
        to = said.transferred_to
        assert to.transferred_on is not None
        document["overgedragen_aan"] = {"naam": to.name, "oin": to.id_value, "datumtijd": moment(to.transferred_on)}
    return as_json(document)


def _fcid_matter(debt: Debt) -> dict[str, Any]:
    assert debt.arisen_on is not None
    events: list[dict[str, Any]] = []
    for part in debt.components:
        for cents in halves(part.charged_cents or 0):
            events.append({
                "gebeurtenis_type": "FinancieleVerplichtingOpgelegd",
                "gebeurtenis_kenmerk": f"e{len(events)}",
                "datumtijd_opgelegd": moment(debt.arisen_on),
                "primaire_verplichting": not events,
                "categorie": _CATEGORIES[part.kind],
                "bedrag": cents,
            })  # fmt: skip
    for payment in debt.payments:
        assert payment.paid_on is not None
        events.append({"gebeurtenis_type": "BetalingVerwerkt", "bedrag": payment.cents,
                       "datumtijd_verwerkt": moment(payment.paid_on)})  # fmt: skip
    for waiver in debt.waivers:
        assert waiver.waived_on is not None
        assert waiver.component is not None
        events.append({"gebeurtenis_type": "FinancieleVerplichtingKwijtgescholden", "bedrag": waiver.cents,
                       "categorie": _CATEGORIES[waiver.component],
                       "datumtijd_kwijtgescholden": moment(waiver.waived_on)})  # fmt: skip
    return table(
        zaakkenmerk=debt.reference, type=debt.source_type, saldo=debt.total_stated_cents, gebeurtenissen=events
    )


FCID = Shape(
    slug="fcid-like",
    statements=st.one_of(
        statements(Outcome.STATEMENT, debts=listed(_FCID_DEBTS), obstacle=_OBSTACLES, **_FCID).map(with_totals(gross)),
        statements(Outcome.NIL, total_stated_cents=st.just(0), **_FCID),
        statements(Outcome.CLIENT_UNKNOWN, **_FCID),
        statements(Outcome.REFUSED, refusal=refusals(), **_FCID),
        statements(
            Outcome.TRANSFERRED,
            transferred_to=transfers(IdKind.OIN, TransferKind.ASSIGNMENT, reference=False),
            **_FCID,
        ),
    ),
    write=_fcid,
)

# --- skp-like ---------------------------------------------------------------------------------------------------------

_SKP_REASONS = {
    RefusalReason.CLIENT_RECENT_DISCHARGE: "RecentFinaleKwijting", RefusalReason.NO_COOPERATION: "GeenSamenwerking",
    RefusalReason.RECENT_STABILISATION: "RecenteStabilisatie", RefusalReason.OTHER: "Anders",
}  # fmt: skip
_SKP_WAYS = {
    TransferKind.ASSIGNMENT: "cessie", TransferKind.COLLECTION_MANDATE: "incasso", TransferKind.SALE: "verkoop",
}  # fmt: skip
_SECURITIES = {SecurityKind.MORTGAGE: "hypotheek", SecurityKind.PLEDGE: "pand"}


@st.composite
def _skp_debts(draw: st.DrawFn) -> Debt:
    if draw(st.integers(0, 4)) == 0:
        to = draw(transfers(IdKind.KVK, *_SKP_WAYS))
        return Debt(reference=draw(REFERENCES), source_type="overgedragen", transferred_to=to)
    parts = list(draw(components(interest=("outstanding",), collection_costs=("outstanding",))))
    left = draw(CENTS)
    once = draw(st.none() | st.integers(left, 6_000_000))
    parts.insert(0, Component(kind=_K.PRINCIPAL, charged_cents=once, outstanding_cents=left))
    rank = draw(st.sampled_from(Rank))
    secured = Security(kind=draw(st.sampled_from(list(_SECURITIES))), description=draw(TEXTS))
    return Debt(
        reference=draw(REFERENCES),
        source_type="openstaand",
        arisen_on=draw(st.none() | ARISEN),
        components=tuple(parts),
        rank=rank,
        security=secured if rank is Rank.SECURED else None,
    )


def _skp_outcome(said: Statement) -> Statement:
    """A reply in which every claim was handed on is a transfer as a whole."""
    every = all(debt.transferred_to is not None for debt in said.debts)
    return replace(said, outcome=Outcome.TRANSFERRED, total_stated_cents=None) if every else said


def _skp(said: Statement) -> bytes:
    inside = ""
    if said.refusal is not None:
        reason = text("s:Reden", _SKP_REASONS[said.refusal.code]) + text("s:Toelichting", said.refusal.text)
        inside = tag("s:GeenMedewerking", reason)
    else:
        parts = [
            text("s:KlantnummerSE", said.customer_number),
            text("s:Datum", None if said.as_of is None else said.as_of.isoformat()),
            text("s:KlantOnbekend", "Ja" if said.outcome is Outcome.CLIENT_UNKNOWN else None),
            text("s:GeenSchuld", "Ja" if said.outcome is Outcome.NIL else None),
            text(
                "s:StandaardAkkoord", None if said.agreed_in_advance is None else ("Nee", "Ja")[said.agreed_in_advance]
            ),
            tag("s:Vorderingen", [_skp_claim(debt) for debt in said.debts]) if said.debts else "",
            text("s:Totaalvordering", None if said.total_stated_cents is None else point(said.total_stated_cents)),
        ]
        inside = tag("s:SaldoverzoekAntwoord", parts)
    sender = said.creditor
    header = [
        text("s:ConversatieReferentienummer", said.request_id),
        text("s:Referentienummer", said.creditor_message_id),
        "" if sender is None
        else tag("s:Afzender", text("s:Naam", sender.name) + text("s:KvkNummer", sender.id_value)),
    ]  # fmt: skip
    envelope = tag(
        "e:Envelope",
        tag("e:Header", tag("s:Bericht", header)) + tag("e:Body", inside),
        xmlns__e="http://schemas.xmlsoap.org/soap/envelope/",
        xmlns__s="urn:example:skp-like:schuldregeling:2",
    )
    return envelope.encode()


def _skp_claim(debt: Debt) -> str:
    ranks = {Rank.ORDINARY: "Concurrent", Rank.PREFERENTIAL: "Preferent", Rank.SECURED: "Zekerheid", Rank.UNKNOWN: None}
    parts = [text("s:FactuurnummerSE", debt.reference), text("s:Schuldtype", debt.source_type)]
    parts += [text("s:VorderingsType", ranks[debt.rank])]
    parts += [text("s:Ontstaansdatum", dutch(debt.arisen_on))]
    names = {_K.INTEREST: "s:Rente", _K.COLLECTION_COSTS: "s:Incassokosten", _K.PRINCIPAL: "s:OpenstaandeHoofdsom"}
    for part in debt.components:
        if part.charged_cents is not None:
            parts.append(text("s:OrigineleVordering", point(part.charged_cents)))
        parts.append(text(names[part.kind], point(part.outstanding_cents or 0)))
    if debt.security is not None:
        parts.append(text("s:Zekerheid", debt.security.description, soort=_SECURITIES[debt.security.kind]))
    if debt.transferred_to is not None:
        to = debt.transferred_to
        assert to.kind is not None
        parts.append(tag("s:OvergedragenAan", [
            text("s:Naam", to.name), text("s:KvkNummer", to.id_value), text("s:Kenmerk", to.reference),
            text("s:Datum", dutch(to.transferred_on)), text("s:Wijze", _SKP_WAYS[to.kind]),
        ]))  # fmt: skip
    else:
        parts.append(text("s:ActueelVorderingsbedrag", point(debt.total_stated_cents or 0)))
    return tag("s:Vordering", parts)


_SENDER = {"creditor": st.none() | organisations(IdKind.KVK)}
_SKP_ANSWER = {**_SENDER, "customer_number": st.none() | REFERENCES, "agreed_in_advance": st.none() | st.booleans()}
SKP = Shape(
    slug="skp-like",
    statements=st.one_of(
        statements(Outcome.STATEMENT, debts=listed(_skp_debts()), **_SKP_ANSWER)
        .map(with_totals(net))
        .map(_skp_outcome),
        statements(Outcome.NIL, **_SKP_ANSWER),
        statements(Outcome.CLIENT_UNKNOWN, **_SKP_ANSWER),
        statements(Outcome.REFUSED, refusal=refusals(), **{**_SENDER, "as_of": st.none()}),
    ),
    write=_skp,
)

# --- ubl-statement ----------------------------------------------------------------------------------------------------

_PURPOSES = {
    _K.PRINCIPAL: "HOOFDSOM", _K.INTEREST: "RENTE", _K.COLLECTION_COSTS: "INCASSO", _K.ADMIN_COSTS: "ADMIN",
}  # fmt: skip
_UBL_DEBTS = st.builds(
    Debt,
    reference=REFERENCES,
    arisen_on=st.none() | ARISEN,
    components=components(
        principal=("charged",), interest=("charged",), collection_costs=("charged",), admin_costs=("charged",)
    ),
    payments=st.lists(st.builds(Payment, cents=CENTS, reference=st.none() | REFERENCES), max_size=3).map(tuple),
)
_SUPPLIER = {"creditor": st.none() | organisations(IdKind.KVK) | organisations(IdKind.OIN)}
_UBL_NAMES = "urn:oasis:names:specification:ubl:schema:xsd"


def _ubl(said: Statement) -> bytes:
    supplier = said.creditor
    parts = [
        text("b:UBLVersionID", "2.1"),
        text("b:ID", said.creditor_message_id),
        text("b:IssueDate", None if said.as_of is None else said.as_of.isoformat()),
        text("b:StatementTypeCode", "NIL" if said.outcome is Outcome.NIL else None),
        text("b:DocumentCurrencyCode", "EUR"),
        text("b:TotalBalanceAmount", point(said.total_stated_cents or 0), currencyID="EUR"),
        tag("a:AdditionalDocumentReference", text("b:ID", said.request_id)),
    ]
    if supplier is not None:
        scheme = "0190" if supplier.id_kind is IdKind.OIN else "NL:KVK"
        number = tag("a:PartyIdentification", text("b:ID", supplier.id_value, schemeID=scheme))
        name = tag("a:PartyName", text("b:Name", supplier.name))
        parts.append(tag("a:AccountingSupplierParty", tag("a:Party", number + name)))
    parts += _ubl_lines(said.debts)
    names = {
        "xmlns": f"{_UBL_NAMES}:Statement-2",
        "xmlns__a": f"{_UBL_NAMES}:CommonAggregateComponents-2",
        "xmlns__b": f"{_UBL_NAMES}:CommonBasicComponents-2",
    }
    return tag("Statement", parts, **names).encode()


def _ubl_lines(debts: Iterable[Debt]) -> list[str]:
    lines = []
    for debt in debts:
        issued = None if debt.arisen_on is None else debt.arisen_on.isoformat()
        document = tag("a:InvoiceDocumentReference", text("b:ID", debt.reference) + text("b:IssueDate", issued))
        about = tag("a:InvoiceReference", document)
        for part in debt.components:
            for cents in halves(part.charged_cents or 0):
                amount = text("b:DebitLineAmount", point(cents), currencyID="EUR")
                lines.append(text("b:PaymentPurposeCode", _PURPOSES[part.kind]) + amount + about)
        for payment in debt.payments:
            amount = text("b:CreditLineAmount", point(payment.cents), currencyID="EUR")
            note = text("b:Note", payment.reference)
            lines.append(note + text("b:PaymentPurposeCode", "BETALING") + amount + about)
    return [tag("a:StatementLine", text("b:ID", str(number)) + line) for number, line in enumerate(lines, start=1)]


UBL = Shape(
    slug="ubl-statement",
    statements=st.one_of(
        statements(Outcome.STATEMENT, debts=listed(_UBL_DEBTS), **_SUPPLIER).map(with_totals(gross, each=False)),
        statements(Outcome.NIL, total_stated_cents=st.just(0), **_SUPPLIER),
    ),
    write=_ubl,
)

SHAPES: Final = (AGENCY, BAILIFF, BARE, FCID, SKP, UBL)
