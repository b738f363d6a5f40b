"""Sign a resident in with the government's login service: send them there, and know them again when they come back."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Protocol
from uuid import UUID

from gateway.domain.signing_in import NotSignedIn, Reason
from gateway.keys import SealBroken, SignatureInvalid, keyless
from gateway.keys.encoding import from_base64url, to_base64url
from gateway.messages.bsn import is_bsn
from gateway.services.runtime import Runtime
from gateway.settings import Login as LoginSettings
from gateway.storage import participants, sign_in

BACK: Final = "/mijn/inloggen/terug"  # where the login service sends people to; it is registered there
LASTS: Final = timedelta(minutes=10)  # between leaving and coming back
_LONGEST_KEEP, _LONGEST_ANSWER = 4_000, 2_000
# What else says that somebody acts for another: RFC 8693, and the NL GOV profile of OpenID Connect.
_ACTING_CLAIMS = ("act", "represents")
_THEIR_ERRORS = {
    "access_denied": Reason.CANCELLED,  # RFC 6749 section 4.1.2.1
    "unmet_authentication_requirements": Reason.TOO_LOW,  # OpenID Connect Core Error Code 1.0
}


class LoginService(Protocol):
    """The login service, as gateway.courier.login_service reaches it."""

    def authorization_address(
        self, *, redirect_uri: str, state: str, nonce: str, challenge: str, max_age: int, now: datetime
    ) -> str | NotSignedIn: ...

    def answers_as(self, issuer: str | None, now: datetime) -> bool: ...

    def claims(
        self, *, code: str, verifier: str, nonce: str, redirect_uri: str, signed_in_since: datetime, now: datetime
    ) -> Mapping[str, Any] | NotSignedIn: ...


@dataclass(frozen=True, kw_only=True)
class Begun:
    """*address*: where to send the person. *keep*: for a cookie in that very browser, until they are back."""

    address: str
    keep: str


@dataclass(frozen=True, kw_only=True)
class Recognised:
    """
    Args:
        residents: (resident, organisation) of every organisation that helps this person; never empty.
        auth_time: When they showed the login service who they are.
        again: They were signed in here already and were asked to show it once more.
        onward: The path that they were on their way to.
    """

    residents: Sequence[tuple[UUID, UUID]]
    auth_time: datetime
    again: bool
    onward: str


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """As whom somebody signs in, where there was a choice."""

    resident_id: UUID
    onward: str


@dataclass(frozen=True, kw_only=True)
class _Attempt:
    """What we must know again; *at* in seconds."""

    id: str
    state: str
    nonce: str
    verifier: str
    at: float
    again: bool
    onward: str


def begin_login(
    runtime: Runtime, login: LoginService, now: datetime, *, again: bool, onward: str
) -> Begun | NotSignedIn:
    """
    Send somebody to the login service. Nothing is written: whoever only begins leaves no trace here.

    Args:
        again: They must show who they are anew, whoever is signed in there.
        onward: The path of ours to go on to afterwards.
    """
    attempt = _Attempt(
        id=secrets.token_urlsafe(16),
        state=secrets.token_urlsafe(32),
        nonce=secrets.token_urlsafe(32),
        verifier=secrets.token_urlsafe(48),
        at=now.timestamp(),
        again=again,
        onward=onward,
    )
    digest = bytes.fromhex(keyless.digest(attempt.verifier.encode("ascii")))
    address = login.authorization_address(
        redirect_uri=_back(runtime),
        state=attempt.state,
        nonce=attempt.nonce,
        challenge=to_base64url(digest),
        max_age=_max_age(runtime, again=again),
        now=now,
    )
    if isinstance(address, NotSignedIn):
        return address
    return Begun(address=address, keep=_sealed(runtime, "attempt", asdict(attempt)))


def finish_login(
    runtime: Runtime, login: LoginService, keep: str | None, query: Mapping[str, Sequence[str]], now: datetime
) -> Recognised | NotSignedIn:
    """
    Whom the login service says has come back, if it is in the browser that left and for the first time.

    The BSN lives in this call only. The residents are found by its index at each organisation; nothing is written
    but that this sign-in was used.

    Args:
        keep: From the cookie of `begin_login`; None when the browser has none any more.
        query: Of the address they came back to, each name with every value it was given.
    """
    attempt = _reopened(runtime, keep, now)
    if isinstance(attempt, NotSignedIn):
        return attempt
    code = _code(login, attempt, query, now)
    if isinstance(code, NotSignedIn):
        return code
    begun_at = datetime.fromtimestamp(attempt.at, UTC)
    claims = login.claims(
        code=code,
        verifier=attempt.verifier,
        nonce=attempt.nonce,
        redirect_uri=_back(runtime),
        signed_in_since=begun_at - timedelta(seconds=_max_age(runtime, again=attempt.again)),
        now=now,
    )
    if isinstance(claims, NotSignedIn):
        return claims
    bsn = _subject(_settings(runtime), claims)
    if isinstance(bsn, NotSignedIn):
        return bsn
    return _recognised(runtime, bsn, attempt, datetime.fromtimestamp(float(claims["auth_time"]), UTC), now)


def keep_choice(runtime: Runtime, found: Recognised, now: datetime) -> str:
    """For a cookie: whom somebody may sign in as, where several organisations help the same person."""
    content = {
        "id": secrets.token_urlsafe(16),
        "at": now.timestamp(),
        "residents": [[str(resident), str(organisation)] for resident, organisation in found.residents],
        "onward": found.onward,
    }
    return _sealed(runtime, "choice", content)


def choose(runtime: Runtime, keep: str | None, organisation_id: UUID, now: datetime) -> Chosen | NotSignedIn:
    """The resident as whom somebody chose to sign in, once, within ten minutes."""
    kept = _opened(runtime, "choice", keep)
    if kept is None or not _in_time(kept["at"], now):
        return NotSignedIn(reason=Reason.EXPIRED, code="choice_over")
    offered = {UUID(organisation): UUID(resident) for resident, organisation in kept["residents"]}
    chosen = offered.get(organisation_id)
    if chosen is None:
        return NotSignedIn(reason=Reason.FAILED, code="choice_not_offered")
    with runtime.database.begin() as connection:
        if not sign_in.use(connection, offered, f"login-choice:{kept['id']}", now):
            return NotSignedIn(reason=Reason.EXPIRED, code="choice_used")
    return Chosen(resident_id=chosen, onward=kept["onward"])


def organisations_of(runtime: Runtime, found: Recognised) -> list[tuple[UUID, str]]:
    """(id, name) of the organisations that help this person, to choose from."""
    with runtime.database.begin() as connection:
        rows = participants.many(connection, [organisation for _, organisation in found.residents])
    return sorted(((one, str(row["name"])) for one, row in rows.items()), key=lambda pair: pair[1])


def _code(
    login: LoginService, attempt: _Attempt, query: Mapping[str, Sequence[str]], now: datetime
) -> str | NotSignedIn:
    """The code that the login service gave, when it was given to this browser, in answer to this attempt."""
    if any(len(values) != 1 or len(values[0]) > _LONGEST_ANSWER for values in query.values()):
        return NotSignedIn(reason=Reason.FAILED, code="answer_form")
    given = {name: values[0] for name, values in query.items()}
    if not keyless.same(given.get("state", ""), attempt.state):
        return NotSignedIn(reason=Reason.FAILED, code="answer_state")
    if not login.answers_as(given.get("iss"), now):
        return NotSignedIn(reason=Reason.FAILED, code="answer_issuer")
    if "error" in given:
        return NotSignedIn(reason=_THEIR_ERRORS.get(given["error"], Reason.FAILED), code="answer_error")
    return given.get("code") or NotSignedIn(reason=Reason.FAILED, code="answer_without_code")


def _subject(settings: LoginSettings, claims: Mapping[str, Any]) -> str | NotSignedIn:
    """The BSN of whoever signed in, for themselves."""
    bsn, acting = claims.get(settings.subject_claim), claims.get(settings.acting_claim)
    if acting not in (None, bsn) or any(name in claims for name in _ACTING_CLAIMS):
        return NotSignedIn(reason=Reason.FOR_SOMEBODY_ELSE, code="acting_subject")
    if not isinstance(bsn, str) or not is_bsn(bsn):
        return NotSignedIn(reason=Reason.FAILED, code="subject")
    return bsn


def _recognised(
    runtime: Runtime, bsn: str, attempt: _Attempt, auth_time: datetime, now: datetime
) -> Recognised | NotSignedIn:
    with runtime.database.begin() as connection:
        known = [row["id"] for row in participants.all_of(connection, ["counsellor"])]
        indexes = {one: runtime.keys.index(bsn, purpose=f"bsn:{one}") for one in known}
        residents = sign_in.residents_by_bsn(connection, indexes)
        if not residents:
            return NotSignedIn(reason=Reason.UNKNOWN_PERSON, code="unknown_person")
        if not sign_in.use(connection, [organisation for _, organisation in residents], f"login:{attempt.id}", now):
            return NotSignedIn(reason=Reason.EXPIRED, code="attempt_used")
    return Recognised(residents=residents, auth_time=auth_time, again=attempt.again, onward=attempt.onward)


def _reopened(runtime: Runtime, keep: str | None, now: datetime) -> _Attempt | NotSignedIn:
    kept = _opened(runtime, "attempt", keep)
    if kept is None:  # a browser forgets it after ten minutes
        return NotSignedIn(reason=Reason.EXPIRED, code="attempt_gone")
    attempt = _Attempt(**kept)
    return attempt if _in_time(attempt.at, now) else NotSignedIn(reason=Reason.EXPIRED, code="attempt_over")


def _in_time(at: float, now: datetime) -> bool:
    return 0 <= now.timestamp() - at <= LASTS.total_seconds()


def _sealed(runtime: Runtime, what: str, content: Mapping[str, Any]) -> str:
    sealed = runtime.keys.seal_own(json.dumps(content).encode("ascii"), table="login", row=what, column="keep")
    return to_base64url(sealed)


def _opened(runtime: Runtime, what: str, keep: str | None) -> dict[str, Any] | None:
    """What we sealed; None when there is nothing, or something that we did not seal."""
    if not keep or len(keep) > _LONGEST_KEEP or not keep.isascii():
        return None
    try:
        opened = runtime.keys.open_own(from_base64url(keep), table="login", row=what, column="keep")
    except (SealBroken, SignatureInvalid):
        return None
    found: dict[str, Any] = json.loads(opened)
    return found


def _back(runtime: Runtime) -> str:
    return f"{runtime.settings.base_url}{BACK}"


def _max_age(runtime: Runtime, *, again: bool) -> int:
    return 0 if again else _settings(runtime).max_age


def _settings(runtime: Runtime) -> LoginSettings:
    settings = runtime.settings.login
    assert settings is not None  # there is no login service to be given otherwise
    return settings
