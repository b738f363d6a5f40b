"""No byte string to any endpoint gives a 5xx or a hang, and every refusal says what was wrong and where."""

from __future__ import annotations

import gzip
import json
import time
from collections.abc import Iterator, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from gateway.storage.cases import wrapped_key
from gateway.storage.tables import offer_answer, reply
from tests.attack.support import (
    FORMATS,
    KEYED,
    POSTS,
    RAW,
    ROUTES,
    UNKNOWN_ID,
    Prepared,
    Route,
    is_problem,
    prepared,
    routes_of,
)
from tests.integration.support import JSON

CANARY = "kanarie7f3a"
SAMPLES = Path(__file__).parents[2] / "config" / "creditors" / "samples"
OURS = [route for route in POSTS if route.endpoint not in RAW]
THEIRS = [route for route in POSTS if route.endpoint in RAW]
# A refusal, and a reply that is kept, write these; nothing else may grow by a call that was refused.
RECORDS_OF_REFUSAL = {"journal", "journal_facts", "journal_pending"}
RECORDS_OF_RECEIPT = RECORDS_OF_REFUSAL | {"reply", "offer_answer"}

UNREADABLE: Mapping[str, bytes] = {
    "empty": b"",
    "blanks": b" \r\n\t",
    "not JSON": f"{CANARY}".encode(),
    "a cut string": f'{{"name": "{CANARY}'.encode(),
    "two values": b"{} {}",
    "a comment": b'{"name": /* */ 1}',
    "a trailing comma": b'{"name": 1,}',
    "100,000 brackets": b"[" * 100_000,
    "100,000 braces": b'{"a":' * 100_000,
    "closed brackets": b"[" * 50_000 + b"]" * 50_000,
    "a name twice": f'{{"name": "{CANARY}", "name": "b"}}'.encode(),
    "a name twice, once escaped": b'{"name": "a", "n\\u0061me": "b"}',
    "NaN": b'{"name": NaN}',
    "Infinity": b'{"name": -Infinity}',
    "1e999": b'{"name": 1e999}',
    "a small 1e-999": b'{"name": 1e-999}',
    "30 digits": b'{"name": 123456789012345678901234567890}',
    "4,000,000 digits": b"1" * 4_000_000,
    "half a surrogate pair": b'{"name": "\\ud800"}',
    "the halves the wrong way round": b'{"name": "\\udc00\\ud800"}',
    "encoded surrogate": b'{"name": "\xed\xa0\x80"}',
    "overlong UTF-8": b'{"name": "\xc0\xaf"}',
    "escaped NUL": b'{"name": "\\u0000"}',
    "raw NUL": b'{"name": "\x00"}',
    "bell": b'{"name": "\x07"}',
    "DEL": b'{"name": "\x7f"}',
    "C1 control": b'{"name": "\\u0085"}',
    "NUL in a name": b'{"na\\u0000me": 1}',
    "Latin-1": '{"name": "é"}'.encode("latin-1"),
    "UTF-16": '{"name": "a"}'.encode("utf-16"),
    "UTF-16 without a mark": '{"name": "a"}'.encode("utf-16-be"),
    "UTF-32": '{"name": "a"}'.encode("utf-32"),
    "UTF-7": "é".encode("utf-7") + b"+AHsAfQ-",
    "a mark twice": b"\xef\xbb\xbf\xef\xbb\xbf{}",
    "a mark and nothing": b"\xef\xbb\xbf",
    "XML": b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>",
    "a form": f"name={CANARY}".encode(),
    "gzip": gzip.compress(b"{}"),
}  # fmt: skip
OF_A_WRONG_KIND: Mapping[str, bytes] = {
    "null": b"null",
    "true": b"true",
    "a number": b"1.50",
    "text": f'"{CANARY}"'.encode(),
    "a list": b"[]",
    "a list of objects": b"[{}]",
    "an unknown field": f'{{"zzz": "{CANARY}", "__proto__": {{}}, "constructor": 1, "_schema": 1, "": 1}}'.encode(),
    "a mark and an object": b'\xef\xbb\xbf{"zzz": 1}',
    "depth 31": b'{"a":' * 31 + b"1" + b"}" * 31,
    "1,000 unknown fields": json.dumps({f"f{number}": CANARY for number in range(1_000)}).encode(),
    "a name of 100,000 characters": json.dumps({CANARY * 10_000: 1}).encode(),
}
WRONG_ANYWHERE: Mapping[str, Any] = {
    "null": None,
    "an object": {"a": CANARY},
    "an empty list": [],
    "a list in a list": [[[]]],
    "nothing": "",
    "a decimal": 1.5,
    "a negative": -1,
    "fifteen digits": 999_999_999_999_999,
    "exponent": 1e20,
    "10,000 characters": CANARY[:5] * 2_000,
}
ODD_TEXT = (
    "عبد الله", "\u202e\u2066evil\u2069", "👩‍👩‍👧‍👦🇳🇱", "Robert'); DROP TABLE journal;--", "<script>alert(1)</script>",
    "{{7*7}}${7*7}", "../../../../etc/passwd", "..\\..\\x", "a\r\nSet-Cookie: a=b", "a\tb\nc", "=HYPERLINK(1)", "%00%0a",
    "\ufeff", "\ufffe", "\u2028", "ﬁ", "İ", "A" + "\u0301" * 19, "null", "-0", "\U0010ffff", " ", "'", '"', "\\", "%s%n{0}",
)  # fmt: skip


@pytest.fixture(scope="module")
def p() -> Iterator[Prepared]:
    with prepared() as made:
        yield made


def test_the_attacks_walk_every_rule(p: Prepared) -> None:
    """A rule that is added later is attacked too."""
    assert routes_of(p.w.gateway.flask) == ROUTES
    assert all(p.body(route) is not None for route in OURS)


@pytest.mark.parametrize("route", OURS, ids=str)
def test_a_body_that_cannot_be_read_is_refused_and_nothing_is_written(p: Prepared, route: Route) -> None:
    """C-D1, R-T5: 400 with a document that echoes nothing."""
    before = p.counts()
    for name, body in (UNREADABLE | OF_A_WRONG_KIND).items():
        answer = p.send(route, body)
        assert answer.status_code == 400, (name, answer.status_code)
        assert is_problem(answer)["errors"], name
        assert CANARY.encode() not in answer.get_data(), name
        assert len(answer.get_data()) < 10_000, name
    assert p.counts() == before


@pytest.mark.parametrize("route", OURS, ids=str)
def test_each_fault_is_listed_at_its_own_place(p: Prepared, route: Route) -> None:
    """All faults in one answer (NLGov API rules), each at the pointer of what was sent there."""
    before = p.counts()
    for pointer in _pointers(p.body(route)):
        for name, value in WRONG_ANYWHERE.items():
            body = _with(p.body(route), pointer, value)
            if body == p.body(route):
                continue
            answer = p.send(route, body)
            assert answer.status_code == 400, (pointer, name, answer.get_data(as_text=True))
            pointers = [fault["pointer"] for fault in is_problem(answer)["errors"]]
            assert any(one.startswith(pointer) for one in pointers), (pointer, name, pointers)
            assert CANARY.encode() not in answer.get_data(), name
    wrong = p.body(route)
    leaves = [pointer for pointer in _pointers(wrong) if not isinstance(_at(wrong, pointer), dict | list)]
    for pointer in leaves:
        wrong = _with(wrong, pointer, {"zzz": CANARY})
    wrong["zzz"] = CANARY
    listed = {fault["pointer"] for fault in is_problem(p.send(route, wrong))["errors"]}
    assert {*leaves, "/zzz"} <= listed
    assert p.counts() == before


@pytest.mark.parametrize("route", OURS, ids=str)
def test_text_that_is_odd_but_valid_is_taken_or_refused_with_a_reason(p: Prepared, route: Route) -> None:
    """Right-to-left, emoji, SQL, HTML, line ends and paths are text; a field with a form refuses them."""
    texts = [pointer for pointer in _pointers(p.body(route)) if isinstance(_at(p.body(route), pointer), str)]
    for odd in ODD_TEXT:
        for pointer in texts:
            answer = p.send(route, _with(p.body(route), pointer, odd))
            assert answer.status_code in {200, 201, 202, 400, 404, 409}, (pointer, odd, answer.status_code)
            if answer.status_code >= 400:
                is_problem(answer)
                assert len(odd) < 8 or odd not in answer.get_json().get("detail", "")


def test_odd_text_comes_back_unharmed(p: Prepared) -> None:
    """What is taken is kept as it was sent, character for character."""
    for odd in ODD_TEXT:
        answer = p.w.call("counsellor", "POST", "/v1/counsellors", {"name": odd})
        if any(mark in odd for mark in "\r\ufffe"):
            assert answer.status_code == 400
        else:
            assert answer.get_json()["name"] == odd


@pytest.mark.parametrize("route", POSTS, ids=str)
def test_how_a_body_is_sent_is_checked_before_it_is_read(p: Prepared, route: Route) -> None:
    """R-D1, security part 3 no. 24: a length, no compression, the documented media type, the documented size."""
    before, path, who = p.counts(), p.path(route), {"Authorization": f"Bearer {p.w.tokens[p.caller(route)]}"}
    chunked = p.w.web.post(
        path,
        input_stream=BytesIO(b"{}"),
        headers={**who, **JSON, "Transfer-Encoding": "chunked"},
        environ_overrides={"wsgi.input_terminated": True},
    )
    assert (chunked.status_code, is_problem(chunked)["detail"]) == (411, "Send a Content-Length header.")
    for coding in ("gzip", "br", "identity, gzip", "x"):
        assert p.send(route, gzip.compress(b"{}"), **{"Content-Encoding": coding}).status_code == 415
    started = time.monotonic()
    large = p.send(route, b" " * 6_000_000)
    assert (large.status_code, is_problem(large)["title"]) == (413, "The body is too large")
    assert time.monotonic() - started < 2
    if route.endpoint not in RAW:
        for media_type in (
            "text/plain",
            "application/xml",
            "application/x-www-form-urlencoded",
            "a" * 5_000,
            "x/é",
            "",
        ):
            refused = p.send(route, b"{}", **{"Content-Type": media_type})
            assert (refused.status_code, is_problem(refused)["status"]) == (415, 415), media_type
    assert p.counts() == before


@pytest.mark.parametrize("route", [route for route in OURS if route.endpoint in KEYED], ids=str)
@pytest.mark.parametrize(
    "key", [None, "", "short", "a" * 129, "with a space", "tab\tinside", "ééééééééé", "a\x7faaaaaaaa"]
)
def test_a_call_without_a_proper_idempotency_key_is_refused_with_its_other_faults(
    p: Prepared, route: Route, key: str | None
) -> None:
    """Ruling 32; the header's fault stands in one list with the body's."""
    before = p.counts()
    headers = {"Authorization": f"Bearer {p.w.tokens[p.caller(route)]}", **JSON}
    if key is not None:
        headers["Idempotency-Key"] = key
    for body in (p.body(route), {**p.body(route), "zzz": 1}, [], None):
        problem = is_problem(p.w.web.post(p.path(route), data=json.dumps(body), headers=headers))
        assert problem["status"] == 400
        codes = [fault["code"] for fault in problem["errors"]]
        assert "idempotency_key" in codes
        assert len(codes) == (1 if body == p.body(route) else 2), codes
    assert p.counts() == before


@pytest.mark.parametrize("route", THEIRS, ids=str)
@pytest.mark.parametrize("media_type", ["application/json", "application/xml", "text/plain", "", "x", 'a/b; name="J."'])
def test_what_a_creditor_sends_is_kept_sealed_whatever_it_is(p: Prepared, route: Route, media_type: str) -> None:
    """Ruling 16: refused or received, never lost, and only the media type's bare name stands in the clear."""
    before = p.counts()
    for name, body in (UNREADABLE | OF_A_WRONG_KIND).items():
        answer = p.send(route, body, **{"Content-Type": media_type})
        assert answer.status_code in (202, 400), (name, answer.status_code)
        assert CANARY.encode() not in answer.get_data() or name.startswith("a name of"), name
        assert kept(p, route, body, media_type="J.") is not None, name
        if answer.status_code == 400:
            assert is_problem(answer)["errors"], name
    after = p.counts()
    assert {name for name in after if after[name] != before[name]} <= RECORDS_OF_RECEIPT


@pytest.mark.parametrize("slug", FORMATS)
def test_no_bytes_break_the_reading_of_a_reply(p: Prepared, slug: str) -> None:
    """Bar "Bad input": random bytes, and golden samples with a random cut, copy or overwrite; nothing crashes us."""
    sample_files = [one for one in (SAMPLES / slug).iterdir() if ".expected." not in one.name]
    samples = [one.read_bytes() for one in sorted(sample_files)]
    media_type = "application/xml" if sample_files[0].suffix == ".xml" else "application/json"
    route = next(route for route in THEIRS if route.endpoint == "creditor.reply")
    path = f"/v1/statement-requests/{p.requests[slug]}/reply"

    @settings(max_examples=60, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(raw=_bytes_like(samples))
    def attack(raw: bytes) -> None:
        answer = p.post(slug, path, raw, **{"Content-Type": media_type})
        assert answer.status_code in (202, 400), (answer.status_code, raw)
        if answer.status_code == 400:
            is_problem(answer)
        else:
            codes = {problem["code"] for problem in answer.get_json()["problems"]}
            assert "not_processed" not in codes, raw
        if answer.status_code == 400 or answer.get_json()["status"] in ("held", "accepted"):
            assert kept(p, route, raw) is not None, raw

    attack()


@pytest.mark.parametrize("media_type", ["application/json", "text/xml", "application/octet-stream"])
def test_no_bytes_break_the_reading_of_an_answer(p: Prepared, media_type: str) -> None:
    """As above, for the answer to an offer."""
    route = next(route for route in THEIRS if route.endpoint == "creditor.offer_answer")
    samples = [
        b'{"answer": "refuse", "ground": "amount_incorrect", "facts": {"claimed_cents": 120000, "proof": "F 12"}}',
        b'<offer_answer xmlns="urn:creditor-gateway:messages:1"><answer>refuse</answer></offer_answer>',
        b'{"answer": "perhaps", "reason": "\\u00e9"}',
    ]

    @settings(max_examples=60, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(raw=_bytes_like(samples))
    def attack(raw: bytes) -> None:
        answer = p.send(route, raw, **{"Content-Type": media_type})
        assert answer.status_code in (202, 400), (answer.status_code, raw)
        if answer.status_code == 400:
            is_problem(answer)
        assert kept(p, route, raw) is not None, raw

    attack()


@pytest.mark.parametrize("what", ["debts", "extras"])
def test_a_reply_with_too_much_in_it_is_held_in_a_short_answer(p: Prepared, what: str) -> None:
    """1.2 MB of empty debts once took 34 seconds and answered with 40 MB of problems."""
    sample = json.loads((SAMPLES / "gateway-json" / "ordinary.json").read_bytes())
    body = {**sample, "debts": [{}] * 100_000} if what == "debts" else {**sample, **{f"x{n}": 1 for n in range(60_000)}}
    path, started = f"/v1/statement-requests/{p.requests['gateway-json']}/reply", time.monotonic()
    answer = p.w.call("gateway-json", "POST", path, json.dumps(body).encode(), **JSON)
    assert (answer.status_code, answer.get_json()["status"]) == (202, "held")
    assert len(answer.get_data()) < 200_000
    assert time.monotonic() - started < 8  # far more than it takes; far less than it took


@pytest.mark.parametrize("body", [{"answer": "refuse", "facts": {f"f{n}": 1 for n in range(100_000)}}, [{}] * 100_000])
def test_an_answer_with_too_much_in_it_is_refused_in_a_short_answer(p: Prepared, body: Any) -> None:
    """C-D1: what is wrong is said once, not a hundred thousand times."""
    route = next(route for route in THEIRS if route.endpoint == "creditor.offer_answer")
    answer = p.send(route, body)
    assert answer.status_code == 400
    assert len(answer.get_data()) < 2_000


@pytest.mark.parametrize("name", ["after", "limit"])
@pytest.mark.parametrize(
    "value",
    ["", "x", "-2", "--5", "-", "+1", "1e3", "1.0", "1_0", "%D9%A3", "9" * 16, "9" * 5_000, "%00", "%20 1", "0x1", "NaN",
     "%ff", "1;DROP", "1%0a", "null", "-0x", "%F0%9F%98%80"],
)  # fmt: skip
def test_a_query_that_is_no_number_is_refused(p: Prepared, name: str, value: str) -> None:
    """Python reads digits of other scripts, underscores and a plus sign as numbers; we do not."""
    for role in ("counsellor", "owner"):
        answer = p.w.call(role, "GET", f"/v1/events?{name}={value}")
        assert answer.status_code == 400
        [fault] = is_problem(answer)["errors"]
        assert name in fault["detail"]
        both = is_problem(p.w.call(role, "GET", f"/v1/events?after={value}&limit={value}"))
        assert len(both["errors"]) == 2


def test_a_query_that_is_a_number_is_taken(p: Prepared) -> None:
    """Both ends of what is allowed."""
    for query in (
        "after=-1",
        "after=999999999999999",
        "limit=1",
        "limit=999999999999999",
        "after=0&after=x",
        "zzz=%ff",
    ):
        assert p.w.call("counsellor", "GET", f"/v1/events?{query}").status_code == 200, query
    for query in ("format=pdf", "format=", "format=%00", "format=csv%0d%0aX:y"):
        answer = p.w.call("counsellor", "GET", f"/v1/cases/{p.ids['case_id']}/overview-file?{query}")
        assert answer.status_code == 400
        is_problem(answer)


@pytest.mark.parametrize("route", [route for route in ROUTES if route.has_id], ids=str)
def test_an_odd_id_is_as_unknown_as_any_other(p: Prepared, route: Route) -> None:
    """One id has one address; a path is never redirected, read twice or walked."""
    name = next(name for name in p.ids if f"{{{name}}}" in route.path)
    known = p.ids[name]
    body = None if route.method == "GET" else json.dumps(p.body(route) if route.endpoint not in RAW else {}).encode()
    unknown = p.w.call(p.caller(route), route.method, p.path(route, **{name: UNKNOWN_ID}), body, **JSON)
    assert unknown.status_code == 404
    for odd in (
        f"{{{known}}}", f"urn:uuid:{known}", known.replace("-", ""), f"{known}%00", f"{known}%0a", f"%20{known}",
        known[:-1] + "%D9%A3", "..%2f..", "%2e%2e", "..", "%", "%zz", "%ff%fe", "a" * 5_000, "0", "null", "*", f"{known};a=b",
        f"{known},{known}", "%25%30%30", known.replace("-", "_", 1), "👩",
    ):  # fmt: skip
        answer = p.w.call(p.caller(route), route.method, p.path(route, **{name: odd}), body, **JSON)
        assert answer.status_code == 404, odd
        if is_problem(answer)["detail"] != "There is nothing here for you.":
            assert answer.get_data() == unknown.get_data(), odd


@pytest.mark.parametrize("route", ROUTES, ids=str)
def test_a_path_that_is_nearly_right_is_unknown(p: Prepared, route: Route) -> None:
    """NLGov API rules: no trailing slash, no redirect; nor any other spelling of the path."""
    right = p.path(route).partition("?")[0]
    for path in (
        f"{right}/", right.replace("/v1/", "/v1//", 1), f"{right}%2f", f"{right}.json", f"{right};a", f"{right}%00",
        right.upper(), right.replace("/v1/", "/v1/./", 1), right.replace("/v1/", "/v1/../v1/", 1), f"{right}/%2e%2e",
        right.replace("/v1/", "/v1/%2e%2e/", 1), f"{right}\\",
    ):  # fmt: skip
        answer = p.w.call(p.caller(route), route.method, path, b"{}" if route.method == "POST" else None, **JSON)
        assert answer.status_code in (404, 405), path  # 405: it is the path of another rule
        assert "Location" not in answer.headers
        if path.startswith("/v1/"):
            is_problem(answer)


@pytest.mark.parametrize("path", sorted({route.path for route in ROUTES}))
def test_other_methods_are_refused_and_the_right_ones_named(p: Prepared, path: str) -> None:
    """RFC 9110: 405 comes with Allow; HEAD goes where GET goes; OPTIONS names the methods and does nothing."""
    mine = [route for route in ROUTES if route.path == path]
    allowed = {route.method for route in mine} | {"OPTIONS"}
    if "GET" in allowed:
        allowed.add("HEAD")
    before, filled = p.counts(), p.path(mine[0])
    for method in {"GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "PROPFIND", "BREW"} - allowed:
        answer = p.w.call(p.caller(mine[0]), method, filled, b"{}", **JSON)
        assert answer.status_code == 405, method
        assert set(answer.headers["Allow"].replace(" ", "").split(",")) == allowed
        is_problem(answer)
    options = p.w.web.options(filled)
    assert (options.status_code, options.get_data()) == (200, b"")
    assert set(options.headers["Allow"].replace(" ", "").split(",")) == allowed
    assert p.counts() == before
    if "GET" in allowed:
        [got, head] = [p.w.call(p.caller(mine[0]), method, filled) for method in ("GET", "HEAD")]
        assert (head.status_code, head.get_data()) == (got.status_code, b"")
        assert head.mimetype == got.mimetype


@pytest.mark.parametrize("host", ["", "a b", "<x>", "a@b", "evil.example/path", "127.0.0.1:99999", "é", "a\\b", "[::1"])
def test_a_host_that_cannot_be_one_is_refused(p: Prepared, host: str) -> None:
    """RFC 9112 section 3.2."""
    answer = p.w.call("counsellor", "GET", "/v1/creditors", Host=host)
    assert answer.status_code == 400
    is_problem(answer)


def test_no_address_is_made_of_the_host_of_a_call(p: Prepared) -> None:
    """Otherwise a forged Host would send a resident with a secret code to somebody else's site."""
    for route in OURS:
        if "page-links" in route.path:
            answer = p.send(route, p.body(route), Host="evil.example", **{"X-Forwarded-Host": "evil.example"})
            assert answer.get_json()["address"].startswith(f"{p.w.gateway.settings.base_url}/page/")


def test_one_call_holds_one_word_about_a_flow(p: Prepared) -> None:
    """A yes and a no at the same moment: neither would be the newest, so chance would decide."""
    route = next(route for route in OURS if route.endpoint == "counsellor.record_grants")
    body = p.body(route)
    body["grants"] += [{**body["grants"][0], "act": "given"}]
    problem = is_problem(p.send(route, body))
    assert [(fault["pointer"], fault["code"]) for fault in problem["errors"]] == [("/grants/1", "twice")]


def kept(p: Prepared, route: Route, raw: bytes, *, media_type: str = "\0") -> Any:
    """The row that keeps these very bytes, sealed; opened to make sure."""
    runtime = p.w.gateway.runtime
    table = reply if route.endpoint == "creditor.reply" else offer_answer
    with runtime.database.begin() as connection:
        row = connection.execute(
            select(table).where(table.c.digest == runtime.keys.digest(raw)).order_by(table.c.received_at).limit(1)
        ).one()
        key = wrapped_key(connection, row.resident_id)
    assert media_type not in row.media_type
    assert runtime.keys.open(key, bytes(row.raw), table=table.name, row=row.id, column="raw") == raw
    return row


def _bytes_like(samples: list[bytes]) -> st.SearchStrategy[bytes]:
    """Random bytes, random JSON, and samples that were tampered with."""
    places = st.integers(0, 5_000)
    leaves = st.none() | st.booleans() | st.integers(-(10**15), 10**15) | st.floats() | st.text(max_size=8)
    values = st.recursive(
        leaves, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    )

    def tampered(sample: bytes, at: int, until: int, with_this: bytes) -> bytes:
        first, last = sorted((at % (len(sample) + 1), until % (len(sample) + 1)))
        return sample[:first] + with_this + sample[last:]

    def overwritten(sample: bytes, at: int, with_this: bytes) -> bytes:
        first = at % (len(sample) + 1)
        return sample[:first] + with_this + sample[first + len(with_this) :]

    def odd_value(sample: bytes, at: int, value: Any) -> bytes:
        """A JSON sample in which one value is another."""
        try:
            wire = json.loads(sample)
        except ValueError:
            return sample[: at % (len(sample) + 1)]
        pointers = _pointers(wire)
        return json.dumps(_with(wire, pointers[at % len(pointers)], value)).encode()

    picked = st.sampled_from(samples)
    few = st.binary(max_size=6) | st.sampled_from(
        [b"\xff", b"<", b"]]>", b"&#0;", b"&a;", b'"', b"{", b"-", b"e9", b"0" * 20, b"<!--", b" xmlns=''", b"\r"]
    )
    return st.one_of(
        st.binary(max_size=200),
        values.map(lambda value: json.dumps(value).encode()),
        st.builds(tampered, picked, places, places, few),
        st.builds(overwritten, picked, places, few),
        st.builds(odd_value, picked, places, leaves | values),
    )


def _pointers(value: Any, pointer: str = "") -> list[str]:
    """Every place below the top of a JSON value."""
    children: list[tuple[str, Any]] = []
    if isinstance(value, dict):
        children = [(f"{pointer}/{name}", one) for name, one in value.items()]
    elif isinstance(value, list):
        children = [(f"{pointer}/{index}", one) for index, one in enumerate(value)]
    return [place for at, one in children for place in (at, *_pointers(one, at))]


def _at(value: Any, pointer: str) -> Any:
    for step in pointer.split("/")[1:]:
        value = value[int(step)] if isinstance(value, list) else value[step]
    return value


def _with(value: Any, pointer: str, other: Any) -> Any:
    """A copy of *value* that says *other* at *pointer*."""
    made = json.loads(json.dumps(value))
    *above, last = pointer.split("/")[1:]
    holder = _at(made, "".join(f"/{step}" for step in above))
    holder[int(last) if isinstance(holder, list) else last] = other
    return made
