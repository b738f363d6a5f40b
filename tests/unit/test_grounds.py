"""The table of grounds: which refusal stands, which is a blanket one, which only points the way."""

from __future__ import annotations

import copy
import tomllib
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from gateway.domain.grounds import (
    ANOTHER_GROUND,
    Answer,
    Counts,
    FactType,
    FactValue,
    Ground,
    OfferAnswer,
    Routed,
    Substantiated,
    Unsubstantiated,
    fact_from_text,
    grounds_from,
)
from gateway.errors import ConfigurationError

TABLE = tomllib.loads((Path(__file__).parents[2] / "config" / "grounds.toml").read_text())
GROUNDS = grounds_from(TABLE)
ON = date(2026, 5, 4)  # Mon


def of(counts: Counts) -> list[Ground]:
    return [ground for ground in GROUNDS.grounds if ground.counts is counts]


def a_refusal(code: str | None, **facts: FactValue) -> OfferAnswer:
    return OfferAnswer(answer=Answer.REFUSE, ground=code, facts=facts)


def test_the_table_holds_every_ground_of_the_domain_note() -> None:
    """The reference list of refusal grounds, with the class each of them has there."""
    assert {ground.dutch for ground in of(Counts.REFUSAL)} == {
        "BEDRAG_ONJUIST", "VORDERING_ONTBREEKT", "PREFERENTIE_ONJUIST", "ZEKERHEID", "NIET_GEDOCUMENTEERD",
        "NIET_MAXIMAAL", "UITGESLOTEN_VAN_SCHONE_LEI", "NIET_TE_GOEDER_TROUW", "WETTELIJKE_BELEMMERING",
        "RECENTE_FINALE_KWIJTING", "ONBEVOEGDE_SHV",
    }  # fmt: skip
    assert {ground.code for ground in of(Counts.ROUTE)} == {
        "claim_transferred",
        "client_unknown",
        "already_paid",
    }
    assert {ground.dutch for ground in of(Counts.WEAK)} == {
        "PERCENTAGE_TE_LAAG", "BELEID_NOOIT", "BESLAG_LEVERT_MEER", "GEEN_SAMENWERKING_SHV", "GEEN_REDEN",
    }  # fmt: skip


@pytest.mark.parametrize("ground", of(Counts.REFUSAL), ids=lambda ground: ground.code)
def test_a_refusal_stands_with_its_facts_and_falls_without_any_one_of_them(ground: Ground) -> None:
    """The worked example of each ground is run, whole and with one fact taken away."""
    assert GROUNDS.judge(a_refusal(ground.code, **ground.example), on=ON) == Substantiated(ground=ground.code)
    for gone in ground.example:
        rest = {name: value for name, value in ground.example.items() if name != gone}
        assert GROUNDS.judge(a_refusal(ground.code, **rest), on=ON) == Unsubstantiated(missing=(gone,))
    everything = tuple(rule.name for rule in ground.facts)
    assert GROUNDS.judge(a_refusal(ground.code), on=ON) == Unsubstantiated(missing=everything)


@pytest.mark.parametrize("ground", of(Counts.WEAK), ids=lambda ground: ground.code)
def test_a_blanket_refusal_never_stands_whatever_comes_with_it(ground: Ground) -> None:
    """No fact makes a policy of always refusing a ground."""
    answer = a_refusal(ground.code, claimed_cents=100, proof="factuur")
    assert GROUNDS.judge(answer, on=ON) == Unsubstantiated(missing=(ANOTHER_GROUND,))


def test_a_refusal_without_a_ground_asks_for_one() -> None:
    """Free text is not a ground."""
    answer = OfferAnswer(answer=Answer.REFUSE, reason="Wij doen hier niet aan mee.")
    assert GROUNDS.judge(answer, on=ON) == Unsubstantiated(missing=(ANOTHER_GROUND,))


def test_a_claim_that_moved_is_a_signpost_and_not_a_refusal() -> None:
    """Nobody is presumed to agree for a claim it says it does not hold, even before the holder is named."""
    assert GROUNDS.judge(a_refusal("client_unknown"), on=ON) == Routed(kind="client_unknown")
    assert GROUNDS.judge(a_refusal("already_paid"), on=ON) == Routed(kind="already_paid")
    assert GROUNDS.judge(a_refusal("claim_transferred", new_holder="X"), on=ON) == Routed(kind="claim_transferred")
    assert GROUNDS.judge(a_refusal("claim_transferred"), on=ON) == Routed(
        kind="claim_transferred", missing=("new_holder",)
    )


@pytest.mark.parametrize(
    "happened, stands",
    [
        (date(2026, 5, 4), True),  # today
        (date(2026, 5, 5), False),  # it has not happened yet
        (date(2023, 5, 4), True),  # three years to the day
        (date(2023, 5, 3), False),  # one day longer
    ],
)
def test_bad_faith_looks_back_three_years_and_no_day_longer(happened: date, stands: bool) -> None:
    """Art. 288(1)(b) Fw, three years since 1 July 2023."""
    answer = a_refusal("bad_faith", what_happened="Valse naam", happened_on=happened)
    expected = Substantiated(ground="bad_faith") if stands else Unsubstantiated(missing=("happened_on",))
    assert GROUNDS.judge(answer, on=ON) == expected


def test_three_years_before_a_leap_day_is_the_last_of_february() -> None:
    """2028 has a 29 February, 2025 has none."""
    leap_day = date(2028, 2, 29)
    last = a_refusal("bad_faith", what_happened="x", happened_on=date(2025, 2, 28))
    before = a_refusal("bad_faith", what_happened="x", happened_on=date(2025, 2, 27))
    assert GROUNDS.judge(last, on=leap_day) == Substantiated(ground="bad_faith")
    assert GROUNDS.judge(before, on=leap_day) == Unsubstantiated(missing=("happened_on",))


@pytest.mark.parametrize(
    "facts, missing",
    [
        ({"claimed_cents": 125_000, "proof": " \n"}, ("proof",)),
        ({"claimed_cents": -1, "proof": "factuur"}, ("claimed_cents",)),
        ({"claimed_cents": True, "proof": "factuur"}, ("claimed_cents",)),
        ({"claimed_cents": "1250", "proof": 7}, ("claimed_cents", "proof")),
        ({"claimed_cents": 0, "proof": "factuur"}, ()),
    ],
)
def test_a_fact_in_name_only_is_missing(facts: dict[str, Any], missing: tuple[str, ...]) -> None:
    """White space proves nothing, and an amount is whole cents."""
    verdict = GROUNDS.judge(a_refusal("amount_incorrect", **facts), on=ON)
    assert verdict == (Unsubstantiated(missing=missing) if missing else Substantiated(ground="amount_incorrect"))


def test_a_moment_is_not_a_day() -> None:
    """A datetime would compare in surprising ways; it is simply not the fact."""
    answer = a_refusal("recent_discharge", discharged_on=datetime(2025, 1, 1))  # noqa: DTZ001
    assert GROUNDS.judge(answer, on=ON) == Unsubstantiated(missing=("discharged_on",))


@pytest.mark.parametrize("answer", [OfferAnswer(answer=Answer.ACCEPT), a_refusal("because")])
def test_only_a_refusal_that_was_read_can_be_judged(answer: OfferAnswer) -> None:
    """An acceptance or an unknown code here is a mistake of ours, and is not passed over."""
    with pytest.raises(ValueError, match="ground"):
        GROUNDS.judge(answer, on=ON)


@pytest.mark.parametrize(
    "kind, text, value",
    [
        (FactType.CENTS, "125000", 125_000),
        (FactType.CENTS, "1.250,00", None),
        (FactType.CENTS, "007", None),
        (FactType.DATE, "2026-02-28", date(2026, 2, 28)),
        (FactType.DATE, "2026-02-30", None),
        (FactType.DATE, "28-02-2026", None),
        (FactType.TEXT, "vonnis", "vonnis"),
    ],
)
def test_a_fact_in_text_has_one_spelling(kind: FactType, text: str, value: FactValue | None) -> None:
    """XML and forms give text; nothing is guessed from it."""
    assert fact_from_text(kind, text) == value


def _without(name: str) -> Callable[[Any], None]:
    return lambda table: table["ground"][0].pop(name)


def _with(**entries: Any) -> Callable[[Any], None]:
    return lambda table: table["ground"][0].update(entries)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda table: table.pop("version"),
        lambda table: table.update(version=1),
        lambda table: table.update(effective_from="2026-01-01"),
        lambda table: table.update(extra=True),
        lambda table: table.update(ground=[], facts={}),
        lambda table: table["ground"].append(table["ground"][0]),
        lambda table: table["facts"].update(idle={"type": "text", "nl": "a", "en": "b"}),
        lambda table: table["facts"]["proof"].update(type="photo"),
        lambda table: table["facts"]["proof"].update(within_years=3),
        lambda table: table["facts"]["happened_on"].update(within_years=0),
        lambda table: table["facts"]["proof"].pop("nl"),
        _without("source"),
        _without("en"),
        _without("example"),
        _with(counts="perhaps"),
        _with(counts="weak"),
        _with(facts=[], example={}),
        _with(facts=["claimed_cents", "unheard_of"]),
        _with(code="Amount-Incorrect"),
        _with(nl=" "),
        _with(note="?"),
    ],
)
def test_the_gateway_does_not_start_on_a_doubtful_table(spoil: Callable[[Any], None]) -> None:
    """A missing source, a misspelt fact, a refusal that asks for nothing: found before anybody is judged."""
    table = copy.deepcopy(TABLE)
    spoil(table)
    with pytest.raises(ConfigurationError):
        grounds_from(table)
