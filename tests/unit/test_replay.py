"""Rule R14 in full: what provenance says is checked by doing it again, and a lie in it is found."""

from __future__ import annotations

import json
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.adapters import Understood, load_formats, read
from gateway.adapters.mapping import expectation_of
from gateway.adapters.replay import NOT_REPLAYABLE, replayed, untraceable
from gateway.adapters.samples import context_of
from gateway.domain.statement import Origin, Statement

FORMATS = load_formats(Path(__file__).parents[2] / "config" / "creditors")


def fingerprint(text: str) -> str:
    """The one that a reading uses when nobody gives it another."""
    return sha256(text.encode()).hexdigest()


def understood(slug: str, reply: Path) -> Statement | None:
    context = json.loads(expectation_of(reply).read_text(encoding="utf-8"))["context"]
    answer = read(reply.read_bytes(), FORMATS[slug].media_types[0], FORMATS[slug], context_of(context))
    return answer.statement if isinstance(answer, Understood) else None


READ = [
    (slug, reply.name, statement)
    for slug, known in FORMATS.items()
    for reply in known.samples
    if (statement := understood(slug, reply)) is not None
]


def with_origins(statement: Statement, origins: dict[str, Origin]) -> Statement:
    assert statement.provenance is not None
    return replace(statement, provenance=replace(statement.provenance, fields=origins))


@pytest.mark.parametrize("slug, name, statement", READ, ids=[f"{slug}/{name}" for slug, name, _ in READ])
def test_every_value_of_every_sample_can_be_traced(slug: str, name: str, statement: Statement):
    """From the statement to a place in the bytes, and from the text there back to the value."""
    assert untraceable(statement, FORMATS[slug], fingerprint) == ()


def test_a_statement_without_provenance_cannot_be_traced():
    """Somebody must be able to say where it came from."""
    slug, _, statement = READ[0]
    assert untraceable(replace(statement, provenance=None), FORMATS[slug])


@given(st.data())
def test_an_origin_that_is_gone_is_found(data):
    """Whichever value it belonged to."""
    slug, _, statement = data.draw(st.sampled_from(READ))
    origins = dict(statement.provenance.fields)
    told = [pointer for pointer in origins if pointer.endswith(("_cents", "_on", "/as_of", "/reference", "/kind"))]
    if told:
        gone = data.draw(st.sampled_from(sorted(told)))
        del origins[gone]
        assert [pointer for pointer, _ in untraceable(with_origins(statement, origins), FORMATS[slug])] == [gone]


@given(st.data())
def test_a_raw_text_that_was_changed_is_found(data):
    """Another amount, another day, another code: the value does not come out of it any more."""
    slug, _, statement = data.draw(st.sampled_from(READ))
    origins = dict(statement.provenance.fields)
    amounts = [
        pointer
        for pointer, origin in origins.items()
        if pointer.endswith("_cents") and replayed(origin, FORMATS[slug]) is not NOT_REPLAYABLE
    ]
    if not amounts:
        return
    pointer = data.draw(st.sampled_from(sorted(amounts)))
    first, *rest = origins[pointer].sources
    digit = next(at for at in reversed(range(len(first.raw))) if first.raw[at].isdigit())
    changed = first.raw[:digit] + str((int(first.raw[digit]) + 1) % 10) + first.raw[digit + 1 :]
    origins[pointer] = replace(origins[pointer], sources=(replace(first, raw=changed), *rest))
    assert [one for one, _ in untraceable(with_origins(statement, origins), FORMATS[slug])] == [pointer]


def test_a_fingerprint_of_something_else_is_found():
    """Texts that identify somebody are kept once: provenance holds their fingerprint."""
    found = False
    for slug, _, statement in READ:
        for pointer, origin in statement.provenance.fields.items():
            if origin.transform == ("text",) and len(origin.sources) == 1 and origin.sources[0].raw is None:
                lie = replace(origin, sources=(replace(origin.sources[0], raw_hash="0" * 64),))
                changed = with_origins(statement, {**statement.provenance.fields, pointer: lie})
                assert (pointer, "The raw text does not give this value again.") in untraceable(
                    changed, FORMATS[slug], fingerprint
                )
                found = True
    assert found
