"""
The messages in schemas/examples/outgoing, one of each kind, in JSON, XML and SOAP; all of them synthetic.

`python -m tests.unit.outgoing_examples` writes the files anew; test_outgoing_messages.py compares them.
"""

from __future__ import annotations

import json
import tomllib
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID

from lxml import etree

from gateway.adapters.writing import write
from gateway.domain.correspondence import AboutResident, Kind, Message, OfferLine, Party

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "schemas" / "examples" / "outgoing"
ENDINGS = {"rest_json": ".json", "rest_xml": ".xml", "soap": ".soap.xml"}
REGIMES = {regime["id"]: regime for regime in tomllib.loads((ROOT / "config" / "regimes.toml").read_text())["regime"]}
SILENCE = REGIMES["reversed_burden"]["words"]["nl"]

REQUEST = Message(
    kind=Kind.STATEMENT_REQUEST,
    message_id=UUID("1d2a7c40-0000-4000-8000-000000000001"),
    conversation_id=UUID("7f1c2a90-0000-4000-8000-000000000001"),
    sender=Party(name="Gemeente Voorbeeldstad", id_kind="oin", id_value="00000099000000001000"),
    contact="Team Schuldhulp, 000 000 00 00",
    recipient=Party(name="Energie Voorbeeld B.V.", id_kind="kvk", id_value="99000001"),
    sent_at=datetime(2026, 5, 4, 8, 0, tzinfo=UTC),
    resident=AboutResident(
        initials="A.B.",
        surname="Voorbeeld",
        birth_date=date(1985, 2, 3),
        street="Dorpsstraat",
        house_number="1",
        postcode="1234 AB",
        town="Voorbeeldstad",
        customer_number="K-000451",
    ),
    references=("F-2024-0007", "F-2025-0112"),
    respond_by=date(2026, 5, 27),
    term="15 working days after delivery",
    ask_components=True,
    reply_url="https://gateway.example/v1/statement-requests/7f1c2a90-0000-4000-8000-000000000001/reply",
)
PROPOSAL = replace(
    REQUEST,
    kind=Kind.PROPOSAL,
    conversation_id=UUID("7f1c2a90-0000-4000-8000-000000000002"),
    resident=AboutResident(
        initials="A.B.", surname="Voorbeeld", birth_date=date(1985, 2, 3), customer_number="K-000451"
    ),
    silence=SILENCE,
    ask_components=False,
    offer=OfferLine(claim_cents=90_000, offer_cents=14_724, percentage="16.36", rank="ordinary", basis="total"),
    duration_months=18,
    reply_url="https://gateway.example/v1/offers/7f1c2a90-0000-4000-8000-000000000002/answer",
)
WITHOUT_OFFER = replace(PROPOSAL, offer=None, duration_months=None)


def examples() -> dict[Kind, Message]:
    """One message of each kind, each with an id of its own."""
    made = (
        # The citizen service number goes only to a creditor that a law entitles to it: here a public one.
        replace(
            REQUEST,
            recipient=Party(name="Belastingdienst Voorbeeld", id_kind="oin", id_value="00000099000000002000"),
            resident=replace(REQUEST.resident, bsn="999990019"),
        ),
        replace(REQUEST, kind=Kind.STATEMENT_REMINDER),
        replace(REQUEST, kind=Kind.STATEMENT_FINAL_NOTICE, ask_components=False, term="5 working days after delivery"),
        PROPOSAL,
        replace(PROPOSAL, kind=Kind.PROPOSAL_REMINDER),
        replace(PROPOSAL, kind=Kind.PROPOSAL_FINAL_NOTICE, term="5 working days after delivery"),
        replace(WITHOUT_OFFER, kind=Kind.SUBSTANTIATION_REQUEST, missing_facts=("claimed_cents", "proof")),
        replace(
            PROPOSAL,
            kind=Kind.RECONSIDERATION,
            note="U weigerde dit voorstel. Alle andere schuldeisers zijn akkoord. Wilt u uw besluit opnieuw bekijken?",
        ),
        replace(
            WITHOUT_OFFER,
            kind=Kind.STOP_NOTICE,
            resident=AboutResident(),
            respond_by=None,
            term=None,
            silence=None,
            reply_url=None,
        ),
        replace(
            WITHOUT_OFFER,
            kind=Kind.OUTCOME_NOTICE,
            respond_by=None,
            term=None,
            silence=None,
            note="Uw stilte geldt volgens afspraak als akkoord. U kunt dit tot en met 2026-08-12 weerleggen.",
        ),
    )
    return {
        message.kind: replace(message, message_id=UUID(int=REQUEST.message_id.int + number))
        for number, message in enumerate(made)
    }


def files() -> dict[str, bytes]:
    """The content of every file in schemas/examples/outgoing, by its name: what is sent, with line ends for a reader."""
    made = {}
    for kind, message in examples().items():
        for style, ending in ENDINGS.items():
            body = write(message, style, {}).body
            if style == "rest_json":
                shown = json.dumps(json.loads(body), ensure_ascii=False, indent=2).encode()
            else:
                shown = etree.tostring(
                    etree.fromstring(body), pretty_print=True, xml_declaration=True, encoding="UTF-8"
                )
            made[kind.value.replace("_", "-") + ending] = shown.rstrip() + b"\n"
    return made


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, content in files().items():
        (FOLDER / name).write_bytes(content)
