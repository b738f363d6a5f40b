"""Receipts and checkpoints, checked with the published keys alone: whatever is wrong is named, and nothing else is."""

from __future__ import annotations

import base64
import json
import random
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from gateway import keys
from gateway.cli.consent import consent as command
from gateway.cli.journal import journal as journal_command
from gateway.consent.grants import Act, Grant
from gateway.documents import checkpoint as checkpoint_form
from gateway.documents import checkpoint_copy, receipt
from gateway.documents.checkpoint_copy import Copy
from gateway.documents.proof import Kind, Unproven
from gateway.documents.receipt import Parties, Placed
from gateway.documents.receipt_check import Verdict, verify
from gateway.documents.receipt_page import Shown, content_security_policy, receipts_page
from gateway.documents.receipt_words import LANGUAGES, OWN, SAID, TEXTS
from gateway.domain import merkle
from gateway.domain.checkpoint import Checkpoint
from gateway.keys import SignatureInvalid, canonical_json, read_canonical, register
from gateway.storage.journal import Entry
from gateway.storage.journal import canonical as journal_canonical

NOW = datetime(2026, 5, 4, 8, 0, 1, 500, tzinfo=UTC)
KEY, OTHER = keys.SigningKey.generate(), keys.SigningKey.generate()
JWKS = {"keys": [KEY.public_jwk()]}
RECIPIENT = UUID("00000000-0000-4000-8000-000000000002")
GRANT = Grant(
    id=UUID("00000000-0000-4000-8000-000000000001"),
    resident_id=UUID("00000000-0000-4000-8000-000000000003"),
    case_id=UUID("00000000-0000-4000-8000-000000000004"),
    recipient_id=RECIPIENT,
    purpose="inventory",
    act=Act.GIVEN,
    notice="inventory",
    notice_version=2,
    notice_language="nl",
    notice_sha256="ab" * 32,
    method="desk",
    recorded_by="resident",
    given_at=NOW,
    valid_from=NOW,
    valid_until=NOW + timedelta(days=60),
)
PARTIES = Parties(
    issuer={"name": "Gemeente Voorbeeldstad", "id_kind": "oin", "id": "00000099000000001000"},
    recipient_id=RECIPIENT,
    recipient_name="Énergie & Zn",
)


def signer(key: keys.SigningKey) -> Callable[[bytes, str], str]:
    return lambda payload, typ: key.sign(payload, typ=typ)


def a_log(size: int, *, at: int, leaf: bytes, salt: bytes = b"") -> list[bytes]:
    leaves = [merkle.leaf_hash(salt + bytes([number % 251]) * 32) for number in range(size)]
    leaves[at] = leaf
    return leaves


def a_receipt(
    kind: str = "consent.given",
    *,
    index: int = 4,
    size: int = 11,
    key: keys.SigningKey = KEY,
    now: datetime = NOW,
    salt: bytes = b"",
    change: Callable[[dict[str, Any]], None] = lambda content: None,
    grant: Grant = GRANT,
) -> bytes:
    """A receipt as the gateway issues it, with *change* made before it was signed."""
    entry = Entry(
        kind=kind,
        actor="resident",
        case_id=grant.case_id,
        resident_id=grant.resident_id,
        participant_id=grant.recipient_id,
        grant_id=grant.id,
        subject_id=grant.id,
        facts={"purpose": grant.purpose, "notice_sha256": grant.notice_sha256, "share": 0.3},
    )
    committed = journal_canonical(NOW, entry)
    leaf = merkle.leaf_hash(keys.commit(b"s" * 32, committed))
    leaves = a_log(size, at=index, leaf=leaf, salt=salt)
    state = Checkpoint(size=size, root=merkle.root(leaves), at=now, kid=key.kid)
    placed = Placed(
        entry_id=17, kind=kind, at=NOW, actor="resident", committed=committed, salt=b"s" * 32, leaf_index=index,
        path=merkle.inclusion_path(leaves, index), checkpoint=checkpoint_form.sign(state, signer(key)),
    )  # fmt: skip
    content = receipt.content_of(grant, None, PARTIES, placed, now)
    change(content)
    return receipt.sign(content, signer(key)).encode()


RECEIPT = a_receipt()


def one(content: bytes, jwks: Any = JWKS, copies: tuple[bytes, ...] = ()) -> Verdict:
    [verdict] = verify([content], jwks, copies)
    return verdict


def test_a_receipt_proves_what_was_said_and_says_what_it_does_not_prove() -> None:
    """Signed and in the log; never "still in force"."""
    verdict = one(RECEIPT)
    assert (verdict.kind, verdict.said, verdict.leaf_index, verdict.log_size) == (Kind.OK, "given", 4, 11)
    assert "not that it is still in force" in verdict.detail
    assert verdict.notes == ()
    assert one(RECEIPT + b"\n").kind is Kind.OK, "what an editor adds at the end is no part of it"


def test_it_holds_no_bsn_and_no_name_of_a_person() -> None:
    """I22: ids, codes, digests, and the names of two organisations."""
    content = keys.verify(RECEIPT.decode(), JWKS, typ=None).payload.decode()
    assert set(json.loads(content)) == receipt.PARTS
    assert "99999" not in content.replace("0000009900000", "")


def test_one_changed_byte_anywhere_is_found() -> None:
    """Bar "Tamper": each byte of the file, one bit of it turned; nothing passes and nothing is a traceback."""
    chosen = random.Random(3)
    for place in range(len(RECEIPT)):
        content = bytearray(RECEIPT)
        content[place] ^= 1 << chosen.randrange(8)
        assert one(bytes(content)).kind in (Kind.SIGNATURE, Kind.KEY), place


def test_a_receipt_that_was_cut_off_is_found_wherever_it_was_cut() -> None:
    """Truncated, empty, or with something behind it."""
    for length in range(0, len(RECEIPT), 13):
        assert one(RECEIPT[:length]).kind in (Kind.SIGNATURE, Kind.UNREADABLE)
    for more in (b"\n\n", b" ", b"A", b".", b"\0"):
        assert one(RECEIPT + more).kind is Kind.SIGNATURE
    assert one(b"A" * 200_001).kind is Kind.UNREADABLE


def jws(header: dict[str, Any], payload: bytes, key: keys.SigningKey = KEY) -> bytes:
    """A JWS with any header, properly signed by ES256 over what it says."""
    head = base64.urlsafe_b64encode(json.dumps(header).encode()).rstrip(b"=")
    body = base64.urlsafe_b64encode(payload).rstrip(b"=")
    from gateway.keys.jws import ES256

    return b".".join((head, body, base64.urlsafe_b64encode(ES256.sign(head + b"." + body, key._private)).rstrip(b"=")))


PAYLOAD = keys.verify(RECEIPT.decode(), JWKS, typ=None).payload
GOOD = {"alg": "ES256", "kid": KEY.kid, "typ": receipt.RECEIPT_TYPE}
HEAD, BODY, SIGNATURE = RECEIPT.split(b".")


@pytest.mark.parametrize(
    "content, kind",
    [
        pytest.param(jws(GOOD, PAYLOAD), Kind.OK, id="our own form passes"),
        pytest.param(jws(GOOD | {"alg": "none"}, PAYLOAD), Kind.SIGNATURE, id="alg none"),
        pytest.param(jws(GOOD | {"alg": "none"}, PAYLOAD).rpartition(b".")[0] + b".", Kind.SIGNATURE, id="alg none, unsigned"),
        pytest.param(jws(GOOD | {"alg": "HS256"}, PAYLOAD), Kind.SIGNATURE, id="alg swap"),
        pytest.param(jws(GOOD | {"alg": "ES384"}, PAYLOAD), Kind.SIGNATURE, id="another curve"),
        pytest.param(jws(GOOD | {"kid": "other"}, PAYLOAD), Kind.KEY, id="wrong kid"),
        pytest.param(jws(GOOD | {"kid": OTHER.kid}, PAYLOAD, OTHER), Kind.KEY, id="signed by somebody else"),
        pytest.param(jws(GOOD, PAYLOAD, OTHER), Kind.SIGNATURE, id="our kid, their key"),
        pytest.param(jws({"alg": "ES256", "typ": receipt.RECEIPT_TYPE}, PAYLOAD), Kind.SIGNATURE, id="no kid"),
        pytest.param(jws(GOOD | {"typ": "gateway-checkpoint+jws"}, PAYLOAD), Kind.SIGNATURE, id="another kind of token"),
        pytest.param(jws(GOOD | {"jwk": OTHER.public_jwk()}, PAYLOAD, OTHER), Kind.SIGNATURE, id="a key inside"),
        pytest.param(jws(GOOD, b"{" + PAYLOAD[1:-1] + b',"version":1}'), Kind.SIGNATURE, id="duplicate name"),
        pytest.param(jws(GOOD, json.dumps(json.loads(PAYLOAD)).encode()), Kind.SIGNATURE, id="not canonical"),
        pytest.param(jws(GOOD, PAYLOAD + b" "), Kind.SIGNATURE, id="a space behind"),
        pytest.param(jws(GOOD, b"[]"), Kind.SIGNATURE, id="no object"),
        pytest.param(jws(GOOD, b"\xff"), Kind.SIGNATURE, id="no text"),
        pytest.param(b".".join((HEAD, b"", SIGNATURE)), Kind.SIGNATURE, id="detached"),
        pytest.param(b".".join((HEAD, BODY, SIGNATURE, BODY)), Kind.SIGNATURE, id="a part too many"),
    ],
)  # fmt: skip
def test_no_other_token_passes_for_a_receipt(content: bytes, kind: Kind) -> None:
    """Edge case 56."""
    assert one(content).kind is kind


@pytest.mark.parametrize(
    "change, kind, place",
    [
        (lambda c: c.update(said="refused"), Kind.NOT_IN_LOG, "said"),
        (lambda c: c["grant"].update(id=str(RECIPIENT)), Kind.NOT_IN_LOG, "grant"),
        (lambda c: c["recipient"].update(id=str(GRANT.id)), Kind.NOT_IN_LOG, "recipient"),
        (lambda c: c["recorded"].update(by="gateway"), Kind.NOT_IN_LOG, "recorded by"),
        (lambda c: c["recorded"].update(at="2026-05-05T08:00:00.000000Z"), Kind.NOT_IN_LOG, "recorded at"),
        (lambda c: c["flow"].update(purpose="proposal"), Kind.NOT_IN_LOG, "purpose"),
        (lambda c: c["notice"].update(sha256="00" * 32), Kind.NOT_IN_LOG, "notice"),
        (lambda c: c["journal"].update(leaf_index=5), Kind.NOT_IN_LOG, "the proof"),
        (lambda c: c["journal"].update(leaf_index=400), Kind.NOT_IN_LOG, "the proof"),
        (lambda c: c["journal"].update(salt="00" * 32), Kind.NOT_IN_LOG, "the proof"),
        (lambda c: c["journal"].update(salt="zz"), Kind.NOT_IN_LOG, "the proof"),
        (lambda c: c["journal"]["path"].reverse(), Kind.NOT_IN_LOG, "the proof"),
        (lambda c: c["journal"]["path"].pop(), Kind.NOT_IN_LOG, "the proof"),
        (lambda c: c["journal"].update(path=["AB" * 32]), Kind.NOT_IN_LOG, "the proof"),
        (lambda c: c["journal"].update(entry=c["journal"]["entry"] + " "), Kind.NOT_IN_LOG, "the proof"),
        (lambda c: c["journal"].update(entry="{}"), Kind.NOT_IN_LOG, "the entry"),
        (lambda c: c["journal"].update(entry="[" * 10_000), Kind.NOT_IN_LOG, "the entry"),
        (lambda c: c["journal"].update(checkpoint="x"), Kind.SIGNATURE, "the checkpoint"),
        (lambda c: c["journal"].pop("checkpoint"), Kind.NOT_IN_LOG, "the checkpoint"),
        (lambda c: c.update(version=2), Kind.SIGNATURE, "the receipt"),
        (lambda c: c.update(extra=1), Kind.SIGNATURE, "the receipt"),
        (lambda c: c.pop("notice"), Kind.SIGNATURE, "the receipt"),
        (lambda c: c.update(journal=[]), Kind.SIGNATURE, "the receipt"),
        (lambda c: c.update(issued_at="2026-05-04"), Kind.SIGNATURE, "the receipt"),
        (lambda c: c["journal"].update(leaf_index=True), Kind.SIGNATURE, "the receipt"),
    ],
)
def test_the_log_binds_the_issuer_too(change: Callable[[Any], None], kind: Kind, place: str) -> None:
    """Signed by the gateway itself and still false: what is not what the entry in the log says is named."""
    verdict = one(a_receipt(change=change))
    assert (verdict.kind, verdict.place) == (kind, place), verdict


def test_a_checkpoint_under_another_key_does_not_count() -> None:
    """The receipt is ours, the log in it is somebody's."""
    theirs = checkpoint_form.sign(Checkpoint(size=11, root=bytes(32), at=NOW, kid=OTHER.kid), signer(OTHER))
    verdict = one(a_receipt(change=lambda content: content["journal"].update(checkpoint=theirs)))
    assert (verdict.kind, verdict.place) == (Kind.KEY, "the checkpoint")


# --- Keys that were replaced and revoked ------------------------------------------------------------


def test_an_old_receipt_verifies_after_a_rotation() -> None:
    """G33: the replaced key stays published, with when it was replaced."""
    history = register.replaced({"keys": [OTHER.public_jwk()]}, KEY.public_jwk(), NOW)
    assert one(RECEIPT, history).kind is Kind.OK
    assert one(RECEIPT, register.without_revoked(history)).kind is Kind.OK


@pytest.mark.parametrize(
    "since, kind", [(NOW + timedelta(seconds=1), Kind.OK), (NOW, Kind.KEY), (NOW - timedelta(days=7), Kind.KEY)]
)
def test_a_revoked_key_is_judged_by_the_day(since: datetime, kind: Kind) -> None:
    """Edge case 55: signed before that moment it verifies, with a flag; from then on it proves nothing (half-open)."""
    history = register.revoked(JWKS, KEY.kid, since, "compromised")
    verdict = one(RECEIPT, history)
    assert verdict.kind is kind
    assert any("revoked" in note for note in verdict.notes) is (kind is Kind.OK)
    if kind is Kind.KEY:
        assert since.date().isoformat() in verdict.detail
    assert one(RECEIPT, register.without_revoked(history)).kind is Kind.KEY, "who has the short list knows it not"


def test_a_revocation_counts_from_its_very_moment() -> None:
    """Half-open: the last microsecond before it is flagged, the moment itself proves nothing."""
    moment = NOW.replace(microsecond=0)
    history = register.revoked(JWKS, KEY.kid, moment, "compromised")
    for at, standing in ((moment, keys.Standing.REVOKED), (moment - timedelta(microseconds=1), keys.Standing.FLAGGED)):
        assert keys.standing_of(history, KEY.kid, at).standing is standing
    assert keys.standing_of(history, OTHER.kid, moment).standing is keys.Standing.UNKNOWN


def test_a_revocation_is_never_moved_to_a_later_day() -> None:
    """What was refused once must not come to count; an earlier day may still turn out."""
    first = register.revoked(JWKS, KEY.kid, NOW, "compromised")
    with pytest.raises(ValueError, match="earlier"):
        register.revoked(first, KEY.kid, NOW + timedelta(days=1), "superseded")
    earlier = register.revoked(first, KEY.kid, NOW - timedelta(days=1), "compromised")
    assert keys.standing_of(earlier, KEY.kid, NOW - timedelta(hours=1)).standing is keys.Standing.REVOKED
    with pytest.raises(KeyError):
        register.revoked(JWKS, OTHER.kid, NOW, "compromised")
    with pytest.raises(ValueError, match="reason"):
        register.revoked(JWKS, KEY.kid, NOW, "because")


@pytest.mark.parametrize(
    "content",
    [
        b"", b"{}", b"[]", b'{"keys": 1}', b'{"keys": [1]}', b'{"keys": [{}]}', b"[" * 10_000, b"\xff",
        register.to_text({"keys": [KEY.public_jwk() | {"kid": OTHER.kid}]}),
        register.to_text({"keys": [KEY.public_jwk(), KEY.public_jwk()]}),
        register.to_text({"keys": [KEY.public_jwk() | {"revoked": True}]}),
        register.to_text({"keys": [KEY.public_jwk() | {"revoked": {"revoked_at": "soon"}}]}),
        register.to_text({"keys": [KEY.public_jwk() | {"revoked": {"revoked_at": 10**15}}]}),
    ],
)  # fmt: skip
def test_a_bent_list_of_keys_is_refused_whole(content: bytes) -> None:
    """A mark that cannot be read must not be read as "not revoked"."""
    with pytest.raises(SignatureInvalid):
        register.from_text(content)


# --- Held together: a later word, another log --------------------------------------------------------


def test_a_later_receipt_about_the_same_grant_supersedes() -> None:
    """Exit code 6: true, and ended since, as far as the receipts at hand know; uses change nothing."""
    stop, used = a_receipt("consent.withdrawn", index=9, size=20), a_receipt("consent.used", index=7, size=21)
    given, stopped = verify([RECEIPT, stop], JWKS)
    assert (given.kind, stopped.kind) == (Kind.SUPERSEDED, Kind.OK)
    assert "withdrawn" in given.detail
    assert [one.kind for one in verify([RECEIPT, used], JWKS)] == [Kind.OK, Kind.OK]
    another = a_receipt("consent.withdrawn", index=9, size=22, grant=replace(GRANT, id=RECIPIENT))
    assert verify([RECEIPT, another], JWKS)[0].kind is Kind.OK
    renewed = a_receipt(index=9, size=23, grant=replace(GRANT, id=RECIPIENT, supersedes=GRANT.id))
    first, second = verify([RECEIPT, renewed], JWKS)
    assert (first.kind, second.kind, second.said) == (Kind.SUPERSEDED, Kind.OK, "renewed")
    bent = stop[:-1] + (b"A" if stop[-1:] != b"A" else b"B")
    assert verify([RECEIPT, bent], JWKS)[0].kind is Kind.OK, "what does not hold says nothing about another"


def test_two_receipts_of_two_logs_prove_a_fork() -> None:
    """Any receipt lets a resident prove that the log was forked."""
    forked = a_receipt(index=5, salt=b"x")
    assert {one.kind for one in verify([RECEIPT, forked], JWKS)} == {Kind.INCONSISTENT}


def copy_of(size: int, *, since: int | None = None, salt: bytes = b"", key: keys.SigningKey = KEY) -> Copy:
    """A copy of the log that RECEIPT is in, grown to *size*."""
    entry = json.loads(PAYLOAD)["journal"]["entry"].encode()
    leaves = a_log(size, at=4, leaf=merkle.leaf_hash(keys.commit(b"s" * 32, entry)), salt=salt)
    state = Checkpoint(size=size, root=merkle.root(leaves), at=NOW, kid=key.kid)
    path = tuple(merkle.consistency_path(leaves, since)) if since else ()
    return Copy(signed=checkpoint_form.sign(state, signer(key)), since=since, path=path)


@pytest.mark.parametrize(
    "copy, kind, notes",
    [
        (copy_of(11), Kind.OK, 0),
        (copy_of(30, since=11), Kind.OK, 0),
        (copy_of(30), Kind.OK, 1),
        (copy_of(11, salt=b"x"), Kind.INCONSISTENT, 0),
        (copy_of(30, since=11, salt=b"x"), Kind.INCONSISTENT, 0),
    ],
    ids=["same", "longer", "without the proof", "same length, other log", "longer, other log"],
)
def test_a_receipt_is_held_to_a_kept_checkpoint(copy: Copy, kind: Kind, notes: int) -> None:
    """Exit code 5; what the copy cannot show is told, not passed over."""
    verdict = one(RECEIPT, copies=(checkpoint_copy.to_bytes(copy),))
    assert (verdict.kind, len(verdict.notes)) == (kind, notes), verdict


# --- Witnesses --------------------------------------------------------------------------------------


def state_of(copy: Copy) -> Checkpoint:
    return checkpoint_form.read(copy.signed, JWKS).checkpoint


@pytest.mark.parametrize(
    "old, new, kind",
    [
        (copy_of(11), copy_of(11), None),
        (copy_of(11), copy_of(30, since=11), None),
        (copy_of(11), copy_of(30), Kind.UNREADABLE),
        (copy_of(11), copy_of(30, since=12), Kind.UNREADABLE),
        (copy_of(30), copy_of(11), Kind.INCONSISTENT),
        (copy_of(11), copy_of(11, salt=b"x"), Kind.INCONSISTENT),
        (copy_of(11), copy_of(30, since=11, salt=b"x"), Kind.INCONSISTENT),
    ],
)
def test_a_witness_only_goes_on_with_the_same_log(old: Copy, new: Copy, kind: Kind | None) -> None:
    """Shorter, other, or without proof: the witness keeps what it had."""
    if kind is None:
        checkpoint_copy.continues(new, state_of(new), state_of(old))
        return
    with pytest.raises(Unproven) as unproven:
        checkpoint_copy.continues(new, state_of(new), state_of(old))
    assert unproven.value.kind is kind


def test_a_countersignature_says_who_saw_which_checkpoint_and_when() -> None:
    """It travels in the copy; one of another checkpoint, or under another key, does not count."""
    copy = copy_of(11)
    seen = checkpoint_copy.countersigned(copy, state_of(copy), NOW, signer(OTHER))
    seen = checkpoint_copy.from_bytes(checkpoint_copy.to_bytes(seen))
    witness = {"keys": [OTHER.public_jwk()]}
    assert checkpoint_copy.witnesses(seen, witness) == [(OTHER.kid, NOW)]
    assert checkpoint_copy.witnesses(seen, JWKS) == []
    assert checkpoint_copy.witnesses(copy, witness) == []
    moved = replace(copy_of(30), countersignatures=seen.countersignatures)
    with pytest.raises(Unproven, match="another checkpoint"):
        checkpoint_copy.witnesses(moved, witness)
    revoked = register.revoked(witness, OTHER.kid, NOW, "compromised")
    with pytest.raises(Unproven, match="revoked"):
        checkpoint_copy.witnesses(seen, revoked)


@given(st.binary(max_size=400))
def test_any_file_is_a_verdict_and_never_a_traceback(content: bytes) -> None:
    """Whatever somebody names on the command line."""
    assert one(content).kind in (Kind.SIGNATURE, Kind.UNREADABLE, Kind.KEY)
    with pytest.raises(Unproven):
        checkpoint_copy.from_bytes(content)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
        max_leaves=20,
    )
)
def test_canonical_json_has_one_spelling(value: Any) -> None:
    """RFC 8785: names by UTF-16 code unit, and what is read is what was written, or nothing."""
    try:
        content = canonical_json({"value": value})
    except ValueError:
        assert any("\ud800" <= sign <= "\udfff" for sign in json.dumps(value, ensure_ascii=False))
        return
    assert read_canonical(content) == {"value": value}
    with pytest.raises(SignatureInvalid):
        read_canonical(content.replace(b'"value":', b'"value": ', 1))


def test_the_example_of_rfc_8785_for_the_order_of_names() -> None:
    """Section 3.2.3: the euro sign, a carriage return, Hebrew, "1", an emoji, a control character and ö."""
    unordered = {
        "\u20ac": "Euro Sign",
        "\r": "Carriage Return",
        "\ufb33": "Hebrew Letter Dalet With Dagesh",
        "1": "One",
        "\U0001f600": "Emoji: Grinning Face",
        "\u0080": "Control",
        "\u00f6": "Latin Small Letter O With Diaeresis",
    }
    written = list(json.loads(canonical_json(unordered)).values())
    assert written == [
        "Carriage Return",
        "One",
        "Control",
        "Latin Small Letter O With Diaeresis",
        "Euro Sign",
        "Emoji: Grinning Face",
        "Hebrew Letter Dalet With Dagesh",
    ]
    for bent in ({"a": 0.5}, {"a": float("nan")}, {"a": 2**53}, {1: 2}, {"a": b"x"}):
        with pytest.raises(ValueError, match="canonical"):
            canonical_json(bent)


# --- On paper ---------------------------------------------------------------------------------------


def page_of(language: str, said: str = "given", state: str = "signed") -> str:
    content = json.loads(PAYLOAD) | {"said": said}
    shown = Shown(said=said, language=language, state=state, content=content, signed=RECEIPT.decode())
    waiting = Shown(said=said, language=language, state=state)
    return receipts_page(
        [shown if state == "signed" else waiting], look_up=lambda index, leaf: f"https://x/{index}/{leaf}"
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_speaks_the_language_of_the_notice(language: str) -> None:
    """I16; right to left where that is how it is read, and an organisation's name is text, never markup."""
    page = page_of(language)
    assert f'<article lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}">' in page
    assert TEXTS["limits"][LANGUAGES.index(language)] in page
    assert "Énergie &amp; Zn" in page
    assert "<svg" in page
    assert "<script" not in page
    assert keys.digest(RECEIPT) not in page, "a receipt is signed anew each time: paper holds only what stays the same"


@pytest.mark.parametrize("state", ["coming", "erased"])
def test_the_page_says_why_there_is_no_receipt(state: str) -> None:
    """What was recorded counts; the receipt comes in a moment, or is no more."""
    page = page_of("nl", state=state)
    assert TEXTS[state][0] in page
    assert "<svg" not in page


def test_every_word_is_there_in_every_language() -> None:
    """A language without its words is not offered."""
    for words in (*TEXTS.values(), *SAID.values()):
        assert len(words) == len(LANGUAGES)
        assert all(words)
    assert set(SAID) >= OWN
    assert TEXTS["title_happened"][0] in page_of("nl", "used")


def test_the_page_loads_nothing_and_allows_only_its_own_style() -> None:
    """The hash in the policy is that of the style in the page."""
    import hashlib

    style = page_of("nl").partition("<style>")[2].partition("</style>")[0]
    fingerprint = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"style-src 'sha256-{fingerprint}'" in content_security_policy()
    assert "src=" not in page_of("nl")


# --- The commands -----------------------------------------------------------------------------------


def run(group: Any, *arguments: Any) -> tuple[int, str]:
    outcome = CliRunner().invoke(group, [str(one) for one in arguments])
    assert outcome.exception is None or isinstance(outcome.exception, SystemExit), outcome.exception
    return outcome.exit_code, outcome.output


def test_the_command_says_what_it_found_and_exits_by_it(tmp_path: Path) -> None:
    """0 ok, 2 signature, 3 not in log, 4 key, 5 inconsistent, 6 superseded; 1 when nothing could be checked."""

    def file(name: str, content: bytes) -> Path:
        (tmp_path / name).write_bytes(content)
        return tmp_path / name

    good, published = file("receipt.jws", RECEIPT), file("keys.json", register.to_text(JWKS))
    other = file("other.json", register.to_text({"keys": [OTHER.public_jwk()]}))
    copy = file("copy.json", checkpoint_copy.to_bytes(copy_of(11, salt=b"x")))
    code, said = run(command, "verify", good, "--keys", published)
    assert code == 0
    assert "VALID. Signed, and in the log." in said
    assert "not that it is still in force" in said
    bent = file("bent.jws", RECEIPT[:-1] + (b"A" if RECEIPT[-1:] != b"A" else b"B"))
    assert run(command, "verify", bent, "--keys", published)[0] == 2
    false = file("false.jws", a_receipt(change=lambda content: content.update(said="refused")))
    code, said = run(command, "verify", false, "--keys", published)
    assert (code, "said:" in said) == (3, True)
    assert run(command, "verify", good, "--keys", other)[0] == 4
    assert run(command, "verify", good, "--keys", published, "--checkpoint", copy)[0] == 5
    stop = file("stop.jws", a_receipt("consent.withdrawn", index=9, size=20))
    assert run(command, "verify", good, stop, "--keys", published)[0] == 6
    assert run(command, "verify", good, bent, stop, "--keys", published)[0] == 2
    for wrong in ((tmp_path / "nothing", "--keys", published), (good, "--keys", good), (good, "--nonsense"), ()):
        assert run(command, "verify", *wrong)[0] == 1, wrong
    code, said = run(command, "verify", good, "--keys", published, "--json")
    assert json.loads(said)["receipts"][0]["kind"] == "ok"


def test_a_witness_keeps_and_signs_on_another_machine(tmp_path: Path) -> None:
    """Without a database: the first copy is kept, a longer one replaces it, another log is refused with code 5."""
    published, kept, public = tmp_path / "keys.json", tmp_path / "kept.json", tmp_path / "witness.json"
    published.write_bytes(register.to_text(JWKS))
    (tmp_path / "witness.pem").write_bytes(OTHER.to_pem())

    def brought(copy: Copy) -> Path:
        (tmp_path / "copy.json").write_bytes(checkpoint_copy.to_bytes(copy))
        return tmp_path / "copy.json"

    keep = ("--keys", published, "--kept", kept)
    assert run(journal_command, "countersign", brought(copy_of(11)), *keep)[0] == 0
    sign = ("--key", tmp_path / "witness.pem", "--public", public)
    assert run(journal_command, "countersign", brought(copy_of(30, since=11)), *keep, *sign)[0] == 0
    code, said = run(journal_command, "witnesses", tmp_path / "copy.json", "--keys", public)
    assert (code, OTHER.kid in said) == (0, True)
    before = kept.read_bytes()
    assert run(journal_command, "countersign", brought(copy_of(40, since=30, salt=b"x")), *keep, *sign)[0] == 5
    assert run(journal_command, "countersign", brought(copy_of(11)), *keep)[0] == 5
    assert run(journal_command, "countersign", brought(copy_of(40)), *keep)[0] == 1
    assert kept.read_bytes() == before
    assert run(journal_command, "witnesses", tmp_path / "copy.json", "--keys", public)[0] == 2
