"""Stopping in two steps: what will happen, and "Ja, stop". No reason, no certainty, no key and no engine is needed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, g, request

from gateway.consent.effects import Code, Scope
from gateway.services.portal_session import SignedIn
from gateway.services.portal_stop import EVERYTHING, Stop, preview_stop, scope_of_creditor, scope_of_purpose, stop
from gateway.web.mijn.clock import hour
from gateway.web.mijn.guard import resident_form, resident_page
from gateway.web.mijn.rendering import language, onward, page, runtime


def _pages(kind: str, path: str, scope_of: Callable[..., Scope]) -> None:
    """The page before, what its button is sent to, and where a reload of the page after leads."""

    def before(who: SignedIn, **which: Any) -> Response:
        scope = scope_of(**which)
        found = preview_stop(runtime(), who, scope, g.now)
        return _page("stopped.html" if found.before and not found.told else "stop.html", found, scope, kind)

    def after(who: SignedIn, **which: Any) -> Response:
        scope = scope_of(**which)
        return _page("stopped.html", stop(runtime(), who, scope, g.now), scope, kind)

    def again(_who: SignedIn, **_which: Any) -> Response:
        return onward(request.path.removesuffix("/ja"))

    for view, name in ((before, f"stop_{kind}"), (after, f"stop_{kind}_yes"), (again, f"stop_{kind}_again")):
        view.__name__ = name
    resident_page(path)(before)
    resident_form(f"{path}/ja")(after)
    resident_page(f"{path}/ja")(again)


_pages("grant", "/stoppen/<grant_id>", lambda grant_id: Scope(grant_id=grant_id))
_pages("creditor", "/stoppen/schuldeiser/<creditor_id>", scope_of_creditor)
_pages("purpose", "/stoppen/doel/<purpose>", lambda purpose: scope_of_purpose(purpose.replace("-", "_")))
_pages("all", "/stoppen/alles", lambda: EVERYTHING)


def _page(template: str, found: Stop, scope: Scope, kind: str) -> Response:
    chosen = language()
    return page(
        template,
        stop=found,
        kind=kind,
        about=_about(found, scope, chosen),
        place=request.path.removesuffix("/ja"),
        groups=_groups(found, chosen),
        besides=list(dict.fromkeys(one["words"][chosen] for one in found.told if one["creditor_id"] is None)),
        before=[{**one, "label": one["labels"][chosen]} for one in found.before],
        objects=_only_objects(found),
        paused=found.doubted and bool(found.told or any(one["how"] == "paused" for one in found.before)),
        receipt=f"/mijn/bewijzen/{scope.grant_id}" if scope.grant_id is not None else "/mijn/bewijzen",
        hour=hour,
    )


def _about(found: Stop, scope: Scope, chosen: str) -> str:
    """What is to be stopped, by name; empty for everything."""
    labels = list(dict.fromkeys(one[chosen] for one in found.labels.values()))
    if scope.grant_id is not None:
        label = found.labels[str(scope.grant_id)][chosen]
        return f"{label}: {', '.join(found.names.values())}"
    if scope.creditor_id is not None:
        return found.names[str(scope.creditor_id)]
    return ", ".join(labels) if scope.purpose is not None else ""


def _groups(found: Stop, chosen: str) -> list[dict[str, Any]]:
    """What happens per creditor, by name; of what happens more than once, one sentence."""
    groups: dict[str, dict[str, Any]] = {}
    for one in found.told:
        if one["creditor_id"] is None:
            continue
        group = groups.setdefault(
            one["creditor_id"], {"name": found.names[one["creditor_id"]], "labels": {}, "lines": {}}
        )
        group["lines"][one["words"][chosen]] = None
        if one["grant_id"] is not None:
            group["labels"][found.labels[one["grant_id"]][chosen]] = None
    made = [{**group, "labels": list(group["labels"]), "lines": list(group["lines"])} for group in groups.values()]
    return sorted(made, key=lambda group: group["name"].casefold())


def _only_objects(found: Stop) -> bool:
    """The law prescribes all of it: there is no yes to take back, and an objection to record."""
    if not found.told:
        return bool(found.before) and all(one["how"] == "objected" for one in found.before)
    codes = {one["code"] for one in found.told}
    return Code.OBJECTION_RECORDED in codes and Code.GRANT_ENDED not in codes
