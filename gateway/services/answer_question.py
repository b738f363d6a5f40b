"""
A resident reads one question in the portal and answers it: yes, no, or "help me first".

What cannot be taken is a value with its reason, because the page that follows is an ordinary page: the question was
answered in another tab, it lapsed, its text changed, or somebody else has to say it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from gateway.consent.asks import Question
from gateway.consent.grants import Act
from gateway.errors import Conflict, Invalid, NotFound
from gateway.services.ask_consent import Wanted, ask_consent, serve_ask
from gateway.services.change_grant import Change, change_grant
from gateway.services.portal import asked, newest, open_questions, own_cases, own_grant
from gateway.services.portal_session import SignedIn
from gateway.services.record_consent import Said, record_consent
from gateway.services.renew_consent import renew_consent
from gateway.services.runtime import Runtime
from gateway.storage import asks, cases, grants, participants
from gateway.storage.database import Connection


@dataclass(frozen=True, kw_only=True)
class NotTaken:
    """
    Args:
        reason: "answered", "lapsed", "changed" (the text), "authority" (a curator decides) or "closed" (the case).
    """

    reason: str


@dataclass(frozen=True, kw_only=True)
class Taken:
    """The answer is on record, under this grant; *left* is how many questions are still open."""

    grant_id: UUID
    act: Act
    left: int
    following: UUID | None


_REASONS = {
    "answered": "answered", "twice": "answered", "lapsed": "lapsed", "not_served": "changed",
    "notice_changed": "changed", "not_offered": "changed", "authority": "authority", "too_soon": "too_soon",
}  # fmt: skip


def show_question(
    runtime: Runtime, who: SignedIn, ask_id: UUID, language: str, now: datetime
) -> dict[str, Any] | NotTaken:
    """
    One question with the very text that an answer will be bound to, in the reader's language where it exists.

    A question that was made in another language is put anew in this one: what counts is what was read.

    Returns:
        As `portal.asked` with "text", "language", "number" and "of": which of the open questions it is.

    Raises:
        NotFound: It is not there, or somebody else's.
        Unavailable: That it was shown could not be recorded, so it is not shown.
    """
    with runtime.database.begin() as connection:
        question = _own(connection, who, ask_id)
    if question.notice_language != language:
        question = _in_language(runtime, who, question, language, now)
    try:
        served = serve_ask(runtime, question.id, now, shown_by=None, organisation_id=None)
    except Conflict:
        return NotTaken(reason=_why_off(question, now))
    with runtime.database.begin() as connection:
        waiting = _waiting(connection, who, now)
        name = participants.many(connection, {question.recipient_id})[question.recipient_id]["name"]
    ids = [one.id for one in waiting]
    return {
        **asked(runtime, question, {question.recipient_id: name}),
        "text": served["text"],
        "language": question.notice_language,
        "number": ids.index(question.id) + 1 if question.id in ids else 1,
        "of": max(len(ids), 1),
    }


def answer_question(runtime: Runtime, who: SignedIn, ask_id: UUID, act: Act, now: datetime) -> Taken | NotTaken:
    """
    Record the resident's own answer; a yes to a flow that has one already takes its place.

    Raises:
        NotFound: The question is not there, or somebody else's.
        Unavailable: It could not be recorded, so it does not count.
    """
    with runtime.database.begin() as connection:
        question = _own(connection, who, ask_id)
        running = _running(connection, question)
    word = Said(
        creditor_id=question.recipient_id,
        purpose=question.purpose,
        act=act,
        method="portal",
        language=question.notice_language,
        identified_by=who.identified_by,
        assisted_by=who.assisted_by,
        ask_id=question.id,
    )
    try:
        made = _recorded(runtime, who, question, word, running, now)
    except Invalid as error:
        known = [_REASONS[fault.code] for fault in error.faults if fault.code in _REASONS]
        if not known:
            raise
        return NotTaken(reason=known[0])
    except Conflict:
        return NotTaken(reason="closed")
    with runtime.database.begin() as connection:
        waiting = _waiting(connection, who, now)
    return Taken(grant_id=made, act=act, left=len(waiting), following=waiting[0].id if waiting else None)


def ask_again(runtime: Runtime, who: SignedIn, grant_id: UUID, language: str, now: datetime) -> UUID | NotTaken:
    """
    The resident comes back to a flow: the question is put anew, of the resident's own accord.

    Returns:
        The id of the question to show.

    Raises:
        NotFound: The grant is not there, or somebody else's.
    """
    with runtime.database.begin() as connection:
        grant, _ = own_grant(connection, who, grant_id)
    offered = _offered(runtime, grant.purpose, language) or grant.notice_language
    wanted = Wanted(creditor_id=grant.recipient_id, purpose=grant.purpose, language=offered, initiative="resident")
    return _put(runtime, who, grant.case_id, wanted, now)


def pause_or_resume(runtime: Runtime, who: SignedIn, grant_id: UUID, change: Change, now: datetime) -> bool:
    """
    The resident pauses a yes, or takes a pause away; False when it stands so that this cannot be done.

    Raises:
        NotFound: The grant is not there, or somebody else's.
    """
    with runtime.database.begin() as connection:
        own_grant(connection, who, grant_id)
    try:
        change_grant(runtime, who.organisation_id, grant_id, replace(change, recorded_by=None), now)
    except (Conflict, Invalid):
        return False
    return True


def _recorded(
    runtime: Runtime, who: SignedIn, question: Question, word: Said, running: UUID | None, now: datetime
) -> UUID:
    if word.act is Act.GIVEN and running is not None:
        try:
            renewed = renew_consent(runtime, who.organisation_id, running, None, lambda _: word, now, call=None)
        except Conflict:
            pass  # it ended in the meantime: this yes is a word of its own
        else:
            return UUID(renewed["id"])
    made = record_consent(runtime, None, question.case_id, None, [word], now, call=None)
    return UUID(made["grants"][0]["id"])


def _running(connection: Connection, question: Question) -> UUID | None:
    """The yes that there is about this flow, in whatever standing."""
    about = grants.latest(connection, question.case_id, question.purpose, [question.recipient_id])
    known = about.get(question.recipient_id)
    return known[0].id if known is not None and known[0].act is Act.GIVEN else None


def _in_language(runtime: Runtime, who: SignedIn, question: Question, language: str, now: datetime) -> Question:
    """The same question in another language: one that is open already, or a new one; else the old one."""
    if _offered(runtime, question.purpose, language) is None:
        return question
    with runtime.database.begin() as connection:
        for other in reversed(asks.of_case(connection, question.case_id)):
            same = (other.recipient_id, other.purpose) == (question.recipient_id, question.purpose)
            if same and other.notice_language == language and not other.answered and now < other.lapses_at:
                return other
    if question.answered or now >= question.lapses_at:
        return question
    wanted = Wanted(
        creditor_id=question.recipient_id, purpose=question.purpose, language=language, initiative="resident"
    )
    put = _put(runtime, who, question.case_id, wanted, now)
    if isinstance(put, NotTaken):
        return question
    with runtime.database.begin() as connection:
        return _own(connection, who, put)


def _put(runtime: Runtime, who: SignedIn, case_id: UUID, wanted: Wanted, now: datetime) -> UUID | NotTaken:
    try:
        made = ask_consent(runtime, who.organisation_id, case_id, None, [wanted], now, call=None)
    except Invalid:
        return NotTaken(reason="changed")  # the flow or its recipient is not what it was
    except Conflict:
        return NotTaken(reason="closed")
    return UUID(made["asks"][0]["id"])


def _offered(runtime: Runtime, purpose: str, language: str) -> str | None:
    flow = runtime.settings.flows.of(purpose)
    return language if flow is not None and language in runtime.settings.notices.languages(flow.notice) else None


def _own(connection: Connection, who: SignedIn, ask_id: UUID) -> Question:
    question = asks.get(connection, ask_id)
    if question is None or question.resident_id != who.resident_id:
        raise NotFound
    if cases.get(connection, question.case_id, organisation_id=who.organisation_id) is None:
        raise NotFound
    return question


def _waiting(connection: Connection, who: SignedIn, now: datetime) -> list[Question]:
    mine = own_cases(connection, who)
    words = [word for case in mine for word in grants.of_case(connection, case["id"])]
    return open_questions(connection, mine, newest(words), now)


def _why_off(question: Question, now: datetime) -> str:
    if question.answered:
        return "answered"
    return "lapsed" if now >= question.lapses_at else "changed"
