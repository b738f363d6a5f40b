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

__all__ = ["Evidence", "Kind", "Recorded", "Signer", "Verdict", "pack", "verify"]


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """
    One journal entry with its place in the log.

    Args:
        fields: What it commits to, or None when it was erased; then *salt* is gone as well.
    """

    fields: Mapping[str, Any] | None
    salt: bytes | None
    commitment: bytes
    leaf_index: int


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """
    What goes into an evidence file.

    Args:
        case: The overview, as gateway.services.show_case gives it.
        creditors: File name (without folder and suffix) to everything about one statement request and its offers.
        entries: Every journal entry about the case, oldest first.
        leaves: Every leaf hash of the log, of which the proofs are made.
        jwks: The public keys that the signatures verify against.
    """

    case: Mapping[str, Any]
    creditors: Mapping[str, Mapping[str, Any]]
    entries: Sequence[Recorded]
    leaves: Sequence[bytes]
    jwks: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Signer:
    """How to sign: *compact* gives a JWS that carries the payload, *detached* one that does not."""

    compact: Callable[[bytes, str], str]
    detached: Callable[[bytes, str], str]


def pack(evidence: Evidence, signer: Signer, now: datetime) -> bytes:
    """The archive; the same evidence at the same instant gives the same bytes, but for the signatures."""
    built_at = now.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    tree = Tree(evidence.leaves)
    checkpoint = to_json({"size": tree.size, "root": tree.root.hex(), "time": built_at})
    members = {
        README: _readme(evidence.case, built_at, len(evidence.entries)).encode(),
        CASE: to_json(evidence.case),
        **{f"creditors/{name}.json": to_json(known) for name, known in evidence.creditors.items()},
        JOURNAL: to_json({"entries": [_entry(entry, tree) for entry in evidence.entries]}),
        CHECKPOINT: checkpoint,
        CHECKPOINT_SIGNATURE: signer.compact(checkpoint, CHECKPOINT_TYPE).encode(),
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
    signature = signer.detached(manifest, EVIDENCE_TYPE).encode()
    return archive.pack({**members, MANIFEST: manifest, MANIFEST_SIGNATURE: signature}, now)


class Tree:
    """The whole log as a Merkle tree (RFC 9162), hashed once, so that every proof after that is quick."""

    def __init__(self, leaves: Sequence[bytes]) -> None:
        self.size = len(leaves)
        self._levels = [list(leaves)]
        while len(below := self._levels[-1]) > 1:
            pairs = zip(below[::2], below[1::2], strict=False)
            self._levels.append([merkle.node_hash(left, right) for left, right in pairs])
        whole = [level for level in reversed(range(self.size.bit_length())) if self.size >> level & 1]
        self.root = merkle.join([self._levels[level][(self.size >> level) - 1] for level in whole])

    def path(self, index: int) -> list[bytes]:
        """The inclusion proof of the leaf at *index*, nearest hash first."""
        return [
            merkle.join([self._levels[level][place] for level, place in nodes])
            for nodes in merkle.inclusion_nodes(index, self.size)
        ]


def _entry(recorded: Recorded, tree: Tree) -> dict[str, Any]:
    return {
        "leaf_index": recorded.leaf_index,
        "entry": recorded.fields,
        "salt": recorded.salt.hex() if recorded.salt is not None else None,
        "commitment": recorded.commitment.hex(),
        "leaf_hash": merkle.leaf_hash(recorded.commitment).hex(),
        "inclusion_proof": [hashed.hex() for hashed in tree.path(recorded.leaf_index)],
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
