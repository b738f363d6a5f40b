"""`make faults`, small: stopping meets sending on a real database and a real line, and the checker finds nothing."""

from __future__ import annotations

from tests.faults.consent_race import race


def test_a_few_dozen_races_keep_every_promise():
    """The whole of it is 20,000 pairs; this is that it runs, and that both sides win some of them."""
    told: list[float] = []
    found = race(pairs=48, seed=7, limit=120, progress=told.append)
    assert found.broken == []
    assert found.counts["pairs"] == 48
    assert 0 < found.counts["sent first"] < 48
    assert found.counts["sent first"] + found.counts["stopped first"] == 48
    assert told[-1] == 1.0


def test_a_race_that_takes_too_long_is_a_failure_and_is_said():
    """Bounded in time: what was not finished is no proof."""
    found = race(pairs=48, seed=7, limit=0.1, progress=lambda _: None)
    assert not found.held
    assert "out of time" in found.broken[0]
