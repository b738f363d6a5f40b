"""A resident walks through the own pages: says yes, says no, wants help first, stops, checks the proof."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import BrowserContext

from tests.browser.checks import NARROW
from tests.browser.live import Live, Resident
from tests.browser.walker import Walker
from tests.integration.support import RESIDENT

BUTTONS = (("question_yes", "given"), ("question_no", "refused"), ("question_help", "deferred"))


def test_three_questions_three_answers(walker: Walker, live: Live, resident: Resident):
    """Yes, no and "help me first", each on its own page, each on record as what was pressed."""
    walker.comes_in(resident)
    walker.presses_link("home_begin")
    asked, creditors = [], {"energy", "bank", "shop"}
    for left, (button, act) in zip((3, 2, 1), BUTTONS, strict=True):
        assert walker.says("question_number", number=1, of=left) in walker.reads()
        [creditor] = [name for name in creditors if f"Schuldeiser {name}" in walker.reads()]
        asked.append(creditor)
        walker.presses_button(button)
        assert walker.heading() == walker.says(f"answered_{act}_title")
        if left > 1:
            walker.presses_link("answered_next")
    assert walker.says("answered_none_left") in walker.reads()
    walker.presses_link("question_back")
    assert walker.is_at("/mijn")
    assert set(asked) == creditors
    assert [live.status(resident, name, "stabilisation") for name in asked] == ["active", "refused", "deferred"]


def test_stopping_one_creditor_takes_at_most_four_presses(walker: Walker, live: Live, resident: Resident):
    """From the first page after signing in: what will happen is told before, what happened after."""
    walker.comes_in(resident)
    walker.presses_link("home_look", about="Schuldeiser energy")
    walker.presses_link("choice_stop_creditor", creditor="Schuldeiser energy")
    assert "Schuldeiser energy" in walker.heading()
    assert live.status(resident, "energy", "inventory") == "active", "nothing happens before it is confirmed"
    walker.presses_button("stopping_yes")
    assert walker.presses <= 4
    assert live.status(resident, "energy", "inventory") == "withdrawn"
    assert live.status(resident, "energy", "proposal") == "withdrawn"
    assert live.status(resident, "bank", "inventory") == "active", "the others go on"


def test_a_yes_is_paused_and_goes_on(walker: Walker, live: Live, resident: Resident):
    walker.comes_in(resident)
    walker.presses_link("home_look", about="Schuldeiser bank")
    walker.presses_button("choice_pause")
    assert live.status(resident, "bank", "inventory") == "paused"
    assert walker.says("worth_paused") in walker.reads()
    walker.presses_button("choice_resume")
    assert live.status(resident, "bank", "inventory") == "active"


def test_who_said_no_may_come_back_to_it(walker: Walker, live: Live, resident: Resident):
    """The question is put once more, of the resident's own accord."""
    walker.comes_in(resident)
    walker.opens(f"/mijn/vragen/{resident.questions[0]}")
    walker.presses_button("question_no")
    walker.presses_link("question_back")
    walker.presses_link("home_look", about=walker.about("stabilisation", "Schuldeiser energy"))
    assert walker.says("worth_refused") in walker.reads()
    walker.presses_button("choice_again")
    walker.presses_button("question_yes")
    assert live.status(resident, "energy", "stabilisation") == "active"


def test_a_receipt_is_kept_and_held_to_the_log(walker: Walker, live: Live, resident: Resident):
    """Anybody can check the file, also who is not signed in; one changed letter and it is not right any more."""
    walker.comes_in(resident)
    walker.presses_link("home_begin")
    walker.presses_button("question_yes")
    walker.presses_link("answered_receipt")
    signed = walker.keeps_file("proofs_file").read_text("ascii")
    walker.context.clear_cookies()
    walker.opens("/bewijs")
    walker.types("check_paste", signed)
    walker.presses_button("check_button")
    assert walker.heading() == walker.says("check_ok_title")
    walker.opens("/bewijs")
    walker.types("check_paste", signed[:-9] + ("A" if signed[-9] != "A" else "B") + signed[-8:])
    walker.presses_button("check_button")
    assert walker.heading() == walker.says("check_bad_title")


def test_a_receipt_is_checked_as_a_file_too(live: Live, resident: Resident, person: Callable[..., BrowserContext]):
    walker = Walker(live, person(java_script_enabled=False), "ar")
    walker.comes_in(resident)
    walker.opens(f"/mijn/bewijzen/{resident.grants['bank', 'inventory']}")
    kept = walker.keeps_file("proofs_file")
    walker.opens("/bewijs")
    walker.page.locator("input[type=file]").set_input_files(kept)
    walker.presses_button("check_button")
    assert walker.heading() == walker.says("check_ok_title")


def test_everything_can_be_stopped_at_once(walker: Walker, live: Live, resident: Resident):
    walker.comes_in(resident)
    walker.presses_link("home_stop_all_link")
    walker.presses_button("stopping_yes")
    assert walker.heading() == walker.says("stopping_done_all")
    worth = {live.status(resident, name, purpose) for name, purpose in resident.grants}
    assert worth == {"withdrawn"}


def test_the_resident_sees_who_looked_and_asks_for_a_call(walker: Walker, live: Live, resident: Resident):
    live.told.w.ok("counsellor", "GET", f"/v1/cases/{resident.case}")
    walker.comes_in(resident)
    walker.presses_link("home_seen")
    walker.presses_link("seen_filter_looks")
    looked = {"nl": "keek in uw zaak", "ar": "على ملفك"}
    assert looked[walker.language] in walker.reads()
    walker.presses_link("layout_call_back")
    walker.presses_button("call_button")
    assert walker.heading() == walker.says("call_asked_title")
    asked = [one for one in live.told.w.events() if one["type"] == "resident.asks_call"]
    assert asked[-1]["case_id"] == resident.case


def test_who_came_by_a_link_shows_who_it_is_before_a_yes(live: Live, person: Callable[..., BrowserContext]):
    """A link is enough to read and to say no; for a yes the resident first signs in, and comes back to the question."""
    resident = live.newcomer("energy")
    walker = Walker(live, person(viewport=NARROW, java_script_enabled=False), "nl")
    walker.page.goto(live.address(live.told.link("resident", resident.case)))
    walker.opens(f"/mijn/vragen/{resident.questions[0]}")
    walker.presses_button("question_yes")
    assert walker.is_at("/mijn/inloggen")
    walker.presses_link("entering_use_code")
    walker.types("entering_code_label", live.letter_code(resident))
    for part, what in zip(("year", "month", "day"), RESIDENT["birth_date"].split("-"), strict=True):
        walker.types(f"layout_{part}", what)
    walker.presses_button("entering_go")
    assert walker.is_at(f"/mijn/vragen/{resident.questions[0]}")
    walker.presses_button("question_yes")
    assert walker.heading() == walker.says("answered_given_title")
