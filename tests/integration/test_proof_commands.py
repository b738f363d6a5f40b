"""The commands that an administrator proves, hands out and recovers the journal with, on a real database."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text

from gateway import cli
from gateway.errors import ConfigurationError
from gateway.keys import Keys
from gateway.services.keep_checkpoints import copy_place, sequence_journal
from tests.integration.support import World, world
from tests.integration.test_journal_proofs import add, restored, unguarded

Run = Callable[..., Result]


@pytest.fixture
def w() -> Iterator[World]:
    with world() as made:
        sequence_journal(made.gateway.runtime, made.now())
        for number in (14, 4, 21):
            add(made, number)
        yield made


@pytest.fixture
def run(w: World) -> Run:
    def called(*arguments: object) -> Result:
        settings = w.gateway.settings
        environment = {"GATEWAY_DATABASE_URL": settings.database_url, "GATEWAY_MODE": "sandbox"}
        words = [str(one) for one in arguments]
        return CliRunner().invoke(cli.gateway, [*words, "--data", str(settings.data)], env=environment)

    return called


def test_verify_says_that_all_is_well_or_what_is_not(w: World, run: Run, tmp_path: Path) -> None:
    """Exit codes 0, 3 and 5, in words and as JSON; what cannot be checked at all is 1."""
    good = run("journal", "verify")
    assert good.exit_code == 0, good.output
    assert "WHOLE. Every entry" in good.output
    assert "40 entries" in good.output
    assert json.loads(run("journal", "verify", "--json").output)["copies"] == 1
    assert run("journal", "checkpoint", "--out", tmp_path / "copy.json").exit_code == 0
    assert run("journal", "verify", "--checkpoint", tmp_path / "copy.json").exit_code == 0
    assert run("journal", "verify", "--checkpoint", tmp_path / "nothing").exit_code == 1
    (tmp_path / "other").write_text("{}")
    assert run("journal", "verify", "--checkpoint", tmp_path / "other").exit_code == 1
    assert run("journal", "verify", "--nonsense").exit_code == 1
    with unguarded(w) as connection:
        connection.execute(text("UPDATE journal_facts SET facts = '{}' WHERE entry_id = 9"))
    bad = run("journal", "verify")
    assert bad.exit_code == 3
    assert "NOT WHOLE (not_in_log). entry 9 (leaf 8): Its content is not what it committed to." in bad.output


def test_an_older_backup_stops_every_command_until_somebody_accepts_it(w: World, run: Run) -> None:
    """Edge case 54 from the command line: refused with what to do, named by verify, accepted by name."""
    restored(w, 15)
    refused = run("check")
    assert refused.exit_code == 1
    assert "journal" in refused.output
    assert isinstance(run("clock", "show").exception, ConfigurationError)
    verified = run("journal", "verify")
    assert verified.exit_code == 5
    assert "older copy of the database" in verified.output
    for wrong in (("--by", "Jan de Vries"), ("--by", "J"), ("--by", "a@b.nl")):
        assert run("journal", "accept", *wrong, "--reason", "backup_restored").exit_code == 2
    assert run("journal", "accept", "--by", "j.devries", "--reason", "because").exit_code == 2
    accepted = run("journal", "accept", "--by", "j.devries", "--reason", "backup_restored")
    assert accepted.exit_code == 0
    assert str(copy_place(w.gateway.runtime)) in accepted.output
    assert run("clock", "show").exit_code == 0
    assert run("journal", "verify").exit_code == 0
    assert "Nothing to accept" in run("journal", "accept", "--by", "j.devries", "--reason", "backup_restored").output


def test_a_witness_is_brought_the_proof_since_what_it_kept(w: World, run: Run, tmp_path: Path) -> None:
    """Handing over, countersigning and coming back: the same file, and `journal verify` takes it."""
    (tmp_path / "keys.json").write_text(run("keys", "list", "--json").output)
    keep = ["--keys", str(tmp_path / "keys.json"), "--kept", str(tmp_path / "kept.json")]

    def witness(*more: str) -> int:
        return (
            CliRunner()
            .invoke(cli.gateway, ["journal", "countersign", str(tmp_path / "c.json"), *keep, *more])
            .exit_code
        )

    assert run("journal", "checkpoint", "--out", tmp_path / "c.json").exit_code == 0
    assert witness() == 0
    add(w, 9)
    assert run("journal", "checkpoint", "--out", tmp_path / "c.json").exit_code == 0
    assert witness() == 1, "the proof did not come along"
    assert run("journal", "checkpoint", "--out", tmp_path / "c.json", "--since", 40).exit_code == 0
    assert witness() == 0
    assert run("journal", "verify", "--checkpoint", tmp_path / "kept.json").exit_code == 0
    assert run("journal", "checkpoint", "--out", tmp_path / "c.json", "--since", 4000).exit_code == 5
    assert run("journal", "checkpoint", "--out", tmp_path / "no" / "c.json").exit_code == 1


def test_keys_are_replaced_announced_and_revoked(w: World, run: Run) -> None:
    """G33 from the command line; the journal says who did what, and stays whole."""
    folder = w.gateway.settings.data / "keys"
    first = Keys.load(folder).kid
    announced = run("keys", "rotate", "--announce", "--by", "j.devries")
    assert announced.exit_code == 0, announced.output
    upcoming = announced.output.split()[6]
    assert [jwk["kid"] for jwk in Keys.load(folder).public_jwks()["keys"]] == [first, upcoming]
    assert run("keys", "rotate", "--by", "j.devries").exit_code == 0
    assert Keys.load(folder).kid == upcoming
    assert not (folder / "signing-next.pem").exists()
    revoke = ("--from", "2026-04-20", "--reason", "compromised", "--by", "j.devries")
    assert "signs now" in str(run("keys", "revoke", upcoming, *revoke).exception)
    assert "No such key" in str(run("keys", "revoke", "nobody", *revoke).exception)
    revoked = run("keys", "revoke", first, *revoke)
    assert revoked.exit_code == 0, revoked.output
    listed = run("keys", "list").output
    assert f"{upcoming}  signs" in listed
    assert f"{first}  revoked from 2026-04-20 00:00 UTC (compromised)" in listed
    assert [jwk["kid"] for jwk in Keys.load(folder).public_jwks()["keys"]] == [upcoming]
    verified = run("journal", "verify")
    assert verified.exit_code == 0, verified.output
    assert "under a key that was revoked since" in verified.output
    with w.gateway.runtime.database.begin() as connection:
        kinds = connection.execute(text("SELECT kind, actor FROM journal WHERE kind LIKE 'keys.%' ORDER BY id")).all()
    assert [tuple(row) for row in kinds] == [
        ("keys.rotated", "administrator:j.devries"), ("keys.revoked", "administrator:j.devries"),
    ]  # fmt: skip


def test_a_revoked_announced_key_never_signs(w: World, run: Run) -> None:
    """It leaked before it was used: taken back, and the next rotation makes another."""
    folder = w.gateway.settings.data / "keys"
    upcoming = run("keys", "rotate", "--announce", "--by", "j.devries").output.split()[6]
    revoke = ("--from", "2026-04-20", "--reason", "compromised", "--by", "j.devries")
    assert run("keys", "revoke", upcoming, *revoke).exit_code == 0
    assert run("keys", "rotate", "--by", "j.devries").exit_code == 0
    assert Keys.load(folder).kid != upcoming
    assert run("journal", "verify").exit_code == 0


def test_a_rotation_that_was_cut_off_leaves_a_key_that_signs(w: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """At every step the folder loads: the old key signs, or the new one, and both are published."""
    import os

    from gateway.keys import folder as key_folder
    from gateway.services.change_keys import rotate_key

    folder = w.gateway.settings.data / "keys"
    real, left = os.replace, [0]

    def cut(*arguments: Path) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise KeyboardInterrupt
        real(*arguments)

    for steps in (0, 1):  # the register, and then the key itself
        left[0] = steps
        old = Keys.load(folder).kid
        monkeypatch.setattr(key_folder.os, "replace", cut)
        with pytest.raises(KeyboardInterrupt):
            rotate_key(w.gateway.runtime, w.now(), by="j.devries")
        monkeypatch.setattr(key_folder.os, "replace", real)
        loaded = Keys.load(folder)
        assert loaded.kid == old
        assert old in {jwk["kid"] for jwk in loaded.public_jwks()["keys"]}
    rotate_key(w.gateway.runtime, w.now(), by="j.devries")
    loaded = Keys.load(folder)
    assert [jwk["kid"] for jwk in loaded.public_jwks()["keys"]][1] == old
