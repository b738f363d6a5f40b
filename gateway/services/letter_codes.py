"""
A code from a letter, with the birth date, signs a resident in: for whoever has no login, or does not dare to use it.

A code lets in once. Five wrong birth dates end it, and the resident can see that. What was wrong is never said: an
unknown code, a used one and a wrong birth date look the same. No resident is ever locked out: a new letter, the login
service and the phone always work, and a right code works however many wrong ones others are trying.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, Final
from uuid import UUID, uuid4

from gateway.documents.sign_in_letter import Letter, letter_page
from gateway.domain.letter_code import ALPHABET, LENGTH, grouped
from gateway.errors import Conflict, Forbidden, NotFound
from gateway.keys import keyless
from gateway.services.ownership import named_counsellor
from gateway.services.portal_session import (
    MOST_FAILURES,
    Assurance,
    SignedIn,
    confirm_session,
    may_decide,
    opened,
    wrong_answer,
)
from gateway.services.runtime import Runtime
from gateway.storage import cases, journal, letter_codes
from gateway.storage.database import Connection
from gateway.storage.journal import Entry

LASTS: Final = timedelta(days=30)
MOST_WRONG_A_MINUTE: Final = 60  # over the whole gateway; people who mistype stay far below it
WAY_IN: Final = "/mijn/inloggen/code"  # where the letter sends people to


@dataclass(frozen=True, kw_only=True)
class Made:
    """*code* as it is printed; it is shown this once and is nowhere kept."""

    code: str
    expires_at: datetime


class Reason(StrEnum):
    NO_MATCH = "no_match"
    TOO_MANY = "too_many"  # nothing matched, and that is happening too often now, to whomever


@dataclass(frozen=True, kw_only=True)
class Wrong:
    """Nobody was signed in. Whether the code exists, is used or has ended is not among the reasons."""

    reason: Reason


class Shown(StrEnum):
    """What came of showing once more who you are."""

    RIGHT = "right"
    WRONG = "wrong"
    OVER = "over"  # wrong, and one time too many: the session has ended


def make_letter_code(
    runtime: Runtime, organisation_id: UUID, resident_id: UUID, counsellor_id: UUID, now: datetime
) -> Made:
    """
    A new code for a letter to this resident. Earlier ones that were not used end: a lost letter lets nobody in.

    Raises:
        NotFound: There is no such resident for this organisation.
        Conflict: The resident was erased.
        Invalid: There is no such counsellor.
    """
    with runtime.database.begin() as connection:
        _hold(connection, organisation_id, resident_id, counsellor_id)
        return _made(runtime, connection, organisation_id, resident_id, counsellor_id, now)


def write_sign_in_letter(
    runtime: Runtime, organisation_id: UUID, resident_id: UUID, counsellor_id: UUID, language: str, now: datetime
) -> str:
    """
    As `make_letter_code`, with the letter around it: HTML, ready to print, addressed to the resident.

    Raises: As `make_letter_code`.
    """
    settings = runtime.settings
    with runtime.database.begin() as connection:
        _hold(connection, organisation_id, resident_id, counsellor_id)
        about = _person(runtime, cases.get_resident(connection, resident_id), resident_id)
        made = _made(runtime, connection, organisation_id, resident_id, counsellor_id, now)
    letter = Letter(
        language=language,
        sender=settings.sender.name,
        contact=settings.contact,
        to=(
            f"{about['initials']} {about['surname']}",
            f"{about['street']} {about['house_number']}",
            f"{about['postcode']} {about['town']}",
        ),
        code=made.code,
        address=f"{settings.base_url}{WAY_IN}",
        login=settings.login.label if settings.login is not None else None,
        made_at=now,
        expires_at=made.expires_at,
    )
    return letter_page(letter)


def make_next_code(runtime: Runtime, who: SignedIn, now: datetime) -> Made:
    """
    A code for the next time, for a resident who showed just now who it is.

    Raises:
        Forbidden: That is not certain enough: a link to look with must not become a code that says yes.
        NotFound: The resident was erased.
    """
    if not may_decide(who, now):
        raise Forbidden("Show first who you are.")
    with runtime.database.begin() as connection:
        found = cases.resident_of(connection, who.organisation_id, who.resident_id)
        if found is None or found["erased_at"] is not None:
            raise NotFound
        return _made(runtime, connection, who.organisation_id, who.resident_id, None, now)


def sign_in_with_code(runtime: Runtime, code: str, birth_date: date, now: datetime) -> str | Wrong:
    """
    Sign in whoever has the code and knows the birth date.

    Args:
        code: As gateway.domain.letter_code reads it: twelve characters, not grouped.

    Returns:
        The secret of a new session, for the cookie; or that nothing matched.
    """
    with runtime.database.begin() as connection:
        found = letter_codes.find_open(connection, _index(runtime, code), now)
        if found is None:
            return _nothing_matched(connection, now)
        resident_id = found["resident_id"]
        if not _is_birth_date(_person(runtime, found, resident_id), birth_date):
            if letter_codes.failed(connection, found["id"], now, most=MOST_FAILURES):
                ended = _entry("resident.code_ended", "gateway", resident_id, found["id"], reason="wrong_birth_date")
                journal.append(connection, now, ended)
            return _nothing_matched(connection, now)
        # Of several at once the first to get here is let in; five wrong ones that came before end it for all.
        if not letter_codes.claim(connection, found["id"], now):
            return _nothing_matched(connection, now)
        return opened(connection, resident_id, now, assurance=Assurance.CODE)


def confirm_birth_date(runtime: Runtime, who: SignedIn, birth_date: date, now: datetime) -> Shown:
    """
    A resident who came in with a code shows once more who it is.

    Raises:
        Forbidden: The session was opened in another way, for which a birth date proves too little.
        NotFound: The resident was erased.
    """
    if who.assurance is not Assurance.CODE:
        raise Forbidden("Sign in again to show who you are.")
    with runtime.database.begin() as connection:
        about = _person(runtime, cases.get_resident(connection, who.resident_id), who.resident_id)
    if _is_birth_date(about, birth_date):
        confirm_session(runtime, who, now, assurance=Assurance.CODE)
        return Shown.RIGHT
    return Shown.OVER if wrong_answer(runtime, who) else Shown.WRONG


def _hold(connection: Connection, organisation_id: UUID, resident_id: UUID, counsellor_id: UUID) -> None:
    """Hold the resident, so that of two new codes at once the first one ends."""
    found = cases.resident_of(connection, organisation_id, resident_id)
    if found is None:
        raise NotFound
    named_counsellor(connection, organisation_id, counsellor_id, pointer="/made_by")
    if found["erased_at"] is not None:
        raise Conflict("This resident was erased; there is nothing left to sign in to.")


def _made(
    runtime: Runtime,
    connection: Connection,
    organisation_id: UUID,
    resident_id: UUID,
    counsellor_id: UUID | None,
    now: datetime,
) -> Made:
    code, code_id = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH)), uuid4()
    earlier = letter_codes.end_open(connection, resident_id, now)
    row = {
        "id": code_id,
        "resident_id": resident_id,
        "code_index": _index(runtime, code),
        "made_by": counsellor_id,
        "made_at": now,
        "expires_at": now + LASTS,
        "failures": 0,
    }
    letter_codes.add(connection, row)
    actor = f"counsellor:{counsellor_id}" if counsellor_id is not None else "resident"
    made = _entry("resident.code_made", actor, resident_id, code_id, organisation_id=organisation_id, ended=earlier)
    journal.append(connection, now, made)
    return Made(code=grouped(code), expires_at=now + LASTS)


def _nothing_matched(connection: Connection, now: datetime) -> Wrong:
    """The one answer to whatever was wrong; from so many in a minute on it asks everybody who is wrong to wait."""
    times = letter_codes.count_wrong(connection, now, most=MOST_WRONG_A_MINUTE)
    if times == MOST_WRONG_A_MINUTE + 1:
        alarm = Entry(kind="sign_in.many_wrong_codes", actor="gateway", facts={"in_a_minute": times})
        journal.append(connection, now, alarm)
    return Wrong(reason=Reason.TOO_MANY if times > MOST_WRONG_A_MINUTE else Reason.NO_MATCH)


def _index(runtime: Runtime, code: str) -> bytes:
    return runtime.keys.index(code, purpose="letter_code")


def _person(runtime: Runtime, row: Any, resident_id: UUID) -> dict[str, Any]:
    about: dict[str, Any] = runtime.unseal(
        bytes(row["wrapped"]), row["sealed"], table="resident", row=resident_id, column="sealed"
    )
    return about


def _is_birth_date(about: dict[str, Any], said: date) -> bool:
    return keyless.same(about["birth_date"], said.isoformat())


def _entry(
    kind: str, actor: str, resident_id: UUID, code_id: UUID, *, organisation_id: UUID | None = None, **facts: object
) -> Entry:
    return Entry(
        kind=kind,
        actor=actor,
        resident_id=resident_id,
        participant_id=organisation_id,
        subject_id=code_id,
        facts=facts,
    )
