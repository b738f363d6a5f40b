"""Origins are packed small, and come back as they were."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.statement import Origin, Source
from gateway.domain.statement.origins import pack, unpack

TEXT = st.text(st.characters(codec="utf-8"), max_size=30)
SOURCE = st.builds(Source, path=TEXT, raw=st.none() | TEXT, raw_hash=st.none() | TEXT)
ORIGIN = st.builds(
    Origin, sources=st.lists(SOURCE, max_size=3).map(tuple), transform=st.lists(TEXT, max_size=3).map(tuple)
)


@given(origins=st.lists(st.tuples(TEXT, ORIGIN), max_size=5))
def test_what_was_packed_comes_back(origins: list[tuple[str, Origin]]) -> None:
    assert list(unpack(pack(origins))) == origins


def test_a_long_list_comes_back_in_order_and_stays_small() -> None:
    origins = [
        (f"/debts/{number}/reference", Origin(sources=(Source(path=f"$['debts'][{number}]['nr']", raw=str(number)),)))
        for number in range(2_345)
    ]
    packed = pack(iter(origins))
    assert list(unpack(packed)) == origins
    assert len(packed) < 40_000


def test_other_bytes_are_refused() -> None:
    with pytest.raises(ValueError, match="not packed origins"):
        list(unpack(b"something else"))
