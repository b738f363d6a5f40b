"""
One case from the first question to the evidence file, told over the gateway's own interface.

Fourteen creditors are asked; each answers in its own way, or not at all; the clock moves from one moment at which
something happens to the next; a settlement is proposed; silence is confirmed only where it was earned.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from gateway.sandbox.behaviours import CreditorProfile
from gateway.sandbox.caller import Caller, Refused
from gateway.sandbox.creditors import SimulatedCreditors
from gateway.sandbox.residents import RESIDENTS

POOL_CENTS = 450_000  # 250 euros a month, eighteen months
_UNCONFIRMED_CENTS = 34_260  # what the resident's own papers say about a creditor that stays silent
_SETTLE_SECONDS = 150.0
_LEAP = timedelta(milliseconds=10)  # land just past the instant, not on it
_FARTHEST = timedelta(days=150)


@dataclass(frozen=True, kw_only=True)
class Beat:
    """One thing that happened in the story; *overview* is the case as it stands, when it has changed."""

    now: datetime
    text: str
    overview: dict[str, Any] | None = None


@dataclass
class Story:
    """
    The cast and the state of one telling.

    Args:
        administrator: Calls with the administrator's token.
        connect: Makes a caller for another token.
        creditors: The simulated creditors, listening.
        tokens: Filled with each creditor's token; the simulated creditors read it.
    """

    administrator: Caller
    connect: Callable[[str], Caller]
    profiles: Sequence[CreditorProfile]
    creditors: SimulatedCreditors
    tokens: dict[str, str]
    counsellor: Caller = field(init=False)
    counsellor_id: str = field(init=False, default="")
    case_id: str = field(init=False, default="")
    ids: dict[str, str] = field(init=False, default_factory=dict)
    refused_without_grant: bool = field(init=False, default=False)
    proposal: dict[str, Any] = field(init=False, default_factory=dict)
    confirmed: list[str] = field(init=False, default_factory=list)
    pages: dict[str, str] = field(init=False, default_factory=dict)

    def tell(self) -> Iterator[Beat]:
        """Tell it, beat by beat."""
        yield from self._register()
        yield from self._ask()
        yield from self._until(self._statements_in, "statements")
        yield from self._propose()
        yield from self._until(self._offers_settled, "answers")
        yield from self._confirm()
        self._open_pages()

    def now(self) -> datetime:
        return datetime.fromisoformat(self.administrator.get("/v1/clock")["now"])

    def overview(self) -> dict[str, Any]:
        return self.counsellor.get(f"/v1/cases/{self.case_id}")

    def _register(self) -> Iterator[Beat]:
        """Organisations, tokens and the case; what an earlier telling registered is used again."""
        organisation = self._participant(
            {
                "kind": "counsellor",
                "name": "Gemeente Voorbeeldstad",
                "oin": "00000099000000001000",
                "sector": "municipality",
            }
        )
        self.counsellor = self.connect(self._token("counsellor", organisation))
        self.counsellor_id = self.counsellor.post("/v1/counsellors", {"name": "S. de Vries"})["id"]
        for profile in self.profiles:
            body = {
                "kind": profile.kind,
                "name": profile.name,
                profile.id_kind: profile.id_value,
                "sector": profile.sector,
                "regime_group": profile.regime_group,
                "endpoint": self.creditors.url(profile.slug),
                "format": profile.format,
            }
            if profile.regime_group == "government":
                body["bsn_basis"] = "art. 46 UAVG; art. 10 Wabb"
            self.ids[profile.slug] = self._participant(body)
            self.tokens[profile.slug] = self._token("creditor", self.ids[profile.slug])
        resident = RESIDENTS[0]
        person = {
            name: getattr(resident, name)
            for name in ("bsn", "initials", "surname", "street", "house_number", "postcode", "town")
        }
        person["birth_date"] = resident.birth_date.isoformat()
        reference = f"SHV-{self.now():%Y%m%d-%H%M%S}"
        self.case_id = self.counsellor.post("/v1/cases", {"reference": reference, "resident": person})["id"]
        yield Beat(now=self.now(), text=f"Case {reference} is open. {len(self.profiles)} creditors are known.")

    def _participant(self, body: dict[str, Any]) -> str:
        number = body.get("oin") or body["kvk"]
        try:
            made: str = self.administrator.post("/v1/participants", body)["id"]
            return made
        except Refused as refused:
            if refused.status != 409:
                raise
        found: str = self.administrator.get(f"/v1/participants?number={number}")["participants"][0]["id"]
        if "endpoint" in body:
            self.administrator.post(f"/v1/participants/{found}/endpoint", {"endpoint": body["endpoint"]})
        return found

    def _token(self, role: str, participant_id: str) -> str:
        body = {"role": role, "label": "demo", "participant_id": participant_id}
        token: str = self.administrator.post("/v1/access-tokens", body)["access_token"]
        return token

    def _ask(self) -> Iterator[Beat]:
        """First without the resident's yes: refused. Then with it."""
        requests = [self._request(profile) for profile in self.profiles]
        path = f"/v1/cases/{self.case_id}/statement-requests"
        try:
            self.counsellor.post(path, {"requests": requests})
        except Refused as refused:
            self.refused_without_grant = len(refused.problem.get("errors", ())) == len(requests)
        yield Beat(now=self.now(), text="Asking without the resident's yes is refused, for each creditor by name.")
        said = [
            {"creditor_id": self.ids[profile.slug], "purpose": purpose, "act": "given", "method": "desk"}
            for profile in self.profiles
            for purpose in (_asking(profile), "proposal")
        ]
        self.counsellor.post(f"/v1/cases/{self.case_id}/grants", {"recorded_by": self.counsellor_id, "grants": said})
        yield Beat(now=self.now(), text=f"The resident says yes, {len(said)} times: per creditor and per purpose.")
        self.counsellor.post(path, {"requests": requests})
        yield Beat(
            now=self.now(), text=f"{len(requests)} statement requests are on their way.", overview=self.overview()
        )

    def _request(self, profile: CreditorProfile) -> dict[str, Any]:
        """What is asked of one creditor, with the references on the resident's own papers."""
        asked: dict[str, Any] = {"creditor_id": self.ids[profile.slug]}
        if profile.debts:
            asked["references"] = [debt.reference for debt in profile.debts]
        return asked

    def _until(self, reached: Callable[[dict[str, Any]], bool], what: str) -> Iterator[Beat]:
        """Move the clock from one moment to the next until the case is where we want it."""
        self._settle()
        overview = self.overview()
        yield Beat(now=self.now(), text=f"The first {what} are in.", overview=overview)
        last = self.now() + _FARTHEST
        while not reached(overview):
            now = self.now()
            moment = self._next_moment()
            if moment is None or moment > last:
                raise TimeoutError(f"the story stopped: nothing more happens, and not all {what} are in")
            if moment > now:
                seconds = int((moment + _LEAP - now).total_seconds()) + 1
                self.administrator.post("/v1/clock/moves", {"seconds": seconds})
            happened = self.creditors.tick(self.now())
            self._settle()
            before, overview = overview, self.overview()
            text = "; ".join([*happened, *changes(before, overview)]) or "A reminder goes out."
            yield Beat(now=self.now(), text=text, overview=overview)

    def _next_moment(self) -> datetime | None:
        term = self.administrator.get("/v1/clock")["next_moment"]
        moments = [self.creditors.agenda(), datetime.fromisoformat(term) if term else None]
        return min((moment for moment in moments if moment is not None), default=None)

    def _settle(self) -> None:
        """Wait until no message is under way and no term is due."""
        until = time.monotonic() + _SETTLE_SECONDS
        while time.monotonic() < until:
            clock = self.administrator.get("/v1/clock")
            due = clock["next_moment"] is not None and clock["next_moment"] <= clock["now"]
            if not clock["open_messages"] and not due:
                return
            time.sleep(0.1)
        raise TimeoutError("messages or terms did not settle in time; is the worker running?")

    def _statements_in(self, overview: dict[str, Any]) -> bool:
        """Everyone answered or fell silent for good, and nobody plans to say more."""
        settled = all(line["state"] in ("answered", "silent") for line in overview["creditors"])
        return settled and self.creditors.agenda() is None

    def _offers_settled(self, overview: dict[str, Any]) -> bool:
        offers = [line["offer"] for line in overview["creditors"] if line["offer"] is not None]
        under_way = {"queued", "waiting", "overdue", "noticed", "challenged"}
        return all(offer["state"] not in under_way for offer in offers)

    def _propose(self) -> Iterator[Beat]:
        silent = [
            {"creditor_id": line["creditor"]["id"], "amount_cents": _UNCONFIRMED_CENTS}
            for line in self.overview()["creditors"]
            if line["state"] == "silent"
        ]
        body: dict[str, Any] = {"made_by": self.counsellor_id, "pool_cents": POOL_CENTS, "duration_months": 18}
        if silent:
            body["unconfirmed"] = silent
        self.proposal = self.counsellor.post(f"/v1/cases/{self.case_id}/proposals", body)
        text = f"One settlement is proposed to {len(self.proposal['offers'])} creditors."
        yield Beat(now=self.now(), text=text, overview=self.overview())

    def _confirm(self) -> Iterator[Beat]:
        """A named counsellor confirms what lapsed; nothing else can be confirmed."""
        for line in self.overview()["creditors"]:
            offer = line["offer"]
            if offer is not None and offer["state"] == "lapsed":
                self.counsellor.post(f"/v1/offers/{offer['id']}/confirmation", {"counsellor_id": self.counsellor_id})
                self.confirmed.append(line["creditor"]["id"])
        self._settle()
        text = f"S. de Vries confirms {len(self.confirmed)} presumed agreements; each creditor is told, and may rebut."
        yield Beat(now=self.now(), text=text, overview=self.overview())

    def _open_pages(self) -> None:
        """Links for a day; the resident finds two questions, and can sign in as well."""
        asks = [
            {
                "creditor_id": self.ids[profile.slug],
                "purpose": "monitoring",
                "language": "nl",
                "initiative": "organisation",
            }
            for profile in self.profiles[:2]
        ]
        self.counsellor.post(
            f"/v1/cases/{self.case_id}/consent-asks", {"recorded_by": self.counsellor_id, "asks": asks}
        )
        for role in ("resident", "counsellor"):
            body = {"role": role, "case_id": self.case_id}
            self.pages[role] = self.counsellor.post("/v1/page-links", body)["address"]
        body = {"creditor_id": self.ids[self.profiles[-1].slug]}
        self.pages["creditor"] = self.administrator.post("/v1/creditor-page-links", body)["address"]
        self.pages["sign in"] = self.pages["resident"].partition("/page/")[0] + "/mijn"


_SAYINGS = {
    ("request", "noticed"): "did not answer in time: a final notice was delivered, the last chance runs",
    ("request", "silent"): "stayed silent; the counsellor goes on with the resident's own papers",
    ("offer", "noticed"): "did not answer the offer in time: a final notice was delivered, the last chance runs",
    ("offer", "lapsed"): "let every term pass: a counsellor may now confirm, nobody else",
    ("offer", "unanswered"): "did not answer; under the law of today that is no agreement",
    ("offer", "challenged"): "refused without facts and is asked for them, once",
    ("offer", "refused"): "refuses on a ground, with its facts",
    ("offer", "accepted"): "agrees",
}


def changes(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """What the terms did between two looks at the case, in words."""
    earlier = {line["request_id"]: line for line in before["creditors"]}
    said = []
    for line in after["creditors"]:
        was = earlier[line["request_id"]]
        offer, offer_was = line["offer"] or {}, was["offer"] or {}
        for kind, new, old in (("request", line, was), ("offer", offer, offer_was)):
            words = _SAYINGS.get((kind, new.get("state", "")))
            if words is not None and new.get("state") != old.get("state"):
                said.append(f"{line['creditor']['name']} {words}")
    return said


def _asking(profile: CreditorProfile) -> str:
    """The flow under which a creditor is asked: for the municipality's own desk there is one of its own."""
    return "own_claims" if profile.sector == "municipality" else "inventory"


def slug_of(story: Story, creditor_id: str) -> str:
    """The simulated creditor behind a participant."""
    by_id: Mapping[str, str] = {identity: slug for slug, identity in story.ids.items()}
    return by_id[creditor_id]
