"""A statement in each of the eight formats, the way a creditor's own system would write it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from gateway.sandbox.behaviours import Cents, Content, CreditorProfile, SandboxDebt


@dataclass(frozen=True, kw_only=True)
class Reply:
    """
    What one reply says, before it has a format.

    Args:
        stated_too_much: Cents by which every stated total is wrong on purpose; zero in an honest reply.
    """

    profile: CreditorProfile
    request_id: str
    message_id: str
    content: Content
    as_of: date
    now: datetime
    debts: tuple[SandboxDebt, ...]
    stated_too_much: Cents = 0

    def stated(self, debt: SandboxDebt) -> Cents:
        """The total that the creditor states for this debt."""
        return debt.total_cents + self.stated_too_much


def _fcid_like(reply: Reply) -> bytes:
    """Events in whole cents, grouped in cases; nobody states a total per kind."""
    moment = reply.now.isoformat()
    cases = [
        {
            "zaakkenmerk": debt.reference,
            "saldo_datumtijd": moment,
            "saldo": reply.stated(debt),
            "gebeurtenissen": [*_imposed(reply, debt), *_paid(debt)],
        }
        for debt in reply.debts
    ]
    document = {
        "document_type": "FINANCIAL_CLAIMS_INFORMATION_DOCUMENT",
        "versie": "3.0.0",
        "bron_organisatie": {"oin": reply.profile.id_value, "naam": reply.profile.name},
        "aangemaakt_datumtijd": moment,
        "body": {"conversatie": reply.request_id, "bericht": reply.message_id, "financiele_zaken": cases},
    }
    return _json(document)


_FCID_CATEGORY = {
    "principal": "ALGEMEEN",
    "interest": "RENTE",
    "admin_costs": "ADMINISTRATIEKOSTEN",
    "increase": "VERHOGING",
}


def _imposed(reply: Reply, debt: SandboxDebt) -> list[dict[str, Any]]:
    return [
        {
            "gebeurtenis_type": "FinancieleVerplichtingOpgelegd",
            "gebeurtenis_kenmerk": f"{debt.reference}-{number}",
            "datumtijd_opgelegd": f"{debt.arisen_on.isoformat()}T00:00:00+02:00",
            "categorie": _FCID_CATEGORY[kind],
            "bedrag": cents,
        }
        for number, (kind, cents) in enumerate(debt.components, start=1)
    ]


def _paid(debt: SandboxDebt) -> list[dict[str, Any]]:
    return [
        {
            "gebeurtenis_type": "BetalingVerwerkt",
            "gebeurtenis_kenmerk": f"{debt.reference}-b{number}",
            "datumtijd_verwerkt": f"{payment.on.isoformat()}T00:00:00+02:00",
            "bedrag": payment.cents,
        }
        for number, payment in enumerate(debt.payments, start=1)
    ]


def _json(document: Any) -> bytes:
    return json.dumps(document, ensure_ascii=False, indent=1).encode()


def _point(cents: Cents) -> str:
    """1234.56"""
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(cents) // 100}.{abs(cents) % 100:02d}"


def _comma(cents: Cents) -> str:
    """1.234,56"""
    return f"{_point(cents)[:-3]:s}".join(["", ""]) and _grouped(cents)


def _grouped(cents: Cents) -> str:
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(cents) // 100:,}".replace(",", ".") + f",{abs(cents) % 100:02d}"


Render = Callable[[Reply], bytes]
FORMATS: Mapping[str, tuple[str, Render]] = {"fcid-like": ("application/json", _fcid_like)}
def _tmp_json(reply: Reply) -> bytes:
    return _json([{"r": d.reference, "t": reply.stated(d)} for d in reply.debts] or [1])
def _tmp_xml(reply: Reply) -> bytes:
    return ("<a>" + "".join(f"<r>{d.reference} {_point(d.charged('principal'))}</r>" for d in reply.debts) + "</a>").encode()
FORMATS = {"fcid-like": ("application/json", _fcid_like), **{n: ("application/json", _tmp_json) for n in ("agency-json","bare-list","gateway-json")}, **{n: ("application/xml", _tmp_xml) for n in ("bailiff-xml","ubl-statement","gateway-xml")}, "skp-like": ("text/xml; charset=utf-8", _tmp_xml)}
