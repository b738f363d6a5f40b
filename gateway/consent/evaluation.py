"""
A decision as the journal keeps it: everything that was looked at, so that the answer can be worked out again.

The shape is that of an AuthZEN access evaluation (subject, action, resource, context; decision and reason), at the
level of detail that the Authorization Decision Log calls replayable: what the register and the record said at that
instant goes along. Codes, ids, names of fields and dates only.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from gateway.consent.decision import Ask, Permit, Refusal, Stage, decide
from gateway.consent.erasure import Basis
from gateway.consent.flows import Flow, Frequency, Mode
from gateway.consent.grants import Act, EventKind, Grant, GrantEvent
from gateway.consent.reading import Looked
from gateway.domain.correspondence import Kind


class NotReplayable(ValueError):
    """These are not the facts of a decision, or not all of them."""


def facts_of(
    ask: Ask,
    purpose: str,
    flow: Flow | None,
    grant: Grant | None,
    events: Sequence[GrantEvent],
    answer: Permit | Refusal,
    now: datetime,
) -> dict[str, Any]:
    """The facts of one decision, as JSON can hold them; *purpose* is the one that was asked for."""
    facts: dict[str, Any] = {
        "subject": {"type": ask.actor.partition(":")[0], "id": ask.actor},
        "action": {"name": ask.stage.value, "properties": {"kind": ask.kind.value}},
        "resource": {
            "type": "message",
            "id": str(ask.message_id),
            "properties": {
                "resident": str(ask.resident_id),
                "recipient": str(ask.recipient_id),
                "fields": sorted(ask.fields),
                "digest": ask.digest,
                "bsn_entitled": ask.bsn_entitled,
                "counted": ask.counted,
                **_bounds_of(ask),
            },
        },
        "context": {
            "at": now.isoformat(),
            "purpose": purpose,
            "flow": _flow_facts(flow) if flow is not None else None,
            "grant": _grant_facts(grant) if grant is not None else None,
            "events": [[event.kind.value, event.at.isoformat()] for event in events],
        },
        "decision": isinstance(answer, Permit),
    }
    if isinstance(answer, Refusal):
        facts["reason"] = answer.reason.value
    return facts


def facts_of_look(looked: Sequence[Looked], now: datetime) -> dict[str, Any]:
    """
    The facts of one look at many answers, as AuthZEN puts several evaluations in one: what they share stands once.

    *looked* holds one or more, all by one actor at one stage.
    """
    each = [facts_of(one.ask, one.purpose, one.flow, one.grant, one.events, one.answer, now) for one in looked]
    flows = {one.purpose: facts["context"]["flow"] for one, facts in zip(looked, each, strict=True)}
    return {
        "subject": each[0]["subject"],
        "action": {"name": each[0]["action"]["name"]},
        "context": {"at": now.isoformat(), "flows": flows},
        "evaluations": [_evaluation(facts) for facts in each],
        "decision": all(facts["decision"] for facts in each),
    }


def _evaluation(facts: Mapping[str, Any]) -> dict[str, Any]:
    """What differs from one answer to the next; no field leaves at a look, so the lists of fields play no part."""
    about = facts["resource"]["properties"]
    grant = facts["context"]["grant"]
    own = {
        "action": {"properties": facts["action"]["properties"]},
        "resource": {
            "type": facts["resource"]["type"],
            "id": facts["resource"]["id"],
            "properties": {name: value for name, value in about.items() if name not in _NOTHING_LEAVES},
        },
        "context": {
            "purpose": facts["context"]["purpose"],
            "grant": {**grant, "fields_out": None} if grant is not None else None,
            "events": facts["context"]["events"],
        },
        "decision": facts["decision"],
    }
    return {**own, "reason": facts["reason"]} if "reason" in facts else own


def _spread(facts: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Each evaluation of a look as a decision of its own."""
    for one in facts["evaluations"]:
        yield {
            "subject": facts["subject"],
            "action": {"name": facts["action"]["name"], **one["action"]},
            "resource": {**one["resource"], "properties": {**_NOTHING_LEAVES, **one["resource"]["properties"]}},
            "context": {
                **one["context"],
                "at": facts["context"]["at"],
                "flow": facts["context"]["flows"][one["context"]["purpose"]],
            },
            "decision": one["decision"],
            **({"reason": one["reason"]} if "reason" in one else {}),
        }


_NOTHING_LEAVES: Mapping[str, Any] = {"fields": [], "digest": "", "bsn_entitled": False, "counted": False}


def replay(facts: Mapping[str, Any]) -> Permit | Refusal:
    """
    The decision worked out again from its facts alone; it must say what was said then.

    Raises:
        NotReplayable: The facts are of something else, or of a decision older than this form.
    """
    try:
        context = facts["context"]
        flow = _flow_from(context["flow"]) if context["flow"] is not None else None
        grant = _grant_from(context["grant"]) if context["grant"] is not None else None
        events = [GrantEvent(kind=EventKind(kind), at=datetime.fromisoformat(at)) for kind, at in context["events"]]
        return decide(_ask_from(facts), flow, grant, events, datetime.fromisoformat(context["at"]))
    except (KeyError, TypeError, ValueError) as error:
        raise NotReplayable(str(error)) from error


def agrees(facts: Mapping[str, Any]) -> bool:
    """
    Whether the decision that is kept is the one that its own facts lead to; of a look, whether each of them is.

    Raises:
        NotReplayable: As for `replay`.
    """
    if "evaluations" in facts:
        try:
            each = list(_spread(facts))
            return facts["decision"] == all(one["decision"] for one in each) and all(agrees(one) for one in each)
        except (KeyError, TypeError, AttributeError) as error:
            raise NotReplayable(str(error)) from error
    again = replay(facts)
    reason = again.reason.value if isinstance(again, Refusal) else None
    return (facts["decision"], facts.get("reason")) == (isinstance(again, Permit), reason)


def _bounds_of(ask: Ask) -> dict[str, Any]:
    """What only some questions hold, so that the others stay as short as they were."""
    bounds = {
        "sector": ask.sector,
        "since": ask.since.isoformat() if ask.since is not None else None,
        "asked_on": ask.asked_on.isoformat() if ask.asked_on is not None else None,
        "kept": ask.kept.value if ask.kept is not None else None,
        "kept_until": ask.kept_until.isoformat() if ask.kept_until is not None else None,
    }
    return {name: value for name, value in bounds.items() if value is not None}


def _flow_facts(flow: Flow) -> dict[str, Any]:
    return {
        "purpose": flow.purpose,
        "legal_basis": flow.legal_basis,
        "mode": flow.mode.value,
        "kinds": sorted(flow.kinds),
        "fields_out": sorted(flow.fields_out),
        "valid_days": flow.valid_days,
        "max_messages": flow.max_messages,
        "frequency": [flow.frequency.messages, flow.frequency.days] if flow.frequency is not None else None,
        "sector": flow.sector,
        "closed_to": sorted(flow.closed_to),
        "look_back_days": flow.look_back_days,
    }


def _grant_facts(grant: Grant) -> dict[str, Any]:
    return {
        "id": str(grant.id),
        "resident": str(grant.resident_id),
        "recipient": str(grant.recipient_id),
        "purpose": grant.purpose,
        "act": grant.act.value,
        "legal_basis": grant.legal_basis,
        "fields_out": list(grant.fields_out) if grant.fields_out is not None else None,
        "max_messages": grant.max_messages,
        "given_at": grant.given_at.isoformat(),
        "valid_from": grant.valid_from.isoformat(),
        "valid_until": grant.valid_until.isoformat(),
        "authority_until": grant.authority_until.isoformat() if grant.authority_until is not None else None,
    }


def _ask_from(facts: Mapping[str, Any]) -> Ask:
    about = facts["resource"]["properties"]
    return Ask(
        stage=Stage(facts["action"]["name"]),
        message_id=UUID(facts["resource"]["id"]),
        kind=Kind(facts["action"]["properties"]["kind"]),
        resident_id=UUID(about["resident"]),
        recipient_id=UUID(about["recipient"]),
        fields=frozenset(about["fields"]),
        digest=about["digest"],
        bsn_entitled=about["bsn_entitled"],
        counted=about["counted"],
        sector=about.get("sector"),
        since=_day(about.get("since")),
        asked_on=_day(about.get("asked_on")),
        kept=Basis(about["kept"]) if "kept" in about else None,
        kept_until=datetime.fromisoformat(about["kept_until"]) if "kept_until" in about else None,
        actor=facts["subject"]["id"],
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text is not None else None


def _flow_from(kept: Mapping[str, Any]) -> Flow:
    """What the decision looks at; what a flow says beside that plays no part in it."""
    pace = kept["frequency"]
    return Flow(
        purpose=kept["purpose"],
        legal_basis=kept["legal_basis"],
        article="",
        mode=Mode(kept["mode"]),
        kinds=frozenset(Kind(kind) for kind in kept["kinds"]),
        fields_out=frozenset(kept["fields_out"]),
        valid_days=kept["valid_days"],
        max_messages=kept["max_messages"],
        retention_days=1,
        notice="",
        label_nl="",
        label_en="",
        frequency=Frequency(messages=pace[0], days=pace[1]) if pace is not None else None,
        sector=kept.get("sector"),
        closed_to=frozenset(kept.get("closed_to", ())),
        look_back_days=kept.get("look_back_days", 0),
    )


_NOBODY = UUID(int=0)


def _grant_from(kept: Mapping[str, Any]) -> Grant:
    until = kept["authority_until"]
    return Grant(
        id=UUID(kept["id"]),
        resident_id=UUID(kept["resident"]),
        case_id=_NOBODY,
        recipient_id=UUID(kept["recipient"]),
        purpose=kept["purpose"],
        act=Act(kept["act"]),
        notice="",
        notice_version=0,
        notice_language="",
        notice_sha256="",
        method="",
        recorded_by="",
        given_at=datetime.fromisoformat(kept["given_at"]),
        valid_from=datetime.fromisoformat(kept["valid_from"]),
        valid_until=datetime.fromisoformat(kept["valid_until"]),
        authority_until=datetime.fromisoformat(until) if until is not None else None,
        legal_basis=kept["legal_basis"],
        fields_out=tuple(kept["fields_out"]) if kept["fields_out"] is not None else None,
        max_messages=kept["max_messages"],
    )
