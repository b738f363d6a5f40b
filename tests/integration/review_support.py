"""A creditor whose mapping a test can mend, on a gateway of its own, for the tests of holding and reviewing."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import select

from gateway.services.replay_replies import Reread, replay_replies
from gateway.services.runtime import Runtime
from gateway.settings import config_folder
from gateway.storage.tables import reply
from tests.integration.support import JSON, Peer, World, listening, world

SLUG = "list-of-ours"
MAPPING = """
[mapping]
id = "list-of-ours"
version = "{version}"
title = "A list that a test mends"
syntax = "json"
ignore = [{ignored}]

[request]
style = "rest_json"

[defaults]
money = "cents"
date = "yyyy-mm-dd"

[outcome]
otherwise = "statement"
rules = [{{ is = "nil", when = {{ "$.debts" = {{ empty = true }} }} }}]

[statement]
request_id = "$.request"
as_of = "$.date"

[debts]
each = "$.debts"
reference = "number"
rank = {{ path = "rank", values = {{ {ranks} }} }}

[debts.components]
principal = {{ outstanding = "amount" }}
{components}
"""
ORDINARY = 'GEWOON = "ordinary"'
MENDED = f'{ORDINARY}, VOORRANG = "preferential"'
FEE_IGNORED = '"$.debts[*].fee"'
FEE_READ = 'enforcement_costs = { outstanding = "fee" }'


def mapping(version: str, *, ranks: str = ORDINARY, ignored: str = FEE_IGNORED, components: str = "") -> str:
    return MAPPING.format(version=version, ranks=ranks, ignored=ignored, components=components)


@dataclass
class Reviewed:
    """One case with creditors that answer in the format of the mapping."""

    w: World
    config: Path
    case: str = ""
    counsellor: str = ""
    creditors: dict[str, str] = field(default_factory=dict)
    requests: dict[str, str] = field(default_factory=dict)

    def reply(self, name: str, *, rank: str = "GEWOON", amount: int = 100_000, **more: Any) -> dict[str, Any]:
        """A reply of one debt by the creditor *name*."""
        debt = {"number": "R-1", "rank": rank, "amount": amount, **more}
        return self.send(name, {"request": self.requests[name], "date": "2026-04-24", "debts": [debt]})

    def send(self, name: str, body: Any) -> dict[str, Any]:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.w.ok(name, "POST", f"/v1/statement-requests/{self.requests[name]}/reply", raw, **JSON)

    def line(self, name: str) -> dict[str, Any]:
        return self.w.line(self.case, self.creditors[name])

    def held(self) -> dict[str, Any]:
        return self.w.ok("counsellor", "GET", f"/v1/cases/{self.case}/held-replies")

    def rows(self, name: str) -> list[Any]:
        """The stored replies of one creditor, oldest first."""
        query = select(reply).where(reply.c.request_id == UUID(self.requests[name])).order_by(reply.c.version)
        with self.w.gateway.runtime.database.begin() as connection:
            return [row._mapping for row in connection.execute(query)]

    def mend(self, written: str) -> Runtime:
        """The mapping is changed, and read by whoever starts after that."""
        (self.config / "creditors" / f"{SLUG}.toml").write_text(written, encoding="utf-8")
        return replace(self.w.gateway.runtime, settings=replace(self.w.gateway.settings))

    def replay(self, runtime: Runtime, *, dry_run: bool = False) -> list[Reread]:
        return list(replay_replies(runtime, SLUG, self.w.now, dry_run=dry_run))


@contextmanager
def reviewed(tmp_path: Path, names: Sequence[str] = ("gym",), *, regime_group: str = "default") -> Iterator[Reviewed]:
    """Each creditor of *names* was asked, and the question has arrived."""
    config = tmp_path / "config"
    shipped = config_folder(None)
    shutil.copytree(shipped, config, ignore=shutil.ignore_patterns("creditors"))
    shutil.copytree(shipped / "creditors" / "samples" / "bare-list", config / "creditors" / "samples" / SLUG)
    (config / "creditors" / f"{SLUG}.toml").write_text(mapping("1.0.0"), encoding="utf-8")
    with world(settings_change=lambda settings: replace(settings, config=config)) as w, listening(Peer()) as peer:
        w.counsellor_organisation()
        made = Reviewed(w=w, config=config, counsellor=w.counsellor(), case=w.case())
        for name in names:
            made.creditors[name] = w.creditor(name, peer, format=SLUG, regime_group=regime_group)
        w.grant(made.case, list(made.creditors.values()), made.counsellor)
        asked = w.ask(made.case, list(made.creditors.values()))
        made.requests = dict(zip(names, asked, strict=True))
        w.work()
        yield made
