"""A check that never fails proves nothing: each is shown a page with its fault, and a page without."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.browser import checks
from tests.browser.checks import NARROW, Watch

SITE = "http://gateway.test"
SOUND = """<!DOCTYPE html><html lang="nl" dir="ltr"><head><meta charset="utf-8"><title>Een pagina</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,">
<link rel="stylesheet" href="/page.css"></head>
<body><main><h1>Kop</h1><p>Een zin met <a href="/verder">een koppeling</a> erin.</p>
<p><a class="alone" href="/alleen">Alleen</a></p>
<form><label for="naam">Naam</label> <input id="naam" name="naam">
<fieldset><legend>Mag dat?</legend><label><input type="radio" name="mag" value="ja"> Ja</label>
<label><input type="radio" name="mag" value="nee"> Nee</label></fieldset>
<button>Verder</button></form></main></body></html>"""
STYLE = """body { font: 16px/1.5 sans-serif } .alone { display: inline-block; padding: 8px }
button, input { min-height: 30px; min-width: 30px } :focus-visible { outline: 3px solid black }"""
CSP = "default-src 'none'; style-src 'self'; img-src 'self' data:"

Check = Callable[[Page], list[str]]


def shown(context: BrowserContext, html: str, style: str = STYLE) -> Page:
    """A page as a server with a strict policy would give it."""
    context.route(
        "**/*",
        lambda route: route.fulfill(
            body=style if route.request.url.endswith(".css") else html,
            content_type="text/css" if route.request.url.endswith(".css") else "text/html",
            headers={"Content-Security-Policy": CSP},
        ),
    )
    page = context.new_page()
    page.set_viewport_size(NARROW)
    page.goto(f"{SITE}/")
    return page


CHECKS: dict[str, Check] = {
    "language": partial(checks.language_and_heading, language="nl"),
    "reflow": checks.reflow,
    "keyboard": checks.keyboard,
    "targets": checks.targets,
    "axe": checks.axe,
    "printed": partial(checks.printed, most=1),
}


@pytest.mark.parametrize("name", CHECKS)
def test_a_sound_page_has_no_faults(name: str, person: Callable[..., BrowserContext]):
    context = person()
    watch = Watch(context, SITE)
    assert CHECKS[name](shown(context, SOUND)) == []
    assert watch.heard() == []


@pytest.mark.parametrize(
    "name, was, becomes, told",
    [
        ("language", 'lang="nl"', 'lang="en"', "says lang='en'"),
        ("language", 'dir="ltr"', 'dir="rtl"', "is read rtl"),
        ("language", "<h1>Kop</h1>", "<h1>Kop</h1><h1>Nog een</h1>", "2 visible h1"),
        ("language", "<title>Een pagina</title>", "<title> </title>", "no title"),
        ("language", '<link rel="stylesheet" href="/page.css">', "", "without its style sheet"),
        (
            "reflow",
            "Een zin",
            '<img width="400" height="9" alt="" src="data:,">Een zin',
            "wide on a screen of 320 px: img",
        ),
        ("targets", 'class="alone"', "", '"Alleen" is'),
        ("keyboard", '<a class="alone"', '<a class="alone" tabindex="3"', "a tabindex of its own"),
        ("keyboard", '<a class="alone"', '<a class="alone" tabindex="3"', "Tab 1 is at"),
        ("axe", '<label for="naam">Naam</label>', "", "axe label"),
        ("axe", "<title>Een pagina</title>", "", "axe document-title"),
        ("printed", "Een zin", "Een zin" + "<p>regel</p>" * 100, "sheets of paper"),
    ],
)
def test_a_fault_in_the_page_is_told(
    name: str, was: str, becomes: str, told: str, person: Callable[..., BrowserContext]
):
    assert was in SOUND
    faults = CHECKS[name](shown(person(), SOUND.replace(was, becomes)))
    assert any(told in fault for fault in faults), faults


@pytest.mark.parametrize(
    "name, more, told",
    [
        ("reflow", "main { overflow-x: clip } h1 { width: 500px }", "cut off at the edge: h1"),
        ("keyboard", "a:focus-visible { outline: none }", 'a "een koppeling" does not show its focus'),
        ("keyboard", "main::before { content: ''; position: fixed; inset: 0; background: white }", "cannot be seen"),
        ("axe", "p { color: #bbb }", "axe color-contrast"),
        ("axe", "p { background: linear-gradient(white, black) }", "axe undecided: color-contrast"),
        ("targets", "button { min-height: 10px; font-size: 8px; line-height: 8px; padding: 0 }", "Verder"),
    ],
)
def test_a_fault_in_the_style_is_told(name: str, more: str, told: str, person: Callable[..., BrowserContext]):
    faults = CHECKS[name](shown(person(), SOUND, STYLE + more))
    assert any(told in fault for fault in faults), faults


@pytest.mark.parametrize(
    "added, told",
    [
        ("<p style='color: red'>x</p>", "console:"),
        ("<script>alert(1)</script>", "console:"),
        ('<img alt="" src="http://elsewhere.test/x.png">', "another host: http://elsewhere.test/x.png"),
    ],
)
@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_a_browser_that_speaks_is_heard(added: str, told: str, scripts: bool, person: Callable[..., BrowserContext]):
    """Also what the policy stopped: the page should not have tried."""
    if not scripts and "<script" in added:
        pytest.skip("nothing to stop: this browser runs no scripts")
    context = person(java_script_enabled=scripts)
    watch = Watch(context, SITE)
    shown(context, SOUND.replace("</main>", f"{added}</main>")).wait_for_load_state("networkidle")
    assert any(told in one for one in watch.heard())


def test_a_dark_screen_is_noticed(person: Callable[..., BrowserContext]):
    dark = "@media (prefers-color-scheme: dark) { body { background: #222; color: #eee } }"
    assert checks.dark_is_offered(shown(person(), SOUND, STYLE + dark))
    assert not checks.dark_is_offered(shown(person(), SOUND))
