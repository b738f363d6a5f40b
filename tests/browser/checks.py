"""What must hold for every page, each as a function that gives its faults in words; no faults is an empty list."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request

WCAG = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa")
RIGHT_TO_LEFT = frozenset({"ar"})
NARROW = {"width": 320, "height": 640}
WIDE = {"width": 1280, "height": 900}
LEAST_TARGET = 24  # CSS pixels, WCAG 2.2 success criterion 2.5.8

# What a browser also writes down when all is well: a page that is meant to come with an error status, signing out.
_JUST_TOLD = re.compile(
    r"Failed to load resource: the server responded with a status of (40\d|429|503)|Clear-Site-Data .*: Cleared data types:"
)

# What axe could not decide and a person looked at: rule -> why it is no fault.
EXPLAINED: Mapping[str, str] = {}


class Faults:
    """Faults with every place where they were seen; the same fault in many places is told once."""

    def __init__(self) -> None:
        self._found: dict[str, list[str]] = {}

    def add(self, where: str, faults: Iterable[str]) -> None:
        for fault in faults:
            self._found.setdefault(fault, []).append(where)

    def __bool__(self) -> bool:
        return bool(self._found)

    def __str__(self) -> str:
        return "\n".join(f"{fault}\n    in {'; '.join(where)}" for fault, where in self._found.items())


class Watch:
    """Keeps what a browser says while it works: messages in the console, and requests to anybody but *addresses*."""

    def __init__(self, context: BrowserContext, *addresses: str) -> None:
        self.hosts = {urlsplit(address).netloc for address in addresses}
        self._heard: list[str] = []
        context.on("console", self._message)
        context.on("request", self._request)
        context.on("weberror", lambda error: self._heard.append(f"script error: {error.error}"))

    def heard(self) -> list[str]:
        """What was said since the last time that this was asked."""
        found, self._heard = self._heard, []
        return found

    def _message(self, message: ConsoleMessage) -> None:
        if not _JUST_TOLD.match(message.text):
            self._heard.append(f"console: {message.text}")

    def _request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme != "data" and parts.netloc not in self.hosts:
            self._heard.append(f"request to another host: {request.url}")


def language_and_heading(page: Page, language: str) -> list[str]:
    """The page says which language it is in and which way that is read; one h1, and a title of its own."""
    found = page.evaluate(
        """() => ({
            lang: document.documentElement.lang,
            dir: getComputedStyle(document.documentElement).direction,
            headings: [...document.querySelectorAll('h1')].filter((one) => one.checkVisibility()).length,
            title: document.title.trim(),
            styled: [...document.styleSheets].every((sheet) => sheet.cssRules.length > 0) && document.styleSheets.length,
        })"""
    )
    wanted = "rtl" if language in RIGHT_TO_LEFT else "ltr"
    return [
        *([] if found["lang"] == language else [f"says lang={found['lang']!r} in {language}"]),
        *([] if found["dir"] == wanted else [f"is read {found['dir']} in {language}"]),
        *([] if found["headings"] == 1 else [f"has {found['headings']} visible h1"]),
        *([] if found["title"] else ["has no title"]),
        *([] if found["styled"] else ["came without its style sheet"]),
    ]


def reflow(page: Page) -> list[str]:
    """Nothing is wider than the screen (WCAG 1.4.10): no scrolling sideways, and nothing cut off at the edge."""
    width, seen = page.evaluate("() => [document.documentElement.scrollWidth, window.innerWidth]")
    if width > seen:
        return [f"is {width} px wide on a screen of {seen} px: {', '.join(_sticking_out(page))}"]
    return [f"is cut off at the edge: {one}" for one in _sticking_out(page)]


def _sticking_out(page: Page) -> list[str]:
    found: list[str] = page.evaluate(
        """() => {
            const hidden = (one) => {  // what is put away for screen readers only may be anywhere
                for (let up = one; up; up = up.parentElement) {
                    const style = getComputedStyle(up);
                    if (style.clipPath !== 'none' || (style.position === 'absolute' && up.getBoundingClientRect().width <= 1)) return true;
                    if (up.matches('.utrecht-skip-link') && up !== document.activeElement) return true;
                }
                return false;
            };
            return [...document.body.querySelectorAll('*')].filter((one) => {
                const box = one.getBoundingClientRect();
                if (!box.width || !one.checkVisibility({visibilityProperty: true}) || hidden(one)) return false;
                return box.left < -1 || box.right > window.innerWidth + 1;
            }).slice(0, 5).map((one) => `${one.tagName.toLowerCase()}.${[...one.classList].join('.')}`);
        }"""
    )
    return found


# What can be reached with Tab, in the order of the page; one stop for a group of radio buttons.
_STOPS = """
    const stops = () => {
        const groups = new Set();
        const all = 'a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex], iframe';
        return [...document.querySelectorAll(all)].filter((one) => {
            if (one.disabled || one.tabIndex < 0 || !one.checkVisibility({visibilityProperty: true})) return false;
            if (one.type !== 'radio') return true;
            const group = [...document.getElementsByName(one.name)];
            if (group.some((other) => other.checked)) return one.checked;
            if (groups.has(one.name)) return false;
            groups.add(one.name);
            return true;
        });
    };
    const named = (one) => `${one.tagName.toLowerCase()} "${(one.innerText || one.name || '').trim().slice(0, 40)}"`;
"""


def keyboard(page: Page) -> list[str]:
    """
    Tab reaches everything that can be used, in the order in which it is read; where it is, is visible and not covered.

    Needs a page that was just opened, so that Tab begins at its start (or where the page put the focus, such as on a
    list of errors), and whose scripts may run (the walk keeps its notes there).
    """
    faults: list[str] = page.evaluate(
        f"""() => {{
            {_STOPS}
            const looks = (one) => {{
                const style = getComputedStyle(one);
                return [style.outlineStyle, style.outlineWidth, style.outlineColor, style.boxShadow].join('|');
            }};
            const first = document.activeElement;
            const after = (one) => first === document.body
                || Boolean(first.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_FOLLOWING);
            window.walk = {{stops: stops().filter(after), looks, named}};
            window.walk.before = window.walk.stops.map(looks);
            return [...document.querySelectorAll('[tabindex]')].filter((one) => one.tabIndex > 0)
                .map((one) => `${{named(one)}} has a tabindex of its own`);
        }}"""
    )
    amount = page.evaluate("() => window.walk.stops.length")
    if not amount:
        return ["has nothing that Tab reaches, not even a link to the content"]
    for number in range(amount):
        page.keyboard.press("Tab")
        faults += page.evaluate(
            """(number) => {
                const {stops, before, looks, named} = window.walk;
                const here = document.activeElement;
                const at = stops.indexOf(here);
                if (at !== number) {
                    return [`Tab ${number + 1} is at ${named(here)}, not at ${named(stops[number])}`];
                }
                const found = [];
                const style = getComputedStyle(here);
                const outlined = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 1;
                const shadowed = style.boxShadow !== 'none';
                if (!(outlined || shadowed) || looks(here) === before[at]) found.push(`${named(here)} does not show its focus`);
                const box = here.getClientRects()[0];
                const inside = box && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
                const top = inside && document.elementFromPoint(
                    Math.min(Math.max(box.left + box.width / 2, 0), innerWidth - 1),
                    Math.min(Math.max(box.top + box.height / 2, 0), innerHeight - 1));
                const labels = [...(here.labels || [])];
                const itself = top && (here.contains(top) || labels.some((one) => one.contains(top)));
                if (!itself) found.push(`${named(here)} has the focus and cannot be seen`);
                return found;
            }""",
            number,
        )
    return faults


def targets(page: Page) -> list[str]:
    """Everything that can be pressed is at least 24 by 24 px, but for links in a sentence (WCAG 2.5.8)."""
    found: list[str] = page.evaluate(
        f"""(least) => {{
            {_STOPS}
            const sentence = (one) => getComputedStyle(one).display === 'inline'
                && one.parentElement.textContent.trim().length > one.textContent.trim().length + 3;
            const union = (boxes) => ({{
                width: Math.max(...boxes.map((box) => box.right)) - Math.min(...boxes.map((box) => box.left)),
                height: Math.max(...boxes.map((box) => box.bottom)) - Math.min(...boxes.map((box) => box.top)),
            }});
            return [...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary')]
                .filter((one) => one.checkVisibility({{visibilityProperty: true}}) && !sentence(one))
                .map((one) => [one, union([one, ...(one.labels || [])].map((part) => part.getBoundingClientRect()))])
                .filter(([, box]) => box.width < least || box.height < least)
                .map(([one, box]) => `${{named(one)}} is ${{Math.round(box.width)}} x ${{Math.round(box.height)}} px`);
        }}""",
        LEAST_TARGET,
    )
    return found


def axe(page: Page, *, only: str | None = None) -> list[str]:
    """
    axe-core finds nothing under WCAG 2.2 A and AA, and leaves nothing undecided that nobody has looked at.

    Args:
        only: One rule, instead of all.
    """
    wanted = {"type": "rule", "values": [only]} if only else {"type": "tag", "values": list(WCAG)}
    options = {"runOnly": wanted, "resultTypes": ["violations", "incomplete"]}
    page.evaluate(AXE_SCRIPT)
    result: Mapping[str, Any] = page.evaluate(f"() => axe.run({json.dumps(options)})")
    found = [("", one) for one in result["violations"]]
    found += [("undecided: ", one) for one in result["incomplete"] if one["id"] not in EXPLAINED]
    return [
        f"axe {undecided}{rule['id']}: {node['target'][-1]}: {' '.join(str(node.get('failureSummary', '')).split())}"
        for undecided, rule in found
        for node in rule["nodes"]
    ]


def printed(page: Page, *, most: int) -> list[str]:
    """On paper the page has at most *most* sheets of A4."""
    paper = page.pdf(format="A4")
    sheets = len(re.findall(rb"/Type\s*/Page\b", paper))
    if not sheets:
        return ["comes out of the printer as nothing"]
    return [] if sheets <= most else [f"takes {sheets} sheets of paper, more than {most}"]


def dead_links(page: Page, site: str, tried: dict[str, int], *, within: str = "body", but: str = "") -> list[str]:
    """
    Every link to *site* leads to something for whoever reads this page.

    Args:
        tried: What earlier links led to; added to, so that each is tried once.
        within: Which part of the page, as a CSS selector.
        but: A path that is left out: a page that is not there offers itself in other languages.
    """
    links: list[str] = page.evaluate(
        "(within) => [...document.querySelectorAll(`${within} a[href]`)].map((one) => one.href.split('#')[0])", within
    )
    own = [link for link in dict.fromkeys(links) if link.startswith(site) and urlsplit(link).path != but]
    for link in own:
        if link not in tried:
            tried[link] = page.request.get(link).status
    return [f"its link to {link.removeprefix(site)} is {tried[link]}" for link in own if tried[link] >= 400]


def dark_is_offered(page: Page) -> bool:
    """Whether the page looks different for who prefers a dark screen."""
    shown = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        shown.append(page.evaluate("() => getComputedStyle(document.body).backgroundColor"))
    page.emulate_media(color_scheme="light")
    return shown[0] != shown[1]
