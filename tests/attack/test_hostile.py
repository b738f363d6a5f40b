"""The collection of hostile and odd bytes, sent to a running server: refused or received, and nothing else happens."""

from __future__ import annotations

import gzip
import json
import os
import socket
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread

import pytest

from tests.attack.hostile import Canary, Hostile, collection
from tests.attack.server import Running, problem, running, statuses

FORMAT_OF = {"json": "bare-list", "xml": "bailiff-xml"}
MEDIA_TYPE_OF = {"json": "application/json", "xml": "application/xml"}
SECRET = b"kanarie7f3a"


@dataclass
class Watched:
    """An address that counts who calls, and a file that notices being opened."""

    canary: Canary
    touched: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    """The file is a named pipe: its writer wakes up as soon as anybody opens it for reading."""
    pipe = tmp_path_factory.mktemp("canary") / "secret"
    os.mkfifo(pipe)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        made = Watched(canary=Canary(url=f"http://127.0.0.1:{listener.getsockname()[1]}/canary", file=pipe))
        ending = Event()
        threads = [
            Thread(target=_watch_address, args=(listener, made, ending), daemon=True),
            Thread(target=_watch_file, args=(pipe, made, ending), daemon=True),
        ]
        for thread in threads:
            thread.start()
        yield made
        ending.set()
        socket.create_connection(listener.getsockname()).close()
        os.close(os.open(pipe, os.O_RDONLY | os.O_NONBLOCK))
        for thread in threads:
            thread.join(timeout=10)


def _watch_address(listener: socket.socket, made: Watched, ending: Event) -> None:
    while True:
        line, _ = listener.accept()
        if not ending.is_set():
            made.touched.append("address")
        line.close()
        if ending.is_set():
            return


def _watch_file(pipe: Path, made: Watched, ending: Event) -> None:
    with pipe.open("wb", buffering=0) as file:  # waits until a reader comes; one is one too many
        if not ending.is_set():
            made.touched.append("file")
            file.write(SECRET)


@pytest.fixture(scope="module")
def s(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("web")) as made:
        yield made


def send(s: Running, slug: str, raw: bytes, media_type: str, *headers: str) -> bytes:
    """A reply of the creditor whose format is *slug*."""
    said = (f"Content-Type: {media_type}", f"Content-Length: {len(raw)}", "Connection: close", *headers)
    return s.say(s.request(slug, "POST", f"/v1/statement-requests/{s.p.requests[slug]}/reply", *said, body=raw))


@pytest.mark.parametrize("hostile", list(collection()), ids=str)
def test_the_ill_formed_is_refused_the_well_formed_received_and_nothing_is_fetched(
    s: Running, watched: Watched, hostile: Hostile
) -> None:
    """R-T1, ruling 16: 400 that says what is wrong, or 202; no address called, no file opened, nothing echoed."""
    raw = hostile.make(watched.canary)
    answer = send(s, FORMAT_OF[hostile.syntax], raw, MEDIA_TYPE_OF[hostile.syntax])
    assert statuses(answer) == ([202] if hostile.readable else [400]), answer[:500]
    assert SECRET not in answer
    assert len(answer) < 500_000
    if not hostile.readable:
        [fault] = problem(answer)["errors"]
        assert fault["code"] in hostile.codes or (fault["code"] == "R3" and "empty" in hostile.codes)
    assert watched.touched == []


def test_the_canaries_would_have_noticed(watched: Watched) -> None:
    """The watch itself works: without this, the test above could pass for the wrong reason."""
    address = watched.canary.url.split("/")[2].split(":")
    assert watched.canary.file.read_bytes() == SECRET
    with socket.create_connection((address[0], int(address[1])), timeout=5) as line:
        assert line.recv(1) == b""
    assert sorted(watched.touched) == ["address", "file"]
    watched.touched.clear()


@pytest.mark.parametrize(
    "coding", ["gzip", "deflate", "br", "zstd", "compress", "x-gzip", "gzip, gzip", "identity, gzip", "aes128gcm"]
)
def test_a_coded_body_is_refused_unopened(s: Running, coding: str) -> None:
    """R-D1: 415, whatever is inside; a bomb of 1 MB that would unpack to 1 GB costs what it weighs."""
    bomb = gzip.compress(b"\0" * 50_000_000) if coding != "deflate" else zlib.compress(b"\0" * 50_000_000)
    for raw in (bomb, gzip.compress(b"{}"), b"{}", b""):
        answer = send(s, "bare-list", raw, "application/json", f"Content-Encoding: {coding}")
        assert statuses(answer) == [415]
        assert problem(answer)["status"] == 415


def test_a_charset_beside_the_media_type_changes_nothing(s: Running) -> None:
    """RFC 8259 knows no charset; the bytes are UTF-8 or they are refused."""
    for raw, status in (('{"a": "é"}'.encode(), 202), ('{"a": "é"}'.encode("latin-1"), 400), (b"+AHsAfQ-", 400)):
        for charset in ("utf-7", "iso-8859-1", "utf-16", "x-none"):
            answer = send(s, "bare-list", raw, f"application/json; charset={charset}")
            assert statuses(answer) == [status]


def test_what_is_told_of_a_refusal_names_no_value(s: Running) -> None:
    """No BSN, name or amount in an error: only the place and the kind of fault."""
    for slug, raw in (
        ("bare-list", b'{"naam": "Jansen", "naam": "Jansen"}'),
        ("bare-list", b'{"naam": "Jansen" "bedrag": 1}'),
        ("bailiff-xml", b"<a><Jansen></a>"),
        ("bailiff-xml", b'<a Jansen="1" Jansen="2"/>'),
        ("bailiff-xml", b"<a>&Jansen;</a>"),
    ):
        answer = send(s, slug, raw, MEDIA_TYPE_OF["json" if slug == "bare-list" else "xml"])
        assert statuses(answer) == [400]
        assert b"Jansen" not in answer
        assert json.dumps(problem(answer))
