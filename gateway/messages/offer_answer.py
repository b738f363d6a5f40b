"""The wire form of a creditor's answer to an offer: what it may say, and every fault in what it said."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from marshmallow import ValidationError, fields

from gateway.domain.grounds import Answer, FactType, FactValue, Grounds, OfferAnswer
from gateway.errors import Fault, Invalid
from gateway.messages import wire_fields
from gateway.messages.wire_fields import MAX_CENTS, Day, Text, Whole

_FACTS: Mapping[FactType, Any] = {
    FactType.CENTS: Whole(0, MAX_CENTS),
    FactType.TEXT: Text(2000),
    FactType.DATE: Day(),
}


def to_wire(answer: OfferAnswer) -> dict[str, Any]:
    """*answer* as a JSON-ready dictionary; what is None or empty is left out."""
    wire: dict[str, Any] = {"answer": answer.answer.value}
    if answer.ground is not None:
        wire["ground"] = answer.ground
    if answer.facts:
        wire["facts"] = {name: _plain(value) for name, value in answer.facts.items()}
    if answer.reason is not None:
        wire["reason"] = answer.reason
    if answer.creditor_message_id is not None:
        wire["creditor_message_id"] = answer.creditor_message_id
    return wire


def from_wire(wire: Mapping[str, Any], grounds: Grounds) -> OfferAnswer:
    """
    The answer that *wire* says. A fact that is absent is no fault here: `Grounds.judge` weighs that.

    Any fact of the table may come with any ground: saying more than the ground asks is no fault.

    Raises:
        Invalid: with every fault and its JSON pointer.
    """
    if too_many := wire_fields.excess(wire):
        raise Invalid(too_many, "This is not an answer to an offer.")
    problems = list(_faults(wire))
    given = wire if isinstance(wire, Mapping) else {}
    ground = given.get("ground")
    if isinstance(ground, str) and grounds.find(ground) is None:
        problems.append(_fault("/ground", "unknown_code", "Send the code of a ground from the published table."))
    if given.get("answer") == Answer.ACCEPT and ("ground" in given or "facts" in given):
        problems.append(_fault("/answer", "contradiction", "An acceptance has no ground and no facts; leave them out."))
    facts: dict[str, FactValue] = {}
    stated = given.get("facts")
    for name, value in stated.items() if isinstance(stated, Mapping) else ():
        pointer = f"/facts{wire_fields.step(str(name))}"
        if (rule := grounds.facts.get(name)) is None:
            problems.append(_fault(pointer, "unknown_field", "No ground asks for this; put it in reason."))
            continue
        try:
            facts[name] = _FACTS[rule.type].deserialize(value)
        except ValidationError as error:
            problems.extend(wire_fields.faults(error, pointer))
    if problems:
        raise Invalid(problems, "This is not an answer to an offer.")
    return OfferAnswer(
        answer=Answer(given["answer"]),
        ground=ground,
        facts=facts,
        reason=given.get("reason"),
        creditor_message_id=given.get("creditor_message_id"),
    )


class _AnswerSchema(wire_fields.StrictSchema):
    answer = Text(10, choices=tuple(Answer), required=True)
    ground = Text(60)
    facts = fields.Dict(error_messages={"invalid": wire_fields.NOT_AN_OBJECT, "null": wire_fields.NOT_NULL})
    reason = Text(4000)
    creditor_message_id = Text(100)


_SCHEMA = _AnswerSchema()


def _faults(wire: Any) -> Iterator[Fault]:
    try:
        _SCHEMA.load(wire)
    except ValidationError as error:
        yield from wire_fields.faults(error)


def _fault(pointer: str, code: str, detail: str) -> Fault:
    return Fault(pointer=pointer, code=code, detail=detail)


def _plain(value: FactValue) -> int | str:
    return value.isoformat() if isinstance(value, date) else value
