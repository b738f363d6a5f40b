"""A text that residents were shown turned out to be wrong: what was said on it is reviewed, or counts no more."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from gateway.consent.decision import worth
from gateway.consent.grants import TERMINAL, Act, EventKind, Grant, Status
from gateway.errors import Fault, Invalid
from gateway.services.change_grant import carry_out
from gateway.services.runtime import Runtime
from gateway.storage import cases, grants, journal, partners
from gateway.storage.journal import Entry

# What it means for a yes given on the text: somebody asks again, a new yes is needed, or it never was one.
EFFECTS: Mapping[str, EventKind] = {
    "review": EventKind.REVIEW_REQUIRED,
    "recalled": EventKind.RECALLED,
    "invalidated": EventKind.INVALIDATED,
}


def recall_notice(
    runtime: Runtime,
    notice: str,
    version: int,
    effect: str,
    now: datetime,
    *,
    language: str | None = None,
    actor: str = "administrator",
) -> dict[str, Any]:
    """
    Apply the recall of one version of a text to every yes that was given on it, resident by resident.

    Broken off half-way it can be run again: what has its event is left alone.

    Args:
        effect: "review", "recalled" or "invalidated".
        language: Only the yeses on the text in this language; None = in all of them.

    Returns:
        {"residents": n, "grants": n}: whose words were looked at, and how many of these changed.

    Raises:
        Invalid: The register still offers this version; mark it as recalled there first, so that nobody is shown it.
    """
    published = runtime.settings.notices.published(notice, version)
    if published is None or published.recalled is None:
        detail = "Mark this version as recalled in config/notices/published.toml first, and start the gateway again."
        raise Invalid([Fault(pointer="/version", code="still_offered", detail=detail)])
    with runtime.database.begin() as connection:
        shown = grants.residents_shown(connection, notice, version, language)
        facts = {"notice": notice, "version": version, "effect": effect, "language": language}
        journal.append(connection, now, Entry(kind="notice.recalled", actor=actor, facts=facts))
    changed = sum(
        _one_resident(runtime, one, (notice, version, language), EFFECTS[effect], now, actor) for one in shown
    )
    return {"residents": len(shown), "grants": changed}


def _one_resident(
    runtime: Runtime, resident_id: UUID, text: tuple[str, int, str | None], kind: EventKind, now: datetime, actor: str
) -> int:
    changed = 0
    with runtime.database.begin() as connection:
        partners.hold_together(connection, resident_id)
        for grant, events in grants.of_resident(connection, resident_id):
            moment = max([now, *(event.at for event in events)])
            standing = worth(grant, events, runtime.settings.flows.of(grant.purpose), moment)
            if not _touched(grant, standing, text, kind):
                continue
            case = cases.get(connection, grant.case_id)
            assert case is not None  # foreign key
            known = (grant, events)
            reason = "notice_unclear" if kind is EventKind.REVIEW_REQUIRED else "wrong_text"
            carry_out(runtime, connection, case, known, kind, now, actor=actor, facts={"reason": reason})
            changed += 1
    return changed


def _touched(grant: Grant, standing: Status, text: tuple[str, int, str | None], kind: EventKind) -> bool:
    notice, version, language = text
    if grant.act is not Act.GIVEN or (grant.notice, grant.notice_version) != (notice, version):
        return False
    if language not in (None, grant.notice_language):
        return False
    if kind is EventKind.INVALIDATED:  # what has ended is still invalidated: it was used without a right to
        return standing is not Status.INVALIDATED
    return standing not in TERMINAL and not (kind is EventKind.REVIEW_REQUIRED and standing is Status.REVIEW)
