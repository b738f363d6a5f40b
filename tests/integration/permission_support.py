"""A case with one creditor that listens, and short ways to say, ask and change what the consent tests tell of."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from gateway.consent.evaluation import agrees
from gateway.consent.flows import Flow
from gateway.consent.notices import Notice, Notices
from gateway.services.register import issue_token
from gateway.settings import Settings
from gateway.storage import cases, journal, messages
from tests.integration.support import JSON, Peer, World, listening, statement, world

CONFIG = Path(__file__).parents[2] / "config"


@dataclass
class Told:
    """One resident, one creditor."""

    w: World
    peer: Peer
    creditor: str
    case: str
    counsellor: str

    def much_later(self, at: datetime) -> None:
        """Put the clock at a moment by which the first token has ended."""
        self.w.at(at)
        runtime, tokens = self.w.gateway.runtime, self.w.tokens
        with runtime.database.begin() as connection:
            case = cases.get(connection, UUID(self.case))
        assert case is not None
        tokens["counsellor"] = issue_token(runtime, "counsellor", "later", at, participant_id=case["organisation_id"])

    def word(self, **more: Any) -> dict[str, Any]:
        return {"creditor_id": self.creditor, "purpose": "inventory", "act": "given", "method": "desk", **more}

    def try_saying(self, *words: dict[str, Any], case: str | None = None) -> Any:
        body = {"recorded_by": self.counsellor, "grants": list(words) or [self.word()]}
        return self.w.call("counsellor", "POST", f"/v1/cases/{case or self.case}/grants", body)

    def say(self, *, case: str | None = None, **more: Any) -> str:
        """One word; the id of the grant."""
        answer = self.try_saying(self.word(**more), case=case)
        assert answer.status_code == 201, answer.get_data(as_text=True)
        made: str = answer.get_json()["grants"][0]["id"]
        return made

    def refused(self, **more: Any) -> set[tuple[str, str]]:
        """Why a word is not recorded: places and codes."""
        return faults(self.try_saying(self.word(**more)))

    def change(self, grant: str, change: str, reason: str, **more: Any) -> Any:
        body = {"change": change, "reason": reason, "recorded_by": self.counsellor, **more}
        return self.w.call("counsellor", "POST", f"/v1/grants/{grant}/changes", body)

    def changed(self, grant: str, change: str, reason: str, **more: Any) -> dict[str, Any]:
        answer = self.change(grant, change, reason, **more)
        assert answer.status_code == 200, answer.get_data(as_text=True)
        found: dict[str, Any] = answer.get_json()
        return found

    def status(self, grant: str, case: str | None = None) -> str:
        return str(self.grant(grant, case)["status"])

    def grant(self, grant: str, case: str | None = None) -> dict[str, Any]:
        shown = self.w.ok("counsellor", "GET", f"/v1/cases/{case or self.case}/grants")["grants"]
        found: dict[str, Any] = next(one for one in shown if one["id"] == grant)
        return found

    def mandate(self, **more: Any) -> Any:
        body = {
            "kind": "gemachtigde",
            "name": "M. Naam",
            "purposes": ["inventory"],
            "evidence_kind": "signed_letter",
            "evidence_reference": "M-1",
            "checked_by": self.counsellor,
            "valid_until": moment(self.w.now() + timedelta(days=300)),
            **more,
        }
        return self.w.call("counsellor", "POST", f"/v1/cases/{self.case}/mandates", body)

    def mandated(self, **more: Any) -> dict[str, Any]:
        answer = self.mandate(**more)
        assert answer.status_code == 201, answer.get_data(as_text=True)
        found: dict[str, Any] = answer.get_json()
        return found

    def ask_resident(self, **more: Any) -> Any:
        wanted = {"creditor_id": self.creditor, "purpose": "inventory", **more}
        body = {"recorded_by": self.counsellor, "asks": [wanted]}
        return self.w.call("counsellor", "POST", f"/v1/cases/{self.case}/consent-asks", body)

    def asked(self, **more: Any) -> str:
        answer = self.ask_resident(**more)
        assert answer.status_code == 201, answer.get_data(as_text=True)
        made: str = answer.get_json()["asks"][0]["id"]
        return made

    def serve(self, ask: str) -> Any:
        return self.w.call("counsellor", "POST", f"/v1/consent-asks/{ask}/serving", {"recorded_by": self.counsellor})

    def request(self, case: str | None = None, creditor: str | None = None) -> Any:
        """Ask the creditor what is owed."""
        body = {"requests": [{"creditor_id": creditor or self.creditor}]}
        return self.w.call("counsellor", "POST", f"/v1/cases/{case or self.case}/statement-requests", body)

    def requested(self, case: str | None = None) -> str:
        answer = self.request(case)
        assert answer.status_code == 202, answer.get_data(as_text=True)
        made: str = answer.get_json()["statement_requests"][0]["id"]
        return made

    def withdraw(self, **scope: Any) -> dict[str, Any]:
        return self.w.ok("counsellor", "POST", f"/v1/cases/{self.case}/withdrawals", scope or {"everything": True})

    def reply(self, request: str, **more: Any) -> dict[str, Any]:
        return self.w.ok("c", "POST", f"/v1/statement-requests/{request}/reply", statement(request, **more), **JSON)

    def waiting(self, request: str) -> list[UUID]:
        with self.w.gateway.runtime.database.begin() as connection:
            return [row["id"] for row in messages.of_subject(connection, UUID(request)) if row["state"] == "queued"]

    def decisions(self) -> list[dict[str, Any]]:
        """The facts of every decision of the case, oldest first."""
        with self.w.gateway.runtime.database.begin() as connection:
            entries = journal.of_case(connection, UUID(self.case))
        return [dict(entry["facts"]) for entry in entries if entry["kind"].startswith("decision.")]

    def every_decision_can_be_replayed(self) -> int:
        decisions = self.decisions()
        assert all(agrees(facts) for facts in decisions)
        return len(decisions)


@contextmanager
def told(config: Path | None = None) -> Iterator[Told]:
    def elsewhere(settings: Settings) -> Settings:
        return replace(settings, config=config) if config is not None else settings

    with world(settings_change=elsewhere) as w, listening(Peer()) as peer:
        w.counsellor_organisation()
        made = Told(w=w, peer=peer, creditor=w.creditor("c", peer), case=w.case(), counsellor=w.counsellor())
        yield made


def faults(answer: Any) -> set[tuple[str, str]]:
    assert answer.status_code == 400, answer.get_data(as_text=True)
    return {(fault["pointer"], fault["code"]) for fault in answer.get_json()["errors"]}


def codes(answer: Any) -> list[str]:
    """The codes of a refusal to ask a creditor."""
    assert answer.status_code == 409, answer.get_data(as_text=True)
    return [fault["code"] for fault in answer.get_json()["errors"]]


def moment(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


def lower(w: World, purpose: str, **caps: Any) -> None:
    """Another register of flows from now on, as after a new start with a stricter file."""
    settings = w.gateway.settings
    flow: Flow = settings.flows.flows[purpose]
    changed = {**settings.flows.flows, purpose: replace(flow, **caps)}
    settings.__dict__["flows"] = replace(settings.flows, flows=changed)


def publish(w: World, notice: str, **texts: str) -> None:
    """One more version of a notice from now on, as after a new start with a new text."""
    settings = w.gateway.settings
    known = settings.notices
    newest = known.newest(notice)
    assert newest is not None
    version = newest.version + 1
    made = {
        (notice, version, language): Notice(id=notice, version=version, language=language, text=text)
        for language, text in texts.items()
    }
    listed = replace(newest, version=version, sha256={key[2]: one.sha256 for key, one in made.items()})
    settings.__dict__["notices"] = Notices(
        _texts={**known._texts, **made}, _published={**known._published, (notice, version): listed}
    )


def recall(w: World, notice: str, version: int) -> None:
    """The list says from now on that a version is not to be shown."""
    settings = w.gateway.settings
    known = settings.notices
    published = known.published(notice, version)
    assert published is not None
    listed = {**known._published, (notice, version): replace(published, recalled=w.now().date())}
    settings.__dict__["notices"] = Notices(_texts=known._texts, _published=listed)


def copied(folder: Path) -> Path:
    return shutil.copytree(CONFIG, folder / "config")
