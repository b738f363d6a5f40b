"""The evidence file: whatever is changed in it afterwards is found, and named; checking it needs nothing else."""

from __future__ import annotations

import io
import json
import random
import struct
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from click.testing import CliRunner

from gateway import keys
from gateway.cli.evidence import evidence as command
from gateway.documents import archive
from gateway.documents import checkpoint as checkpoint_form
from gateway.documents.evidence import Evidence, Kind, Recorded, Verdict, pack, verify
from gateway.documents.evidence_layout import canonical, to_json
from gateway.domain import merkle
from gateway.domain.checkpoint import Checkpoint
from gateway.storage.journal import Entry
from gateway.storage.journal import canonical as journal_canonical

NOW = datetime(2026, 5, 4, 8, 0, 1, 500, tzinfo=UTC)  # Monday
CASE = UUID("00000000-0000-4000-8000-000000000001")
KEY = keys.SigningKey.generate()
OTHER = keys.SigningKey.generate()


def signer(key: keys.SigningKey) -> Callable[[bytes, str], str]:
    return lambda payload, typ: key.sign_detached(payload, typ=typ)


def an_entry(number: int, leaf_index: int) -> Recorded:
    entry = Entry(kind=f"test.{number}", actor="gateway", case_id=CASE, facts={"nummer": number, "naam": "é", "f": 0.3})
    salt = bytes([number]) * 32
    content = journal_canonical(NOW, entry)
    fields = json.loads(content)
    return Recorded(fields=fields, salt=salt, commitment=keys.commit(salt, content), leaf_index=leaf_index, path=())


def some_evidence(key: keys.SigningKey = KEY, **changes: Any) -> Evidence:
    """Three entries of the case at leaves 1, 3 and 6 of a log of eleven."""
    entries = [an_entry(1, 1), an_entry(2, 3), an_entry(3, 6)]
    leaves = [merkle.leaf_hash(bytes([other]) * 32) for other in range(11)]
    for entry in entries:
        leaves[entry.leaf_index] = merkle.leaf_hash(entry.commitment)
    state = Checkpoint(size=len(leaves), root=merkle.root(leaves), at=NOW, kid=key.kid)
    parts: dict[str, Any] = {
        "case": {"case": {"id": str(CASE), "reference": "Z-1"}, "creditors": []},
        "creditors": {"01-a": {"creditor": {"name": "Énergie"}}, "02-b": {"creditor": {"name": "B"}}},
        "entries": [replace(one, path=merkle.inclusion_path(leaves, one.leaf_index)) for one in entries],
        "checkpoint": checkpoint_form.sign(state, lambda payload, typ: key.sign(payload, typ=typ)),
        "jwks": {"keys": [key.public_jwk()]},
        **changes,
    }
    return Evidence(**parts)


FILE = pack(some_evidence(), signer(KEY), NOW)
JWKS = {"keys": [KEY.public_jwk()]}
MEMBERS = dict(archive.read(FILE).members)
NAMES = list(MEMBERS)


def repacked(members: Mapping[str, bytes]) -> bytes:
    return archive.pack(members, NOW)


def resigned(change: Callable[[dict[str, bytes]], None], key: keys.SigningKey = KEY) -> bytes:
    """The file after *change*, with digests and signature made to fit again: what only the sender could do."""
    members = dict(MEMBERS)
    change(members)
    manifest = json.loads(members["manifest.json"])
    manifest["files"] = [
        {"name": name, "sha256": keys.digest(content)}
        for name, content in members.items()
        if name not in ("manifest.json", "manifest.jws")
    ]
    members["manifest.json"] = to_json(manifest)
    members["manifest.jws"] = key.sign_detached(members["manifest.json"], typ="gateway-evidence+jws").encode()
    return repacked(members)


def test_a_whole_file_is_whole_and_says_against_which_keys():
    """Given the sender's keys the check says who made it; without them only that it holds together."""
    assert verify(FILE, JWKS).ok
    assert not verify(FILE, JWKS).keys_inside
    inside = verify(FILE)
    assert (inside.ok, inside.keys_inside, inside.entries, inside.log_size) == (True, True, 3, 11)


def test_the_same_evidence_gives_the_same_archive_but_for_its_signatures():
    """Order and times in the archive come from the evidence and from *now*, never from the machine."""
    again = dict(archive.read(pack(some_evidence(), signer(KEY), NOW)).members)
    assert list(again) == NAMES
    assert [name for name in NAMES if again[name] != MEMBERS[name]] in (
        ["checkpoint.jws", "manifest.json", "manifest.jws"],
        [],
    )
    with zipfile.ZipFile(io.BytesIO(FILE)) as opened:
        assert {entry.date_time for entry in opened.infolist()} == {(2026, 5, 4, 8, 0, 0)}


def places(content: bytes) -> list[int]:
    chosen = random.Random(7)
    return sorted({0, len(content) // 2, len(content) - 1, *(chosen.randrange(len(content)) for _ in range(40))})


@pytest.mark.parametrize("name", NAMES)
def test_one_changed_byte_in_any_file_is_found_and_named(name: str):
    """Bar "Tamper": a byte changed in any member; the archive around it is made to fit, as an attacker would."""
    for place in places(MEMBERS[name]):
        content = bytearray(MEMBERS[name])
        content[place] ^= 1
        for jwks in (JWKS, None):
            verdict = verify(repacked({**MEMBERS, name: bytes(content)}), jwks)
            assert verdict.kind in (Kind.ALTERED, Kind.SIGNATURE), (name, place, verdict)
            named = {"manifest.json", "manifest.jws"} if name.startswith("manifest") else {name}
            assert verdict.place in named or name in verdict.detail, (name, place, verdict)


def test_one_changed_byte_anywhere_in_the_archive_is_found():
    """Also outside the files: in a header, a time, a checksum, the directory at the end."""
    for place in range(0, len(FILE), 23):
        content = bytearray(FILE)
        content[place] ^= 0x20
        assert not verify(bytes(content), JWKS).ok, place


@pytest.mark.parametrize(
    "change",
    [FILE + b"\0", b"\0" + FILE, FILE.replace(b"PK\x05\x06", b"PK\x05\x06", 1) + b"PK"],
    ids=["behind", "before", "tail"],
)
def test_bytes_around_the_archive_are_found(change: bytes):
    """An inserted byte is found, though every file in the archive is whole."""
    verdict = verify(change, JWKS)
    assert verdict.kind in (Kind.ALTERED, Kind.UNREADABLE)


@pytest.mark.parametrize("name", NAMES)
def test_a_file_left_out_is_found_and_named(name: str):
    """Nothing can be taken away; without a manifest it is no evidence file at all."""
    verdict = verify(repacked({one: content for one, content in MEMBERS.items() if one != name}), None)
    assert not verdict.ok
    assert verdict.place == name


def test_a_file_added_is_found_and_named():
    """Nothing can be put beside it, not even under the name of one that is there."""
    verdict = verify(repacked({**MEMBERS, "creditors/03-c.json": b"{}"}), JWKS)
    assert (verdict.kind, verdict.place) == (Kind.ALTERED, "creditors/03-c.json")
    held = io.BytesIO(FILE)
    with pytest.warns(UserWarning, match="Duplicate name"), zipfile.ZipFile(held, "a") as opened:
        opened.writestr("case.json", b"{}")
    verdict = verify(held.getvalue(), JWKS)
    assert (verdict.kind, verdict.place) == (Kind.ALTERED, "case.json")


def test_files_swapped_are_found_and_named():
    """Two files that changed places are both not what the manifest says."""
    one, other = "creditors/01-a.json", "creditors/02-b.json"
    verdict = verify(repacked({**MEMBERS, one: MEMBERS[other], other: MEMBERS[one]}), JWKS)
    assert (verdict.kind, verdict.place) == (Kind.ALTERED, one)


def test_a_file_signed_by_somebody_else_is_not_the_senders():
    """With the sender's keys a forgery is a matter of signature, however well it holds together."""
    forged = pack(some_evidence(OTHER), signer(OTHER), NOW)
    assert verify(forged).keys_inside
    assert verify(forged, JWKS).kind is Kind.SIGNATURE


def journal_changed(change: Callable[[list[dict[str, Any]]], None]) -> Verdict:
    def apply(members: dict[str, bytes]) -> None:
        journal = json.loads(members["journal.json"])
        change(journal["entries"])
        members["journal.json"] = to_json(journal)

    return verify(resigned(apply), JWKS)


@pytest.mark.parametrize(
    "change",
    [
        lambda entries: entries[1]["entry"].update(kind="something.else"),
        lambda entries: entries[1]["entry"]["facts"].update(nummer=9),
        lambda entries: entries[1]["entry"].update(extra=1),
        lambda entries: entries[1].update(salt="00" * 32),
        lambda entries: entries[1].update(commitment="00" * 32),
        lambda entries: entries[1].update(leaf_hash="00" * 32),
        lambda entries: entries[1].update(leaf_index=4),
        lambda entries: entries[1].update(leaf_index=True),
        lambda entries: entries[1]["inclusion_proof"].pop(),
        lambda entries: entries[1]["inclusion_proof"].reverse(),
        lambda entries: entries.__setitem__(1, entries[0]),
    ],
)
def test_an_entry_that_was_never_in_the_log_is_found_even_when_the_sender_signs_it(change):
    """The log binds the sender as well: a rewritten entry has no place in the tree."""
    verdict = journal_changed(change)
    assert (verdict.kind, verdict.place) == (Kind.ALTERED, "journal.json, entry 1")


def test_an_erased_entry_keeps_its_proof():
    """Erasing the facts and the salt breaks no proof."""

    def erase(entries: list[dict[str, Any]]) -> None:
        entries[2]["entry"] = entries[2]["salt"] = None

    verdict = journal_changed(erase)
    assert (verdict.ok, verdict.entries, verdict.erased) == (True, 3, 1)


@pytest.mark.parametrize(
    "name, content",
    [
        ("journal.json", b'{"entries": 1}'),
        ("journal.json", b'{"entries": [1]}'),
        ("journal.json", b'{"entries": [{}], "entries": []}'),
        ("journal.json", b"[" * 100_000),
        ("checkpoint.json", b'{"size": "x"}'),
    ],
)
def test_a_file_of_another_form_is_no_traceback(name: str, content: bytes):
    """What a sender signed can still be nonsense; the check says so."""
    verdict = verify(resigned(lambda members: members.update({name: content})), JWKS)
    assert verdict.kind in (Kind.UNREADABLE, Kind.SIGNATURE)
    assert verdict.place is not None
    assert verdict.place.startswith(name)


def test_the_checker_and_the_journal_agree_on_the_bytes_of_an_entry():
    """Two programs, one form: what the journal commits to is what the checker recomputes."""
    entry = Entry(kind="a", actor="é", case_id=CASE, subject_id=CASE, facts={"b": [1, None, 0.3], "a": {"ü": "\n"}})
    content = journal_canonical(NOW, entry)
    assert canonical(json.loads(content)) == content


# --- Files that are meant to hurt -----------------------------------------------------------------


def a_bomb() -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as opened:
        opened.writestr("manifest.json", b"0" * (archive.MAX_MEMBER_BYTES + 1))
    return held.getvalue()


def many_files() -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as opened:
        for number in range(archive.MAX_MEMBERS + 1):
            opened.writestr(str(number), b"")
    return held.getvalue()


def lying_about_its_size() -> bytes:
    """A bomb whose directory says that it holds ten bytes."""
    packed = zlib.compress(b"0" * 1_000_000)[2:-4]
    name = b"manifest.json"
    sizes = struct.pack("<III", 0, len(packed), 10)
    local = b"PK\x03\x04" + struct.pack("<HHHHH", 20, 0, 8, 0, 0) + sizes + struct.pack("<HH", len(name), 0) + name
    central = b"PK\x01\x02" + struct.pack("<HHHHHH", 20, 20, 0, 8, 0, 0) + sizes
    central += struct.pack("<HHHHHII", len(name), 0, 0, 0, 0, 0, 0) + name
    end = struct.pack("<HHHHIIH", 0, 0, 1, 1, len(central), len(local) + len(packed), 0)
    return local + packed + central + b"PK\x05\x06" + end


@pytest.mark.parametrize(
    "make", [a_bomb, many_files, lying_about_its_size, lambda: b"", lambda: b"PK", lambda: b"\0" * 1000]
)
def test_a_file_meant_to_hurt_is_a_verdict(make: Callable[[], bytes]):
    """No traceback and no memory spent, whatever the archive claims about itself."""
    assert verify(make()).kind in (Kind.UNREADABLE, Kind.ALTERED)


def test_no_more_is_unpacked_than_may_be_held(monkeypatch: pytest.MonkeyPatch):
    """A bomb of 20 MB against a limit of 1,000 bytes: reading stops at the limit, whatever the archive claims."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as opened:
        opened.writestr("manifest.json", bytes(20_000_000))
    monkeypatch.setattr(archive, "MAX_MEMBER_BYTES", 1_000)
    tracemalloc.start()
    try:
        assert verify(held.getvalue()).kind is Kind.UNREADABLE
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("name", ["../case.json", "/etc/passwd", "a\\b", "C:x", "a/../b", "a//b", ".hidden", "\x1b[2J"])
def test_a_name_that_leads_elsewhere_is_refused_and_printed_safely(name: str):
    """Nothing is ever unpacked to disk; the name still may not reach a terminal as it came."""
    held = io.BytesIO(FILE)
    with zipfile.ZipFile(held, "a") as opened:
        opened.writestr(name, b"x")
    verdict = verify(held.getvalue(), JWKS)
    assert verdict.kind is Kind.ALTERED
    assert verdict.place is not None
    assert verdict.place.isprintable()


def test_a_truncated_file_is_unreadable_wherever_it_was_cut():
    """Exit code 4, never a traceback."""
    for length in range(0, len(FILE), 61):
        assert not verify(FILE[:length]).ok


def test_random_bytes_in_the_archive_never_raise():
    """Three hundred damaged archives, seeded: a verdict each time."""
    chosen = random.Random(11)
    for _ in range(300):
        content = bytearray(FILE)
        for _ in range(chosen.randrange(1, 12)):
            content[chosen.randrange(len(content))] = chosen.randrange(256)
        assert verify(bytes(content), JWKS).kind in Kind


# --- The command ----------------------------------------------------------------------------------


def run(*arguments: str) -> tuple[int, str]:
    outcome = CliRunner().invoke(command, ["verify", *arguments])
    assert outcome.exception is None or isinstance(outcome.exception, SystemExit)
    return outcome.exit_code, outcome.output


def test_the_command_says_the_verdict_and_exits_by_it(tmp_path: Path):
    """0 whole, 2 signature, 3 altered, 4 unreadable; the note about keys inside the file is always there."""
    file, keys_file = tmp_path / "evidence.zip", tmp_path / "keys.json"
    file.write_bytes(FILE)
    keys_file.write_bytes(to_json(JWKS))
    code, said = run(str(file))
    assert code == 0
    assert "checked against the keys inside the file" in said
    code, said = run(str(file), "--keys", str(keys_file))
    assert code == 0
    assert "inside the file" not in said
    keys_file.write_bytes(to_json({"keys": [OTHER.public_jwk()]}))
    assert run(str(file), "--keys", str(keys_file))[0] == 2
    file.write_bytes(repacked({**MEMBERS, "case.json": b"{}"}))
    code, said = run(str(file))
    assert code == 3
    assert "case.json" in said
    file.write_bytes(FILE[:100])
    assert run(str(file))[0] == 4
    assert run(str(tmp_path / "nothing.zip"))[0] == 4
    assert run(str(tmp_path))[0] == 4
    keys_file.write_text("{}")
    assert run(str(file), "--keys", str(keys_file))[0] == 4


def test_the_command_speaks_json_for_machines(tmp_path: Path):
    """The same verdict, as one JSON object."""
    file = tmp_path / "evidence.zip"
    file.write_bytes(FILE)
    code, said = run(str(file), "--json")
    assert code == 0
    assert json.loads(said)["kind"] == "ok"
