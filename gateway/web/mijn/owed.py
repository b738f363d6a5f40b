"""What came back from each creditor, for the resident: one or two short sentences, amounts first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, g

from gateway.services.portal import show_owed
from gateway.services.portal_session import SignedIn
from gateway.web.mijn.guard import resident_page
from gateway.web.mijn.rendering import day, language, page, runtime
from gateway.web.mijn.words import say
from gateway.web.standing import amount


@resident_page("/overzicht")
def owed(who: SignedIn) -> Response:
    found = show_owed(runtime(), who, g.now)
    told = [{"name": line["creditor"]["name"], "news": news(line, language())} for line in found]
    return page("owed.html", creditors=told)


def news(line: Mapping[str, Any], reader: str) -> list[str]:
    """One line of the overview in sentences without a term of the trade."""
    if line["held"]:
        return [say("news_held", reader)]
    if line["state"] != "answered":
        told = [say(f"news_request_{line['state']}", reader)]
    else:
        told = [say(f"news_outcome_{line['outcome']}", reader)]
        if line["outcome"] == "statement" and line["total_cents"] is not None:
            told = [say("news_owed", reader, amount=amount(line["total_cents"], reader))]
    offer = line["offer"]
    if offer is not None:
        told.append(say(f"news_offer_{offer['state']}", reader))
        if offer["state"] == "deemed" and offer["review_until"] is not None:
            told.append(say("news_rebut", reader, day=day(offer["review_until"])))
    return told
