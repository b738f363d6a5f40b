"""The door between a creditor's bytes and the canonical statement."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256

from gateway.adapters import emitting, engine, json_format, strict_json, strict_xml, xml_format
from gateway.adapters.engine import ENGINE_VERSION, NoAnswer, Reading
from gateway.adapters.mapping import Format, load_format, load_formats
from gateway.adapters.paths import PathWriter, Tree
from gateway.adapters.run import Origins
from gateway.adapters.transforms import has_nine_digits
from gateway.adapters.unreadable import UnreadableInput
from gateway.domain import integrity
from gateway.domain.integrity import IntegrityContext, LegalRates, Problem, Severity
from gateway.domain.statement import Provenance, Statement

__all__ = [
    "Acknowledgement",
    "Answer",
    "Format",
    "Held",
    "NotAnAnswer",
    "ReadContext",
    "Understood",
    "Unreadable",
    "UnreadableInput",
    "load_format",
    "load_formats",
    "read",
    "source_of",
    "strict_json",
]


def _fingerprint(text: str) -> str:
    return sha256(text.encode()).hexdigest()


@dataclass(frozen=True, kw_only=True)
class ReadContext:
    """
    What we know beside the bytes; what is None or empty is not known and not checked.

    Args:
        received_at: Aware; the moment the reply came in.
        request_id: The request it was sent to; *accepted_ids* are other ids of ours that a creditor may echo.
        creditor_ids: "oin:..." and "kvk:..." of the creditor and of who may answer for it.
        references: The creditor's references that we asked about.
        previous: The last accepted statement of this creditor in this case.
        transfer_chain: Who was asked for this claim before.
        fingerprint: Stands in for raw values that identify a person; pass a keyed one in production.
    """

    received_at: datetime
    request_id: str | None = None
    accepted_ids: tuple[str, ...] = ()
    requested_on: date | None = None
    creditor_ids: frozenset[str] = frozenset()
    references: tuple[str, ...] = ()
    previous: Statement | None = None
    paused_since: date | None = None
    transfer_chain: tuple[str, ...] = ()
    legal_rates: LegalRates | None = None
    fingerprint: Callable[[str], str] = _fingerprint


@dataclass(frozen=True, kw_only=True)
class Understood:
    """The reply is a statement that keeps every rule; warnings are shown beside it."""

    statement: Statement
    warnings: tuple[Problem, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Held:
    """The reply came in but a person must look: it is not silence. *provisional* is what could be read of it."""

    problems: tuple[Problem, ...]
    provisional: Statement | None = None


@dataclass(frozen=True, kw_only=True)
class Unreadable:
    """The bytes are ill-formed or over a documented limit: refused, and the clock runs on."""

    problems: tuple[Problem, ...]


@dataclass(frozen=True, kw_only=True)
class Acknowledgement:
    """The creditor only says that it got our message; the clock runs on."""

    reference: str | None = None


@dataclass(frozen=True, kw_only=True)
class NotAnAnswer:
    """A technical failure at the creditor, such as a SOAP Fault (rule R3); the clock runs on."""

    code: str
    detail: str


Answer = Understood | Held | Unreadable | Acknowledgement | NotAnAnswer


def read(raw: bytes, media_type: str, format: Format, context: ReadContext) -> Answer:
    """
    What a creditor's reply says, in the canonical form, or exactly why that cannot be said.

    Never raises for anything the bytes can hold, and never guesses: a code that is not in a table, an element that
    nothing speaks of inside a debt, a sum that does not add up, all hold the reply with the place where it stands.
    """
    try:
        tree, charsets, garbled = _parsed(raw, format)
    except UnreadableInput as refused:
        return Unreadable(problems=(refused.problem,))
    render: PathWriter = xml_format.rendered if format.syntax == "xml" else json_format.rendered
    reading = engine.apply(
        format,
        tree,
        render=render,
        received_at=context.received_at,
        request_id=context.request_id,
        references=frozenset({*context.references, *context.accepted_ids, context.request_id or ""}),
        fingerprint=context.fingerprint,
        watchful=has_nine_digits(raw, filter(None, (context.request_id, *context.accepted_ids))),
    )
    if isinstance(reading, NoAnswer):
        return _not_a_statement(reading)
    statement = _with_provenance(reading, raw, media_type, format, charsets, render, context)
    problems = [*reading.problems, *_doubts_about_form(media_type, format, garbled)]
    if statement is not None:
        findings = integrity.check(statement, _for_rules(context))
        problems += findings
        problems += _unmapped(reading, statement, findings, render)
    problems.sort(key=lambda problem: problem.severity is Severity.WARN)
    if statement is None or (problems and problems[0].severity is Severity.HOLD):
        return Held(problems=tuple(problems), provisional=statement)
    return Understood(statement=statement, warnings=tuple(problems))


def source_of(format: Format) -> str:
    """The Python source by which a plain debt in this format is read, for a person; empty where there is none."""
    blocks = format.program.blocks
    return "" if blocks is None else emitting.source_of(blocks)


def _parsed(raw: bytes, format: Format) -> tuple[Tree, tuple[str | None, str], bool]:
    if format.syntax == "json":
        return json_format.tree_of(raw), (None, "utf-8"), False
    if format.syntax == "csv":
        table = format.tree_of(raw)
        return table.tree, (None, table.used_charset), table.looks_garbled
    document = strict_xml.parse(raw, format.charsets)
    charsets = (document.declared_charset, document.used_charset)
    return format.tree_of(document.root), charsets, document.looks_garbled


def _not_a_statement(reading: NoAnswer) -> Acknowledgement | NotAnAnswer:
    if reading.kind == "acknowledgement":
        return Acknowledgement(reference=reading.reference)
    return NotAnAnswer(code="fault", detail="The creditor's system reported a failure instead of an answer.")


def _with_provenance(
    reading: Reading,
    raw: bytes,
    media_type: str,
    format: Format,
    charsets: tuple[str | None, str],
    render: PathWriter,
    context: ReadContext,
) -> Statement | None:
    if reading.statement is None:
        return None
    provenance = Provenance(
        raw_sha256=sha256(raw).hexdigest(),
        raw_bytes=len(raw),
        media_type=media_type,
        declared_charset=charsets[0],
        used_charset=charsets[1],
        mapping_id=format.id,
        mapping_version=format.version,
        mapping_sha256=format.sha256,
        engine_version=ENGINE_VERSION,
        fields=Origins(reading.run),
    )
    # The statement was made a moment ago and nobody else has it yet, so it may still be completed.
    object.__setattr__(reading.statement, "provenance", provenance)
    return reading.statement


def _for_rules(context: ReadContext) -> IntegrityContext:
    return IntegrityContext(
        request_id=context.request_id,
        accepted_ids=context.accepted_ids,
        requested_on=context.requested_on,
        creditor_ids=context.creditor_ids,
        previous=context.previous,
        paused_since=context.paused_since,
        transfer_chain=context.transfer_chain,
        legal_rates=context.legal_rates,
    )


def _unmapped(
    reading: Reading, statement: Statement, findings: tuple[Problem, ...], render: PathWriter
) -> list[Problem]:
    """The elements nothing speaks of, each as heavy as ruling 19 makes it."""
    off = {
        finding.path.split("/")[2] for finding in findings if finding.code == "R7" and finding.severity is Severity.HOLD
    }

    def adds_up(debt: int) -> bool:
        chosen = range(len(statement.debts)) if debt < 0 else (debt,)
        return bool(statement.debts) and all(
            statement.debts[at].total_stated_cents is not None
            and bool(statement.debts[at].components)
            and str(at) not in off
            for at in chosen
        )

    return [
        Problem(
            code="unmapped_element",
            severity=engine.severity_of(left, adds_up),
            path=render(left.location),
            detail="Nothing in the mapping speaks of this element; map it, or ignore it by name.",
        )
        for left in reading.unmapped
    ]


def _doubts_about_form(media_type: str, format: Format, garbled: bool) -> list[Problem]:
    doubts = []
    bare = media_type.partition(";")[0].strip().lower()
    if bare and bare not in format.media_types and not bare.endswith(f"+{format.syntax}"):
        doubts.append(
            Problem(
                code="media_type",
                severity=Severity.WARN,
                path="",
                detail=f"The reply was sent as another media type than {' or '.join(format.media_types)}.",
            )
        )
    if garbled:
        doubts.append(
            Problem(
                code="garbled_text",
                severity=Severity.WARN,
                path="",
                detail="Accented letters look garbled: the document probably declares the wrong encoding.",
            )
        )
    return doubts
