"""Pack an evidence file (bewijsdossier): everything the record holds about one case, sealed by signature and tree."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from gateway import keys
from gateway.documents import archive
from gateway.documents.evidence_check import Kind, Verdict, verify
from gateway.documents.evidence_layout import (
    CASE,
    CHECKPOINT,
    CHECKPOINT_SIGNATURE,
    CHECKPOINT_TYPE,
    EVIDENCE_TYPE,
    JOURNAL,
    KEYS,
    MANIFEST,
    MANIFEST_SIGNATURE,
    README,
    VERSION,
    to_json,
)
from gateway.domain import merkle

__all__ = ["Evidence", "Kind", "Recorded", "Verdict", "pack", "verify"]


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """
    One journal entry with its place in the log.

    Args:
        fields: What it commits to, or None when it was erased; then *salt* is gone as well.
        path: The proof that its leaf is in the log of the checkpoint (RFC 9162 section 2.1.3.1), nearest hash first.
    """

    fields: Mapping[str, Any] | None
    salt: bytes | None
    commitment: bytes
    leaf_index: int
    path: Sequence[bytes]


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """
    What goes into an evidence file.

    Args:
        case: The overview, as gateway.services.show_case gives it.
        creditors: File name (without folder and suffix) to everything about one statement request and its offers.
        entries: Every journal entry about the case, oldest first.
        checkpoint: The signed checkpoint that every entry is proven to be in (gateway.documents.checkpoint).
        jwks: The public keys that the signatures verify against.
    """

    case: Mapping[str, Any]
    creditors: Mapping[str, Mapping[str, Any]]
    entries: Sequence[Recorded]
    checkpoint: str
    jwks: Mapping[str, Any]


def pack(evidence: Evidence, sign_detached: Callable[[bytes, str], str], now: datetime) -> bytes:
    """
    The archive; the same evidence at the same instant gives the same bytes, but for the signatures.

    Args:
        sign_detached: Gives a JWS over a payload with a typ, without the payload in it.
    """
    built_at = now.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    members = {
        README: _readme(evidence.case, built_at, len(evidence.entries)).encode(),
        CASE: to_json(evidence.case),
        **{f"creditors/{name}.json": to_json(known) for name, known in evidence.creditors.items()},
        JOURNAL: to_json({"entries": [_entry(entry) for entry in evidence.entries]}),
        CHECKPOINT: keys.verify(evidence.checkpoint, evidence.jwks, typ=CHECKPOINT_TYPE).payload,
        CHECKPOINT_SIGNATURE: evidence.checkpoint.encode(),
        KEYS: to_json(evidence.jwks),
    }
    manifest = to_json(
        {
            "format": "creditor-gateway-evidence",
            "version": VERSION,
            "case_id": evidence.case["case"]["id"],
            "built_at": built_at,
            "files": [{"name": name, "sha256": keys.digest(content)} for name, content in members.items()],
        }
    )
    signature = sign_detached(manifest, EVIDENCE_TYPE).encode()
    return archive.pack({**members, MANIFEST: manifest, MANIFEST_SIGNATURE: signature}, now)


def _entry(recorded: Recorded) -> dict[str, Any]:
    return {
        "leaf_index": recorded.leaf_index,
        "entry": recorded.fields,
        "salt": recorded.salt.hex() if recorded.salt is not None else None,
        "commitment": recorded.commitment.hex(),
        "leaf_hash": merkle.leaf_hash(recorded.commitment).hex(),
        "inclusion_proof": [hashed.hex() for hashed in recorded.path],
    }


def _readme(case: Mapping[str, Any], built_at: str, entries: int) -> str:
    return _README.format(reference=case["case"]["reference"], built_at=built_at, entries=entries)


_README = """\
BEWIJSDOSSIER
Zaak {reference}
Gemaakt op {built_at} (UTC)

Wat dit is
Dit bestand laat zien wat er in deze zaak is gebeurd: wat aan elke schuldeiser is gevraagd en voorgesteld, wanneer
dat is bezorgd, hoe elke termijn is geteld, welke herinneringen zijn gestuurd, wat is geantwoord en op welke grond,
en voor welke stroom de inwoner ja, nee of stop heeft gezegd.

Wat dit niet is
Dit is geen vonnis en geen juridisch oordeel. Wat de stilte van een schuldeiser betekent, hangt af van het regime dat
gold op de dag van verzenden. Dat regime staat per schuldeiser in dit bestand, met de bron en met de precieze woorden.
- Zonder afspraak telt geen antwoord niet als akkoord. Alleen de rechter kan dan een akkoord opleggen (art. 287a Fw).
- Staat er "volgens afspraak geldt dit als akkoord"? Dan steunt dat op een schriftelijke afspraak met de schuldeiser.
  Een hulpverlener heeft het met naam bevestigd. De schuldeiser kan het nog weerleggen tot de genoemde dag.
De oorspronkelijke berichten zitten niet in dit bestand. Van elk bericht staat er wel een vingerafdruk (SHA-256) in.

Wat er in zit
case.json         het overzicht van de zaak; bedragen in hele eurocenten
creditors/        per schuldeiser: bezorging, de som van de dagen, herinneringen, antwoorden, regime, ja of nee
journal.json      alle {entries} aantekeningen over deze zaak, elk met het bewijs van haar plaats in het logboek
checkpoint.json   de stand van het hele logboek toen dit bestand werd gemaakt; checkpoint.jws is de handtekening
keys.json         de openbare sleutels van de afzender
manifest.json     de vingerafdruk van elk bestand; manifest.jws is de handtekening

Controleren
Dat kan zonder internet: gateway evidence verify <dit bestand>
Vraag de openbare sleutels bij voorkeur op bij de afzender zelf, en geef ze mee: --keys <sleutels.json>
Anders controleert u alleen met de sleutels die in dit bestand zitten.
"""
