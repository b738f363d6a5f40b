"""`gateway creditor add` with an organisation: the database and the folder change together, or neither does."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from gateway.cli.creditor import creditor
from gateway.errors import ConfigurationError, Invalid
from gateway.services.connect_format import connect_format
from gateway.storage import participants
from gateway.storage.tables import journal, journal_facts
from tests.integration.support import World, world

CONFIG = Path(__file__).parents[2] / "config"
BANK = {
    "kind": "creditor",
    "name": "Bank Zilver",
    "id_kind": "kvk",
    "id_value": "90000077",
    "sector": "bank",
    "regime_group": "default",
    "endpoint": None,
}


@pytest.fixture
def w() -> Iterator[World]:
    with world() as made:
        yield made


def connect(w: World, format: str = "bare-list", install: Any = lambda: None, **more: Any) -> dict[str, Any]:
    check = w.gateway.courier.check
    return connect_format(w.gateway.runtime, {**BANK, **more}, format, w.now(), address_fault=check, install=install)


def stored(w: World) -> dict[str, Any] | None:
    with w.gateway.runtime.database.begin() as connection:
        found = participants.by_number(connection, "kvk", "90000077")
        return dict(found) if found is not None else None


def entries(w: World) -> list[tuple[str, Any]]:
    kept = select(journal.c.kind, journal_facts.c.facts).join(journal_facts, journal_facts.c.entry_id == journal.c.id)
    with w.gateway.runtime.database.begin() as connection:
        rows = list(connection.execute(kept.order_by(journal.c.id)))
    return [(row.kind, row.facts.get("format")) for row in rows if row.kind.startswith("participant.")]


def test_a_new_organisation_is_registered_with_its_format(w: World) -> None:
    """And a second time nothing changes, and nothing is journalled."""
    assert connect(w)["what"] == "registered"
    assert connect(w)["what"] == "same"
    found = stored(w)
    assert found is not None
    assert (found["name"], found["format"], found["regime_group"]) == ("Bank Zilver", "bare-list", "default")
    assert entries(w) == [("participant.registered", None)]


def test_a_known_organisation_gets_another_format_and_address(w: World) -> None:
    """Each change is an entry in the journal; what was not said stays."""
    connect(w)
    assert connect(w, "agency-json", name=None, sector=None, endpoint="http://127.0.0.1:9/x")["what"] == "changed"
    found = stored(w)
    assert found is not None
    assert (found["name"], found["format"], found["endpoint"]) == (
        "Bank Zilver",
        "agency-json",
        "http://127.0.0.1:9/x",
    )
    assert [kind for kind, _ in entries(w)] == [
        "participant.registered",
        "participant.format_changed",
        "participant.endpoint_changed",
    ]
    assert entries(w)[1] == ("participant.format_changed", "agency-json")


@pytest.mark.parametrize(
    "more, pointers",
    [
        ({"name": None, "sector": None}, ["/name", "/sector"]),
        ({"endpoint": "http://192.0.2.1/x"}, ["/endpoint"]),
        ({"regime_group": "No Body", "sector": "Bank!"}, ["/regime_group", "/sector"]),
    ],
)
def test_what_is_missing_or_unsafe_is_refused_before_anything_is_put_in_place(
    w: World, more: dict[str, Any], pointers: list[str]
) -> None:
    """Every fault at once, with where it is."""
    installed: list[bool] = []
    with pytest.raises(Invalid) as caught:
        connect(w, install=lambda: installed.append(True), **more)
    assert sorted(fault.pointer for fault in caught.value.faults) == pointers
    assert stored(w) is None
    assert installed == []


def test_a_counsellor_organisation_answers_no_requests(w: World) -> None:
    """Its number is not one that a format belongs to."""
    body = {"kind": "counsellor", "name": "Gemeente", "kvk": "90000077", "sector": "municipality"}
    w.ok("administrator", "POST", "/v1/participants", body)
    with pytest.raises(Invalid):
        connect(w)


def test_when_the_files_cannot_be_put_in_place_nothing_is_recorded(w: World) -> None:
    """The transaction ends with the files, not before."""

    def fails() -> None:
        raise ConfigurationError("no space")

    with pytest.raises(ConfigurationError):
        connect(w, install=fails)
    assert stored(w) is None
    assert entries(w) == []


def command(w: World, *arguments: object) -> Result:
    settings = w.gateway.settings
    environment = {"GATEWAY_DATABASE_URL": settings.database_url, "GATEWAY_MODE": "sandbox"}
    words = [*map(str, arguments), "--data", str(settings.data)]
    return CliRunner().invoke(creditor, words, env=environment, catch_exceptions=False)


def test_the_command_takes_a_creditor_live_in_one_go(w: World, tmp_path: Path) -> None:
    """Files, registration and journal; the answer says what a running gateway must do."""
    config = tmp_path / "config"
    shutil.copytree(CONFIG, config)
    mapping = tmp_path / "my-bank.toml"
    shutil.copy(CONFIG / "creditors" / "bare-list.toml", mapping)
    samples = CONFIG / "creditors" / "samples" / "bare-list"
    numbers = ["--name", "Bank Zilver", "--id-kind", "kvk", "--id", "90000077", "--sector", "bank"]
    result = command(w, "add", mapping, "--samples", samples, "--config", config, *numbers)
    assert result.exit_code == 0, result.output
    assert "Bank Zilver is registered with this format" in result.output
    found = stored(w)
    assert found is not None
    assert found["format"] == "my-bank"
    assert (config / "creditors" / "my-bank.toml").read_bytes() == mapping.read_bytes()
    again = command(w, "add", mapping, "--samples", samples, "--config", config, "--json", *numbers)
    assert json.loads(again.output)["participant"]["what"] == "same"
