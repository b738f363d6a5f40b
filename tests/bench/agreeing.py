"""Before anything is timed: the engine and every peer read the same replies, and must say the same of each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any

from gateway.adapters import Answer, Format, Held, ReadContext, Understood, Unreadable, read
from gateway.domain.statement import Statement, to_dict
from tests.bench.peers import Asked, Peer, Reading

REQUEST = "7f1c2a90-0000-4000-8000-000000000001"
ASKED = Asked(
    request_id=REQUEST, requested_on=date(2026, 4, 20), received_at=datetime(2026, 4, 24, 8, tzinfo=UTC)
)  # fmt: skip
CONTEXT = ReadContext(
    received_at=ASKED.received_at, request_id=REQUEST, accepted_ids=(REQUEST,), requested_on=ASKED.requested_on
)
_OTHER = REQUEST[:-1] + "9"

# What is wrong with a reply of three debts: (in words, what stands there, what stands there instead, codes of ours)
Twist = tuple[str, str, str, set[str]]
JSON_TWISTS: tuple[Twist, ...] = (
    ("ordinary", "", "", set()),
    ("a wrong total of a debt", '"saldo": 13500', '"saldo": 13501', {"R7"}),
    ("a wrong grand total", '"totaal_openstaand": 40500', '"totaal_openstaand": 40501', {"R8"}),
    ("an unlisted code", '"categorie": "VERHOGING"', '"categorie": "NIEUW"', {"R7", "R8", "unmapped_element"}),
    ("an unlisted kind of event", "BetalingVerwerkt", "BetalingNieuw", {"R7", "R8", "unmapped_element"}),
    ("an extra element", '"saldo": 13500', '"saldo": 13500, "x": 1', {"unmapped_element"}),
    ("an extra element, off", '"saldo": 13500', '"saldo": 13501, "x": 1', {"R7", "unmapped_element"}),
    ("an extra element at the top", '"documentversie"', '"x": 1, "documentversie"', {"unmapped_element"}),
    ("a future day", "2026-03-02T", "2026-05-02T", {"R5"}),
    ("a future payment", "2026-04-01T", "2026-05-01T", {"R5"}),
    ("old amounts", "2026-04-23T23", "2026-03-01T23", {"R5"}),
    ("a reference twice", '"0042-1"', '"0042-0"', {"R6"}),
    ("another request", REQUEST, _OTHER, {"R4"}),
    ("not known, with debts", '"documentversie"', '"status": "ONBEKEND", "documentversie"', {"R1"}),
    ("a name twice", '"saldo": 13500', '"saldo": 1, "saldo": 13500', {"duplicate_name"}),
    (
        "an obstacle",
        '"documentversie"',
        '"belemmering": {"code": "WETTELIJK", "wettelijke_grondslag": "art. 60c"}, "documentversie"',
        set(),
    ),
    (
        "a waiver",
        '"BetalingVerwerkt", "gebeurtenis_kenmerk": "e4", "datumtijd_verwerkt"',
        '"FinancieleVerplichtingKwijtgescholden", "categorie": "VERHOGING", "datumtijd_kwijtgescholden"',
        set(),
    ),
    ("cut off", '"documentversie"', '"documentversie', {"not_json"}),
)
XML_TWISTS: tuple[Twist, ...] = (
    ("ordinary", "", "", set()),
    ("a wrong total of a debt", "<Saldo>1.250,00", "<Saldo>1.250,01", {"R7"}),
    ("a wrong grand total", "<Totaal>3.750,00", "<Totaal>3.750,01", {"R8"}),
    ("an unlisted code", "concurrent", "bijzonder", {"unlisted_value"}),
    ("no amount", "20,50", "veel", {"not_an_amount", "R7", "R8"}),
    ("an extra element", "<Saldo>", "<X>1</X><Saldo>", {"unmapped_element"}),
    ("an extra element, off", "<Saldo>1.250,00", "<X>1</X><Saldo>1.250,01", {"R7", "unmapped_element"}),
    ("an extra element at the top", "<Peildatum>", "<X>1</X><Peildatum>", {"unmapped_element"}),
    ("a future day", "15-02-2026", "15-05-2026", {"R5"}),
    ("a future payment", "25-03-2026", "25-05-2026", {"R5"}),
    ("old amounts", "24-04-2026", "01-03-2026", {"R5"}),
    ("a reference twice", 'nr="0000001"', 'nr="0000000"', {"R6"}),
    ("another request", REQUEST, _OTHER, {"R4"}),
    ("not known, with debts", "<Peildatum>", "<GeenDossier/><Peildatum>", {"R1"}),
    ("a DOCTYPE", "<Saldoopgave", "<!DOCTYPE Saldoopgave []>\n<Saldoopgave", {"doctype"}),
    ("cut off", "</Saldoopgave>", "", {"not_xml"}),
    ("costs, title, seizure", "<Saldo>1.250,00",
     '<Griffierecht>132,00</Griffierecht><Proceskosten>4,00</Proceskosten><Executiekosten><Kosten soort="a">12,43'
     '</Kosten><Kosten>86,00</Kosten></Executiekosten><Titel soort="vonnis" nummer="9" datum="14-03-2026"><Rechtbank>'
     'Voorbeeld</Rechtbank></Titel><Beslag soort="loon" datum="20-03-2026">Werk bv</Beslag><Saldo>1.484,43', {"R8"}),
)  # fmt: skip


class Disagreement(AssertionError):
    """The ways do not do the same work, so that comparing their speed says nothing."""


def assert_agreement(
    format: Format, media: str, make: Callable[[str, int], bytes], twists: tuple[Twist, ...], peers: list[Peer]
) -> int:
    """
    Ours and every peer say the same of an ordinary reply and of each twist of it; how many replies that were.

    The same: understood, held or refused; for the same reasons, as heavy; the same document, value for value; a
    source for the same values, with the same raw text.

    Raises:
        Disagreement: One of them does not, or a twist does not change what it is about.
    """
    for what, old, new, codes in twists:
        raw = make(REQUEST, 3).replace(old.encode(), new.encode(), 1) if old else make(REQUEST, 3)
        if old and old.encode() not in make(REQUEST, 3):
            raise Disagreement(f"{format.id}, {what}: there is nothing to change")
        ours = _told(read(raw, media, format, CONTEXT))
        if {code for code, _ in ours[1]} != codes:
            raise Disagreement(f"{format.id}, {what}: ours says {ours[1]}, not {codes}")
        for peer in peers:
            for part, mine, theirs in zip(_PARTS, ours, _told_by(peer, peer.read(raw, ASKED)), strict=True):
                if mine != theirs:
                    apart = "; ".join(_apart(mine, theirs))
                    raise Disagreement(f"{format.id}, {what}, {peer.name}: another {part}: {apart}")
    return len(twists)


_PARTS = ("verdict", "set of reasons", "document", "set of sources")
Told = tuple[str, set[tuple[str, bool]], Any, dict[str, list[str | None]]]


def _told(answer: Answer) -> Told:
    statement: Statement | None = None
    if isinstance(answer, Understood):
        problems, statement = answer.warnings, answer.statement
    else:
        assert isinstance(answer, (Held, Unreadable)), answer
        problems = answer.problems
        statement = answer.provisional if isinstance(answer, Held) else None
    reasons = {(problem.code, problem.severity.value == "hold") for problem in problems}
    if isinstance(answer, Unreadable) or statement is None:
        return type(answer).__name__, reasons, None, {}
    assert statement.provenance is not None
    sources = {
        pointer: [source.raw for source in origin.sources]
        for pointer, origin in statement.provenance.fields.items()
        if origin.sources  # what the mapping itself states stands nowhere in the reply
    }
    document = to_dict(statement, origins=False)
    document["provenance"] = {name: document["provenance"][name] for name in ("raw_sha256", "raw_bytes")}
    return type(answer).__name__, reasons, document, sources


def _told_by(peer: Peer, reading: Reading) -> Told:
    reasons = {(code, holds) for code, holds, _ in reading.problems}
    if reading.document is None:
        return reading.verdict, reasons, None, {}
    document = _plain(reading.document)
    sources: dict[str, list[str | None]] = {
        # Ours keeps what identifies a person as a fingerprint: who reads provenance need not know it.
        pointer: [None if pointer.endswith(("/reference", "/number")) else raw for _, raw in places]
        for pointer, places in peer.rendered(reading).items()
        if _stands(document, pointer)  # a value that was refused has no origin in ours
    }
    return reading.verdict, reasons, document, sources


def _stands(document: Any, pointer: str) -> bool:
    for step in pointer.split("/")[1:]:
        if isinstance(document, list):
            document = dict(enumerate(document)).get(int(step))
        else:
            document = document.get(step) if document is not None else None
    return document not in (None, "unknown")  # a rank that was refused is not known, and stands nowhere


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_plain(part) for part in value]
    if isinstance(value, date):
        return value.isoformat()
    return value.value if isinstance(value, Enum) else value


def _apart(mine: Any, theirs: Any, where: str = "") -> Iterator[str]:
    if isinstance(mine, dict) and isinstance(theirs, dict):
        for name in sorted(mine.keys() | theirs.keys()):
            if mine.get(name) != theirs.get(name):
                yield from _apart(mine.get(name), theirs.get(name), f"{where}/{name}")
    elif isinstance(mine, list) and isinstance(theirs, list) and len(mine) == len(theirs):
        for at, (one, other) in enumerate(zip(mine, theirs, strict=True)):
            if one != other:
                yield from _apart(one, other, f"{where}/{at}")
    else:
        yield f"{where} ours {mine!r}, theirs {theirs!r}"
