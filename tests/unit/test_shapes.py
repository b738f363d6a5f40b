"""Whatever a shape can say is read as it was said, and every figure of it can be traced to the bytes."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.adapters import ReadContext, Understood, load_formats, read
from tests.attack.tracing import faults_in_tracing
from tests.unit.shapes import RECEIVED, REQUEST, SHAPES, Shape

FORMATS = load_formats(Path(__file__).parents[2] / "config" / "creditors")


def fingerprint(text: str) -> str:
    return sha256(b"test" + text.encode()).hexdigest()


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.slug)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_what_a_creditor_says_is_what_is_understood(shape: Shape, data: st.DataObject) -> None:
    """Render in the shape, read, compare; and find every figure again in the bytes (promises 4 and 6, rule R14)."""
    said = data.draw(shape.statements)
    format, raw = FORMATS[shape.slug], shape.write(said)
    context = ReadContext(received_at=RECEIVED, request_id=REQUEST, fingerprint=fingerprint)
    answer = read(raw, format.media_types[0], format, context)
    assert isinstance(answer, Understood), (answer, raw)
    assert replace(answer.statement, provenance=None) == said
    assert faults_in_tracing(answer.statement, format, raw, fingerprint) == []
