"""Provenance: from which bytes a statement came, and from which place in them every value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from gateway.domain.statement.codes import ProvenanceMethod


@dataclass(frozen=True, kw_only=True)
class Source:
    """One place in the creditor's bytes; *raw_hash* stands in for *raw* where the value identifies a person."""

    path: str
    raw: str | None = None
    raw_hash: str | None = None


@dataclass(frozen=True, kw_only=True)
class Origin:
    """Where one canonical value came from: its places, in order, and the steps that made the value of them."""

    sources: tuple[Source, ...]
    transform: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Provenance:
    """
    From which bytes the statement came, and how: read with a mapping, or typed in by a person.

    Args:
        raw_sha256: The digest of the bytes that were sealed: the reply, or what was typed in.
        mapping_id: With its version and digest, and the engine's version; there when *method* is read_by_mapping.
        keyed_by: Who typed it in, by the id of the counsellor; there when *method* is keyed_by_person.
        checked_by: The second person who compared it with the letter; None = not yet.
        page_reference: Where in the paper it stands, such as "letter of 3 November, page 2".
        fields: From a JSON Pointer into the canonical form to the origin of that value. It may be rendered only
            when it is looked at.

    Raises:
        ValueError: What the method needs is not there.
    """

    raw_sha256: str
    raw_bytes: int
    media_type: str
    used_charset: str | None = None
    declared_charset: str | None = None
    method: ProvenanceMethod = ProvenanceMethod.READ_BY_MAPPING
    mapping_id: str | None = None
    mapping_version: str | None = None
    mapping_sha256: str | None = None
    engine_version: str | None = None
    keyed_by: str | None = None
    checked_by: str | None = None
    page_reference: str | None = None
    fields: Mapping[str, Origin] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.method is ProvenanceMethod.KEYED_BY_PERSON:
            if self.keyed_by is None:
                raise ValueError("a statement that was typed in names by whom")
        elif None in (self.used_charset, self.mapping_id, self.mapping_version, self.mapping_sha256):
            raise ValueError("a statement that was read names its mapping")
        elif self.engine_version is None:
            raise ValueError("a statement that was read names its engine")

    @property
    def mapping(self) -> str | None:
        """The mapping in one line, as a journal names it: "bailiff-xml@1.0.0#0123456789ab"; None = typed in."""
        if self.mapping_id is None or self.mapping_version is None or self.mapping_sha256 is None:
            return None
        return f"{self.mapping_id}@{self.mapping_version}#{self.mapping_sha256[:12]}"
