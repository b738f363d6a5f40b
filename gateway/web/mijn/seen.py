"""Who saw my data: what was sent, what came back, who looked and what was chosen, day by day."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from itertools import groupby
from typing import Any

from flask import Response, g, request

from gateway.domain.deadlines import local_day
from gateway.errors import NotFound
from gateway.services.portal_session import SignedIn
from gateway.services.show_seen import show_seen
from gateway.web.mijn.clock import hour
from gateway.web.mijn.guard import resident_page
from gateway.web.mijn.rendering import language, page, runtime

LINES = 60
# What a link of the filter shows, in classes of the record; together they are everything.
FILTERS: Mapping[str, frozenset[str] | None] = {
    "all": None,
    "looks": frozenset({"look", "export"}),
    "sent": frozenset({"send", "refusal"}),
    "received": frozenset({"reply"}),
    "choices": frozenset({"choice", "erasure"}),
}
_NUMBER = re.compile(r"[0-9]{1,15}")


@resident_page("/gezien")
def seen(who: SignedIn) -> Response:
    chosen = request.args.get("soort", "all")
    if chosen not in FILTERS:
        raise NotFound
    before = request.args.get("before")
    if before is not None and _NUMBER.fullmatch(before) is None:
        raise NotFound
    found = show_seen(
        runtime(), who.resident_id, g.now, actor="resident", organisation_id=who.organisation_id,
        before=int(before) if before is not None else None, limit=LINES, classes=FILTERS[chosen],
    )  # fmt: skip
    return page(
        "seen.html",
        days=_days(found["lines"], language()),
        filters=list(FILTERS),
        chosen=chosen,
        technical=found["technical"],
        total=found["total"],
        next_before=found["next_before"],
        first=before is None,
    )


def _days(lines: Iterable[Mapping[str, Any]], reader: str) -> list[dict[str, Any]]:
    """Per day, newest first; the same thing several times in a row is one line that says how often."""
    by_day = groupby(lines, key=lambda line: local_day(datetime.fromisoformat(line["at"])))
    return [{"day": day, "lines": _lines(of_day, reader)} for day, of_day in by_day]


def _lines(lines: Iterable[Mapping[str, Any]], reader: str) -> list[dict[str, Any]]:
    found = []
    for (words, whom, why, grant_id), same in groupby(lines, key=lambda line: _same(line, reader)):
        times = list(same)
        found.append(
            {
                "words": words,
                "whom": whom,
                "why": why,
                "grant_id": grant_id,
                "class": times[0]["class"],
                "times": len(times),
                "at": times[0]["at"],
                "hour": hour(times[0]["at"]),
                "entry": times[0]["entry"],
            }
        )
    return found


def _same(line: Mapping[str, Any], reader: str) -> tuple[str, str | None, str | None, str | None]:
    words, who = line["words"][reader], line["who"][reader]
    # A choice is about somebody whom its sentence does not name.
    whom = who if line["grant_id"] is not None and who.casefold() not in words.casefold() else None
    return words, whom, line["why"][reader] if line["why"] is not None else None, line["grant_id"]
