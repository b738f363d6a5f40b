"""What silence means is looked up by group and day, in a file that leaves no doubt."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.domain.regimes import Regimes, regimes_from
from gateway.errors import ConfigurationError

FILE = Path(__file__).parents[2] / "config" / "regimes.toml"
SHIPPED = regimes_from(tomllib.loads(FILE.read_text(encoding="utf-8")))
TODAY = date(2026, 5, 4)


@pytest.fixture
def table() -> dict[str, Any]:
    return tomllib.loads(FILE.read_text(encoding="utf-8"))


def adopt(table: dict[str, Any], group: str, regime: str, since: date, **more: Any) -> None:
    table["adoption"].append({"group": group, "regime": regime, "since": since, "basis": "A test", **more})


def test_the_shipped_regimes_mean_what_the_design_says() -> None:
    """Law today: silence refuses. Covenant: agreed beforehand. Reversed burden: silence is presumed agreement."""
    meaning = {
        group: (
            (regime := SHIPPED.in_force(group, TODAY)).id,
            regime.statement_silence.value,
            regime.proposal_silence.value,
            regime.weak_refusal.value,
            regime.advance_agreement,
            regime.presumes,
        )
        for group in ("default", "government", "agreement")
    }
    assert meaning == {
        "default": ("law_today", "escalate", "refusal", "refusal", False, False),
        "government": ("covenant", "escalate", "nothing", "refusal", True, False),
        "agreement": ("reversed_burden", "known_amount", "presumption", "ask_once", False, True),
    }


def test_a_group_that_agreed_to_nothing_falls_under_the_law() -> None:
    """A dentist is a creditor too."""
    assert SHIPPED.in_force("dentists", TODAY).id == "law_today"


@pytest.mark.parametrize(
    "on, regime",
    [
        (date(2023, 12, 31), "law_today"),  # the covenant has not begun
        (date(2024, 1, 1), "covenant"),  # its first day counts
        (TODAY, "covenant"),
    ],
)
def test_an_adoption_starts_on_its_day(on: date, regime: str) -> None:
    """Before that day the group falls under what applies to everybody."""
    assert SHIPPED.in_force("government", on).id == regime


def test_an_adoption_ends_before_its_last_day_and_the_earlier_one_revives(table: dict[str, Any]) -> None:
    """Half-open, and the latest adoption that covers the day wins."""
    adopt(table, "government", "reversed_burden", date(2026, 3, 1), until=date(2026, 6, 1))
    regimes = regimes_from(table)
    days = [date(2026, 2, 28), date(2026, 3, 1), date(2026, 5, 31), date(2026, 6, 1)]
    found = [regimes.in_force("government", on).id for on in days]
    assert found == ["covenant", "reversed_burden", "reversed_burden", "covenant"]


def test_a_day_that_nothing_covers_is_an_error_that_says_so() -> None:
    """Doubt closes the door: no meaning of silence is ever made up."""
    with pytest.raises(ConfigurationError, match="covers group 'agreement' on 2019-12-31"):
        SHIPPED.in_force("agreement", date(2019, 12, 31))


def test_a_new_regime_with_its_own_dates_is_configuration_only(table: dict[str, Any]) -> None:
    """Tomorrow's law is an entry in a file."""
    law = table["regime"][2] | {"id": "law_2027", "version": "2027-01", "source": "A future act"}
    table["regime"].append(law)
    adopt(table, "default", "law_2027", date(2027, 7, 1))
    regimes = regimes_from(table)
    assert regimes.in_force("dentists", date(2027, 6, 30)).id == "law_today"
    assert regimes.in_force("dentists", date(2027, 7, 1)).id == "law_2027"
    assert regimes.in_force("dentists", date(2027, 7, 1)).presumes
    assert regimes.in_force("government", date(2027, 7, 1)).id == "covenant"  # its own adoption still holds


def test_a_new_version_starts_on_the_day_of_its_adoption_and_the_old_one_can_be_had(table: dict[str, Any]) -> None:
    """The version in force on the day of sending governs (ruling 9); writing one down early changes nothing."""
    table["regime"].append(table["regime"][2] | {"version": "2026-07", "weak_refusal": "refusal"})
    table["adoption"][2]["version"] = "2026-01"
    adopt(table, "agreement", "reversed_burden", date(2026, 7, 1), version="2026-07")
    regimes = regimes_from(table)
    assert regimes.in_force("agreement", date(2026, 6, 30)).version == "2026-01"
    assert regimes.in_force("agreement", date(2026, 7, 1)).version == "2026-07"
    assert regimes.get("reversed_burden", "2026-01").weak_refusal.value == "ask_once"


def test_a_version_that_open_cases_use_may_not_vanish() -> None:
    """A message is judged by the regime under which it was sent, or not at all."""
    with pytest.raises(ConfigurationError, match="no longer holds regime reversed_burden version 1999"):
        SHIPPED.get("reversed_burden", "1999")


Spoil = Callable[[dict[str, Any], dict[str, Any], dict[str, Any]], object]
WRONG: dict[str, tuple[Spoil, str]] = {
    "unknown key": (lambda t, r, a: r.update(silence="yes"), "regime 'law_today': unknown key 'silence'"),
    "key missing": (lambda t, r, a: r.pop("weak_refusal"), "regime 'law_today': 'weak_refusal' is missing"),
    "no id": (lambda t, r, a: r.pop("id"), "regime number 1: 'id' is missing"),
    "blank source": (lambda t, r, a: r.update(source=""), "'source' is blank"),
    "unknown value": (lambda t, r, a: r.update(proposal_silence="yes"), "'yes' is not a valid ProposalSilence"),
    "advance agreement as text": (
        lambda t, r, a: r.update(advance_agreement="false"),
        "'advance_agreement' must be of type bool",
    ),
    "no words": (lambda t, r, a: r.pop("words"), "'words' is missing"),
    "no Dutch words": (lambda t, r, a: r["words"].pop("nl"), "words: 'nl' is missing"),
    "blank words": (lambda t, r, a: r["words"].update(en=" "), "words: 'en' is blank"),
    "words as text": (lambda t, r, a: r.update(words="nl"), "'words' must be of type dict"),
    "version twice": (lambda t, r, a: t["regime"].append(r), "'law_today': version 2026-01 is there twice"),
    "no regime": (lambda t, r, a: t.update(regime=[]), "there is no regime 'law_today'"),
    "no adoption": (lambda t, r, a: t.update(adoption=[]), r"at least one \[\[adoption\]\]"),
    "unknown regime": (lambda t, r, a: a.update(regime="habit"), "adoption by 'default': there is no regime 'habit'"),
    "unknown version": (lambda t, r, a: a.update(version="1999"), "name the version of 'law_today': 2026-01"),
    "which version": (
        lambda t, r, a: t["regime"].append(r | {"version": "2027-01"}),
        "name the version of 'law_today': 2026-01, 2027-01",
    ),
    "unknown key of an adoption": (lambda t, r, a: a.update(form="A"), "adoption by 'default': unknown key 'form'"),
    "no basis": (lambda t, r, a: a.pop("basis"), "adoption by 'default': 'basis' is missing"),
    "day as text": (lambda t, r, a: a.update(since="2020-01-01"), "'since' must be of type date"),
    "an instant for a day": (lambda t, r, a: a.update(since=datetime(2020, 1, 1)), "'since' must be of type date"),  # noqa: DTZ001
    "ends before it starts": (lambda t, r, a: a.update(until=date(2020, 1, 1)), "until must lie after since"),
    "two at once": (lambda t, r, a: t["adoption"].append(a | {"regime": "covenant"}), "two regimes from 2020-01-01"),
    "unknown table": (lambda t, r, a: t.update(adoptions=[]), "unknown key 'adoptions'"),
    "empty file": (lambda t, r, a: t.clear(), "'regime' is missing"),
    "no table": (lambda t, r, a: t.update(adoption=["default"]), "adoption by number 1: must be a table"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_file_is_refused_with_the_entry_and_what_to_mend(table: dict[str, Any], name: str) -> None:
    """What silence means is never defaulted, ignored or guessed."""
    spoil, message = WRONG[name]
    spoil(table, table["regime"][0], table["adoption"][0])
    with pytest.raises(ConfigurationError, match=message):
        regimes_from(table)


# Any set of adoptions against a second reading: lay them over a calendar, day by day, the later start on top.

DAYS = [date(2026, 1, day) for day in range(1, 21)]
adoptions = st.lists(
    st.tuples(
        st.sampled_from(["default", "hub"]),
        st.sampled_from(["law_today", "covenant", "reversed_burden"]),
        st.sampled_from(DAYS),
        st.one_of(st.none(), st.integers(1, 10)),
    ),
    min_size=1,
    max_size=6,
    unique_by=lambda adoption: (adoption[0], adoption[2]),
)


@given(adoptions)
@settings(max_examples=300, deadline=None)
def test_two_readings_agree_on_the_regime_of_every_day(
    drawn: list[tuple[str, str, date, int | None]],
) -> None:
    """Later starts overlay earlier ones, a group's own overlays the default, and the rest is an error."""
    table: dict[str, Any] = tomllib.loads(FILE.read_text(encoding="utf-8")) | {"adoption": []}
    painted: dict[date, str] = {}
    for wanted in ("default", "hub"):
        for group, regime, since, length in sorted(drawn, key=lambda adoption: adoption[2]):
            if group == wanted:
                first = DAYS.index(since)
                painted.update(dict.fromkeys(DAYS[first : first + (length or len(DAYS))], regime))
    for group, regime, since, length in drawn:
        until = {"until": date.fromordinal(since.toordinal() + length)} if length else {}
        adopt(table, group, regime, since, **until)
    regimes = regimes_from(table)
    assert {day: _name(regimes, day) for day in DAYS} == {day: painted.get(day) for day in DAYS}


def _name(regimes: Regimes, day: date) -> str | None:
    try:
        return regimes.in_force("hub", day).id
    except ConfigurationError:
        return None
