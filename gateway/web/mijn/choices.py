"""One yes or no of the resident: what it covers, what happened to it, and what can be done with it."""

from __future__ import annotations

from uuid import UUID

from flask import Response, g

from gateway.consent.grants import EventKind
from gateway.services.answer_question import NotTaken, ask_again, pause_or_resume
from gateway.services.change_grant import Change
from gateway.services.portal import show_choice
from gateway.services.portal_session import SignedIn
from gateway.web.mijn.guard import CONFIRM, HOME, certain, resident_form, resident_page
from gateway.web.mijn.rendering import language, onward, page, runtime


@resident_page("/keuzes")
def choices(_who: SignedIn) -> Response:
    """The list stands on the first page."""
    return onward(HOME)


@resident_page("/keuzes/<grant_id>")
def choice(who: SignedIn, grant_id: UUID) -> Response:
    return page("choice.html", choice=show_choice(runtime(), who, grant_id, language(), g.now))


@resident_form("/keuzes/<grant_id>/pauze")
def pause(who: SignedIn, grant_id: UUID) -> Response:
    """Less permission is never refused for want of certainty."""
    change = Change(kind=EventKind.PAUSED, reason="resident_asked", recorded_by=None)
    pause_or_resume(runtime(), who, grant_id, change, g.now)
    return onward(f"/mijn/keuzes/{grant_id}")


@resident_form("/keuzes/<grant_id>/verder")
def resume(who: SignedIn, grant_id: UUID) -> Response:
    if not certain(who):
        return onward(f"{CONFIRM}?verder=/mijn/keuzes/{grant_id}")
    change = Change(kind=EventKind.RESUMED, reason="resident_asked", recorded_by=None)
    pause_or_resume(runtime(), who, grant_id, change, g.now)
    return onward(f"/mijn/keuzes/{grant_id}")


@resident_form("/keuzes/<grant_id>/opnieuw")
def again(who: SignedIn, grant_id: UUID) -> Response:
    """Whoever said no may come back to it at any time: the question is put once more."""
    put = ask_again(runtime(), who, grant_id, language(), g.now)
    if isinstance(put, NotTaken):
        return page("question-off.html", reason=put.reason)
    return onward(f"/mijn/vragen/{put}")
