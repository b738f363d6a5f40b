"""
A resident's own copy (art. 15 and 20 GDPR): one archive with the data for machines, a page to print, and a signature.

`verify` needs nothing but the file and the sender's public keys, and names the first part that was touched.
"""

from __future__ import annotations

import html
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from gateway import keys
from gateway.documents import archive
from gateway.documents.words import OFFER_STATES, day, say
from gateway.domain.money import euros

FORMAT, VERSION, SIGNATURE_TYPE = "creditor-gateway-personal-export", 1, "gateway-personal-export+jws"
DATA, PORTABLE, PAGE, KEYS = "data.json", "portable.json", "export.html", "keys.json"
MANIFEST, SIGNATURE = "manifest.json", "manifest.jws"
_MEMBERS = (DATA, PORTABLE, PAGE, KEYS)


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """
    Whether a copy is whole.

    Args:
        kind: "ok", "signature", "altered" or "unreadable".
        place: The first part that is not what was signed.
        keys_inside: Checked against the keys in the file only: it holds together, which does not say who made it.
    """

    kind: str
    detail: str
    place: str | None = None
    made_at: str | None = None
    keys_inside: bool = False

    @property
    def ok(self) -> bool:
        return self.kind == "ok"


def pack(
    content: Mapping[str, Any],
    portable: Mapping[str, Any],
    jwks: Mapping[str, Any],
    sign: Callable[[bytes], str],
    now: datetime,
) -> bytes:
    """The archive: data, the portable part, the page, the keys, and a signed list of their digests."""
    made_at = now.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    members = {
        DATA: _json(content),
        PORTABLE: _json(portable),
        PAGE: page(content, made_at).encode(),
        KEYS: _json(jwks),
    }
    manifest = _json(
        {
            "format": FORMAT,
            "version": VERSION,
            "made_at": made_at,
            "files": [{"name": name, "sha256": keys.digest(body)} for name, body in members.items()],
        }
    )
    return archive.pack({**members, MANIFEST: manifest, SIGNATURE: sign(manifest).encode()}, now)


def read(content: bytes, jwks: Mapping[str, Any] | None = None) -> tuple[Verdict, dict[str, Any] | None]:
    """The verdict on a copy, and its data when it is whole."""
    verdict, members = _checked(content, jwks)
    return verdict, json.loads(members[DATA]) if verdict.ok else None


def verify(content: bytes, jwks: Mapping[str, Any] | None = None) -> Verdict:
    """Whether a copy is whole and signed; offline."""
    return _checked(content, jwks)[0]


def _checked(content: bytes, jwks: Mapping[str, Any] | None) -> tuple[Verdict, Mapping[str, bytes]]:
    try:
        opened = archive.read(content)
    except archive.UnreadableArchive as error:
        return Verdict(kind="unreadable", detail=error.detail), {}
    members = opened.members
    wanted = (*_MEMBERS, MANIFEST, SIGNATURE)
    for name in (*opened.wrong, *(name for name in members if name not in wanted)):
        return Verdict(kind="altered", place=name, detail=opened.wrong.get(name, "does not belong in a copy.")), {}
    for name in wanted:
        if name not in members:
            return Verdict(kind="altered", place=name, detail="is missing."), {}
    try:
        known = jwks if jwks is not None else json.loads(members[KEYS])
        keys.verify_detached(members[MANIFEST], members[SIGNATURE].decode("ascii"), known, typ=SIGNATURE_TYPE)
    except (keys.SignatureInvalid, ValueError, RecursionError) as error:
        detail = str(error) if isinstance(error, keys.SignatureInvalid) else "The signature cannot be read."
        return Verdict(kind="signature", place=MANIFEST, detail=detail), {}
    manifest = json.loads(members[MANIFEST])  # signed by us, so it is what `pack` wrote
    if manifest.get("format") != FORMAT or manifest.get("version") != VERSION:
        return Verdict(kind="unreadable", detail="This is another kind of file, or of another version."), {}
    for listed in manifest["files"]:
        if keys.digest(members.get(listed["name"], b"")) != listed["sha256"]:
            return Verdict(kind="altered", place=listed["name"], detail="is not what was signed."), {}
    detail = "Every part is what was signed. It says what stood in our records at that moment, not what stands now."
    return Verdict(kind="ok", detail=detail, made_at=manifest["made_at"], keys_inside=jwks is None), members


def page(content: Mapping[str, Any], made_at: str) -> str:
    """The copy as a page to read and print, in plain Dutch; whatever stands in it is text, never markup."""
    about = content["resident"]
    names = {one["id"]: one["name"] for one in content["rows"]["participant"]}
    labels = content["flows"]
    sections = [
        _table("Over u", ("", ""), [(_ABOUT.get(name, name), value) for name, value in about.items()]),
        _table(
            "Wat u zei",
            ("Dag", "Aan wie", "Waarvoor", "Uw keuze", "Tot en met"),
            [
                (
                    _day(one["given_at"]),
                    names.get(one["recipient_id"], ""),
                    labels.get(one["purpose"], one["purpose"]),
                    _ACTS.get(one["act"], one["act"]),
                    _day(one["valid_until"]),
                )
                for one in content["rows"]["consent_grant"]
            ],
        ),
        _table(
            "Wat wij stuurden",
            ("Dag", "Aan wie", "Wat"),
            [
                (
                    _day(one["delivered_at"] or one["queued_at"]),
                    names.get(one["recipient_id"], ""),
                    f"{_MESSAGES.get(one['kind'], one['kind'])} ({_STATES.get(one['state'], one['state'])})",
                )
                for one in content["rows"]["message"]
            ],
        ),
        _table(
            "Wat schuldeisers antwoordden",
            ("Dag", "Wie", "Kenmerk", "Bedrag"),
            [
                (_day(one["received_at"]), one["creditor"], debt["reference"], _euros(debt["total_cents"]))
                for one in content["statements"]
                for debt in one["debts"] or [_no_debts(one["outcome"])]
            ],
        ),
        _table(
            "Voorstellen",
            ("Wie", "Schuld", "Voorstel", "Stand"),
            [
                (
                    one["creditor"],
                    _euros(one["claim_cents"]),
                    _euros(one["offer_cents"]),
                    say(OFFER_STATES, one["state"], "nl"),
                )
                for one in content["offers"]
            ],
        ),
        _table(
            "Wie zag uw gegevens",
            ("Dag", "Wat er gebeurde"),
            [(_day(one["at"]), one["words"]["nl"]) for one in content["seen"]["lines"]],
        ),
    ]
    return _PAGE.format(made_at=_day(made_at), sections="\n".join(sections))


def _no_debts(outcome: str) -> dict[str, Any]:
    return {"reference": _OUTCOMES.get(outcome, outcome), "total_cents": None}


def _table(title: str, heads: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    name = html.escape(title)
    if not rows:
        return f"<section><h2>{name}</h2><p>Niets.</p></section>"
    head = "".join(f'<th scope="col">{html.escape(one)}</th>' for one in heads)
    body = "".join(
        "<tr>" + "".join(f"<td>{html.escape(str(cell if cell is not None else ''))}</td>" for cell in row) + "</tr>"
        for row in rows
    )
    headed = f"<thead><tr>{head}</tr></thead>" if any(heads) else ""
    return f"<section><h2>{name}</h2><table>{headed}<tbody>{body}</tbody></table></section>"


def _day(moment: str | None) -> str:
    return day(moment, "nl") if moment is not None else ""


def _euros(cents: int | None) -> str:
    return euros(cents) if cents is not None else ""


def _json(content: Any) -> bytes:
    return json.dumps(content, ensure_ascii=False, indent=2, sort_keys=True).encode()


_ABOUT = {
    "bsn": "Burgerservicenummer", "initials": "Voorletters", "surname": "Achternaam", "birth_date": "Geboortedatum",
    "street": "Straat", "house_number": "Huisnummer", "postcode": "Postcode", "town": "Plaats",
}  # fmt: skip
_ACTS = {"given": "ja", "refused": "nee", "deferred": "later, of eerst hulp", "unknown": "niet bekend"}
_STATES = {
    "queued": "wacht", "sending": "onderweg", "delivered": "bezorgd", "failed": "kwam niet aan",
    "cancelled": "niet verstuurd",
}  # fmt: skip
_MESSAGES = {
    "statement_request": "Vraag hoeveel u nog moet betalen", "statement_reminder": "Herinnering aan die vraag",
    "statement_final_notice": "Laatste bericht over die vraag", "proposal": "Voorstel",
    "proposal_reminder": "Herinnering aan het voorstel", "proposal_final_notice": "Laatste bericht over het voorstel",
    "substantiation_request": "Vraag om uitleg", "reconsideration": "Vraag om nog eens te kijken",
    "stop_notice": "Bericht om te stoppen", "outcome_notice": "Bericht over de uitkomst",
}  # fmt: skip
_OUTCOMES = {
    "nil": "u hoeft niets meer te betalen", "client_unknown": "kent u niet", "transferred": "ligt bij een ander",
    "refused": "werkt niet mee",
}  # fmt: skip
_PAGE = """<!DOCTYPE html>
<html lang="nl">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Uw gegevens</title>
<style>
body {{ font: 1rem/1.5 sans-serif; max-width: 60rem; margin: 0 auto; padding: 1rem; }}
table {{ border-collapse: collapse; width: 100%; overflow-wrap: anywhere; }}
th, td {{ border: 1px solid #767676; padding: .3rem .5rem; text-align: start; vertical-align: top; }}
@media print {{ section {{ break-inside: avoid-page; }} }}
</style>
</head>
<body>
<h1>Uw gegevens</h1>
<p>Dit is een afschrift van wat wij over u hebben, gemaakt op {made_at}. U mag het bewaren en aan anderen laten
zien.</p>
<p>Gegevens over andere mensen staan er niet in. De brieven van schuldeisers zelf ook niet: daar kan iets over een ander
in staan. Wilt u een brief inzien? Vraag het ons.</p>
{sections}
<p>Klopt er iets niet? U mag ons vragen om het te verbeteren of te wissen.</p>
</body>
</html>
"""
