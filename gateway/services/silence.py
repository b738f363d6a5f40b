"""Gather from the record everything that promise 5 looks at, and put the question to the rule."""

from __future__ import annotations

from datetime import date, datetime

from gateway.consent.decision import bounded
from gateway.consent.grants import broken_at
from gateway.domain.deadlines import local_day
from gateway.domain.settlement import Earned, Facts, NotEarned, presumption
from gateway.services import ladder
from gateway.services.runtime import Runtime
from gateway.storage import grants, partners, proposals, terms
from gateway.storage.database import Connection, Row


def facts_of(runtime: Runtime, connection: Connection, offer: Row, now: datetime) -> Facts:
    """The facts about one offer at *now*; the caller holds the resident and the offer."""
    rows = terms.of_subjects(connection, [offer["id"]]).get(offer["id"], [])
    answer_term = next((row for row in rows if row["kind"] == ladder.ANSWER), None)
    cures = [row for row in rows if row["kind"] == ladder.CURE]
    answers = proposals.answers(connection, offer["id"])
    policy = ladder.policy_of(runtime, offer)
    standing = grants.get(connection, offer["grant_id"])
    broken = offer["sent_at"]
    if standing is not None and offer["sent_at"] is not None:
        grant, events = standing
        flow = runtime.settings.flows.of(grant.purpose)
        strict = bounded(grant, flow) if flow is not None else grant
        broken = broken_at(strict, events, offer["sent_at"], now)
    notice = offer["notice_delivered_at"]
    return Facts(
        regime=ladder.regime_of(runtime, offer),
        delivered_at=offer["delivered_at"],
        due=answer_term["due_on"] if answer_term is not None else None,
        reminders_due=len(policy.reminders),
        reminders_delivered=_days(answer_term),
        notice_delivered_on=local_day(notice) if notice is not None else None,
        cure_due=cures[-1]["due_on"] if cures else None,
        permission_broken_at=broken if broken is not None else (None if offer["sent_at"] else now),
        answers=len(answers),
        unargued_refusals=sum(answer["verdict"] == "unsubstantiated" for answer in answers),
        open_question=offer["open_question"],
        proven_obstacle=offer["proven_obstacle"],
        must_be_recut=bool(partners.must_be_recut(connection, [offer["proposal_id"]])),
    )


def earned(runtime: Runtime, connection: Connection, offer: Row, now: datetime) -> Earned | NotEarned:
    """Whether agreement may be presumed from this offer at *now* (promise 5)."""
    return presumption(facts_of(runtime, connection, offer, now), local_day(now))


def _days(row: Row | None) -> tuple[date, ...]:
    return tuple(date.fromisoformat(day) for day in row["reminders_delivered"]) if row is not None else ()
