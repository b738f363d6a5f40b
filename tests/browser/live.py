"""A lived-through case behind a real HTTP server, so that cookies, Origin and form-action mean what they mean at home."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import count
from threading import Thread
from typing import Any
from uuid import UUID

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from gateway.documents.receipt_page import leaf_of
from gateway.sandbox.login_service import Client, StandIn
from gateway.sandbox.residents import synthetic_bsn
from gateway.services.portal_proofs import own_receipts
from gateway.services.portal_session import Assurance, find_session, open_session
from gateway.services.sign_in_with_login import BACK
from gateway.settings import Settings, load_settings
from gateway.storage import cases
from tests.integration.page_support import Told, told
from tests.integration.support import RESIDENT


class _Silent(WSGIRequestHandler):
    def log(self, *_: Any) -> None: ...


@dataclass
class Resident:
    """Somebody with a case here."""

    id: UUID
    case: str
    bsn: str
    grants: dict[tuple[str, str], str] = field(default_factory=dict)  # (creditor's name here, purpose) -> id
    questions: list[str] = field(default_factory=list)


@dataclass
class Live:
    """The gateway at *url*, the case that is told there, and its resident."""

    url: str
    login: str  # where the login service is
    told: Told
    resident: Resident = field(init=False)
    _numbers: Iterator[int] = field(default_factory=lambda: count(1_000))

    def __post_init__(self) -> None:
        self.resident = self._of(self.told.case, RESIDENT["bsn"])
        self.resident.questions = self.ask(self.resident, "phone", "energy")
        self._know_grants(self.resident)

    def address(self, path: str) -> str:
        return self.url + path

    def newcomer(self, *creditors: str) -> Resident:
        """Another resident, who said yes to asking *creditors* and to putting offers to them, and was asked more."""
        w, bsn = self.told.w, synthetic_bsn(next(self._numbers))
        made = self._of(w.case(bsn=bsn), bsn)
        w.grant(made.case, [self.told.creditors[name] for name in creditors], self.told.counsellor)
        made.questions = self.ask(made, *creditors)
        self._know_grants(made)
        return made

    def ask(self, resident: Resident, *creditors: str, purpose: str = "stabilisation") -> list[str]:
        """Put one question for each creditor; their ids."""
        asks = [{"creditor_id": self.told.creditors[name], "purpose": purpose} for name in creditors]
        body = {"recorded_by": self.told.counsellor, "asks": asks}
        made = self.told.w.ok("counsellor", "POST", f"/v1/cases/{resident.case}/consent-asks", body)
        return [one["id"] for one in made["asks"]]

    def status(self, resident: Resident, creditor: str, purpose: str) -> str:
        """What the resident's newest word about this is worth now, as a counsellor sees it."""
        about = (self.told.creditors[creditor], purpose)
        found = [one["status"] for one in self._grants(resident) if (one["creditor"]["id"], one["purpose"]) == about]
        assert found, f"nothing is recorded about {creditor} and {purpose}"
        return str(found[-1])

    def place_in_log(self, creditor: str, purpose: str) -> str:
        """What the code on the paper receipt of the resident leads to: the number and the hash in the log."""
        runtime, now = self.told.w.gateway.runtime, self.told.w.now()
        who = find_session(runtime, self.session(self.resident), now)
        assert who is not None
        content = own_receipts(runtime, who, UUID(self.resident.grants[creditor, purpose]), now)[0].content
        assert content is not None
        return f"{content['journal']['leaf_index']}/{leaf_of(content).hex()}"

    def letter_code(self, resident: Resident) -> str:
        """The code that stands in the letter to this resident."""
        body = {"made_by": self.told.counsellor}
        made: str = self.told.w.ok("counsellor", "POST", f"/v1/residents/{resident.id}/letter-codes", body)["code"]
        return made

    def session(self, resident: Resident) -> str:
        """A session as the code from a letter gives it; what the cookie holds."""
        w = self.told.w
        return open_session(w.gateway.runtime, resident.id, w.now(), assurance=Assurance.CODE)

    def _of(self, case: str, bsn: str) -> Resident:
        with self.told.w.gateway.runtime.database.begin() as connection:
            found = cases.get(connection, UUID(case))
        assert found is not None
        return Resident(id=found["resident_id"], case=case, bsn=bsn)

    def _know_grants(self, resident: Resident) -> None:
        names = {id: name for name, id in self.told.creditors.items()}
        resident.grants = {(names[one["creditor"]["id"]], one["purpose"]): one["id"] for one in self._grants(resident)}

    def _grants(self, resident: Resident) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.told.w.ok("counsellor", "GET", f"/v1/cases/{resident.case}/grants")["grants"]
        return found


@contextmanager
def live() -> Iterator[Live]:
    """
    A gateway that listens on 127.0.0.1 and knows itself by that address.

    The port is open before the gateway is made, because the gateway is told its own address when it is made.
    """
    waiting: list[Any] = []

    def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        found: Iterable[bytes] = waiting[0](environ, start_response)
        return found

    listener: BaseWSGIServer = make_server("127.0.0.1", 0, application, threaded=True, request_handler=_Silent)
    url = f"http://127.0.0.1:{listener.server_port}"
    keys: dict[str, Any] = {}
    login = StandIn(
        Client(id="creditor-gateway", redirect_uri=url + BACK, keys=lambda: keys), lambda: datetime.now(UTC)
    )
    login.start()

    def at_home(settings: Settings) -> Settings:
        return replace(
            settings, base_url=url, login=load_settings(environment={"GATEWAY_LOGIN_ISSUER": login.issuer}).login
        )

    try:
        with told(settings_change=at_home) as made:
            keys.update(made.w.gateway.runtime.keys.public_jwks())
            waiting.append(made.w.gateway.flask)
            serving = Thread(target=listener.serve_forever, daemon=True)
            serving.start()
            try:
                yield Live(url=url, login=login.issuer, told=made)
            finally:
                listener.shutdown()
                serving.join()
    finally:
        listener.server_close()
        login.stop()
