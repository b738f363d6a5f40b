"""The documentation says what is there: commands, options, files, links, routes, roles and fields."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import click
import pytest
from marshmallow import Schema

from gateway import cli
from gateway.api import access
from gateway.app import create_app
from gateway.messages import bodies
from gateway.web.mijn import guard

CHECKOUT = Path(__file__).resolve().parents[2]
PAGES = [
    *(CHECKOUT / name for name in ("README.md", "LEESMIJ.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md")),
    *sorted((CHECKOUT / "docs").rglob("*.md")),
]
PLACES = ("gateway", "config", "schemas", "tests", "docs", ".ci")

PAGE = re.compile(r"^\| ((?:GET|POST)(?:, POST)?) \| `(/\S+)` \| (\w+) \|", re.MULTILINE)
ROUTE = re.compile(r"^### (GET|POST|PUT|PATCH|DELETE) (/\S+)\n(.*?)(?=^##|\Z)", re.MULTILINE | re.DOTALL)


def code_in(text: str) -> Iterator[str]:
    """Everything that a page sets as code: spans and blocks."""
    for block in re.findall(r"^```\w*\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL):
        yield from block.splitlines()
    yield from re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL))


def commands_in(text: str) -> set[str]:
    """The gateway commands that a page names in code."""
    found = set()
    for code in code_in(text):
        for part in re.split(r"&&|\||\$\(|\)", code):
            words = re.fullmatch(r"\s*(?:\w+=)?(?:\.venv/bin/)?gateway ([a-z][^`]*)", part)
            if words is not None:
                found.add(words[1].strip())
    return found


def understood(command: str) -> str | None:
    """Why *command* is not one of ours; None when it is. Words in capitals stand for something of the reader's."""
    group: click.Command = cli.gateway
    context = click.Context(group, info_name="gateway")
    for word in command.split():
        if word.startswith("--"):
            known = {option for parameter in group.params for option in parameter.opts} | {"--help"}
            if word.partition("=")[0] not in known:
                return f"no option {word}"
        elif isinstance(group, click.Group):
            found = group.get_command(context, word)
            if found is None:
                return f"no command {word}"
            group = found
    return "a word is missing" if isinstance(group, click.Group) and group is not cli.gateway else None


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(CHECKOUT)))
def test_every_command_that_is_named_exists(page: Path) -> None:
    """Whoever copies a command from a page gets what the page says, options included."""
    wrong = {command: why for command in commands_in(page.read_text("utf-8")) if (why := understood(command))}
    assert wrong == {}


def test_the_readme_names_every_command() -> None:
    """Nothing the command line can do is left for the reader to find. (`gateway web` is started by `serve`.)"""
    context = click.Context(cli.gateway)
    named = {command.split()[0] for command in commands_in((CHECKOUT / "README.md").read_text("utf-8"))}
    assert named == set(cli.gateway.list_commands(context)) - {"web"}


@pytest.mark.parametrize(
    ("command", "is_ours"),
    [
        ("serve", True),
        ("clock advance 15d", True),
        ("keys issue --role administrator", True),
        ("consent verify FILE", True),
        ("consent renew FILE", False),
        ("clock rewind 15d", False),
        ("check --fix", False),
        ("keys", False),
    ],
)
def test_the_search_for_commands_knows_wrong_ones(command: str, is_ours: bool) -> None:
    """The checks above would notice a command or an option that is not there."""
    assert (understood(command) is None) is is_ours


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(CHECKOUT)))
def test_every_target_of_make_that_is_named_exists(page: Path) -> None:
    """`make demo` and its like are in the Makefile."""
    targets = set(re.findall(r"^([a-z]+):", (CHECKOUT / "Makefile").read_text("utf-8"), flags=re.MULTILINE))
    named = {match[1] for code in code_in(page.read_text("utf-8")) if (match := re.match(r"\s*make ([a-z]+)\b", code))}
    assert named <= targets


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(CHECKOUT)))
def test_every_file_that_is_named_exists(page: Path) -> None:
    """A path into the checkout leads somewhere, and so does every link between pages. (`mine` is the reader's own.)"""
    text = page.read_text("utf-8")
    words = {word.rstrip(".,:;") for code in code_in(text) for word in code.split()}
    paths = {word for word in words if word.startswith(tuple(f"{place}/" for place in PLACES))}
    ours = {path for path in paths if "<" not in path and not re.search(r"\bmine\b", path)}
    assert {path for path in ours if not list(CHECKOUT.glob(path.rstrip("/")))} == set()
    links = {link for link in re.findall(r"\]\(([^)#\s]+)[^)]*\)", text) if "://" not in link}
    assert {link for link in links if not (page.parent / link).exists()} == set()


def routes() -> dict[tuple[str, str], str]:
    """Method and path of every route, with its endpoint."""
    stub: Any = SimpleNamespace(settings=SimpleNamespace(body_bytes=1))  # what making the routes asks for
    app = create_app(stub)
    found = {}
    for rule in app.url_map.iter_rules():
        path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            if rule.endpoint != "pages.static":  # style sheets and pictures
                found[method, path] = rule.endpoint
    return found


def documented() -> dict[tuple[str, str], str]:
    """What docs/api.md says about each route."""
    text = (CHECKOUT / "docs" / "api.md").read_text("utf-8")
    return {(match[1], match[2]): match[3] for match in ROUTE.finditer(text)}


def documented_pages() -> dict[tuple[str, str], str]:
    """Who may open each page, as docs/pages.md says."""
    text = (CHECKOUT / "docs" / "pages.md").read_text("utf-8")
    return {(method, row[2]): row[3] for row in PAGE.finditer(text) for method in row[1].split(", ")}


def access_routes(said: dict[tuple[str, str], str]) -> list[tuple[str, str]]:
    """Those of the interface for systems; the pages are for whoever holds a page link."""
    return [route for route in said if route[1].startswith("/v1/")]


def test_every_route_is_documented_and_every_documented_route_exists() -> None:
    """docs/api.md, docs/pages.md and the application list the same routes."""
    assert {*documented(), *documented_pages()} == set(routes())


def test_the_pages_are_open_to_whom_the_documentation_says() -> None:
    """Who may open a resident's page, or send its form, is what the guard holds to."""
    known, said = routes(), documented_pages()
    guarded = {route: guard.ACCESS[known[route]] for route in said if known[route] in guard.ACCESS}
    assert {route: said[route] for route in guarded} == guarded
    assert {known[route] for route in guarded} == set(guard.ACCESS), "every guarded page is on it"


def test_the_documented_roles_are_those_that_are_let_in() -> None:
    """The page says for each route whose token it wants, as the access rules do."""
    known, said = routes(), documented()
    for route in access_routes(said):
        text = said[route]
        roles = re.search(r"^Roles: ([a-z, ]+)\.", text)
        assert roles is not None, route
        assert set(roles[1].split(", ")) == set(access.POLICIES[known[route]]), route


def test_every_field_of_a_body_is_documented() -> None:
    """Each body is on the page with all its fields, those of its parts included."""
    named = set()
    for route, text in documented().items():
        body = re.search(r"Body: `(\w+)`", text)
        assert (body is not None) is (
            route[0] == "POST" and route[1].split("/")[-1] not in ("reply", "answer", "soap")
        ), route
        if body is not None:
            named.add(body[1])
            missing = {name for name in fields_of(bodies._BODIES[body[1]]) if f"`{name}`" not in text}
            assert missing == set(), route
    assert named == set(bodies._BODIES), "every body has a route on the page"


def fields_of(schema: Schema) -> Iterator[str]:
    """The names of the fields of *schema* and of the schemas inside it."""
    for name, field in schema.fields.items():
        yield name
        inner = getattr(field, "inner", field)
        if (part := getattr(inner, "schema", None)) is not None:
            yield from fields_of(part)


def test_variables_of_the_environment_are_documented() -> None:
    """Every GATEWAY_ variable that a person may set is in the README, and no other is."""
    internal = {"GATEWAY_PARENT_FD"}
    read = {
        name
        for path in (CHECKOUT / "gateway").rglob("*.py")
        for name in re.findall(r"GATEWAY_[A-Z_]+", path.read_text("utf-8"))
    }
    named = set(re.findall(r"GATEWAY_[A-Z_]+", (CHECKOUT / "README.md").read_text("utf-8")))
    assert named == read - internal


def test_the_licence_is_the_one_that_the_project_declares() -> None:
    """LICENSE holds the whole EUPL 1.2: fifteen articles and the appendix."""
    text = (CHECKOUT / "LICENSE").read_text("utf-8")
    assert "EUROPEAN UNION PUBLIC LICENCE v. 1.2" in text
    assert re.findall(r"^(\d+)\.[A-Z]", text, flags=re.MULTILINE) == [str(number) for number in range(1, 16)]
    assert '"Compatible Licences" according to Article 5 EUPL are' in text
    assert 'license = "EUPL-1.2"' in (CHECKOUT / "pyproject.toml").read_text("utf-8")
