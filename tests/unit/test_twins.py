"""A reply with one thing changed is never understood as another amount: every shipped format, every twin of its samples."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.adapters import Answer, Format, Understood, Unreadable, load_formats, read
from gateway.adapters.mapping import expectation_of
from gateway.adapters.samples import context_of
from gateway.domain.statement import to_dict
from tests.attack import twins

FORMATS = {
    slug: format
    for slug, format in load_formats(Path(__file__).parents[2] / "config" / "creditors").items()
    if format.syntax in ("json", "xml")  # a line of a CSV file that is gone leaves a CSV file
}
SAMPLES = [
    (slug, reply)
    for slug, format in FORMATS.items()
    for reply in format.samples
    if reply.stem in ("ordinary", "ordinary-agreed-in-advance", "nil", "nil-empty-list", "client-unknown", "transferred",
                      "refused", "one-claim-handed-on", "obstacle-and-waiver", "negative-balance")
]  # fmt: skip

# What cannot be seen, and why: (name of the twin, what differs then). Everything else must be held or refused.
UNSEEN: dict[str, list[tuple[str, str, str]]] = {
    "bare-list": [
        (r"digit at", r"total_computed|outstanding", "one amount per debt, and no total that covers them"),
        (r"(gone|null): debts/\d+$", r"/debts|total_computed|/outcome", "no total and no count says that a debt was left out"),
        (r"marks at", r"^$", "a JSON number has a point or is no number"),
    ],
    "skp-like": [
        (r"digit at", r"/components/principal/charged_cents", "OrigineleVordering is what once was: no sum covers it"),
        (r"(renamed|gone): Vordering#", r"^/debts$", "a claim that was handed on has no amount, so the total does not miss it"),
    ],
    "gateway-xml": [
        (r"digit at", r"/components/\w+/charged_cents", "charged beside outstanding, and no paid: no sum covers it"),
    ],
    "ubl-statement": [
        (r"digit at", r"^/debts$|^/debts/\d+/(total_computed|components|payments)",
         "the number of an invoice: the line goes to another debt; the balance covers all debts together, not each"),
    ],
}  # fmt: skip


def answer_to(format: Format, reply: Path, raw: bytes) -> Answer:
    context = json.loads(expectation_of(reply).read_text(encoding="utf-8"))["context"]
    return read(raw, format.media_types[0], format, context_of(context))


def unseen(slug: str, name: str, found: list[str]) -> bool:
    return any(
        re.match(twin, name) is not None and all(re.search(places, place) for place in found)
        for twin, places, _ in UNSEEN.get(slug, ())
    )


def every_twin(format: Format, raw: bytes) -> Iterator[tuple[str, bytes]]:
    yield from twins.digits(raw)
    yield from twins.marks(raw)
    yield from twins.namespaces(raw)
    yield from twins.doubled(raw, format.syntax)
    yield from twins.parts(raw, format.syntax)


@pytest.mark.parametrize("slug, reply", SAMPLES, ids=[f"{slug}/{reply.name}" for slug, reply in SAMPLES])
def test_no_twin_is_understood_as_another_amount(slug: str, reply: Path) -> None:
    """Promise 4: a digit, a mark, a namespace, an element gone, twice, renamed or new: held, refused, or the same."""
    format, raw = FORMATS[slug], reply.read_bytes()
    original = answer_to(format, reply, raw)
    assert isinstance(original, Understood)
    before = to_dict(original.statement)
    for name, twin in every_twin(format, raw):
        answer = answer_to(format, reply, twin)
        if isinstance(answer, Understood):
            found = twins.contradictions(before, to_dict(answer.statement))
            assert not found or unseen(slug, name, found), (name, found)


@pytest.mark.parametrize("slug, reply", SAMPLES, ids=[f"{slug}/{reply.name}" for slug, reply in SAMPLES])
def test_a_reply_that_ends_too_soon_is_never_read(slug: str, reply: Path) -> None:
    """Wherever it is cut: half of a reply is no reply."""
    format, raw = FORMATS[slug], reply.read_bytes()
    for name, twin in twins.cuts(raw):
        assert isinstance(answer_to(format, reply, twin), Unreadable), name


@pytest.mark.parametrize("slug, reply", SAMPLES, ids=[f"{slug}/{reply.name}" for slug, reply in SAMPLES])
def test_a_new_amount_is_never_passed_over_in_silence(slug: str, reply: Path) -> None:
    """Ruling 19: wherever a new element with an amount stands, the answer speaks of it."""
    format, raw = FORMATS[slug], reply.read_bytes()
    told = 0
    for name, twin in twins.parts(raw, format.syntax):
        if not name.startswith("fee"):
            continue
        answer = answer_to(format, reply, twin)
        problems = (*getattr(answer, "problems", ()), *getattr(answer, "warnings", ()))
        assert problems or _is_left_out(format, name), name
        told += bool(problems)
    assert told


def _is_left_out(format: Format, name: str) -> bool:
    """Inside what the mapping ignores or cuts away by name."""
    left_out = {"skp-like": "Contactpersoon|Naam|Telefoon", "ubl-statement": "AccountingCustomerParty|Party|Name|UBLVersionID|ID#",
                "bailiff-xml": "Telefoon"}  # fmt: skip
    return re.search(left_out.get(format.slug, "$^"), name) is not None


def test_every_exception_is_needed() -> None:
    """What is listed as unseen still is: a mapping that learned to see it takes its line away."""
    for slug, lines in UNSEEN.items():
        for pattern, places, why in lines:
            if places == r"^$":
                continue
            assert why
            assert any(_goes_unseen(slug, reply, pattern) for of, reply in SAMPLES if of == slug), (slug, pattern)


def _goes_unseen(slug: str, reply: Path, pattern: str) -> bool:
    format, raw = FORMATS[slug], reply.read_bytes()
    original = answer_to(format, reply, raw)
    assert isinstance(original, Understood)
    before = to_dict(original.statement)
    return any(
        isinstance(answer := answer_to(format, reply, twin), Understood)
        and bool(twins.contradictions(before, to_dict(answer.statement)))
        for name, twin in every_twin(format, raw)
        if re.match(pattern, name)
    )
