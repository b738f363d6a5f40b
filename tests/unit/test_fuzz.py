"""A few hundred broken replies, the same on every run; `python -m tests.attack.fuzz` does it for as long as one likes."""

from __future__ import annotations

import pytest

from tests.attack.fuzz import fuzz


@pytest.mark.parametrize("seed", [1, 2])
def test_no_broken_reply_makes_the_reader_raise_or_understand_what_does_not_hold(seed: int) -> None:
    """Bar "Bad input", promises 4 and 6: never an exception, never a statement that breaks a rule or has no source."""
    report = fuzz(seed=seed, inputs=400)
    assert [(name, why) for name, why, _ in report.failures] == []
    assert {verdict.rpartition(" ")[2] for verdict in report.verdicts} >= {"understood", "held", "unreadable"}
