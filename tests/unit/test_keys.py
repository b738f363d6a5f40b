"""Keys: what is sealed opens only where it belongs, what is signed holds only for what was signed."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from hypothesis import given
from hypothesis import strategies as st

from gateway import keys as door
from gateway.errors import ConfigurationError
from gateway.keys import Keys, SealBroken, SignatureInvalid, SigningKey
from gateway.keys.encoding import from_base64url
from gateway.keys.jwk import public_key
from gateway.keys.jws import _CHECKS, ES256

HERE = {"table": "resident", "row": "0192f0c1", "column": "surname"}


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    return Keys.load(tmp_path_factory.mktemp("keys") / "folder", create=True)


def b64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def number(value: int) -> str:
    return b64(value.to_bytes((value.bit_length() + 7) // 8))


# --- The key folder


def test_a_first_start_makes_keys_that_only_their_owner_can_reach(tmp_path):
    """Promise: mode 0600, whatever the umask is, and nothing half-written stays behind."""
    before = os.umask(0)
    try:
        Keys.load(tmp_path / "keys", create=True)
    finally:
        os.umask(before)
    files = {path.name: path.stat().st_mode & 0o777 for path in (tmp_path / "keys").iterdir()}
    assert files == {"master.key": 0o600, "index.key": 0o600, "signing.pem": 0o600}


def test_the_same_folder_gives_the_same_keys(tmp_path):
    """Promise: what one process sealed, indexed and signed, the next one opens, finds and verifies."""
    first, second = Keys.load(tmp_path, create=True), Keys.load(tmp_path)
    wrapped = first.new_resident_key()
    assert second.open(wrapped, first.seal(wrapped, b"De Vries", **HERE), **HERE) == b"De Vries"
    assert first.index("999990019", purpose="bsn") == second.index("999990019", purpose="bsn")
    assert (first.kid, first.fingerprint) == (second.kid, second.fingerprint)


def test_processes_that_start_at_once_agree(tmp_path):
    """Promise: two first starts never each seal under a key that the other one overwrites."""
    folder = tmp_path / "keys"
    with ThreadPoolExecutor(8) as starters:
        loaded = list(starters.map(lambda _: Keys.load(folder, create=True), range(24)))
    assert len({(keys.fingerprint, keys.kid, keys.index("x", purpose="y")) for keys in loaded}) == 1


def test_a_start_beside_another_start_is_no_loss(tmp_path, monkeypatch):
    """Promise: files that appear while we look are somebody else's first start, not keys that went missing."""
    real, others = Path.exists, []

    def exists(path: Path) -> bool:
        found = real(path)
        if not others:
            others.append(None)
            others.append(Keys.load(tmp_path, create=True))
        return found

    monkeypatch.setattr(Path, "exists", exists)
    assert Keys.load(tmp_path, create=True).kid == others[1].kid


@pytest.mark.parametrize("name", ["master.key", "index.key", "signing.pem"])
def test_a_missing_file_is_named(tmp_path, name):
    """Promise: without create the gateway does not start without its keys, and says which one it misses."""
    Keys.load(tmp_path, create=True)
    (tmp_path / name).unlink()
    with pytest.raises(ConfigurationError, match=name):
        Keys.load(tmp_path)


@pytest.mark.parametrize("name", ["master.key", "index.key"])
def test_a_lost_file_is_not_replaced_by_a_new_one(tmp_path, name):
    """Promise: a fresh key beside old ones would make all that is sealed unreadable; a person decides."""
    Keys.load(tmp_path, create=True)
    (tmp_path / name).unlink()
    with pytest.raises(ConfigurationError, match=name):
        Keys.load(tmp_path, create=True)
    assert not (tmp_path / name).exists()


def test_a_start_that_was_cut_off_is_finished_by_the_next(tmp_path):
    """Promise: a crash between the files needs no hand."""
    master = Keys.load(tmp_path, create=True).fingerprint
    (tmp_path / "index.key").unlink()
    (tmp_path / "signing.pem").unlink()
    assert Keys.load(tmp_path, create=True).fingerprint == master


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644])
@pytest.mark.parametrize("name", ["master.key", "index.key", "signing.pem"])
def test_a_key_that_others_can_reach_is_refused(tmp_path, name, mode):
    """Promise: group and others have nothing to seek in a key file."""
    Keys.load(tmp_path, create=True)
    (tmp_path / name).chmod(mode)
    with pytest.raises(ConfigurationError, match="chmod 600"):
        Keys.load(tmp_path)


@pytest.mark.parametrize(
    "name, content",
    [
        ("master.key", b"\x07" * 31),
        ("master.key", b"\x07" * 33),
        ("index.key", b""),
        ("signing.pem", b"no key at all"),
        ("signing.pem", "P-384"),
        ("signing.pem", "RSA"),
    ],
)
def test_a_file_that_is_not_the_key_it_should_be_is_refused(tmp_path, name, content):
    """Promise: doubt about a key is no start."""
    Keys.load(tmp_path, create=True)
    if isinstance(content, str):
        other: Any = ec.generate_private_key(ec.SECP384R1()) if content == "P-384" else rsa_key()
        content = other.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ConfigurationError, match=name):
        Keys.load(tmp_path)


def test_a_replaced_master_key_still_opens_and_no_longer_seals(tmp_path):
    """Promise: rotation is re-wrapping; not one sealed field has to be rewritten."""
    old = Keys.load(tmp_path, create=True)
    wrapped = old.new_resident_key()
    sealed, own = old.seal(wrapped, b"De Vries", **HERE), old.seal_own(b"secret", **HERE)
    (tmp_path / "master.key").rename(tmp_path / "master-2026.key")
    (tmp_path / "master.key").write_bytes(os.urandom(32))
    (tmp_path / "master.key").chmod(0o600)
    new = Keys.load(tmp_path)
    assert new.fingerprint != old.fingerprint
    assert new.open(wrapped, sealed, **HERE) == b"De Vries"
    assert new.open_own(own, **HERE) == b"secret"
    rewrapped = new.rewrap(wrapped)
    (tmp_path / "master-2026.key").unlink()
    newest = Keys.load(tmp_path)
    assert newest.open(rewrapped, sealed, **HERE) == b"De Vries"
    with pytest.raises(SealBroken):
        newest.open(wrapped, sealed, **HERE)
    with pytest.raises(SealBroken):
        newest.open_own(own, **HERE)


def test_a_replaced_signing_key_is_still_published(tmp_path):
    """Promise: what was signed before a rotation verifies after it, with the published keys alone."""
    old = Keys.load(tmp_path, create=True)
    receipt = old.sign(b"receipt", typ="receipt+jws")
    (tmp_path / "signing.pem").rename(tmp_path / "signing-2026.pem")
    new = Keys.load(tmp_path, create=True)
    assert new.kid != old.kid
    assert [jwk["kid"] for jwk in new.public_jwks()["keys"]] == [new.kid, old.kid]
    assert door.verify(receipt, new.public_jwks(), typ="receipt+jws").payload == b"receipt"


# --- Sealing


@given(plaintext=st.binary(max_size=2_000))
def test_what_is_sealed_opens(keys, plaintext):
    """Promise: the same bytes come back, and they are not in what is stored."""
    wrapped = keys.new_resident_key()
    sealed, own = keys.seal(wrapped, plaintext, **HERE), keys.seal_own(plaintext, **HERE)
    assert keys.open(wrapped, sealed, **HERE) == keys.open_own(own, **HERE) == plaintext
    assert len(plaintext) < 8 or (plaintext not in sealed and plaintext not in own)


def test_sealing_twice_never_gives_the_same_bytes(keys):
    """Promise: a reader of the database cannot see that two residents owe the same."""
    wrapped = keys.new_resident_key()
    assert len({keys.seal(wrapped, b"1250", **HERE) for _ in range(50)}) == 50
    assert len({keys.seal_own(b"1250", **HERE) for _ in range(50)}) == 50


@given(place=st.integers(0, 10_000), flip=st.integers(1, 255))
def test_one_changed_byte_is_found(keys, place, flip):
    """Promise: version byte, key id, nonce, text or tag: whatever is changed, it does not open."""
    wrapped = keys.new_resident_key()
    sealed, own = keys.seal(wrapped, b"1250", **HERE), keys.seal_own(b"1250", **HERE)

    def changed(content: bytes) -> bytes:
        at = place % len(content)
        return content[:at] + bytes([content[at] ^ flip]) + content[at + 1 :]

    for attempt in (
        lambda: keys.open(wrapped, changed(sealed), **HERE),
        lambda: keys.open(changed(wrapped), sealed, **HERE),
        lambda: keys.open_own(changed(own), **HERE),
    ):
        with pytest.raises(SealBroken):
            attempt()


@pytest.mark.parametrize("length", [0, 1, 5, 8, 9, 12, 20, 21, 28])
def test_a_cut_off_record_does_not_open(keys, length):
    """Promise: too short is broken, not a crash."""
    wrapped = keys.new_resident_key()
    sealed, own = keys.seal(wrapped, b"1250", **HERE), keys.seal_own(b"1250", **HERE)
    for attempt in (
        lambda: keys.open(wrapped, sealed[:length], **HERE),
        lambda: keys.open(wrapped[:length], sealed, **HERE),
        lambda: keys.open_own(own[:length], **HERE),
    ):
        with pytest.raises(SealBroken):
            attempt()


@pytest.mark.parametrize(
    "there",
    [
        {"table": "statement"},
        {"row": "0192f0c2"},
        {"column": "initials"},
        {"table": "residen", "row": "t0192f0c1"},  # the same letters, divided in another way
        {"row": "0192f0c1surname", "column": ""},
        {"row": "resident", "table": "0192f0c1"},
    ],
)
def test_a_sealed_field_does_not_open_in_another_place(keys, there):
    """Promise: a ciphertext moved to another table, row or column is found (threat D-T1)."""
    wrapped = keys.new_resident_key()
    with pytest.raises(SealBroken):
        keys.open(wrapped, keys.seal(wrapped, b"1250", **HERE), **(HERE | there))
    with pytest.raises(SealBroken):
        keys.open_own(keys.seal_own(b"1250", **HERE), **(HERE | there))


def test_one_residents_key_does_not_open_what_another_ones_sealed(keys):
    """Promise: one key opens one resident; the key of the installation opens none of them."""
    mine, theirs = keys.new_resident_key(), keys.new_resident_key()
    sealed = keys.seal(mine, b"De Vries", **HERE)
    with pytest.raises(SealBroken):
        keys.open(theirs, sealed, **HERE)
    with pytest.raises(SealBroken):
        keys.open_own(sealed, **HERE)
    with pytest.raises(SealBroken):
        keys.open(b"", sealed, **HERE)


def test_forgetting_drops_every_remembered_key(keys):
    """Promise: after an erasure the process keeps no unwrapped key; who still has the wrapped one goes on."""
    wrapped = keys.new_resident_key()
    sealed = keys.seal(wrapped, b"De Vries", **HERE)
    keys.forget()
    assert keys._resident_key.cache_info().currsize == 0
    assert keys.open(wrapped, sealed, **HERE) == b"De Vries"


def test_a_row_may_be_named_by_its_uuid_or_number(keys):
    """Promise: a row is the same row however its name is typed."""
    wrapped = keys.new_resident_key()
    sealed = keys.seal(wrapped, b"1250", table="debt", row=17, column="total")
    assert keys.open(wrapped, sealed, table="debt", row="17", column="total") == b"1250"


# --- Pseudonyms


def test_an_index_finds_back_and_tells_nothing_across_purposes(keys, tmp_path):
    """Promise: equal values meet within one purpose of one installation, and nowhere else."""
    bsn = "999990019"
    assert keys.index(bsn, purpose="bsn") == keys.index(bsn, purpose="bsn")
    assert keys.index(bsn, purpose="bsn") != keys.index(bsn, purpose="customer number")
    assert keys.index(bsn, purpose="bsn") != Keys.load(tmp_path, create=True).index(bsn, purpose="bsn")
    assert keys.index(bsn, purpose="bsn") != hashlib.sha256(bsn.encode()).digest()
    assert len(keys.index(bsn, purpose="bsn")) == 32
    with pytest.raises(ValueError, match="purpose"):
        keys.index(bsn, purpose="")


def test_a_commitment_is_an_hmac_under_its_salt(keys):
    """Promise: anyone with the salt and the payload can check it with any tool."""
    salt = door.new_salt()
    assert keys.commit(salt, b"payload") == hmac.new(salt, b"payload", hashlib.sha256).digest()
    assert keys.commit(salt, b"payload") != keys.commit(door.new_salt(), b"payload")
    with pytest.raises(ValueError, match="salt"):
        door.commit(b"short", b"payload")


def test_a_digest_is_plain_hexadecimal_sha_256():
    """Promise: the known digest of the empty message (FIPS 180-4)."""
    assert door.digest(b"") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_a_token_is_unguessable_and_only_its_hash_is_kept():
    """Promise: 256 random bits, nothing that a URL must escape, never twice."""
    tokens = {door.new_token("reply") for _ in range(100)}
    assert len(tokens) == 100
    for token in tokens:
        assert token.startswith("reply_")
        assert len(base64.urlsafe_b64decode(token.removeprefix("reply_") + "=")) == 32
        assert door.same(door.token_hash(token), hashlib.sha256(token.encode()).digest())
    assert not door.same("a", "b")
    assert door.same("ë", "ë".encode())


# --- Signing


def test_what_is_signed_verifies_with_the_published_keys_alone(keys):
    """Promise: a receipt needs the public keys and nothing else of ours."""
    published = json.loads(json.dumps(keys.public_jwks()))
    verified = door.verify(keys.sign(b'{"sub":"x"}', typ="at+jwt"), published, typ="at+jwt")
    assert verified.payload == b'{"sub":"x"}'
    assert verified.header == {"alg": "ES256", "typ": "at+jwt", "kid": keys.kid}
    assert not any("d" in jwk for jwk in published["keys"])
    header = door.verify_detached(b"<x/>", keys.sign_detached(b"<x/>", typ="msg+jws"), published, typ="msg+jws")
    assert header["kid"] == keys.kid == door.thumbprint(published["keys"][0])


def test_a_thumbprint_is_that_of_rfc_7638():
    """Source: RFC 7638 section 3.1, the worked example."""
    modulus = (
        "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZC"
        "iFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZg"
        "nYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIq"
        "bw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw"
    )
    jwk = {"kty": "RSA", "n": modulus, "e": "AQAB", "alg": "RS256", "kid": "2011-04-29"}
    assert door.thumbprint(jwk) == "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"


def test_the_es256_example_of_rfc_7515_verifies_once_it_names_its_key():
    """Source: RFC 7515 appendix A.3; its header lacks a kid, which we demand, so the check is called."""
    jwk = {
        "kty": "EC",
        "crv": "P-256",
        "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
        "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
    }
    signed = (
        b"eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19y"
        b"b290Ijp0cnVlfQ"
    )
    signature = "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"
    _, check = _CHECKS["ES256"]
    assert check(signed, public_key(jwk), from_base64url(signature))
    with pytest.raises(SignatureInvalid, match="kid"):
        door.verify(f"{signed.decode()}.{signature}", {"keys": [jwk]}, typ=None)


# Other people's keys: what they may sign with, and what we refuse.

_RSA: list[rsa.RSAPrivateKey] = []


def rsa_key() -> rsa.RSAPrivateKey:
    if not _RSA:
        _RSA.append(rsa.generate_private_key(65_537, 2_048))
    return _RSA[0]


ED = ed25519.Ed25519PrivateKey.generate()
EC_KEY = SigningKey.generate()
EC_JWK = EC_KEY.public_jwk()
ED_JWK = {"kty": "OKP", "crv": "Ed25519", "kid": "ed", "x": b64(ED.public_key().public_bytes_raw())}


def rsa_jwk(**changes: str) -> dict[str, Any]:
    public = rsa_key().public_key().public_numbers()
    return {"kty": "RSA", "kid": "rsa", "n": number(public.n), "e": number(public.e)} | changes


def es256(message: bytes) -> bytes:
    return ES256.sign(message, EC_KEY._private)


def ps256(message: bytes) -> bytes:
    return rsa_key().sign(message, padding.PSS(padding.MGF1(hashes.SHA256()), 32), hashes.SHA256())


def rs256(message: bytes) -> bytes:
    return rsa_key().sign(message, padding.PKCS1v15(), hashes.SHA256())


def jws(header: dict[str, Any] | str, payload: bytes, sign: Any = es256) -> str:
    head = b64((header if isinstance(header, str) else json.dumps(header)).encode())
    return f"{head}.{b64(payload)}.{b64(sign(f'{head}.{b64(payload)}'.encode()))}"


def everyone() -> dict[str, Any]:
    return {"keys": [EC_JWK, ED_JWK, rsa_jwk()]}


GOOD = {"alg": "ES256", "kid": EC_KEY.kid, "typ": "JWT"}


@pytest.mark.parametrize(
    "header, sign",
    [
        (GOOD, es256),
        ({"alg": "PS256", "kid": "rsa", "typ": "JWT"}, ps256),
        ({"alg": "Ed25519", "kid": "ed", "typ": "jwt"}, ED.sign),
        ({"alg": "EdDSA", "kid": "ed", "typ": "application/jwt"}, ED.sign),
        (GOOD | {"x5c": ["not trusted, not read"], "x5t#S256": "idem"}, es256),
    ],
)
def test_three_kinds_of_signature_are_accepted(header, sign):
    """Promise: ES256, PS256 and Ed25519 under either of its names."""
    assert door.verify(jws(header, b"hello", sign), everyone(), typ="JWT").payload == b"hello"


def hs256(message: bytes) -> bytes:
    """The classic confusion: the public key, used as the secret of an HMAC."""
    return hmac.digest(json.dumps(EC_JWK).encode(), message, "sha256")


def der(message: bytes) -> bytes:
    return EC_KEY._private.sign(message, ec.ECDSA(hashes.SHA256()))


@pytest.mark.parametrize(
    "token",
    [
        pytest.param(lambda: jws(GOOD | {"alg": "none"}, b"x", lambda _: b""), id="alg none"),
        pytest.param(lambda: jws(GOOD | {"alg": "None"}, b"x", lambda _: b""), id="alg None"),
        pytest.param(lambda: jws(GOOD | {"alg": ["ES256"]}, b"x"), id="alg is a list"),
        pytest.param(lambda: jws(GOOD | {"alg": "es256"}, b"x"), id="alg in lower case"),
        pytest.param(lambda: jws(GOOD | {"alg": "HS256"}, b"x", hs256), id="public key as HMAC secret"),
        pytest.param(lambda: jws(GOOD | {"alg": "RS256", "kid": "rsa"}, b"x", rs256), id="RS256"),
        pytest.param(lambda: jws(GOOD | {"alg": "PS256", "kid": "rsa"}, b"x", rs256), id="RS256 named PS256"),
        pytest.param(lambda: jws(GOOD | {"alg": "PS256"}, b"x", ps256), id="PS256 under the kid of an EC key"),
        pytest.param(lambda: jws(GOOD | {"kid": "rsa"}, b"x"), id="ES256 under the kid of an RSA key"),
        pytest.param(lambda: jws(GOOD | {"kid": "ed"}, b"x"), id="ES256 under the kid of an Ed25519 key"),
        pytest.param(lambda: jws({"alg": "ES256", "typ": "JWT"}, b"x"), id="no kid"),
        pytest.param(lambda: jws(GOOD | {"kid": "unknown"}, b"x"), id="unknown kid"),
        pytest.param(lambda: jws(GOOD | {"kid": "../../etc/passwd"}, b"x"), id="kid is a path"),
        pytest.param(lambda: jws(GOOD | {"kid": "' OR 1=1 --"}, b"x"), id="kid is SQL"),
        pytest.param(lambda: jws(GOOD | {"kid": 0}, b"x"), id="kid is a number"),
        pytest.param(lambda: jws(GOOD | {"kid": None}, b"x"), id="kid is null"),
        pytest.param(lambda: jws(GOOD | {"jwk": EC_JWK}, b"x"), id="key in the header"),
        pytest.param(lambda: jws(GOOD | {"jku": "https://creditor.example/jwks"}, b"x"), id="jku"),
        pytest.param(lambda: jws(GOOD | {"x5u": "file:///etc/passwd"}, b"x"), id="x5u"),
        pytest.param(lambda: jws(GOOD | {"crit": ["exp"], "exp": 1}, b"x"), id="crit"),
        pytest.param(lambda: jws(GOOD | {"crit": []}, b"x"), id="empty crit"),
        pytest.param(lambda: jws(GOOD | {"b64": False}, b"x"), id="b64"),
        pytest.param(lambda: jws(GOOD | {"typ": "at+jwt"}, b"x"), id="another type"),
        pytest.param(lambda: jws({"alg": "ES256", "kid": EC_KEY.kid}, b"x"), id="no type"),
        pytest.param(lambda: jws(GOOD | {"typ": 1}, b"x"), id="type is a number"),
        pytest.param(lambda: jws(GOOD, b"x", der), id="signature in DER"),
        pytest.param(lambda: jws(GOOD, b"x", lambda _: b""), id="empty signature"),
        pytest.param(lambda: jws(GOOD, b"x", lambda _: bytes(64)), id="all zero (CVE-2022-21449)"),
        pytest.param(lambda: jws(GOOD, b"x", lambda message: es256(message)[:63]), id="short signature"),
        pytest.param(lambda: jws(GOOD, b"x", lambda message: es256(message) + b"\0"), id="long signature"),
        pytest.param(
            lambda: jws(f'{{"alg":"none","alg":"ES256","kid":"{EC_KEY.kid}","typ":"JWT"}}', b"x"),
            id="duplicate name",
        ),
        pytest.param(lambda: jws("[1]", b"x"), id="header is a list"),
        pytest.param(lambda: jws("", b"x"), id="header is empty"),
        pytest.param(lambda: jws("[" * 3_000, b"x"), id="deep header"),
        pytest.param(lambda: jws(GOOD | {"pad": "x" * 5_000}, b"x"), id="long header"),
        pytest.param(lambda: jws(GOOD, b""), id="no payload"),
        pytest.param(lambda: jws(GOOD, b"x") + "=", id="padding"),
        pytest.param(lambda: jws(GOOD, b"x") + "\n", id="line end"),
        pytest.param(lambda: " " + jws(GOOD, b"x"), id="space"),
        pytest.param(lambda: jws(GOOD, b"x") + ".", id="four parts"),
        pytest.param(lambda: jws(GOOD, b"x").rpartition(".")[0], id="two parts"),
        pytest.param(lambda: json.dumps({"payload": "eA", "signatures": []}), id="JSON form"),
        pytest.param(lambda: "", id="nothing"),
        pytest.param(lambda: "é.é.é", id="not ASCII"),
        pytest.param(lambda: "a" * 2_000_000, id="too long"),
        pytest.param(lambda: "..", id="only dots"),
    ],
)
def test_no_other_token_passes(token):
    """Promise: the whole matrix of forged, confused and malformed tokens is refused (threat C-S2)."""
    with pytest.raises(SignatureInvalid):
        door.verify(token(), everyone(), typ="JWT")


def test_one_signature_has_one_spelling():
    """Promise: the unused bits of base64url cannot be set, so a token cannot be copied under another name."""
    token = jws(GOOD, b"hello")
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    # 64 bytes end in a character of which only two bits count; the next letter has the same two.
    other = token[:-1] + alphabet[alphabet.index(token[-1]) + 1]
    assert base64.urlsafe_b64decode(token.split(".")[2] + "==") == base64.urlsafe_b64decode(other.split(".")[2] + "==")
    with pytest.raises(SignatureInvalid):
        door.verify(other, everyone(), typ="JWT")


@pytest.mark.parametrize(
    "jwk",
    [
        pytest.param(lambda: EC_JWK | {"use": "enc"}, id="made for encryption"),
        pytest.param(lambda: EC_JWK | {"alg": "ES384"}, id="made for another algorithm"),
        pytest.param(lambda: EC_JWK | {"crv": "P-384"}, id="another curve"),
        pytest.param(lambda: EC_JWK | {"y": EC_JWK["x"]}, id="off the curve"),
        pytest.param(lambda: EC_JWK | {"x": EC_JWK["x"] + "A"}, id="too long a coordinate"),
        pytest.param(lambda: EC_JWK | {"x": 5}, id="a number for a coordinate"),
        pytest.param(lambda: EC_JWK | {"kty": "oct", "k": "AAAA"}, id="a shared secret"),
        pytest.param(lambda: {"kid": EC_KEY.kid}, id="nothing but a name"),
        pytest.param(lambda: rsa_jwk(kid=EC_KEY.kid), id="of another family"),
    ],
)
def test_a_registered_key_is_used_only_for_what_it_is(jwk):
    """Promise: one family per key; a key we do not understand verifies nothing."""
    with pytest.raises(SignatureInvalid):
        door.verify(jws(GOOD, b"x"), {"keys": [jwk()]}, typ="JWT")


def test_two_keys_of_one_name_are_no_key():
    """Promise: doubt about who signed is a refusal."""
    with pytest.raises(SignatureInvalid):
        door.verify(jws(GOOD, b"x"), {"keys": [EC_JWK, EC_JWK]}, typ="JWT")


@pytest.mark.parametrize("n, e", [(2**1023 + 1, 65_537), (2**2047 + 1, 3), (2**9000 + 1, 65_537), (1, 1)])
def test_a_weak_or_monstrous_rsa_key_is_refused(n, e):
    """Promise: 2048 to 8192 bits, and an exponent that nobody can use to make checking slow."""
    with pytest.raises(SignatureInvalid):
        door.thumbprint({"kty": "RSA", "n": number(n), "e": number(e)})


def test_a_detached_signature_holds_for_those_bytes_only(keys):
    """Promise: one changed, added or lost byte of the body is found (threat C-T1)."""
    signed, published = keys.sign_detached(b'{"total":125000}', typ="msg+jws"), keys.public_jwks()
    assert door.verify_detached(b'{"total":125000}', signed, published)["typ"] == "msg+jws"
    for body in (b'{"total":12500}', b'{"total":125000} ', b'\xef\xbb\xbf{"total":125000}', b""):
        with pytest.raises(SignatureInvalid):
            door.verify_detached(body, signed, published)
    with pytest.raises(SignatureInvalid):
        door.verify_detached(b'{"total":125000}', signed, published, typ="receipt+jws")


def test_attached_and_detached_are_not_mixed_up(keys):
    """Promise: a signature that brings its own content cannot vouch for other content."""
    with pytest.raises(SignatureInvalid):
        door.verify_detached(b"x", keys.sign(b"x", typ="msg+jws"), keys.public_jwks())
    with pytest.raises(SignatureInvalid):
        door.verify(keys.sign_detached(b"x", typ="msg+jws"), keys.public_jwks(), typ=None)


@given(st.text(max_size=60) | st.from_regex(r"[A-Za-z0-9_-]{0,40}\.[A-Za-z0-9_-]{0,9}\.[A-Za-z0-9_-]{0,90}"))
def test_any_text_is_refused_in_the_same_way(text):
    """Promise: whatever is in the header of a request, the answer is a refusal and never a crash."""
    with pytest.raises(SignatureInvalid):
        door.verify(text, everyone(), typ=None)
    with pytest.raises(SignatureInvalid):
        door.verify_detached(b"x", text, everyone())


def test_a_key_folder_never_shows_in_a_traceback(keys):
    """Promise: no key material in what is printed of the object."""
    assert repr(keys) == f"Keys({keys.fingerprint})"


def test_an_unreachable_folder_is_a_configuration_error(tmp_path):
    """Promise: a file where the folder should be gives a clear refusal."""
    (tmp_path / "keys").write_text("x")
    with pytest.raises(ConfigurationError, match="keys"):
        Keys.load(Path(tmp_path / "keys"), create=True)
