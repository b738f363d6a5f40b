"""Receipts as the gateway issues them: for every word about a grant, and checked by somebody who has only the keys."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from click.testing import CliRunner

from gateway import cli
from gateway.documents.proof import Kind
from gateway.documents.receipt_check import Verdict, verify
from gateway.domain import merkle
from gateway.keys import register
from gateway.services.issue_receipt import State, receipts_of
from gateway.services.keep_checkpoints import sequence_journal
from gateway.storage import grants, journal
from tests.integration.support import RESIDENT, World, world


@pytest.fixture(scope="module")
def w() -> Iterator[World]:
    with world() as made:
        made.counsellor_organisation()
        made.counsellor_organisation("other")
        made.creditor("a")
        yield made


@pytest.fixture(scope="module")
def case(w: World) -> str:
    return w.case()


@pytest.fixture(scope="module")
def granted(w: World, case: str) -> list[str]:
    """A yes and a no."""
    creditor, counsellor = w.creditor("b"), w.counsellor()
    [yes, *_] = w.grant(case, [creditor], counsellor)
    [no, *_] = w.grant(case, [w.creditor("c")], counsellor, act="refused")
    return [yes, no]


def receipts(w: World, grant: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = w.ok("counsellor", "GET", f"/v1/grants/{grant}/receipts")["receipts"]
    return found


def checked(w: World, *issued: dict[str, Any]) -> list[Verdict]:
    history = w.web.get("/v1/keys/history").get_json()
    return verify([one["receipt"].encode() for one in issued], history)


def test_yes_no_and_stop_each_give_a_receipt(w: World, case: str, granted: list[str]) -> None:
    """Each by itself holds; the yes and the stop together say that the yes has ended."""
    yes, no = granted
    [given], [refused] = receipts(w, yes), receipts(w, no)
    assert [one["said"] for one in (given, refused)] == ["given", "refused"]
    assert {verdict.kind for verdict in checked(w, given, refused)} == {Kind.OK}
    w.ok("counsellor", "POST", f"/v1/cases/{case}/withdrawals", {"grant_id": yes})
    again, stopped = receipts(w, yes)
    assert (again["entry_id"], stopped["said"], stopped["state"]) == (given["entry_id"], "withdrawn", "signed")
    assert [verdict.kind for verdict in checked(w, given, stopped)] == [Kind.SUPERSEDED, Kind.OK]


def test_a_receipt_holds_nothing_that_names_the_resident(w: World, granted: list[str]) -> None:
    """I22: not the BSN, not a part of the name or the address."""
    for one in receipts(w, granted[0]):
        content = json.dumps(register_content(one["receipt"]))
        for value in (
            RESIDENT["bsn"],
            RESIDENT["initials"],
            RESIDENT["street"],
            RESIDENT["birth_date"],
            RESIDENT["postcode"],
        ):
            assert value not in content


def register_content(receipt: str) -> Any:
    import base64

    body = receipt.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))


def test_the_code_on_paper_leads_to_the_proof(w: World, granted: list[str]) -> None:
    """By number and hash, for anybody; another number or hash is not there, and nothing else is learned."""
    [receipt, *_] = receipts(w, granted[0])
    page = w.call("counsellor", "GET", f"/v1/grants/{granted[0]}/receipts", Accept="text/html")
    assert page.status_code == 200
    assert page.headers["Content-Security-Policy"].startswith("default-src 'none'; style-src 'sha256-")
    inside = register_content(receipt["receipt"])["journal"]
    index = receipt["leaf_index"]
    with w.gateway.runtime.database.begin() as connection:
        from gateway.storage import journal_tree

        leaf = journal_tree.leaf_at(connection, index)
    assert leaf is not None
    assert leaf.hex() in page.get_data(as_text=True)
    found = w.web.get(f"/v1/checkpoints/inclusion?index={index}&leaf={leaf.hex()}").get_json()
    state = w.web.get("/v1/checkpoints/latest").get_json()
    assert found["checkpoint"] == state["checkpoint"]
    path = [bytes.fromhex(one) for one in found["path"]]
    root = bytes.fromhex(state["root"])
    assert merkle.verify_inclusion(leaf=leaf, index=index, size=state["size"], path=path, root=root)
    for query in (
        f"index={index + 1}&leaf={leaf.hex()}",
        f"index={index}&leaf={'00' * 32}",
        f"index=99999999&leaf={leaf.hex()}",
    ):
        assert w.web.get(f"/v1/checkpoints/inclusion?{query}").status_code == 404
    for query in ("", "index=1", f"leaf={leaf.hex()}", "index=x&leaf=y", f"index=1&leaf={leaf.hex().upper()}"):
        assert w.web.get(f"/v1/checkpoints/inclusion?{query}").status_code == 400, query
    assert inside["leaf_index"] == index


def test_anybody_can_follow_the_log(w: World, granted: list[str]) -> None:
    """Every checkpoint, and that each continues the one before: RFC 9162 proofs over the open routes."""
    for _ in range(3):
        receipts(w, granted[0])
    listed = w.web.get("/v1/checkpoints?limit=2").get_json()
    rest = w.web.get(f"/v1/checkpoints?after={listed['next_after']}").get_json()
    states = listed["checkpoints"] + rest["checkpoints"]
    assert len(listed["checkpoints"]) == 2
    assert [state["number"] for state in states] == sorted({state["number"] for state in states})
    for old, new in pairwise(states):
        proof = w.web.get(f"/v1/checkpoints/consistency?from={old['size']}&to={new['size']}").get_json()
        assert merkle.verify_consistency(
            old_size=old["size"],
            new_size=new["size"],
            old_root=bytes.fromhex(old["root"]),
            new_root=bytes.fromhex(new["root"]),
            path=[bytes.fromhex(one) for one in proof["path"]],
        )
    last = states[-1]["size"]
    assert w.web.get("/v1/checkpoints/consistency").get_json() == {"from": 0, "to": last, "path": []}
    for query, status in (
        (f"from={last + 1}", 404),
        (f"to={last + 1}", 404),
        ("from=5&to=3", 404),
        ("from=-1", 400),
        ("to=1e3", 400),
    ):
        assert w.web.get(f"/v1/checkpoints/consistency?{query}").status_code == status, query
    assert w.web.get(f"/v1/checkpoints?after={states[-1]['number']}").get_json()["checkpoints"] == []


def test_one_receipt_comes_as_a_file(w: World, granted: list[str], tmp_path: Path) -> None:
    """What a resident keeps, and what `gateway consent verify` takes."""
    [one, *_] = receipts(w, granted[1])
    path = f"/v1/grants/{granted[1]}/receipts"
    answer = w.call("counsellor", "GET", f"{path}?entry={one['entry_id']}", Accept="application/jose")
    assert answer.mimetype == "application/jose"
    assert w.call("counsellor", "GET", path, Accept="application/jose").status_code == 400
    assert w.call("counsellor", "GET", f"{path}?entry=99999999", Accept="application/jose").status_code == 404
    assert w.call("counsellor", "GET", path, Accept="image/png").status_code == 406
    (tmp_path / "receipt.jws").write_bytes(answer.get_data())
    (tmp_path / "keys.json").write_bytes(register.to_text(w.gateway.runtime.keys.key_history()))
    arguments = ["consent", "verify", str(tmp_path / "receipt.jws")]
    for more in (["--keys", str(tmp_path / "keys.json")], ["--data", str(w.gateway.settings.data)]):
        outcome = CliRunner().invoke(cli.gateway, [*arguments, *more])
        assert outcome.exit_code == 0, outcome.output
        assert "not that it is still in force" in outcome.output


def test_receipts_are_for_the_own_organisation(w: World, granted: list[str]) -> None:
    """Edge case 57: another organisation's grant is as unknown as one that does not exist."""
    foreign = w.call("other", "GET", f"/v1/grants/{granted[0]}/receipts")
    unknown = w.call("other", "GET", "/v1/grants/00000000-0000-4000-8000-000000000000/receipts")
    assert foreign.status_code == unknown.status_code == 404
    assert foreign.get_data() == unknown.get_data()


def test_looking_at_receipts_is_journalled(w: World, case: str, granted: list[str]) -> None:
    """A look is a look."""
    before = w.journal(case).count("case.looked_at")
    receipts(w, granted[0])
    assert w.journal(case).count("case.looked_at") == before + 1


def test_before_its_number_a_receipt_is_coming(w: World, case: str) -> None:
    """While another sequencer is at work: what was said counts from its record, and the answer says so."""
    [grant, *_] = w.grant(case, [w.creditor("d")], w.counsellor())
    with w.gateway.runtime.database.begin() as connection:
        assert journal.take_sequencer(connection)
        [one] = receipts(w, grant)
        assert (one["state"], one["receipt"], one["leaf_index"]) == ("coming", None, None)
        page = w.call("counsellor", "GET", f"/v1/grants/{grant}/receipts", Accept="text/html")
        assert "Het bewijs komt zo" in page.get_data(as_text=True)
    [one] = receipts(w, grant)
    assert one["state"] == "signed"


def test_an_erased_word_gives_no_receipt_and_the_kept_one_still_holds(w: World, case: str) -> None:
    """I20, seen by the resident: who kept the receipt can prove it; nobody else learns what it said."""
    [grant, *_] = w.grant(case, [w.creditor("e")], w.counsellor())
    [kept] = receipts(w, grant)
    with w.gateway.runtime.database.begin() as connection:
        assert journal.erase_facts(connection, [kept["entry_id"]]) == 1
    [gone] = receipts(w, grant)
    assert (gone["state"], gone["receipt"]) == ("erased", None)
    assert [verdict.kind for verdict in checked(w, kept)] == [Kind.OK]


def test_the_same_event_gives_the_same_proof_however_often_it_is_asked(w: World, case: str) -> None:
    """Only the moment of issue and the signature differ: the log and the place in it do not."""
    [grant, *_] = w.grant(case, [w.creditor("f")], w.counsellor())
    [first] = receipts(w, grant)
    w.later(hours=2)
    sequence_journal(w.gateway.runtime, w.now())
    [second] = receipts(w, grant)
    one, other = (register_content(receipt["receipt"]) for receipt in (first, second))
    assert one | {"issued_at": ""} == other | {"issued_at": ""}


def test_a_withdrawal_needs_no_sequencer_and_no_receipt(w: World, case: str) -> None:
    """I27: the stop is recorded while the sequencer hangs; its receipt comes when it can."""
    [grant, *_] = w.grant(case, [w.creditor("g")], w.counsellor())
    with w.gateway.runtime.database.begin() as connection:
        assert journal.take_sequencer(connection)
        w.ok("counsellor", "POST", f"/v1/cases/{case}/withdrawals", {"grant_id": grant})
        with w.gateway.runtime.database.begin() as reading:
            standing = grants.get(reading, UUID(grant))
        assert standing is not None
        assert [one.state for one in receipts_of(w.gateway.runtime, standing[0], w.now())] == [
            State.COMING,
            State.COMING,
        ]
