"""A resident's own copy as a page to read and print, in plain words; whatever stands in it is text, never markup."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import partial
from typing import Any

from gateway.consent.notices import day_in_words
from gateway.documents import personal_page_words as words
from gateway.documents.personal_page_words import LANGUAGES, say
from gateway.domain.deadlines import local_day
from gateway.domain.money import euros

_Rows = Sequence[Sequence[Any]]


def personal_page(content: Mapping[str, Any], labels: Mapping[str, str], made_at: str, language: str) -> str:
    """
    The copy (`gateway.documents.personal_export`) as HTML that needs nothing besides itself.

    Args:
        labels: What each flow is for, in *language*.
        language: One of ours; Dutch where it is not.
    """
    chosen = language if language in LANGUAGES else LANGUAGES[0]
    t = partial(say, words.TEXTS, language=chosen)
    tables = [
        _about(content["resident"], chosen),
        _said(content, labels, chosen),
        _sent(content, chosen),
        _answered(content["statements"], chosen),
        _proposed(content["offers"], chosen),
        _seen(content["seen"]["lines"], chosen),
    ]
    sections = "\n".join(
        _section(t(name), [t(head) for head in heads], rows, t("nothing")) for name, heads, rows in tables
    )
    return _PAGE.format(
        language=chosen,
        direction="rtl" if chosen in words.RIGHT_TO_LEFT else "ltr",
        title=html.escape(t("title")),
        lead=html.escape(t("lead").format(day=_day(made_at, chosen))),
        left_out=html.escape(t("left_out")),
        correct=html.escape(t("correct")),
        sections=sections,
    )


_Table = tuple[str, Sequence[str], _Rows]  # name of its title, names of its heads, its rows


def _about(resident: Mapping[str, Any], language: str) -> _Table:
    return "about_you", (), [(say(words.ABOUT, name, language), value) for name, value in resident.items()]


def _said(content: Mapping[str, Any], labels: Mapping[str, str], language: str) -> _Table:
    names = _names(content)
    rows = [
        (
            _day(one["given_at"], language),
            names.get(one["recipient_id"], ""),
            labels.get(one["purpose"], one["purpose"]),
            say(words.ACTS, one["act"], language),
            _day(one["valid_until"], language),
        )
        for one in content["rows"]["consent_grant"]
    ]
    return "said", ("day", "to_whom", "what_for", "choice", "until"), rows


def _sent(content: Mapping[str, Any], language: str) -> _Table:
    names = _names(content)
    rows = [
        (
            _day(one["delivered_at"] or one["queued_at"], language),
            names.get(one["recipient_id"], ""),
            f"{say(words.MESSAGES, one['kind'], language)} ({say(words.MESSAGE_STATES, one['state'], language)})",
        )
        for one in content["rows"]["message"]
    ]
    return "sent", ("day", "to_whom", "what"), rows


def _answered(statements: Sequence[Mapping[str, Any]], language: str) -> _Table:
    rows = []
    for one in statements:
        nothing = {"reference": say(words.OUTCOMES, one["outcome"], language), "total_cents": None}
        for debt in one["debts"] or [nothing]:
            rows.append(
                (
                    _day(one["received_at"], language),
                    one["creditor"],
                    debt["reference"],
                    _amount(debt["total_cents"], language),
                )
            )
    return "answered", ("day", "who", "reference", "amount"), rows


def _proposed(offers: Sequence[Mapping[str, Any]], language: str) -> _Table:
    rows = [
        (
            one["creditor"],
            _amount(one["claim_cents"], language),
            _amount(one["offer_cents"], language),
            say(words.OFFERS, one["state"], language),
        )
        for one in offers
    ]
    return "proposed", ("who", "debt", "offer", "standing"), rows


def _seen(lines: Sequence[Mapping[str, Any]], language: str) -> _Table:
    return "seen", ("day", "happened"), [(_day(one["at"], language), one["words"][language]) for one in lines]


def _names(content: Mapping[str, Any]) -> dict[str, str]:
    return {one["id"]: one["name"] for one in content["rows"]["participant"]}


def _section(title: str, heads: Sequence[str], rows: _Rows, nothing: str) -> str:
    name = html.escape(title)
    if not rows:
        return f"<section><h2>{name}</h2><p>{html.escape(nothing)}</p></section>"
    head = "".join(f'<th scope="col">{html.escape(one)}</th>' for one in heads)
    headed = f"<thead><tr>{head}</tr></thead>" if heads else ""
    body = "".join("<tr>" + "".join(_cell(cell) for cell in row) + "</tr>" for row in rows)
    return f"<section><h2>{name}</h2><table>{headed}<tbody>{body}</tbody></table></section>"


def _cell(value: Any) -> str:
    """Each value keeps its own direction: a Dutch name in a page that is read leftward, and the other way round."""
    return f"<td><bdi>{html.escape(str(value if value is not None else ''))}</bdi></td>"


def _day(moment: str | None, language: str) -> str:
    """A day, or the day in the Netherlands of an instant, both in ISO 8601."""
    if moment is None:
        return ""
    on = date.fromisoformat(moment) if len(moment) == 10 else local_day(datetime.fromisoformat(moment))
    return day_in_words(on, language)


def _amount(cents: int | None, language: str) -> str:
    if cents is None:
        return ""
    written = euros(cents)
    return written if language == "nl" else written.translate(str.maketrans(".,", ",."))


_PAGE = """<!DOCTYPE html>
<html lang="{language}" dir="{direction}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
body {{ font: 1rem/1.5 system-ui, "Noto Sans", Arial, sans-serif; max-width: 60rem; margin: 0 auto; padding: 1rem; }}
table {{ border-collapse: collapse; width: 100%; overflow-wrap: anywhere; }}
th, td {{ border: 1px solid #767676; padding: .3rem .5rem; text-align: start; vertical-align: top; }}
@media print {{ section {{ break-inside: avoid-page; }} }}
</style>
</head>
<body>
<h1>{title}</h1>
<p>{lead}</p>
<p>{left_out}</p>
{sections}
<p>{correct}</p>
</body>
</html>
"""
