"""The private PostgreSQL: started by the first, stopped by the last, found again after a crash, harmless."""

from __future__ import annotations

import json
import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest

from gateway.errors import ConfigurationError
from gateway.storage import embedded
from gateway.storage.embedded import EmbeddedServer, binaries, places

ROOT = Path(__file__).resolve().parents[2]
AS_ROOT = os.geteuid() == 0
HOLDER = """
import signal, sys
from pathlib import Path
from gateway.storage.embedded import EmbeddedServer
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
with EmbeddedServer(Path(sys.argv[1])) as url:
    print(url, flush=True)
    sys.stdin.read()
"""

Holder = subprocess.Popen[str]


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """One cluster for the tests that do not need a new one; each leaves it stopped."""
    folder = tmp_path_factory.mktemp("shared") / "postgres"
    yield folder
    EmbeddedServer(folder).destroy()


@pytest.fixture
def folder(shared: Path) -> Iterator[Path]:
    yield shared
    assert eventually(lambda: not servers_of(shared)), servers_of(shared)


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Path]:
    """A folder that never held a database; whatever a test left there is removed."""
    folder = tmp_path / "postgres"
    yield folder
    was_running = servers_of(folder)
    EmbeddedServer(folder).destroy()
    assert not was_running


@pytest.fixture
def hold() -> Iterator[Callable[[Path], Holder]]:
    """Starts other processes that hold the server, until their input ends."""
    holders: list[Holder] = []

    def start(folder: Path) -> Holder:
        holders.append(
            subprocess.Popen(
                [sys.executable, "-c", HOLDER, str(folder)],
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
        )
        return holders[-1]

    yield start
    for holder in holders:
        holder.kill()
        holder.communicate()


def url_of(holder: Holder) -> str:
    assert holder.stdout is not None
    return holder.stdout.readline().strip()


def eventually(claim: Callable[[], bool], seconds: float = 10.0) -> bool:
    deadline = time.monotonic() + seconds
    while not claim():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def home_of(folder: Path) -> Path:
    return Path(json.loads((folder / "cluster.json").read_text())["home"] or folder)


def servers_of(folder: Path) -> list[int]:
    """Every living process that was started on this folder's database."""
    if not (folder / "cluster.json").exists():
        return []
    home = str(home_of(folder))
    shown = subprocess.run(["ps", "-axww", "-o", "pid=,command="], capture_output=True, text=True, check=True)
    return [int(line.split()[0]) for line in shown.stdout.splitlines() if f"-D {home}/" in line]


def query(url: str, question: str) -> object:
    with psycopg.connect(url) as connection:
        row = connection.execute(question).fetchone()  # type: ignore[call-overload]
        return row[0] if row else None


def keep_a_row(url: str, word: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (word text)")
        connection.execute("INSERT INTO kept VALUES (%s)", [word])


def words_kept(url: str) -> set[str]:
    with psycopg.connect(url) as connection:
        return {row[0] for row in connection.execute("SELECT word FROM kept")}


def as_an_ordinary_account(act: Callable[[], None]) -> None:
    """Run *act* in a process without root's powers; its failure is the test's."""
    child = os.fork()
    if child == 0:
        try:
            if AS_ROOT:
                account = pwd.getpwnam("nobody")
                os.setgroups([])
                os.setgid(account.pw_gid)
                os.setuid(account.pw_uid)
            act()
        except BaseException:  # noqa: BLE001  (whatever it is, it must not return into a second pytest)
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0


@pytest.fixture
def ordinary_place(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of an ordinary account, which can also run the binaries when they lie out of its reach."""
    place = Path(tempfile.mkdtemp(prefix="gateway-test-", dir="/tmp"))
    if AS_ROOT:
        os.chown(place, pwd.getpwnam("nobody").pw_uid, -1)
        found = binaries.folder()
        monkeypatch.setattr(binaries, "folder", lambda: found)
    yield place
    shutil.rmtree(place)


class TestStartAndStop:
    def test_the_server_runs_while_it_is_held_and_not_longer(self, folder: Path) -> None:
        """Promise: `acquire` gives a URL that works; after the last `release` nothing runs."""
        with EmbeddedServer(folder) as url:
            assert query(url, "SELECT 1") == 1
            assert len(servers_of(folder)) == 1
        assert not servers_of(folder)

    def test_a_server_that_was_stopped_starts_again_with_what_it_had(self, folder: Path) -> None:
        """Promise: the database outlives the server."""
        with EmbeddedServer(folder) as url:
            keep_a_row(url, "stopped")
        with EmbeddedServer(folder) as url:
            assert "stopped" in words_kept(url)

    def test_acquiring_twice_is_holding_once(self, folder: Path) -> None:
        """Promise: a second `acquire` returns the same URL, and one `release` is enough."""
        server = EmbeddedServer(folder)
        assert server.acquire() == server.acquire()
        server.release()
        server.release()
        assert not servers_of(folder)

    def test_a_holder_that_ends_without_a_word_stops_the_server_too(self, folder: Path) -> None:
        """Promise: an ordinary end of the process counts as `release`."""
        script = "from pathlib import Path; import sys; from gateway.storage.embedded import EmbeddedServer\n"
        script += "EmbeddedServer(Path(sys.argv[1])).acquire(); raise SystemExit(3)"
        assert subprocess.run([sys.executable, "-c", script, str(folder)], cwd=ROOT).returncode == 3
        assert not servers_of(folder)

    def test_the_terminal_cannot_interrupt_the_server(self, folder: Path) -> None:
        """Promise: Ctrl-C goes to the session of the terminal; the server has its own."""
        with EmbeddedServer(folder):
            (server,) = servers_of(folder)
            assert os.getsid(server) != os.getsid(0)
            assert os.getpgid(server) != os.getpgid(0)


@pytest.fixture
def running(folder: Path) -> Iterator[str]:
    with EmbeddedServer(folder) as url:
        yield url


class TestSettings:
    @pytest.mark.parametrize(
        "setting, value",
        [
            ("fsync", "on"),
            ("full_page_writes", "on"),
            ("synchronous_commit", "on"),
            ("data_checksums", "on"),
            ("listen_addresses", ""),
            ("TimeZone", "UTC"),
            ("server_encoding", "UTF8"),
            ("max_connections", "200"),
            ("password_encryption", "scram-sha-256"),
        ],
    )
    def test_the_server_is_careful(self, running: str, setting: str, value: str) -> None:
        """Promise: durable, checked, local, in UTC and UTF-8."""
        assert query(running, f"SELECT current_setting('{setting}')") == value

    def test_text_sorts_the_same_on_every_machine(self, running: str) -> None:
        """Promise: the locale is PostgreSQL's own C.UTF-8, not the machine's."""
        question = "SELECT datlocprovider::text || ' ' || datlocale FROM pg_database WHERE datname = 'gateway'"
        assert query(running, question) == "b C.UTF-8"

    def test_the_gateway_owns_its_database_and_no_more(self, running: str) -> None:
        """Promise: role gateway is no superuser and may not make databases or roles."""
        question = "SELECT rolsuper OR rolcreatedb OR rolcreaterole FROM pg_roles WHERE rolname = current_user"
        assert query(running, question) is False
        assert query(running, "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'gateway'") == "gateway"

    def test_nobody_enters_without_the_password(self, running: str) -> None:
        """Promise: scram-sha-256 for everybody, also on the socket."""
        parts = urlsplit(running)
        assert parts.password is not None
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(running.replace(parts.password, "guess"))

    def test_passwords_and_log_are_readable_by_their_account_alone(self, running: str, shared: Path) -> None:
        """Promise: 0600 files in a 0700 folder."""
        assert stat.S_IMODE(shared.stat().st_mode) == 0o700
        for file in shared.iterdir():
            if file.is_file():
                assert stat.S_IMODE(file.stat().st_mode) == 0o600, file

    def test_a_value_does_not_reach_the_log(self, running: str, shared: Path) -> None:
        """Promise: the log names the error, never a statement or a value."""
        with psycopg.connect(running) as connection:
            connection.execute("CREATE TEMPORARY TABLE once (number text PRIMARY KEY)")
            connection.execute("INSERT INTO once VALUES ('999990019')")
            with pytest.raises(psycopg.errors.UniqueViolation):
                connection.execute("INSERT INTO once VALUES ('999990019')")
        log = (shared / "postgres.log").read_text()
        assert "duplicate key value" in log
        assert "999990019" not in log


class TestDatabases:
    def test_each_test_session_gets_a_database_of_its_own(self, folder: Path) -> None:
        """Promise: a fresh database, owned by gateway, optionally copied from another; any name will do."""
        server = EmbeddedServer(folder)
        with server:
            keep_a_row(server.create_database("pattern"), "copied")
            url = server.create_database("worker/1 é?", template="pattern")
            assert query(url, "SELECT current_database()") == "worker/1 é?"
            assert words_kept(url) == {"copied"}
            with pytest.raises(psycopg.errors.DuplicateDatabase):
                server.create_database("pattern")
            with psycopg.connect(url):  # still in use
                server.drop_database("worker/1 é?")
            server.drop_database("worker/1 é?")
            server.drop_database("pattern")


class TestSeveralHolders:
    def test_the_server_stays_until_the_last_holder_leaves(self, folder: Path, hold: Callable[[Path], Holder]) -> None:
        """Promise: whoever leaves last stops it, in whatever order they came."""
        first = EmbeddedServer(folder)
        url = first.acquire()
        second, third = hold(folder), hold(folder)
        assert url_of(second) == url_of(third) == url
        first.release()
        second.communicate("")
        assert query(url, "SELECT 1") == 1
        third.send_signal(signal.SIGTERM)
        third.wait()
        assert not servers_of(folder)

    def test_two_that_start_at_once_share_one_new_server(self, fresh: Path, hold: Callable[[Path], Holder]) -> None:
        """Promise: starting is serialised, the first time too."""
        one, other = hold(fresh), hold(fresh)
        assert url_of(one) == url_of(other) != ""
        assert len(servers_of(fresh)) == 1
        one.communicate("")
        other.communicate("")
        assert not servers_of(fresh)

    def test_a_forked_child_cannot_give_up_its_parents_hold(self, folder: Path) -> None:
        """Promise: a hold belongs to the process that acquired it."""
        server = EmbeddedServer(folder)
        with server as url:
            child = os.fork()
            if child == 0:
                server.release()
                os._exit(0)
            os.waitpid(child, 0)
            assert query(url, "SELECT 1") == 1


class TestCrashes:
    def test_what_was_committed_survives_a_killed_server(self, folder: Path) -> None:
        """Promise: kill -9 of the postmaster; a holder starts it again and nothing committed is lost."""
        server = EmbeddedServer(folder)
        with server as url:
            assert server.ensure_running() is False
            keep_a_row(url, "killed")
            (postmaster,) = servers_of(folder)
            os.kill(postmaster, signal.SIGKILL)
            assert eventually(server.ensure_running)  # a killed process takes a moment to be dead
            assert "killed" in words_kept(url)

    def test_a_server_whose_holders_were_all_killed_is_joined(
        self, folder: Path, hold: Callable[[Path], Holder]
    ) -> None:
        """Promise: an orphan is found and used, and stopped by its next last holder."""
        holder = hold(folder)
        url = url_of(holder)
        before = servers_of(folder)
        holder.kill()
        holder.wait()
        with EmbeddedServer(folder) as again:
            assert servers_of(folder) == before
            assert again == url

    def test_everything_killed_at_once_starts_again(self, folder: Path, hold: Callable[[Path], Holder]) -> None:
        """Promise: kill -9 of holder and server, then a start with all that was committed."""
        holder = hold(folder)
        keep_a_row(url_of(holder), "everything")
        for process in (holder.pid, *servers_of(folder)):
            os.kill(process, signal.SIGKILL)
        with EmbeddedServer(folder) as url:
            assert "everything" in words_kept(url)

    def test_a_pid_file_whose_number_is_another_programs_now_is_seen_through(self, folder: Path) -> None:
        """Promise: a reused pid neither keeps the server from starting nor gets the stranger killed."""
        with EmbeddedServer(folder):
            data = home_of(folder) / "data"
            sockets = data.parent / "socket"
            pid_file = (data / "postmaster.pid").read_text()
            socket_lock = (sockets / ".s.PGSQL.5432.lock").read_text()
        account = {"user": "nobody", "group": pwd.getpwnam("nobody").pw_gid} if AS_ROOT else {}
        stranger = subprocess.Popen(["sleep", "60"], cwd="/", **account)  # type: ignore[call-overload]
        try:
            for path, text in (
                (data / "postmaster.pid", pid_file),
                (sockets / ".s.PGSQL.5432.lock", socket_lock),
            ):
                path.write_text("\n".join([str(stranger.pid), *text.split("\n")[1:]]))
                os.chown(path, data.stat().st_uid, -1)
                path.chmod(0o600)
            with EmbeddedServer(folder) as url:
                assert query(url, "SELECT 1") == 1
            assert stranger.poll() is None
        finally:
            stranger.kill()
            stranger.wait()

    def test_half_a_database_is_made_anew(self, fresh: Path, hold: Callable[[Path], Holder]) -> None:
        """Promise: a first start that was killed while it made the database is simply done again."""
        holder = hold(fresh)

        def halves() -> list[Path]:
            return list(home_of(fresh).glob("new-*")) if (fresh / "cluster.json").exists() else []

        assert eventually(lambda: any((half / "data" / "PG_VERSION").exists() for half in halves()))
        holder.kill()
        holder.wait()
        assert not (home_of(fresh) / "data").exists()
        with EmbeddedServer(fresh) as url:
            assert query(url, "SELECT count(*) FROM pg_roles WHERE rolname = 'gateway'") == 1
            assert eventually(lambda: not [half for half in halves() if any(half.iterdir())])

    def test_a_first_start_killed_before_its_end_is_completed(self, fresh: Path) -> None:
        """Promise: a server that runs without our role and database is not taken for complete."""
        server = EmbeddedServer(fresh)
        server.acquire()
        kept = json.loads((fresh / "cluster.json").read_text())
        with server._held().as_superuser() as connection:
            connection.execute("DROP DATABASE gateway")
            connection.execute("DROP ROLE gateway")
        (fresh / "cluster.json").write_text(json.dumps(kept | {"is_complete": False}))
        with EmbeddedServer(fresh) as url:
            assert query(url, "SELECT 1") == 1
        server.release()


class TestHarmlessness:
    def test_no_permission_that_we_did_not_make_is_changed(self, fresh: Path) -> None:
        """Promise: neither the parents of the folder nor those of the program, and no account is added."""

        def permissions() -> dict[str, tuple[int, int, int]]:
            roots = (fresh.parent, ROOT, Path(sys.executable), Path(embedded.__file__), Path("/var/lib"))
            paths = {step for root in roots for step in (root, *root.parents)} | {Path("/etc/passwd")}
            return {str(path): (path.stat().st_mode, path.stat().st_uid, path.stat().st_gid) for path in paths}

        fresh.parent.chmod(0o700)
        before, accounts = permissions(), Path("/etc/passwd").read_bytes()
        with EmbeddedServer(fresh):
            assert permissions() == before
        assert permissions() == before
        assert Path("/etc/passwd").read_bytes() == accounts

    @pytest.mark.skipif(not AS_ROOT, reason="only root has something to give up")
    def test_as_root_the_server_is_nobody(self, folder: Path) -> None:
        """Promise: the server has the unprivileged account's user and group, and no other group."""
        nobody = pwd.getpwnam("nobody")
        with EmbeddedServer(folder):
            (server,) = servers_of(folder)
            lines = Path(f"/proc/{server}/status").read_text().splitlines()
            status = {line.partition(":")[0]: line.partition(":")[2].split() for line in lines}
        assert set(status["Uid"]) == {str(nobody.pw_uid)}
        assert set(status["Gid"]) == {str(nobody.pw_gid)}
        assert status["Groups"] == []

    @pytest.mark.skipif(not AS_ROOT, reason="only root keeps databases elsewhere")
    def test_as_root_a_new_folder_never_meets_an_old_database(self, fresh: Path) -> None:
        """Promise: the cluster id is random and lives in the folder."""
        with EmbeddedServer(fresh) as url:
            keep_a_row(url, "old")
            old = home_of(fresh)
        shutil.move(fresh, fresh.with_name("old"))
        try:
            with EmbeddedServer(fresh) as url, pytest.raises(psycopg.errors.UndefinedTable):
                words_kept(url)
            assert home_of(fresh) != old
        finally:
            EmbeddedServer(fresh.with_name("old")).destroy()

    @pytest.mark.skipif(not AS_ROOT, reason="only root keeps databases elsewhere")
    def test_as_root_a_folder_deleted_in_use_leaves_nothing_running(self, fresh: Path) -> None:
        """Promise: the last holder stops the server also when it finds its folder gone."""
        server = EmbeddedServer(fresh)
        server.acquire()
        home = home_of(fresh)
        postmaster = int((home / "data" / "postmaster.pid").read_text().split()[0])
        shutil.rmtree(fresh)
        server.release()
        with pytest.raises(ProcessLookupError):
            os.kill(postmaster, 0)
        shutil.rmtree(home)

    def test_an_ordinary_account_runs_its_own_server(self, ordinary_place: Path) -> None:
        """Promise: without root all of it lives in the folder, and runs as its owner."""
        folder = ordinary_place / "postgres"

        def act() -> None:
            with EmbeddedServer(folder) as url:
                keep_a_row(url, "ordinary")
                assert words_kept(url) == {"ordinary"}
                (server,) = servers_of(folder)
                owner = subprocess.run(["ps", "-o", "uid=", "-p", str(server)], capture_output=True, text=True)
                assert int(owner.stdout) == os.geteuid()
            assert not servers_of(folder)
            moved = folder.rename(ordinary_place / "elsewhere")
            with EmbeddedServer(moved) as url:
                assert words_kept(url) == {"ordinary"}
            EmbeddedServer(moved).destroy()
            assert not moved.exists()

        as_an_ordinary_account(act)

    def test_a_path_too_long_for_a_socket_gets_a_short_private_one(self, ordinary_place: Path) -> None:
        """Promise: the short folder is private, goes with the server, and is refused when another's."""
        folder = ordinary_place / ("a-very-long-name" * 4) / ("another-long-name" * 4) / "postgres"

        def act() -> None:
            with EmbeddedServer(folder) as url:
                assert query(url, "SELECT 1") == 1
                sockets = Path(parse_qs(urlsplit(url).query)["host"][0])
                assert sockets.parent == Path(tempfile.gettempdir())
                assert stat.S_IMODE(sockets.stat().st_mode) == 0o700
            assert not sockets.exists()
            sockets.symlink_to(ordinary_place)
            with pytest.raises(ConfigurationError, match="is not the gateway's own"):
                EmbeddedServer(folder).acquire()
            sockets.unlink()
            sockets.mkdir()
            sockets.chmod(0o755)
            with pytest.raises(ConfigurationError, match="is not the gateway's own"):
                EmbeddedServer(folder).acquire()
            sockets.rmdir()

        as_an_ordinary_account(act)

    @pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="reads Linux's table of listeners")
    def test_the_server_does_not_listen_on_the_network(self, running: str, shared: Path) -> None:
        """Promise: a Unix socket only."""
        assert query(running, "SELECT inet_server_addr() IS NULL") is True
        (server,) = servers_of(shared)
        files = {os.readlink(path) for path in Path(f"/proc/{server}/fd").iterdir()}
        sockets = {file[len("socket:[") : -1] for file in files if file.startswith("socket:[")}
        tables = [Path(f"/proc/net/{name}") for name in ("tcp", "tcp6")]
        rows = [line.split() for table in tables if table.exists() for line in table.open()]
        assert sockets
        assert not sockets & {row[9] for row in rows[1:]}


class TestRefusals:
    def test_a_lost_database_is_not_silently_replaced_by_an_empty_one(self, fresh: Path) -> None:
        """Promise: the gateway does not start on doubt."""
        with EmbeddedServer(fresh):
            pass
        data = home_of(fresh) / "data"
        data.rename(data.with_name("moved"))
        with pytest.raises(ConfigurationError, match="is gone: restore it"):
            EmbeddedServer(fresh).acquire()
        data.with_name("moved").rename(data)
        with EmbeddedServer(fresh) as url:
            assert query(url, "SELECT 1") == 1

    def test_a_server_that_does_not_start_quotes_its_log(self, folder: Path) -> None:
        """Promise: the error says what PostgreSQL said, and leaves nothing held."""
        settings = home_of(folder) / "data" / "postgresql.auto.conf"
        before = settings.read_text()
        settings.write_text("work_mem = 'plenty'\n")
        try:
            with pytest.raises(ConfigurationError, match=r"did not start(?s:.*)invalid value for parameter"):
                EmbeddedServer(folder).acquire()
        finally:
            settings.write_text(before)
        with EmbeddedServer(folder):
            pass

    def test_a_full_disk_is_said_in_so_many_words(
        self, fresh: Path, monkeypatch: pytest.MonkeyPatch, fake_binaries: Callable[[str], Path]
    ) -> None:
        """Promise: "free some space", with what initdb said; the next start makes the database after all."""
        said = "initdb: error: could not write file: No space left on device"
        with monkeypatch.context() as patch:
            patch.setattr(binaries, "folder", lambda: fake_binaries(f"echo '{said}'; exit 1"))
            with pytest.raises(ConfigurationError, match=r"disk is full: free some space(?s:.*)initdb: error"):
                EmbeddedServer(fresh).acquire()

    def test_a_platform_without_binaries_is_told_of_the_url(self, fresh: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Promise: the way out is in the message."""
        monkeypatch.setattr(binaries, "WHEEL", "no_such_wheel")
        with pytest.raises(ConfigurationError, match="GATEWAY_DATABASE_URL"):
            EmbeddedServer(fresh).acquire()

    def test_a_folder_that_cannot_be_written_is_named(self, ordinary_place: Path) -> None:
        """Promise: which folder, and what to do."""

        def act() -> None:
            closed = ordinary_place / "closed"
            closed.mkdir(mode=0o500)
            with pytest.raises(ConfigurationError, match=r"closed/postgres: Permission denied\. Give this account"):
                EmbeddedServer(closed / "postgres").acquire()

        as_an_ordinary_account(act)

    @pytest.mark.skipif(not AS_ROOT, reason="root alone chooses among places")
    def test_as_root_the_next_place_is_taken_when_one_cannot_be_used(
        self, ordinary_place: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Promise: a place out of reach, or another account's, is passed over; with none left: advice."""
        out_of_reach, taken, good = (ordinary_place / name for name in ("out_of_reach", "taken", "good"))
        ordinary_place.chmod(0o755)
        for place in (out_of_reach, taken, good):
            place.mkdir()
        out_of_reach.chmod(0o700)
        (taken / places.ROOT_FOLDER).mkdir()
        os.chown(taken / places.ROOT_FOLDER, pwd.getpwnam("nobody").pw_uid, -1)
        monkeypatch.setattr(places, "ROOT_PLACES", (out_of_reach, taken, good))
        assert places.root_place() == good / places.ROOT_FOLDER
        monkeypatch.setattr(places, "ROOT_PLACES", (out_of_reach, taken))
        with pytest.raises(ConfigurationError, match="run the gateway as an ordinary account"):
            places.root_place()

    @pytest.fixture
    def fake_binaries(self) -> Iterator[Callable[[str], Path]]:
        place = Path(tempfile.mkdtemp(dir="/tmp"))
        place.chmod(0o755)

        def make(script: str) -> Path:
            (place / "initdb").write_text(f"#!/bin/sh\n{script}\n")
            (place / "initdb").chmod(0o755)
            return place

        yield make
        shutil.rmtree(place)
