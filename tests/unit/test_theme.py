"""The look: what is of others is unchanged and free, what is sent is small, and a theme brings nothing from elsewhere."""

from __future__ import annotations

import gzip
import re
import shutil
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace

import pytest
from flask import Flask, g, render_template_string
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.theme import MOST_BYTES, faults
from gateway.errors import ConfigurationError, NotFound
from gateway.settings import load_settings
from gateway.web import look
from gateway.web.mijn.words import layout

CHECKOUT = Path(__file__).parents[2]
CONFIG = CHECKOUT / "config"
VENDOR = look.STATIC / "vendor"
TEMPLATES = look.STATIC.parent / "templates"
EXAMPLE = CONFIG / "themes" / "heuvelrand.css"
OURS = (look.STATIC / "pages.css", EXAMPLE)
ROW = re.compile(r"^\| (\S+) \| (@\S+) \| (\d+\.\d+\.\d+) \| (\S+) \| ([0-9a-f]{64}) \|$", re.MULTILINE)
FREE = re.compile(
    r"@utrecht/[a-z0-9-]+-css|@nl-design-system-unstable/voorbeeld-design-tokens"
    r"|@nl-design-system-community/ma-design-tokens"
)
PHYSICAL = re.compile(
    r"(?<![\w-])(?:(?:margin|padding|border|scroll-margin|scroll-padding)-(?:left|right|top|bottom)[\w-]*"
    r"|(?:min-|max-)?(?:width|height)|left|right|top|bottom|border-(?:top|bottom)-(?:left|right)-radius)\s*:"
    r"|(?:text-align|float|clear)\s*:\s*(?:left|right)\b"
)


def plain(css: str) -> str:
    """Without comments and without the conditions of media queries, which are about the screen and not the text."""
    return re.sub(r"@media[^{]*", "", re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL))


# --- of others


def test_the_files_of_others_are_those_that_were_published() -> None:
    """Every file is in the table of the README with the digest that it has, and no file is there besides."""
    listed = {row[0]: row[4] for row in ROW.findall((VENDOR / "README.md").read_text("utf-8"))}
    there = {str(path.relative_to(VENDOR)): path for path in VENDOR.rglob("*") if path.is_file()}
    assert listed.keys() == there.keys() - {"README.md"}
    assert {name: sha256(there[name].read_bytes()).hexdigest() for name in listed} == listed


def test_nothing_of_a_brand_that_is_not_free_is_here() -> None:
    """Only packages under the EUPL; `@utrecht/design-tokens` and the like are somebody's house style."""
    packages = {row[1] for row in ROW.findall((VENDOR / "README.md").read_text("utf-8"))}
    assert [name for name in packages if FREE.fullmatch(name) is None] == []
    assert "EUROPEAN UNION PUBLIC LICENCE v. 1.2" in (VENDOR / "LICENSE.md").read_text("utf-8")
    for path in VENDOR.rglob("*.css"):
        css = path.read_text("utf-8")
        brands = re.findall(r"--(?:rijkshuisstijl|amsterdam|utrecht-color|gemeente)[\w-]*\s*:\s*#", css)
        assert not brands, f"{path.name} sets a colour of a brand"
        if path.parent.name == "utrecht":
            assert "@license EUPL-1.2" in css, path.name
            assert re.search(r"#[0-9a-f]{6}\b", css) is None, f"{path.name}: a part has no colours of its own"


def test_every_part_that_is_here_is_sent_and_no_other() -> None:
    """What nobody loads is only a licence to keep."""
    assert sorted(look.PARTS) == sorted(path.stem for path in (VENDOR / "utrecht").glob("*.css"))


# --- what is sent


def test_the_stylesheet_is_small() -> None:
    """A resident's telephone may be old and its bundle small: 40 kB packed is the bar, theme included."""
    theme = EXAMPLE.read_text("utf-8")
    for sheets in ((look.put_together(None),), (look.put_together(theme), theme)):
        assert sum(len(gzip.compress(sheet.encode(), mtime=0)) for sheet in sheets) < 25_000


def test_every_value_that_our_own_sheet_uses_exists() -> None:
    """A misspelt name is no error to a browser: it silently draws something else."""
    sheet = look.put_together(None)
    used = set(re.findall(r"var\(\s*(--[\w-]+)\s*\)", plain((look.STATIC / "pages.css").read_text("utf-8"))))
    assert used - set(re.findall(r"(--[\w-]+)\s*:", sheet)) == set()


def test_only_values_that_are_used_are_sent() -> None:
    """Of almost 2,800 values a fifth is; a value that another one needs is kept with it."""
    all_of_them = look.values((VENDOR / "voorbeeld" / "variables.css").read_text("utf-8"))
    sent = look.values(look.put_together(None).partition("}")[0].replace("{", "{\n").replace(";", ";\n"))
    assert len(sent) < len(all_of_them) / 3
    assert set(look.reached(" ".join(sent.values()))) <= sent.keys(), "a value of a value is missing"
    assert {name: all_of_them[name] for name in sent} == dict(sent)


def test_reached_follows_a_value_to_its_end() -> None:
    """Through every source, and round a circle without hanging."""
    light = {"--a": "var(--b)", "--b": "calc(var( --c) * 2)", "--c": "1px", "--x": "2px"}
    dark = {"--c": "var(--d, 3px)", "--d": "var(--a)"}
    assert look.reached("p{margin:var(--a)}", light, dark) == {"--a", "--b", "--c", "--d"}


def test_a_theme_of_ones_own_brings_its_own_ground() -> None:
    """Without a theme a dark screen is honoured; with one its colours would stand on a ground they were not chosen for."""
    assert "prefers-color-scheme: dark" in look.put_together(None)
    assert "prefers-color-scheme" not in look.put_together(EXAMPLE.read_text("utf-8"))


def test_nothing_is_fetched_from_anywhere() -> None:
    """No address in what we send; the policy of the page would refuse it too."""
    for sheet in (look.put_together(None), EXAMPLE.read_text("utf-8")):
        assert re.findall(r"@import|@font-face|url\((?!\s*[\"']?data:)", plain(sheet)) == []


def browser(theme: str | None) -> FlaskClient:
    """A visitor of a gateway with this theme."""
    app = Flask("look", static_folder=None)
    app.register_blueprint(look.blueprint)
    app.register_error_handler(NotFound, lambda _: ("", 404))

    @app.before_request
    def prepare() -> None:
        g.runtime = SimpleNamespace(settings=SimpleNamespace(theme=theme))

    @app.get("/page")
    def page() -> str:
        return render_template_string("{{ stylesheets | join(' ') }}")

    return app.test_client()


def test_a_stylesheet_is_sent_packed_and_kept() -> None:
    """Once: its address changes when it does. Whoever asks without the digest is told to ask again."""
    visitor = browser(None)
    address = visitor.get("/page").text
    packed = visitor.get(address, headers={"Accept-Encoding": "gzip"})
    assert (packed.mimetype, packed.headers["Content-Encoding"]) == ("text/css", "gzip")
    assert gzip.decompress(packed.data) == visitor.get(address).data == look.put_together(None).encode()
    assert packed.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert packed.headers["Vary"] == "Accept-Encoding"
    assert visitor.get("/static/look.css?v=old").headers["Cache-Control"] == "no-cache"
    known = {"Accept-Encoding": "gzip", "If-None-Match": packed.headers["ETag"]}
    assert visitor.get(address, headers=known).status_code == 304


def test_a_theme_comes_after_ours() -> None:
    """The later one wins; without a theme there is nothing at its address."""
    first, second = browser("a{color:blue}").get("/page").text.split()
    assert first.startswith("/static/look.css?v=")
    assert second.startswith("/static/theme.css?v=")
    assert browser("a{color:blue}").get(second).text == "a{color:blue}"
    assert browser(None).get("/static/theme.css").status_code == 404


# --- ours


@pytest.mark.parametrize("path", OURS, ids=lambda path: path.name)
def test_our_own_rules_follow_the_way_of_reading(path: Path) -> None:
    """From right to left everything turns: start and end, never left and right."""
    assert PHYSICAL.findall(plain(path.read_text("utf-8"))) == []


@pytest.mark.parametrize(
    "rule",
    [
        "margin-left: 1px",
        "padding-right:0",
        "text-align: right",
        "left: 0",
        "width: 3px",
        "max-width:1px",
        "float:left",
    ],
)
def test_a_rule_that_does_not_turn_is_found(rule: str) -> None:
    """The check itself: it would see one."""
    assert PHYSICAL.search(f"a {{ {rule} }}")


@pytest.mark.parametrize("rule", ["margin-inline-start: 1px", "max-inline-size: 3px", "text-align: start"])
def test_a_rule_that_turns_is_left_alone(rule: str) -> None:
    """And it sees nothing else."""
    assert PHYSICAL.search(f"a {{ {rule} }}") is None


def test_nobody_is_frightened_or_shouted_at() -> None:
    """No capitals, no movement, no red: whatever the default theme calls negative is brown with us."""
    css = plain((look.STATIC / "pages.css").read_text("utf-8"))
    assert "uppercase" not in css
    assert "animation: none" in css
    assert "@keyframes" not in css
    assert re.findall(r"#[0-9a-f]{3,8}\b|\bred\b|rgb\(", css) == [], "a colour is a value of the theme"
    negative = set(re.findall(r"--basis-color-negative-(?!inverse)[\w-]+", css))
    sent = set(re.findall(r"(--basis-color-negative-[\w-]+)\s*:", look.put_together(None)))
    for name in ("color-default", "border-default", "bg-default"):
        assert f"--basis-color-negative-{name}" in negative & sent


@pytest.mark.parametrize("path", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: path.name)
def test_no_page_has_styles_or_scripts_inside(path: Path) -> None:
    """The policy of the pages would refuse them, silently."""
    assert re.findall(r"<style|<script|\sstyle=|\son[a-z]+=|javascript:", path.read_text("utf-8")) == []


def test_the_words_around_a_page_are_there_in_every_language() -> None:
    """And every text that the layout and its parts ask for exists."""
    asked = {
        name
        for path in ("base.html", "_parts.html")
        for name in re.findall(r"t\('(layout_\w+)'\)", (TEMPLATES / "mijn" / path).read_text("utf-8"))
    }
    assert asked <= layout.TEXTS.keys()
    assert all(len(texts) == 3 and all(texts) for texts in layout.TEXTS.values())


# --- a municipality's own


def test_the_example_theme_is_sound() -> None:
    """It is what a municipality begins with."""
    assert faults(EXAMPLE.read_bytes()) == ()


@pytest.mark.parametrize(
    "css",
    [
        '@import "https://elsewhere.example/a.css"; a{}',
        "@IMPORT url(b.css); a{}",
        r"@im\70ort 'b.css'; a{}",
        "a{background:url(https://elsewhere.example/p.png)}",
        "a{background:URL( '//elsewhere.example/p.png' )}",
        r"a{background:u\72l(p.png)}",
        r"a{background:\000075rl(p.png)}",
        "a{background:url(p.png)}",
        "a{background:image-set('https://elsewhere.example/p.png' 1x)}",
        "a{background:url(data:text/html,x)}",
        "@font-face{font-family:x;src:local('x')}",
        'a{content:"/*"}b{background:url(p.png)}c{content:"*/"}',
        'a{content:"x\n/*"}b{background:url(p.png)}/* */',
        "a{color:blue}/* it goes on",
        "a{color:blue",
        "colour: blue",
        "",
        "<!DOCTYPE html><html>{}</html>",
        "a{}<script>alert(1)</script>",
        "a{}\0",
    ],
)
def test_a_theme_brings_nothing_from_elsewhere(css: str) -> None:
    """Written out, with escapes, between comments that are none: it is found before anybody opens a page."""
    assert faults(css.encode()) != ()


@pytest.mark.parametrize(
    "css",
    [
        ":root{--basis-color-accent-1-bg-default:#eef}",
        "/* see https://elsewhere.example */ a{color:blue}",
        "a{background:url(data:image/png;base64,AAAA)}",
        "a{background:url(\"data:image/svg+xml;utf8,<svg xmlns='http://www.w3.org/2000/svg'/>\")}",
        r'a::before{content:"\2713"}',
        "a::before{content:'it\\'s'}",
        "@media print{a{color:black}}",
    ],
)
def test_a_theme_may_hold_what_a_stylesheet_holds(css: str) -> None:
    """Colours, pictures inside it, conditions."""
    assert faults(css.encode()) == ()


def test_the_default_theme_itself_would_be_accepted() -> None:
    """Municipalities have a file of this shape and size; they can use it as it is."""
    assert faults((VENDOR / "voorbeeld" / "variables.css").read_bytes()) == ()


def test_a_theme_is_text_of_a_bearable_size() -> None:
    """It is sent to everybody's telephone."""
    rule = b"a{color:blue}\n"
    assert faults(rule * (MOST_BYTES // len(rule))) == ()
    assert faults(rule * (MOST_BYTES // len(rule) + 1)) != ()
    assert faults(b"a{color:blue}\xff") == ("it is not UTF-8 text",)


@given(st.text(alphabet="@import url()/*\\72\"'{}:;a\n ", max_size=60))
def test_an_address_is_found_whatever_stands_before_it(before: str) -> None:
    """Nothing that can be written in front of an address hides it."""
    assert faults(f"{before}\na{{b:url(p.png)}}".encode()) != ()


@pytest.mark.parametrize("name", ["../outside.css", "themes/none.css", "themes", "gateway.toml", "/etc/hostname"])
def test_a_theme_is_a_stylesheet_in_the_config_folder(tmp_path: Path, name: str) -> None:
    """Nothing else can be named, also not by a link out of it; the gateway then does not start, and says why."""
    config = spoilt(tmp_path, name)
    (tmp_path / "outside.css").write_text("a{color:blue}")
    with pytest.raises(ConfigurationError, match=re.escape("theme must name a .css file in this folder")):
        load_settings(config=config, data=tmp_path, environment={})


def test_a_link_out_of_the_folder_is_no_theme(tmp_path: Path) -> None:
    """It would let a file be read that is not the municipality's to show."""
    config = spoilt(tmp_path, "link.css")
    (tmp_path / "outside.css").write_text("a{color:blue}")
    (config / "link.css").symlink_to(tmp_path / "outside.css")
    with pytest.raises(ConfigurationError, match="theme must name"):
        load_settings(config=config, data=tmp_path, environment={})


def test_an_unsound_theme_stops_the_start(tmp_path: Path) -> None:
    """The message names the file and what is wrong."""
    config = spoilt(tmp_path, "themes/own.css")
    (config / "themes" / "own.css").write_text("@import 'x.css'; a{}")
    with pytest.raises(ConfigurationError, match=r"own\.css: it holds @import"):
        load_settings(config=config, data=tmp_path, environment={})


def test_a_theme_is_read_when_the_gateway_starts(tmp_path: Path) -> None:
    """Without the setting there is none."""
    assert load_settings(config=CONFIG, data=tmp_path, environment={}).theme is None
    found = load_settings(config=spoilt(tmp_path, "themes/heuvelrand.css"), data=tmp_path, environment={})
    assert found.theme == EXAMPLE.read_text("utf-8")


def spoilt(where: Path, theme: str) -> Path:
    """A copy of the shipped folder with this theme."""
    config = shutil.copytree(CONFIG, where / "config")
    toml = config / "gateway.toml"
    text, times = re.subn(r"^theme +=.*$", f'theme = "{theme}"', toml.read_text("utf-8"), flags=re.MULTILINE)
    assert times == 1
    toml.write_text(text, "utf-8")
    return config
