"""What must be true at the end of the story, checked against what the simulated creditors really did."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from gateway.sandbox.behaviours import Content, When
from gateway.sandbox.story import POOL_CENTS, Story, slug_of


def summary(story: Story, files: dict[str, Path]) -> dict[str, Any]:
    """Per creditor the outcome, amounts in cents and due dates; totals; and every check with its verdict."""
    overview = story.overview()
    lines = {slug_of(story, line["creditor"]["id"]): line for line in overview["creditors"]}
    checks = [{"what": what, "held": held} for what, held in _checks(story, overview, lines, files)]
    return {
        "case_id": story.case_id,
        "reference": overview["case"]["reference"],
        "creditors": {slug: _creditor(line) for slug, line in lines.items()},
        "totals": overview["totals"],
        "settlement": overview["settlement"],
        "proposal": {name: story.proposal[name] for name in ("id", "pool_cents", "surplus_cents", "basis")},
        "confirmed_by": story.counsellor_id,
        "files": {name: str(file) for name, file in files.items()},
        "pages": story.pages,
        "checks": checks,
        "all_checks_held": all(check["held"] for check in checks),
    }


def _creditor(line: dict[str, Any]) -> dict[str, Any]:
    offer = line["offer"]
    shown = {
        name: line[name]
        for name in ("state", "outcome", "late", "versions", "due_on", "total_cents", "original_cents", "lapses_cents")
    }
    shown["name"] = line["creditor"]["name"]
    shown["regime"] = line["regime"]
    shown["offer"] = (
        {
            name: offer[name]
            for name in ("state", "regime", "claim_cents", "offer_cents", "percentage", "rank", "due_on", "cure_due_on",
                         "review_until")
        }
        if offer is not None
        else None
    )  # fmt: skip
    return shown


def _checks(
    story: Story, overview: dict[str, Any], lines: dict[str, dict[str, Any]], files: dict[str, Path]
) -> Iterator[tuple[str, bool]]:
    yield "asking without a grant was refused, naming every creditor", story.refused_without_grant
    yield "fourteen creditors were asked", len(lines) == 14
    yield from _statement_checks(story, lines)
    yield from _settlement_checks(story, overview, lines)
    yield "the evidence file verifies offline", _verifies(files["evidence"])
    yield "the overview files are there", all(file.stat().st_size > 500 for file in files.values())


def _statement_checks(story: Story, lines: dict[str, dict[str, Any]]) -> Iterator[tuple[str, bool]]:
    for profile in story.profiles:
        line, last = lines[profile.slug], profile.statement.contents[-1]
        if profile.statement.when is When.NEVER:
            yield f"{profile.slug}: silence is seen as silence", line["state"] == "silent"
        elif last is Content.STATEMENT:
            yield f"{profile.slug}: every cent as the creditor knows it", line["total_cents"] == profile.total_cents
        elif last in (Content.CLIENT_UNKNOWN, Content.TRANSFERRED):
            yield f"{profile.slug}: {last.value} is an answer of its own", line["outcome"] == last.value
        elif last is Content.OTHER_TOTALS:
            yield f"{profile.slug}: a second statement is a second version", line["versions"] == 2
        if profile.statement.when is When.ONE_MINUTE_LATE:
            yield (
                f"{profile.slug}: one minute late is late, and an answer",
                line["late"] and line["state"] == "answered",
            )
        if profile.statement.when is When.LAST_MINUTE:
            yield f"{profile.slug}: the last minute is in time", not line["late"] and line["state"] == "answered"


def _settlement_checks(
    story: Story, overview: dict[str, Any], lines: dict[str, dict[str, Any]]
) -> Iterator[tuple[str, bool]]:
    offers = {slug: line["offer"] for slug, line in lines.items() if line["offer"] is not None}
    shared = sum(offer["offer_cents"] for offer in offers.values())
    yield "not a cent is lost in the distribution", shared + story.proposal["surplus_cents"] == POOL_CENTS
    yield (
        "nobody is offered more than the claim",
        all(offer["offer_cents"] <= offer["claim_cents"] for offer in offers.values()),
    )
    deemed = {slug for slug, offer in offers.items() if offer["state"] == "deemed"}
    silent = {
        profile.slug
        for profile in story.profiles
        if profile.slug in offers and profile.proposal.when is When.NEVER and profile.regime_group == "agreement"
    }
    yield "two creditors were silent about the offer, under the agreed regime", len(silent) == 2
    yield "earned silence counts as agreed, confirmed by name", silent <= deemed
    yield (
        "nothing is presumed outside the agreed regime",
        all(lines[slug]["offer"]["regime"] == "reversed_burden" for slug in deemed),
    )
    yield "each presumption is open to rebuttal", all(offers[slug]["review_until"] for slug in deemed)
    argued = {slug for slug, offer in offers.items() if offer["state"] == "refused"}
    yield "a refusal with its facts stays a refusal", "ijsselbank" in argued
    yield "all offers came to an end", not overview["settlement"]["by_state"].keys() & {"queued", "waiting", "lapsed"}


def _verifies(file: Path) -> bool:
    from gateway.documents.evidence import verify

    return verify(file.read_bytes()).ok
